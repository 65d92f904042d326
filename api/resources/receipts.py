"""Receipts of published actions, and the head of a stream for whoever signs the next one.

A web worker makes receipts by itself, from the served tiles and one row of the ledger database:
the writer is not asked for what is published.

Of a veiled dossier both are for whoever may see it, and the receipt is that of an act's veil. To
all others it answers like a stream that does not exist.
"""

import asyncio
from typing import Final

from falcon.asgi import Request, Response

from api.bodies import LedgerAnchors, StreamHead, encode
from api.cosigning.asking import QUORUM_HEADER, ReceiptRule
from api.errors import NothingHere
from api.parts import Parts
from api.reading.askers import Askers, Proof
from api.reading.rights import check_public_head, check_public_receipt, check_right
from domain.actions import StreamType, parse_stream
from domain.errors import MalformedStream
from domain.reading.rights import Reader, Subject
from ledger.errors import StoreCorrupt, UnknownDossier, UnknownEntry
from ledger.storage.port import LedgerReader
from transparency.checkpoints import SignedCheckpoint, open_checkpoint
from transparency.encoding import encode_base64
from transparency.errors import QuorumMissing
from transparency.hashing import leaf_hash
from transparency.log_keys import LogKey
from transparency.notes import parse_note, render_vkey
from transparency.receipts import Receipt, parse_receipt, render_receipt
from transparency.tile_store import LogSource
from transparency.trusted_log import FullTiles, TrustedLog

RECEIPT_MEDIA_TYPE: Final = "text/plain; charset=utf-8"
# 16 MiB of memory: the hashes over 262,144 entries.
KEPT_TILES: Final = 1024
_SEALED: Final = f"{StreamType.DENUNCIATION}:"
_DOSSIER: Final = f"{StreamType.DOSSIER}:"


class ReceiptMaker:
    """Makes receipts from the served tiles, as of the checkpoint that is published."""

    def __init__(
        self,
        reader: LedgerReader,
        tiles: LogSource,
        log_key: LogKey,
        rule: ReceiptRule | None = None,
    ):
        self._reader = reader
        self._rule = rule or ReceiptRule()
        self._tiles = tiles
        self._full_tiles = FullTiles(tiles, KEPT_TILES)
        self._log_key = log_key
        self._log: TrustedLog | None = None

    def receipt_of(self, stream: str, version: int) -> bytes:
        """Make the receipt of one action.

        Whoever asks has the right to it: `VeiledRecords.check` comes first.

        Raises:
            UnknownEntry: there is no such action, or it is not published yet.
            NothingHere: streams of its type are sealed.
        """
        check_public_receipt(stream)
        # A denunciation has no receipt by its name: not even that it is in the log is told.
        is_asked = is_stream(stream) and not stream.startswith(_SEALED)
        event = self._reader.find(stream, version) if is_asked else None
        if event is None or event.entry_index is None:
            raise UnknownEntry
        return self.receipt_at(event.entry_index)

    def receipt_at(self, entry_index: int) -> bytes:
        """Make the receipt of the entry at an index.

        Raises:
            UnknownEntry: the published log is not that long.
            QuorumMissing: witnesses have not cosigned enough yet, and receipts wait for them.
            StoreCorrupt: the ledger database holds another entry there than the log.
            ProofInvalid: the tiles are not those of the published checkpoint.
        """
        check_right(Reader.ANYONE, Subject.PUBLIC_RECORD)
        log = self._published_log()
        if not entry_index < log.tree_size:
            raise UnknownEntry
        (entry,) = self._reader.entries(entry_index, entry_index + 1)
        if leaf_hash(entry.body) != log.hash_source.subtree_hash(0, entry_index):
            raise StoreCorrupt(f"entry {entry_index} is stored otherwise than it was published")
        proof = tuple(log.prove_inclusion(entry_index))
        return render_receipt(Receipt(entry.body, entry_index, proof, log.signed_checkpoint.note))

    def _published_log(self) -> TrustedLog:
        note = self._published_note()
        log = self._log
        if log is None or log.signed_checkpoint.note != note:
            signed: SignedCheckpoint = open_checkpoint(note, self._log_key)
            log = self._log = TrustedLog(self._tiles, signed, self._full_tiles)
        return log

    def _published_note(self) -> bytes:
        published = self._reader.checkpoint()
        if published is None:
            raise UnknownEntry
        try:
            self._rule.check(published.note)
        except QuorumMissing:
            # Published before the policy was, or while it failed open: witnesses are asked again
            # at intervals, and what they cosign then is served beside the row.
            served = self._tiles.read_checkpoint()
            if parse_note(served).text != parse_note(published.note).text:
                raise
            self._rule.check(served)
            return served
        return published.note


