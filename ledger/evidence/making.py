"""Making evidence of what an audit found: each file is judged before it is given out.

The auditor names problems and where; here the log is read once more, and what convicts it is put
into files. A problem of which no file would convince somebody else gives none: a missing document,
say, or what differs between databases; nor does what is no lie: a seal that witnesses saw late.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Protocol

from domain.facts.tallies import DossiersCounted, TallyPublished
from ledger.action_notes import open_entry
from ledger.documents import DocumentSource
from ledger.errors import LedgerError
from ledger.evidence.charges import BROKEN_STREAM, FOREIGN_ENTRY, NO_RIGHT, TALLY
from ledger.evidence.judging import JudgedBy, judge, stream_of
from ledger.histories.building import HistoryMaker
from ledger.storage.port import StoredEntry
from ledger.writing.public_log import index_key
from transparency.checkpoints import open_checkpoint
from transparency.errors import MalformedSeal, ProofInvalid, TransparencyError
from transparency.evidence.files import EVIDENCE_SUFFIX, Evidence, render_evidence
from transparency.evidence.seals import (
    SHRINK,
    UNSEALED,
    WRONG_INDEX_ROOT,
    Shown,
    make_omitted_entry,
    make_receipt,
)
from transparency.evidence.times import SEAL_TIME, make_seal_ahead, make_two_seals
from transparency.histories.bundles import render_history
from transparency.index import (
    KEY_BITS,
    KEY_BYTES,
    IndexProof,
    StreamIndex,
    verify_index_proof,
)
from transparency.log_keys import LogKey
from transparency.seals import Seal, is_seal, parse_seal
from transparency.tile_store import TileSource
from transparency.trusted_log import TrustedLog

MOST_FILES: Final = 100
MOST_CANDIDATES: Final = 200_000
_NAME_HEX: Final = 16


class Found(Protocol):
    """What an audit names: a constant code, and the entry that it is about."""

    @property
    def code(self) -> str:
        """Give the code."""

    @property
    def entry_index(self) -> int | None:
        """Give the entry; None for what is about no one entry."""


@dataclass(frozen=True, slots=True)
class EvidenceSources:
    """Where evidence is made from: the log with its files, and the public documents."""

    log: TrustedLog
    tiles: TileSource
    documents: DocumentSource
    by: JudgedBy


def file_name(evidence: Evidence) -> str:
    """Name the file of some evidence by its charge and its content."""
    digest = hashlib.sha256(render_evidence(evidence)).hexdigest()
    return f"{evidence.kind}-{digest[:_NAME_HEX]}{EVIDENCE_SUFFIX}"


def make_evidence(problems: Iterable[Found], sources: EvidenceSources) -> Iterator[Evidence]:
    """Give evidence of what was found, each judged good; at most a hundred."""
    made: dict[str, Evidence] = {}
    maker = _Maker(sources)
    for problem in problems:
        for evidence in maker.try_all(problem):
            name = file_name(evidence)
            if name not in made:
                made[name] = evidence
                yield evidence
        if len(made) >= MOST_FILES:
            return


class _Maker:
    def __init__(self, sources: EvidenceSources):
        self._sources = sources
        self._log = sources.log
        self._origin = sources.by.anchors.origin

    def try_all(self, problem: Found) -> Iterator[Evidence]:
        """Give what convicts of one problem; nothing where no attempt does."""
        if problem.entry_index is None:
            attempts: Sequence[Callable[[int], Evidence | None]] = (self._unsealed,)
            place = self._log.tree_size - 1
        else:
            attempts, place = self._attempts(problem.code), problem.entry_index
        for attempt in attempts:
            try:
                evidence = attempt(place)
                if evidence is None:
                    continue
                judge(evidence, self._sources.by)
            except (TransparencyError, LedgerError):
                # It shows nothing to somebody else: the audit's report still says it.
                continue
            yield evidence
            return

    def _attempts(self, code: str) -> Sequence[Callable[[int], Evidence | None]]:
        match code:
            case "wrong_index_root" | "wrong_seal":
                return (self._omitted, self._wrong_root, self._unsealed)
            case "seal_time_went_back":
                return (self._time_went_back,)
            case "seal_dated_ahead":
                return (self._dated_ahead, self._ahead_of_the_newest)
            case "checkpoint_went_back":
                return (self._shrink,)
            case "tally_does_not_add_up":
                return (self._tally,)
            case _:
                return (self._no_right, self._broken_stream, self._foreign)

    def _unsealed(self, entry_index: int) -> Evidence | None:
        if entry_index != self._log.tree_size - 1:
            return None
        return Evidence(UNSEALED, {"last": make_receipt(self._log, entry_index)})

    def _wrong_root(self, entry_index: int) -> Evidence:
        return Evidence(WRONG_INDEX_ROOT, {"seal": make_receipt(self._log, entry_index)})

    def _omitted(self, entry_index: int) -> Evidence | None:
        (entry,) = self._log.entries(entry_index, entry_index + 1)
        root = parse_seal(entry).index_root_hash
        index, streams = self._index_below(entry_index)
        # The newest first: what is left out is mostly what has just come in.
        for left_out in sorted(streams, reverse=True)[:MOST_CANDIDATES]:
            key = index_key(streams[left_out])
            shown = _without(index, key, left_out)
            try:
                verify_index_proof(key, shown[0] or None, shown[1], root)
            except ProofInvalid:
                continue
            return make_omitted_entry(self._log, entry_index, left_out, streams[left_out], shown)
        return None

    def _index_below(self, end: int) -> tuple[StreamIndex, dict[int, str]]:
        index, streams = StreamIndex(), {}
        for entry_index, entry in enumerate(self._log.entries(0, end)):
            stream = stream_of(entry, self._origin)
            if stream is not None:
                streams[entry_index] = stream
                index.append(index_key(stream), entry_index)
        return index, streams

    def _time_went_back(self, entry_index: int) -> Evidence:
        before = max(each for each in self._seals if each < entry_index)
        return self._two_seals(SEAL_TIME, before, entry_index)

    def _dated_ahead(self, entry_index: int) -> Evidence | None:
        embedding = [each for each in self._seals if self._embedded_size(each) > entry_index]
        return make_two_seals(self._log, entry_index, min(embedding)) if embedding else None

    def _ahead_of_the_newest(self, entry_index: int) -> Evidence:
        return make_seal_ahead(self._log, entry_index)

    def _shrink(self, entry_index: int) -> Evidence:
        before = max((each for each in self._seals if each < entry_index), key=self._embedded_size)
        return self._two_seals(SHRINK, before, entry_index)

    def _two_seals(self, kind: str, first: int, second: int) -> Evidence:
        pieces = {
            name: make_receipt(self._log, place)
            for name, place in (("first", first), ("second", second))
        }
        return Evidence(kind, pieces)

    def _embedded_size(self, entry_index: int) -> int:
        note = self._seals[entry_index].previous_checkpoint
        try:
            return open_checkpoint(note, self._log_key).checkpoint.tree_size
        except TransparencyError:
            return 0

    @property
    def _log_key(self) -> LogKey:
        return self._sources.by.anchors.logs

    @cached_property
    def _seals(self) -> dict[int, Seal]:
        seals = {}
        for entry_index, entry in enumerate(self._log.entries(0, self._log.tree_size)):
            # One that cannot be read hides nothing of what the others show.
            with suppress(MalformedSeal):
                if is_seal(entry):
                    seals[entry_index] = parse_seal(entry)
        return seals

    def _tally(self, entry_index: int) -> Evidence | None:
        (entry,) = self._log.entries(entry_index, entry_index + 1)
        opened = open_entry(entry, self._origin)
        facts = None if opened is None else opened.action.facts
        if not isinstance(facts, TallyPublished | DossiersCounted):
            return None
        document = self._sources.documents.read(facts.document)
        if document is None:
            return None
        pieces = {"tally": make_receipt(self._log, entry_index), "document": document}
        return Evidence(TALLY, pieces)

    def _foreign(self, entry_index: int) -> Evidence:
        return Evidence(FOREIGN_ENTRY, {"entry": make_receipt(self._log, entry_index)})

    def _no_right(self, entry_index: int) -> Evidence | None:
        return self._by_history(NO_RIGHT, entry_index)

    def _broken_stream(self, entry_index: int) -> Evidence | None:
        return self._by_history(BROKEN_STREAM, entry_index)

    def _by_history(self, kind: str, entry_index: int) -> Evidence | None:
        (entry,) = self._log.entries(entry_index, entry_index + 1)
        stream = stream_of(entry, self._origin)
        if stream is None:
            return None
        bundle = self._histories.history_of(stream)
        return Evidence(kind, {"history": render_history(bundle)})

    @cached_property
    def _histories(self) -> HistoryMaker:
        index, _ = self._index_below(self._log.tree_size - 1)
        replayed = ReplayedIndex(self._log, index)
        return HistoryMaker(replayed, self._sources.tiles, self._log_key, replayed)


class ReplayedIndex:
    """The index and the entries of a log that was read whole: what bundles are made from."""

    def __init__(self, log: TrustedLog, index: StreamIndex):
        self._log = log
        self._index = index

    @property
    def tree_size(self) -> int:
        """Give the checkpoint's size."""
        return self._log.tree_size

    @property
    def checkpoint_note(self) -> bytes:
        """Give the checkpoint's note."""
        return self._log.signed_checkpoint.note

    @contextmanager
    def reading(self) -> Iterator["ReplayedIndex"]:
        """Give itself: a log that was read stands still."""
        yield self

    def prove(self, stream: str) -> tuple[tuple[int, ...], IndexProof]:
        """Give all entries of a stream with the proof of it; none with the proof of absence."""
        key = index_key(stream)
        return self._index.entry_indexes(key), self._index.prove(key)

    def entries(self, start_index: int, end_index: int) -> Sequence[StoredEntry]:
        """Give the entries [start, end) in order."""
        entries = self._log.entries(start_index, end_index)
        return [StoredEntry(start_index + i, entry) for i, entry in enumerate(entries)]


def _without(index: StreamIndex, key: bytes, left_out: int) -> Shown:
    """Give what an index would show of a key that lacked one of its entries."""
    positions = tuple(each for each in index.entry_indexes(key) if each != left_out)
    proof = index.prove(key)
    if positions or not proof.siblings:
        return positions, IndexProof(proof.siblings) if positions else IndexProof(())
    # Its leaf would be gone, and the branch above it: what stood beside it stands there instead.
    lowest = proof.siblings[0][0]
    beside = int.from_bytes(key, "big") ^ (1 << (KEY_BITS - 1 - lowest))
    beside_key = beside.to_bytes(KEY_BYTES, "big")
    there = index.prove(beside_key)
    siblings = tuple(each for each in there.siblings if each[0] != lowest)
    return (), IndexProof(siblings, there.other)
