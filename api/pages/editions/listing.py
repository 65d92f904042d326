"""``/statistics/editions``: the daily editions, and one of them in words.

One edition shows what its figures mean, how to cite it, its files with their hashes, and what it
revised of earlier months.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from falcon.asgi import Request, Response

from api.errors import NothingHere
from api.pages.editions.measures import words_of_measure
from api.pages.rendering import Page, Renderer
from api.pages.words import Words
from api.parts import Parts
from api.resources.editions.answering import EDITIONS, REVISIONS, shelf_of
from projections.editions.folder import parse_day
from projections.editions.listing import EditionShelf, Place, SeenRevision
from projections.editions.listing import WantedRevisions as Wanted
from projections.editions.shapes import BothLanguages, Manifest
from projections.views import Views
from transparency.encoding import parse_utc_milliseconds

SECTION: Final = "/statistics"
PATH: Final = "/statistics/editions"
SHOWN_EDITIONS: Final = 31
SHOWN_REVISIONS: Final = 100
NO_QUERY: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class ShownMeaning:
    """A word of the files, and what it means."""

    id: str
    name: str
    meaning: str


@dataclass(frozen=True, slots=True)
class ShownRevision:
    """A figure that changed, in words; a dash stands for a duration of nothing."""

    period: str
    office: str
    procedure: str
    measure: str
    before: str
    after: str


class EditionPages:
    """``/statistics/editions`` and ``/statistics/editions/{day}``."""

    def __init__(self, renderer: Renderer, parts: Parts):
        self._renderer = renderer
        self._shelf = shelf_of(parts)
        self._views = parts.views

    async def on_get(self, request: Request, response: Response) -> None:
        """Show the newest editions, or those before a day."""
        before = parse_day(request.get_param("before", allow_multiple=False) or "")
        shown, more = await asyncio.to_thread(self._shelf.editions, before, SHOWN_EDITIONS)
        values = {
            "editions": [(each, parse_utc_milliseconds(each.as_of)) for each in shown],
            "more": more,
            "api": EDITIONS,
            "revisions": REVISIONS,
        }
        query = NO_QUERY if before is None else {"before": before.isoformat()}
        self._renderer.answer(
            request, response, Page("editions.html", SECTION, PATH, values, query)
        )

    async def on_get_one(self, request: Request, response: Response, *, day: str) -> None:
        """Show one edition.

        Raises:
            NothingHere: this is no day.
            NoEdition: there is none of that day.
        """
        parsed = parse_day(day)
        if parsed is None:
            raise NothingHere("an edition is named by its day, such as 2026-11-21")
        words = self._renderer.words(request)
        values = await asyncio.to_thread(edition_values, self._shelf, self._views, parsed, words)
        page = Page("edition.html", SECTION, f"{PATH}/{parsed}", values, NO_QUERY)
        self._renderer.answer(request, response, page)

    on_head = on_get
    on_head_one = on_get_one


def edition_values(shelf: EditionShelf, views: Views, day: date, words: Words) -> dict[str, object]:
    """Put one edition into words.

    Raises:
        NoEdition: there is none of that day.
    """
    manifest = shelf.manifest(day)
    found: list[SeenRevision] = []
    if manifest.revisions.found:
        found, _ = shelf.revisions(Wanted(), Place(day, 0), SHOWN_REVISIONS)
    of_this = [each for each in found if each.edition == day]
    with views.reading() as reader:
        offices = {
            name: words.name(record.office.name) for name, record in reader.offices().items()
        }
    return {
        "edition": manifest,
        "sealed_at": parse_utc_milliseconds(manifest.as_of),
        "citation": _said(manifest.citation, words),
        "meanings": [
            ShownMeaning(each.id, _said(each.name, words), _said(each.meaning, words))
            for each in manifest.definitions
        ],
        "left_out": [(each, _said(each.reason, words)) for each in manifest.left_out],
        "changed": [_shown(each, manifest, offices, words) for each in of_this],
        "address": f"{EDITIONS}/{day}",
    }


def _said(both: BothLanguages, words: Words) -> str:
    return both.en if words.language == "en" else both.vi


def _shown(
    revision: SeenRevision, manifest: Manifest, offices: Mapping[str, str], words: Words
) -> ShownRevision:
    names = {each.id: _said(each.name, words) for each in manifest.definitions}
    return ShownRevision(
        period=words.formats.month(revision.period),
        office=offices.get(revision.office, revision.office),
        procedure=revision.procedure,
        measure=words_of_measure(revision.measure, names, words),
        before=_number(revision.before, words),
        after=_number(revision.after, words),
    )


def _number(value: int | None, words: Words) -> str:
    return "–" if value is None else words.formats.number(value)
