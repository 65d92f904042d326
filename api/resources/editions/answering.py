"""``/v1/statistics/editions``, their files, and ``/v1/statistics/revisions``.

A file of an edition never changes, so whoever has it may keep it for ever. The lists grow.
"""

import asyncio
import hashlib
import re
from datetime import date
from typing import Final
from urllib.parse import urlencode

import msgspec
from falcon.asgi import App, Request, Response

from api.bodies import encode
from api.data_folder import DataFolder
from api.errors import MalformedParameter, NothingHere
from api.parts import Parts
from api.reading.rights import check_right
from api.resources.log_files import FOR_EVER
from domain.reading.rights import Reader, Subject
from projections.editions.contents import CSV_MEDIA_TYPE, JSON_MEDIA_TYPE
from projections.editions.folder import EditionFolder, parse_day
from projections.editions.listing import (
    EditionShelf,
    ListedEdition,
    Place,
    SeenRevision,
    WantedRevisions,
)
from projections.editions.shapes import MANIFEST

EDITIONS: Final = "/v1/statistics/editions"
REVISIONS: Final = "/v1/statistics/revisions"
FOR_A_MINUTE: Final = "public, max-age=60"
DEFAULT_LIMIT: Final = 100
MAX_LIMIT: Final = 1_000
MAX_INDEX: Final = 999_999_999
_MONTH: Final = re.compile(r"(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])", re.ASCII)
_PLACE: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}):(0|[1-9][0-9]{0,8})", re.ASCII)
_TAG_CHARACTERS: Final = 32


class EditionsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Editions, newest first; ``next`` is the address of earlier ones."""

    editions: tuple[ListedEdition, ...]
    next: str | None


class RevisionsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Revisions, the newest edition first; ``next`` is the address at which more may be."""

    revisions: tuple[SeenRevision, ...]
    next: str | None


class EditionsResource:
    """``/v1/statistics/editions``, ``…/{day}`` and ``…/{day}/{file}``."""

    def __init__(self, shelf: EditionShelf):
        self._shelf = shelf

    async def on_get(self, request: Request, response: Response) -> None:
        """List editions, newest first."""
        check_right(Reader.ANYONE, Subject.FIGURES)
        before = _day(request, "before")
        limit = _limit(request)
        found, more = await asyncio.to_thread(self._shelf.editions, before, limit)
        following = None if more is None else f"{EDITIONS}?before={more}&limit={limit}"
        response.data = encode(EditionsAnswer(editions=tuple(found), next=following))
        _answer_list(response)

    async def on_get_one(self, request: Request, response: Response, *, day: str) -> None:
        """Give the manifest of an edition.

        Raises:
            NothingHere: this is no day.
            NoEdition: there is none of that day.
        """
        await self.on_get_file(request, response, day=day, file=MANIFEST)

    async def on_get_file(
        self, request: Request, response: Response, *, day: str, file: str
    ) -> None:
        """Give a file of an edition, byte for byte as it was made.

        Raises:
            NothingHere: this is no day.
            NoEdition: there is no edition of that day, or no such file in it.
        """
        check_right(Reader.ANYONE, Subject.FIGURES)
        parsed = parse_day(day)
        if parsed is None:
            raise NothingHere("an edition is named by its day, such as 2026-11-21")
        body = await asyncio.to_thread(self._shelf.file, parsed, file)
        _answer_for_ever(request, response, body)
        response.content_type = CSV_MEDIA_TYPE if file.endswith(".csv") else JSON_MEDIA_TYPE

    on_head_one = on_get_one
    on_head_file = on_get_file


class RevisionsResource:
    """``/v1/statistics/revisions``."""

    def __init__(self, shelf: EditionShelf):
        self._shelf = shelf

    async def on_get(self, request: Request, response: Response) -> None:
        """List what editions changed about earlier months."""
        check_right(Reader.ANYONE, Subject.FIGURES)
        wanted, limit = _wanted(request), _limit(request)
        start = _place(request)
        found, more = await asyncio.to_thread(self._shelf.revisions, wanted, start, limit)
        following = None if more is None else _following(request, more)
        response.data = encode(RevisionsAnswer(revisions=tuple(found), next=following))
        _answer_list(response)


def add_edition_routes(app: "App[Request, Response]", shelf: EditionShelf) -> None:
    """Answer from a shelf, a ledger's or a mirror's."""
    editions = EditionsResource(shelf)
    app.add_route(EDITIONS, editions)
    app.add_route(f"{EDITIONS}/{{day}}", editions, suffix="one")
    app.add_route(f"{EDITIONS}/{{day}}/{{file}}", editions, suffix="file")
    app.add_route(REVISIONS, RevisionsResource(shelf))


def shelf_of(parts: Parts) -> EditionShelf:
    """Open the editions of a data folder."""
    return EditionShelf(EditionFolder(DataFolder(parts.settings.data).editions))


def _wanted(request: Request) -> WantedRevisions:
    period = _text(request, "period")
    if period is not None and _MONTH.fullmatch(period) is None:
        raise MalformedParameter("period is a month such as 2026-11")
    return WantedRevisions(period, _text(request, "office"), _text(request, "procedure"))


def _following(request: Request, more: Place) -> str:
    kept = {name: text for name, text in request.params.items() if name != "after"}
    assert all(isinstance(text, str) for text in kept.values())
    query = urlencode({**kept, "after": more.text})
    return f"{REVISIONS}?{query}"


def _place(request: Request) -> Place | None:
    text = _text(request, "after")
    if text is None:
        return None
    match = _PLACE.fullmatch(text)
    day = None if match is None else parse_day(match[1])
    if match is None or day is None:
        raise MalformedParameter("after is what the answer before gave")
    return Place(day, int(match[2]))


def _day(request: Request, name: str) -> date | None:
    text = _text(request, name)
    day = None if text is None else parse_day(text)
    if text is not None and day is None:
        raise MalformedParameter(f"{name} is a day such as 2026-11-21")
    return day


def _limit(request: Request) -> int:
    text = _text(request, "limit")
    if text is None:
        return DEFAULT_LIMIT
    if re.fullmatch("[1-9][0-9]{0,3}", text, re.ASCII) is None or int(text) > MAX_LIMIT:
        raise MalformedParameter(f"limit is a number from 1 to {MAX_LIMIT}")
    return int(text)


def _text(request: Request, name: str) -> str | None:
    return request.get_param(name, allow_multiple=False)


def _answer_list(response: Response) -> None:
    response.set_header("Cache-Control", FOR_A_MINUTE)
    response.set_header("Access-Control-Allow-Origin", "*")


def _answer_for_ever(request: Request, response: Response, body: bytes) -> None:
    tag = hashlib.sha256(body).hexdigest()[:_TAG_CHARACTERS]
    response.etag = tag
    response.set_header("Cache-Control", FOR_EVER)
    response.set_header("Access-Control-Allow-Origin", "*")
    response.set_header("X-Content-Type-Options", "nosniff")
    if any(given in ("*", tag) for given in request.if_none_match or ()):
        response.status = 304
        return
    response.data = body
