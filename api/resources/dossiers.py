"""A dossier for whoever may read it, and the share done for anyone with its code.

A wrong secret and an unknown dossier answer alike, and so do all codes that nobody was given.
Whoever asks sees a dossier once its first action is published and the views have followed.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from falcon.asgi import Request, Response

from api.bodies import LookupAnswer, encode, parse_lookup
from api.negotiation import JSON_MEDIA_TYPE
from api.parts import Parts
from api.reading.askers import Asker, Askers, Proof
from api.reading.officers import Officers
from api.reading.rights import is_open, reading_as
from api.resources.passes import make_pass
from api.resources.situations.answers import dossier_answer
from api.resources.situations.shapes import DossierAnswer
from api.uploads import read_body
from domain.dossiers import Dossier
from domain.reading.private_parts import subject_of_kind
from domain.reading.rights import Reader, Subject
from ledger.errors import UnknownDossier
from projections.clocks.explaining import ExplainedDossier, explain_dossier
from projections.dossier_page import (
    DossierPage,
    PageAct,
    dossier_page,
    share_done,
    with_effects,
)
from projections.dossier_rows import Act
from projections.holders import Mark, mark_hash
from projections.reading import read_keys, reference_to
from projections.states import StreamStates
from projections.status.basis import basis_of
from projections.status.due_effects import CountedLimit
from projections.status.situation import situation_of
from projections.views import Position, ViewReader

MAX_LOOKUP_BYTES: Final = 4096


class DossierReader:
    """Reads dossiers for whoever has a right to them; pages use it too."""

    def __init__(self, parts: Parts):
        self._parts = parts
        self.askers = Askers(parts)
        self._officers = Officers(parts)

    def page(self, stream: str, secret: str | None) -> tuple[DossierPage, Position]:
        """Give the page of a dossier to whoever has its secret.

        Raises:
            UnknownDossier: there is no such dossier, or the secret is not its own.
        """
        return self.page_for(stream, self.askers.by_secret(stream, secret or ""))

    def page_by_pass(self, stream: str, given_pass: str) -> tuple[DossierPage, Position]:
        """Give the page of a dossier to whoever has a pass to it.

        Raises:
            UnknownDossier: there is no such dossier, or the pass is not its own, or has ended.
        """
        return self.page_for(stream, self.askers.by_pass(stream, given_pass))

    def page_for(self, stream: str, asker: Asker) -> tuple[DossierPage, Position]:
        """Give as much of a dossier as whoever asks may see without an entry in its access log.

        Raises:
            UnknownDossier: there is no such dossier, or a stranger asks.
            ReadingNotPermitted: somebody asks who has no task there.
        """
        page, position = self._open(stream, asker.reader)
        return _shown_to(page, asker.reader), position

    def _subjects(self, stream: str) -> tuple[Subject, ...]:
        with self._parts.views.reading() as reader:
            is_erased = _is_erased(reader.dossier(stream))
        # By what its holder was recognised was destroyed with the rest, and all that is left of an
        # erased open dossier stands in the public log. A veiled one stays shut.
        return (Subject.PUBLIC_RECORD,) if is_erased else (Subject.STATUS, Subject.TIMELINE)

    def new_pass(self, stream: str) -> str:
        """Give a pass to a dossier that was opened just now.

        Raises:
            UnknownDossier: there is no such dossier.
        """
        with self._parts.views.reading() as reader:
            is_known = reader.hash_of(stream, Mark.SECRET) is not None
            is_known = is_known or _is_erased(reader.dossier(stream))
        if not is_known:
            raise UnknownDossier
        kept_hash = self.askers.present_hash(stream)
        return make_pass(self._parts.view_secret, stream, kept_hash, self._parts.clock())

    def _open(self, stream: str, asks: Reader) -> tuple[DossierPage, Position]:
        with reading_as(self._parts.views, asks, *self._subjects(stream)) as reader:
            dossier, position = reader.dossier(stream), reader.position()
            acts = reader.acts_of(stream)
            keys = read_keys(reader, acts)
            is_veiled = bool(reader.veiled_among((stream,)))
            if dossier is None or position is None:
                raise UnknownDossier
            events = self._parts.reader.stream_events(stream)
            page = dossier_page(
                dossier, acts, events, self._parts.origin, self._parts.vault.open, keys.get
            )
            page = self._with_situation(page, acts, reader, position)
            if is_open(asks, Subject.OFFICERS) and page.situation is not None:
                desk = page.situation.desk
                page = replace(page, officer=self._officers.handling(reader, desk, page.acts))
        return (_under_veils(page, position) if is_veiled else page), position

    def _with_situation(
        self, page: DossierPage, acts: Sequence[Act], reader: ViewReader, position: Position
    ) -> DossierPage:
        """Add where the dossier stands, and what each act did to its dates."""
        register = StreamStates(self._parts.origin, self._parts.documents, reader.states)
        explained = explain_dossier(page.dossier, acts, register)
        basis = basis_of(page.dossier, register, position.sealed_at)
        page = with_effects(page, acts, _counted(explained))
        return replace(page, situation=situation_of(page.dossier, acts, basis))

    def share_done(self, code: str, origin: str | None = None) -> int:
        """Give how far the dossier with this code is, in percent.

        ``origin`` names the other system that it was filed with, accepted there or not.

        Raises:
            UnknownDossier: no dossier has the code.
        """
        views = self._parts.views
        with reading_as(views, Reader.KNOWS_CODE, Subject.SHARE_DONE) as reader:
            streams = self._streams(reader, code.strip(), origin)
            found = [reader.dossier(name) for name in streams]
        # Codes ought to be unique; where one is not, nobody is told more than is true of all.
        shares = [share_done(dossier) for dossier in found if dossier is not None]
        if not shares:
            raise UnknownDossier
        return min(shares)

    def _streams(self, reader: ViewReader, code: str, origin: str | None) -> list[str]:
        if origin is not None:
            return [self._parts.foreign_stream(origin, code)]
        code_hash = mark_hash(self._parts.view_secret, Mark.CODE, code.upper())
        return reader.streams_marked(Mark.CODE, code_hash)


def _counted(explained: ExplainedDossier) -> CountedLimit | None:
    if explained.processing is None:
        return None
    counted = explained.processing.reading.count
    return CountedLimit(counted.limit, counted.stretches)


def _is_erased(dossier: Dossier | None) -> bool:
    return dossier is not None and dossier.erased_at is not None


def _under_veils(page: DossierPage, position: Position) -> DossierPage:
    """Give a veiled dossier's page; the entry of an act is its veil, once that is published."""
    acts = tuple(_under_its_veil(act, position) for act in page.acts)
    return replace(page, acts=acts, veiled=True)


