"""The page of the index of Decision 766: each indicator's input, points, and what is missing.

It says before any number which wording the points follow, what of it is no law, and that a sum
with indicators missing is out of fewer points than the index has.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from falcon.asgi import Request, Response

from api.pages.offices.periods import (
    ALL_LENGTHS,
    offered_periods,
    opening_period,
    read_months,
)
from api.pages.rendering import Page, Renderer
from api.pages.words import Words
from api.parts import Parts
from api.resources.index766.answering import KeptAnswers, index_of
from domain.index766 import Basis, Group, State
from domain.offices import OfficeRecord
from projections.counts import ALL
from projections.index766.answers import (
    IndexStatistics,
    PublishedIndicator,
    PublishedSum,
)
from projections.index766.answers import Words as BothWords
from transparency.encoding import parse_utc_milliseconds

SECTION: Final = "/statistics"
PATH: Final = "/statistics/index"
HUNDREDTHS: Final = 100
# LAW: Decision 766/QĐ-TTg counts online payment within online service, under one number; the
# national portal shows two groups.
_GROUP_NOTES: Final[Mapping[str, str]] = {Group.PAYMENT: "index.both_are_third"}


@dataclass(frozen=True, slots=True)
class IndexLine:
    """One indicator in words; `why` says why it has no points."""

    id: str
    name: str
    share: str
    percent: str
    points: str
    maximum: int
    why: str | None
    is_observed: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupLines:
    """A group with its sum and its indicators."""

    name: str
    points: str
    out_of: int
    maximum: int
    lines: tuple[IndexLine, ...]
    note: str | None


class IndexPages:
    """``/statistics/index``."""

    def __init__(self, renderer: Renderer, parts: Parts):
        self._renderer = renderer
        self._parts = parts
        self._kept = KeptAnswers()

    async def on_get(self, request: Request, response: Response) -> None:
        """Show the index of an ``office`` with all under it, or of all, over a ``period``.

        Raises:
            NothingHere: no such office is registered.
        """
        office = request.get_param("office", allow_multiple=False) or None
        period = request.get_param("period", allow_multiple=False) or None
        views = self._parts.views
        months = await asyncio.to_thread(read_months, self._parts, self._kept, None)
        period = period or opening_period(months)
        found = await asyncio.to_thread(index_of, views, self._kept, office, period)
        words = self._renderer.words(request)
        names = await asyncio.to_thread(self._names, words)
        asked = {"office": office, "period": request.get_param("period") or None}
        query = {name: text for name, text in asked.items() if text is not None}
        values = {
            "page": found,
            "name": names.get(found.office, words.texts("index.all_offices")),
            "offices": sorted(names.items(), key=lambda each: each[1]),
            "groups": tuple(_group(one, found, words) for one in found.groups),
            "points": _decimal(found.total.points_hundredths, words),
            "source": _said(found.formula_source, words),
            "band": None if found.band is None else _said(found.band.name, words),
            "years": () if months is None else offered_periods(months, found.period, ALL_LENGTHS),
            "as_of": parse_utc_milliseconds(found.as_of),
            "all": ALL,
        }
        self._renderer.answer(
            request, response, Page("index766.html", SECTION, PATH, values, query)
        )

    on_head = on_get

    def _names(self, words: Words) -> Mapping[str, str]:
        with self._parts.views.reading() as reader:
            offices: Mapping[str, OfficeRecord] = reader.offices()
        return {name: words.name(record.office.name) for name, record in offices.items()}


def _group(one: PublishedSum, found: IndexStatistics, words: Words) -> GroupLines:
    return GroupLines(
        name=words.member("index_group", one.group),
        points=_decimal(one.points_hundredths, words),
        out_of=one.out_of,
        maximum=one.maximum,
        lines=tuple(_line(each, words) for each in found.indicators if each.group == one.group),
        note=words.texts(_GROUP_NOTES[one.group]) if one.group in _GROUP_NOTES else None,
    )


def _line(one: PublishedIndicator, words: Words) -> IndexLine:
    notes = (one.note, one.input_note)
    return IndexLine(
        id=one.id,
        name=_said(one.name, words),
        share=_share(one.numerator, one.denominator, words),
        percent=_percent(one.ratio_hundredths, words),
        points="–" if one.points_hundredths is None else _decimal(one.points_hundredths, words),
        maximum=one.maximum,
        why=_why(one, words),
        is_observed=one.maximum > 0 and one.points_basis == Basis.OBSERVED,
        notes=tuple(_said(note, words) for note in notes if note is not None),
    )


def _why(one: PublishedIndicator, words: Words) -> str | None:
    if one.missing is not None:
        at_most = _share(one.at_most_numerator, one.at_most_denominator, words)
        why = _said(one.missing, words)
        return why if at_most == "–" else f"{why} ({words.texts('index.at_most')}: {at_most})"
    if one.state in (State.NOT_APPLICABLE, State.INFORMATION):
        return words.member("index_state", one.state)
    return None


def _share(numerator: int | None, denominator: int | None, words: Words) -> str:
    if numerator is None or denominator is None:
        return "–"
    number = words.formats.number
    return f"{number(numerator)} / {number(denominator)}"


def _percent(ratio_hundredths: int | None, words: Words) -> str:
    return "–" if ratio_hundredths is None else f"{_decimal(ratio_hundredths, words)} %"


def _decimal(hundredths: int, words: Words) -> str:
    mark = "," if words.language == "vi" else "."
    return f"{hundredths // HUNDREDTHS}{mark}{hundredths % HUNDREDTHS:02d}"


def _said(both: BothWords, words: Words) -> str:
    return both.vi if words.language == "vi" else both.en
