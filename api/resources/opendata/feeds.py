"""``/v1/feeds/entries.atom``: published acts as an Atom feed, archived page by page (RFC 5005)."""

import asyncio
from typing import Final

from falcon.asgi import Request, Response

from api.errors import MalformedParameter, NothingHere, ServiceStarting
from api.parts import Parts
from api.reading.rights import check_right
from domain.actions import parse_stream
from domain.errors import MalformedStream
from domain.kinds import KINDS
from domain.reading.rights import Reader, Subject
from projections.opendata.acts import ActFilter, ActReader
from projections.opendata.feeds import (
    ATOM_MEDIA_TYPE,
    FeedPage,
    atom_document,
    full_page,
    newest_page,
)
from transparency.encoding import parse_decimal

NEWEST_CACHING: Final = "public, max-age=5"
FOR_EVER: Final = "public, max-age=31536000, immutable"
MAX_PAGE: Final = 2**46


class AtomFeedResource:
    """``/v1/feeds/entries.atom``."""

    def __init__(self, parts: Parts):
        self._views = parts.views
        self._origin = parts.origin
        self._site = parts.settings.public_address or ""

    async def on_get(self, request: Request, response: Response) -> None:
        """Give the newest acts, or with ``page`` an archived page.

        Raises:
            NothingHere: the page is not full yet, or nothing in it matches.
        """
        wanted, number = asked_filter(request), _asked_page(request)
        page = await asyncio.to_thread(self._page, wanted, number)
        response.data = atom_document(page, self._origin, self._site)
        response.content_type = f"{ATOM_MEDIA_TYPE}; charset=utf-8"
        response.set_header("Cache-Control", NEWEST_CACHING if number is None else FOR_EVER)
        response.set_header("Access-Control-Allow-Origin", "*")

    def _page(self, wanted: ActFilter, number: int | None) -> FeedPage:
        check_right(Reader.ANYONE, Subject.PUBLIC_RECORD)
        with self._views.reading() as views_reader:
            reader = ActReader.beside(views_reader)
            position = reader.position()
            if position is None:
                raise ServiceStarting
            if number is None:
                return newest_page(reader, position, wanted)
            page = full_page(reader, position, wanted, number)
        if page is None:
            raise NothingHere
        return page


# Envelopes hide what they hold: no feed can ever tell their kinds.
FEED_KINDS: Final = frozenset(name for name, kind in KINDS.items() if not kind.deferred)


def asked_filter(request: Request) -> ActFilter:
    """Read which acts are wanted.

    Raises:
        MalformedParameter: a kind or a stream that there cannot be.
    """
    office, stream, kind = (
        request.get_param(name, allow_multiple=False) for name in ("office", "stream", "kind")
    )
    if kind is not None and kind not in FEED_KINDS:
        raise MalformedParameter("kind is one of the ledger's kinds of action that are entries")
    if stream is not None:
        try:
            parse_stream(stream)
        except MalformedStream as error:
            raise MalformedParameter("stream is a type, a colon and an id") from error
    return ActFilter(office, stream, kind)


def _asked_page(request: Request) -> int | None:
    text = request.get_param("page", allow_multiple=False)
    if text is None:
        return None
    number = whole_number(text)
    if number is None or number > MAX_PAGE:
        raise MalformedParameter("page is a whole number from 0")
    return number


def whole_number(text: str) -> int | None:
    """Read a whole number from 0; None where it is none, or longer than any index is."""
    try:
        return parse_decimal(text)
    except ValueError:
        return None