def _under_its_veil(act: PageAct, position: Position) -> PageAct:
    is_in_log = act.entry_index is not None and act.entry_index < position.log_position
    return replace(act, entry_index=act.entry_index if is_in_log else None, published=is_in_log)


def _shown_to(page: DossierPage, reader: Reader) -> DossierPage:
    """Leave out the private parts that are not open to a reader."""
    return replace(page, acts=tuple(_act_shown_to(act, reader) for act in page.acts))


def _act_shown_to(act: PageAct, reader: Reader) -> PageAct:
    if is_open(reader, subject_of_kind(act.kind)):
        return act
    corrected = tuple(one.without_private() for one in act.corrected)
    return replace(act, details=None, corrected=corrected)


class DossiersResource:
    """``/v1/dossiers/{stream}``."""

    def __init__(self, parts: Parts):
        self._reader = DossierReader(parts)
        self._lookups = parts.lookups

    async def on_get(self, request: Request, response: Response, *, stream: str) -> None:
        """Give status and timeline, with private parts to the holder alone."""
        self._lookups.check(request.remote_addr)
        response.set_header("Cache-Control", "no-store")
        proof = self._reader.askers.proof(request, stream)
        answer = await asyncio.to_thread(self._answer, stream, proof)
        response.data = encode(answer)

    def _answer(self, stream: str, proof: Proof) -> DossierAnswer:
        asker = self._reader.askers.asker(stream, proof)
        page, position = self._reader.page_for(stream, asker)
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
        asked = parse_lookup(body)
        share = await asyncio.to_thread(self._reader.share_done, asked.code, asked.origin)
        response.data = encode(LookupAnswer(share_done_percent=share))
        response.set_header("Cache-Control", "no-store")
