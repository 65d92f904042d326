"""History bundles: a stream whole, with everything that proves it, in one answer.

The public part of any stream is for everybody, but of ratings and denunciations, whose streams
are sealed: their addresses answer as if there were nothing. A veiled dossier has no entries of its
own, so by its name a stranger gets what is true of it and of any name that nobody uses: that the
log has no entry of that stream. Its holder gets the notes, with what opens their veils.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import msgspec
from falcon.asgi import Request, Response

from api.data_folder import DataFolder
from api.errors import NothingHere
from api.parts import Parts
from api.reading.askers import Asker, Proof
from api.reading.rights import check_public_head, is_open
from api.resources.dossiers import DossierReader
from api.resources.receipts import is_stream
from domain.actions import StreamType
from domain.facts.shapes import RANDOM_ID
from domain.reading.private_parts import subject_of_kind
from ledger.action_notes import open_text
from ledger.histories.building import HistoryMaker
from ledger.histories.stored_index import StoredIndex
from ledger.key_files import load_private_key
from ledger.storage.port import StoredEvent
from ledger.writing.envelopes import DeferredPool, parse_opening
from projections.parts.registry import Projection
from transparency.histories.bundles import (
    HISTORY_MEDIA_TYPE,
    HISTORY_SUFFIX,
    HistoryBundle,
    Opening,
    render_history,
)

PROMISE_KEY_FILE: Final = "promise.key"
_BARE_ID: Final = re.compile(RANDOM_ID)


@dataclass(frozen=True, slots=True)
class HistoryAnswer:
    """A bundle's bytes, and the tag by which a client knows it again."""

    data: bytes
    tag: str


class Histories:
    """Makes bundles for whoever may have them."""

    def __init__(self, parts: Parts):
        self._parts = parts
        self._folder = DataFolder(parts.settings.data)
        index = StoredIndex(self._folder.index, parts.origin, parts.reader)
        self._maker = HistoryMaker(parts.reader, parts.tile_store, parts.anchors.logs, index)
        self._dossiers = DossierReader(parts)

    def proof(self, request: Request, stream: str) -> Proof:
        """Give what a request proves about who asks."""
        return self._dossiers.askers.proof(request, stream)

    def public(self, stream: str) -> HistoryAnswer:
        """Give the public history of a stream.

        Raises:
            NothingHere: it is no name of a stream, or streams of its type are sealed.
            ProjectionStopped: the index of histories has stopped.
            LedgerError: as `HistoryMaker.history_of`.
        """
        if not is_stream(stream):
            raise NothingHere
        check_public_head(stream)
        self._check_runs()
        return _answer(self._maker.history_of(stream))

    def for_asker(self, stream: str, proof: Proof) -> HistoryAnswer:
        """Give the history of a dossier with the openings that are open to whoever asks.

        Raises:
            UnknownDossier, ReadingNotPermitted, SlipReplaced: as for the dossier's timeline.
            ProjectionStopped: the index of histories has stopped.
            LedgerError: as `HistoryMaker.history_of`.
        """
        asker = self._dossiers.askers.asker(stream, proof)
        # Whoever may see the timeline may have its proof: one rule, asked in one place.
        self._dossiers.page_for(stream, asker)
        self._check_runs()
        events = self._parts.reader.stream_events(stream)
        if events and events[0].promise:
            pool = DeferredPool(load_private_key(self._folder.keys / PROMISE_KEY_FILE))
            bundle = self._maker.veiled_history_of(
                stream, events, lambda note: parse_opening(pool.opening_of(note))[0]
            )
            shown = len(bundle.withheld_notes)
        else:
            bundle = self._maker.history_of(stream)
            shown = sum(len(part.entries) for part in bundle.streams if part.stream == stream)
        openings = self._openings(events[:shown], asker)
        return _answer(msgspec.structs.replace(bundle, openings=openings))

    def _check_runs(self) -> None:
        with self._parts.views.reading() as reader:
            reader.check_runs(Projection.HISTORIES)

    def _openings(self, events: Sequence[StoredEvent], asker: Asker) -> tuple[Opening, ...]:
        hashes = {}
        for event in events:
            if is_open(asker.reader, subject_of_kind(event.kind)):
                hashes[event.version] = open_text(event.note, self._parts.origin).text_hash
        opened = self._parts.vault.open_many(list(hashes.values()))
        return tuple(
            Opening(stream=part.stream, version=version, salt=part.salt, details=part.details)
            for version, text_hash in hashes.items()
            if (part := opened.get(text_hash)) is not None
        )


class HistoriesResource:
    """``/v1/streams/{stream}/history`` and ``/v1/dossiers/{stream}/history``."""

    def __init__(self, parts: Parts):
        self._histories = Histories(parts)
        self._lookups = parts.lookups

    async def on_get(self, request: Request, response: Response, *, stream: str) -> None:
        """Give the public history of any stream but those of ratings and denunciations."""
        answer = await asyncio.to_thread(self._histories.public, stream)
        response.set_header("Cache-Control", "no-cache")
        response.set_header("Access-Control-Allow-Origin", "*")
        _give(request, response, answer)

    async def on_get_dossier(self, request: Request, response: Response, *, stream: str) -> None:
        """Give the history of a dossier to its holder, its officers and inspectors.

        A dossier is named by its stream, or by the stream's id alone.
        """
        stream = _dossier_stream(stream)
        self._lookups.check(request.remote_addr)
        response.set_header("Cache-Control", "no-store")
        proof = self._histories.proof(request, stream)
        answer = await asyncio.to_thread(self._histories.for_asker, stream, proof)
        _give(request, response, answer)


def _dossier_stream(name: str) -> str:
    """Give the stream of a dossier that an address names; what is no bare id stays as it is."""
    return f"{StreamType.DOSSIER}:{name}" if _BARE_ID.fullmatch(name) else name


def _answer(bundle: HistoryBundle) -> HistoryAnswer:
    data = render_history(bundle)
    # Of one checkpoint and one reader there is one bundle, byte for byte.
    return HistoryAnswer(data, sha256(data).hexdigest())


def _give(request: Request, response: Response, answer: HistoryAnswer) -> None:
    response.etag = answer.tag
    if any(tag in ("*", answer.tag) for tag in request.if_none_match or ()):
        response.status = 304
        return
    response.data = answer.data
    response.content_type = HISTORY_MEDIA_TYPE
    response.set_header("Content-Disposition", f'attachment; filename="history{HISTORY_SUFFIX}"')
    response.set_header("X-Content-Type-Options", "nosniff")
