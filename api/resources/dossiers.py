"""A dossier for its holder (the slip's secret), and the share done for anyone with its code.

A wrong secret and an unknown dossier answer alike, and so do all codes that nobody was given.
Whoever asks sees a dossier once its first action is published and the views have followed.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from falcon.asgi import Request, Response

from api.bodies import LookupAnswer, encode, parse_lookup
from api.negotiation import JSON_MEDIA_TYPE
from api.parts import Parts
from api.resources.answers import DossierAnswer, dossier_answer
from api.resources.passes import check_pass, make_pass
from api.uploads import read_body
from ledger.errors import UnknownDossier
from projections.dossier_page import DossierPage, dossier_page, share_done
from projections.holders import Mark, is_same_hash, mark_hash
from projections.reading import reference_to
from projections.views import Position

SECRET_HEADER: Final = "Dossier-Secret"  # noqa: S105 - the name of a header
MAX_LOOKUP_BYTES: Final = 4096


class DossierReader:
    """Reads dossiers for those who hold a secret or a code; pages use it too."""

    def __init__(self, parts: Parts):
        self._parts = parts

    def page(self, stream: str, secret: str | None) -> tuple[DossierPage, Position]:
        """Give the page of a dossier to whoever has its secret.

        Raises:
            UnknownDossier: there is no such dossier, or the secret is not its own.
        """
        given_hash = mark_hash(self._parts.view_secret, Mark.SECRET, secret or "")

        def check(kept_hash: bytes) -> None:
            if not is_same_hash(kept_hash, given_hash):
                raise UnknownDossier

        return self._open(stream, check)

    def page_by_pass(self, stream: str, given_pass: str) -> tuple[DossierPage, Position]:
        """Give the page of a dossier to whoever has a pass to it.

        Raises:
            UnknownDossier: there is no such dossier, or the pass is not its own, or has ended.
        """
        view_secret, now = self._parts.view_secret, self._parts.clock()

        def check(kept_hash: bytes) -> None:
            check_pass(given_pass, view_secret, stream, kept_hash, now)

        return self._open(stream, check)

    def new_pass(self, stream: str) -> str:
        """Give a pass to a dossier that was opened just now.

        Raises:
            UnknownDossier: there is no such dossier.
        """
        with self._parts.views.reading() as reader:
            kept_hash = reader.hash_of(stream, Mark.SECRET)
        if kept_hash is None:
            raise UnknownDossier
        return make_pass(self._parts.view_secret, stream, kept_hash, self._parts.clock())

    def _open(self, stream: str, check: Callable[[bytes], None]) -> tuple[DossierPage, Position]:
        with self._parts.views.reading() as reader:
            kept_hash = reader.hash_of(stream, Mark.SECRET)
            dossier, position = reader.dossier(stream), reader.position()
            acts = reader.acts_of(stream)
        check(kept_hash or b"")
        if kept_hash is None or dossier is None or position is None:
            raise UnknownDossier
        events = self._parts.reader.stream_events(stream)
        page = dossier_page(dossier, acts, events, self._parts.origin, self._parts.vault.open)
        return page, position

    def share_done(self, code: str) -> int:
        """Give how far the dossier with this code is, in percent.

        Raises:
            UnknownDossier: no dossier has the code.
        """
        code_hash = mark_hash(self._parts.view_secret, Mark.CODE, code.strip().upper())
        with self._parts.views.reading() as reader:
            found = [reader.dossier(name) for name in reader.streams_marked(Mark.CODE, code_hash)]
        # Codes ought to be unique; where one is not, nobody is told more than is true of all.
        shares = [share_done(dossier) for dossier in found if dossier is not None]
        if not shares:
            raise UnknownDossier
        return min(shares)


class DossiersResource:
    """``/v1/dossiers/{stream}``."""

    def __init__(self, parts: Parts):
        self._reader = DossierReader(parts)
        self._lookups = parts.lookups

    async def on_get(self, request: Request, response: Response, *, stream: str) -> None:
        """Give status and timeline."""
        self._lookups.check(request.remote_addr)
        secret = request.get_header(SECRET_HEADER)
        answer = await asyncio.to_thread(self._answer, stream, secret)
        response.data = encode(answer)
        response.set_header("Cache-Control", "no-store")

    def _answer(self, stream: str, secret: str | None) -> DossierAnswer:
        page, position = self._reader.page(stream, secret)
        return dossier_answer(page, reference_to(position), position.as_of)


class LookupResource:
    """``/v1/lookup``: the share done, and no more (LAW: Circular 01/2018 art. 16)."""

    def __init__(self, parts: Parts):
        self._reader = DossierReader(parts)
        self._lookups = parts.lookups
        self._body_seconds = parts.settings.body_seconds

    async def on_post(self, request: Request, response: Response) -> None:
        """Give the share done; the code travels in the body, so that no access log keeps it."""
        self._lookups.check(request.remote_addr)
        body = await read_body(
            request, JSON_MEDIA_TYPE, MAX_LOOKUP_BYTES, seconds=self._body_seconds
        )
        share = await asyncio.to_thread(self._reader.share_done, parse_lookup(body).code)
        response.data = encode(LookupAnswer(share_done_percent=share))
        response.set_header("Cache-Control", "no-store")