class VeiledRecords:
    """Keeps from strangers what the log would show of a dossier if it were open."""

    def __init__(self, parts: Parts):
        self._parts = parts
        self._askers = Askers(parts)

    def proof(self, request: Request, stream: str) -> Proof:
        """Give what a request proves, where there may be something to prove.

        Raises:
            RequestSignatureInvalid, RequestReplayed: as `RequestVerifier` says.
            TooManyRequests: secrets are tried from this address.
        """
        if not stream.startswith(_DOSSIER):
            return Proof()
        proof = self._askers.proof(request, stream)
        if proof != Proof():
            self._parts.lookups.check(request.remote_addr)
        return proof

    def check(self, stream: str, proof: Proof) -> None:
        """Check that a stream is open, or that of a veiled dossier which the asker may see.

        Raises:
            UnknownDossier: to strangers.
            ReadingNotPermitted: to an officer or inspector of other offices.
        """
        first = self._parts.reader.find(stream, 1) if stream.startswith(_DOSSIER) else None
        if first is not None and first.promise:
            check_right(self._askers.asker(stream, proof).reader, Subject.VEILED_RECORD)


class ReceiptsResource:
    """``/v1/streams/{stream}/versions/{version}/receipt`` and ``/v1/entries/{index}/receipt``."""

    def __init__(self, parts: Parts):
        self._rule = ReceiptRule.of(parts.settings)
        self._maker = ReceiptMaker(parts.reader, parts.tile_store, parts.anchors.logs, self._rule)
        self._veiled = VeiledRecords(parts)

    async def on_get(
        self, request: Request, response: Response, *, stream: str, version: int
    ) -> None:
        """Give the receipt of one version of a stream."""
        proof = self._veiled.proof(request, stream)
        receipt = await asyncio.to_thread(self._receipt, stream, version, proof)
        self._answer(response, receipt)

    def _receipt(self, stream: str, version: int, proof: Proof) -> bytes:
        try:
            self._veiled.check(stream, proof)
        except UnknownDossier as error:
            raise UnknownEntry from error
        return self._maker.receipt_of(stream, version)

    async def on_get_entry(
        self, _request: Request, response: Response, *, entry_index: int
    ) -> None:
        """Give the receipt of the entry at an index."""
        receipt = await asyncio.to_thread(self._maker.receipt_at, entry_index)
        self._answer(response, receipt)

    def _answer(self, response: Response, receipt: bytes) -> None:
        _answer_receipt(response, receipt)
        quorum = self._rule.words(parse_receipt(receipt).checkpoint_note)
        response.set_header(QUORUM_HEADER, quorum)


class StreamsResource:
    """``/v1/streams/{stream}/head``: what the next signer must name as version and previous."""

    def __init__(self, parts: Parts):
        self._reader = parts.reader
        self._veiled = VeiledRecords(parts)

    async def on_get(self, request: Request, response: Response, *, stream: str) -> None:
        """Give version and leaf hash of a stream's last action."""
        if not is_stream(stream):
            raise NothingHere
        check_public_head(stream)
        proof = self._veiled.proof(request, stream)
        response.data = encode(await asyncio.to_thread(self._head, stream, proof))
        response.set_header("Cache-Control", "no-store")

    def _head(self, stream: str, proof: Proof) -> StreamHead:
        try:
            self._veiled.check(stream, proof)
        except UnknownDossier as error:
            raise NothingHere from error
        events = self._reader.stream_events(stream)
        # Deferred kinds answer like streams that do not exist: nobody learns who has rated.
        last = events[-1] if events else None
        if last is None or (last.entry_index is None and not stream.startswith(_DOSSIER)):
            raise NothingHere
        return StreamHead(
            stream=stream,
            version=last.version,
            leaf_hash=encode_base64(leaf_hash(last.note)),
            entry_index=last.entry_index,
        )


class LedgerResource:
    """``/v1/ledger``: the ledger's name and trust anchors, as its operator gives them out."""

    def __init__(self, parts: Parts):
        anchors = parts.anchors
        self._body = encode(
            LedgerAnchors(
                origin=anchors.origin,
                log=render_vkey(anchors.log),
                registrar=render_vkey(anchors.registrar),
                demo=parts.settings.demo,
            )
        )

    async def on_get(self, _request: Request, response: Response) -> None:
        """Give origin, log key and registrar's root key."""
        response.data = self._body


def is_stream(text: str) -> bool:
    """Tell whether a text from an address names a stream at all."""
    try:
        parse_stream(text)
    except MalformedStream:
        return False
    return True


def _answer_receipt(response: Response, receipt: bytes) -> None:
    response.data = receipt
    response.content_type = RECEIPT_MEDIA_TYPE
    response.set_header("Cache-Control", "no-cache")
    response.set_header("Access-Control-Allow-Origin", "*")
    response.set_header("Content-Disposition", 'attachment; filename="receipt.tlog-proof"')
