"""Going on from a memory: everything that it says is compared before anything is served from it.

In this order: place and program; the seal at its place, and the root of the restored index with
it; the tree, from published tiles that are proven under the checkpoint, and the root at its place
with the recorded one; the act recorded last; then the tail is read as if the ledger began there,
and what was read with the published checkpoint. Heads are read one by one when asked for, each
compared with the code of its bucket.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.actions import Action
from ledger.action_notes import open_text
from ledger.errors import MemoryUnusable
from ledger.memory.file import MemoryFile
from ledger.memory.layout import Layout
from ledger.memory.places import MemoryPlace, note_hash, parse_place
from ledger.memory.tails import RecallingReader, TailReader
from ledger.state import LedgerState
from ledger.storage.port import PublishedCheckpoint, StoredEvent
from ledger.writing.public_log import PublicLog
from ledger.writing.reading import READ_BATCH, check_against_checkpoint, read_store
from ledger.writing.signing import stored_log_keys
from ledger.writing.withheld import WithheldActs
from transparency.checkpoints import open_checkpoint
from transparency.index import StreamIndex
from transparency.merkle import MerkleTree
from transparency.seals import Seal, is_seal, parse_seal
from transparency.tile_store import TileSource
from transparency.tiles import TILE_WIDTH
from transparency.trusted_log import ProvenHashes

# Far more than the steps of an index have (`transparency.index.snapshots`): a file that somebody
# made large is not read.
INDEX_BYTES_PER_ENTRY: Final = 1024
INDEX_BYTES_BESIDE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Parts:
    """What the writer holds: made together, and replaced together."""

    state: LedgerState
    log: PublicLog
    withheld: WithheldActs


@dataclass(frozen=True, slots=True)
class Recalled:
    """The latest instant that the clock had reached, and the reader of what was read again."""

    latest: datetime
    shown: TailReader


class Recall:
    """One start from a memory, into parts that are new."""

    def __init__(self, file: MemoryFile, reader: RecallingReader, tiles: TileSource, parts: Parts):
        self._file = file
        self._reader = reader
        self._tiles = tiles
        self._parts = parts
        self._origin = parts.log.origin

    def run(self, layout: Layout) -> Recalled:
        """Bring the parts to where the ledger is.

        Raises:
            MemoryUnusable: the memory is none of this ledger's, or garbled.
            StoreUnavailable, StoreCorrupt, TransparencyError: ledger or tiles do not fit.
        """
        place = parse_place(self._file.place(), self._origin)
        seal = self._seal_at(place)
        self._recall_log(place, seal)
        noted = [self._event(*each) for each in layout.noted()]
        self._recall_state(place, layout, noted)
        until = place.notification_id
        tail = TailReader(self._reader, place.tree_size, until)
        parts = self._parts
        latest = read_store(tail, parts.state, parts.log, parts.withheld, place.tree_size)
        checkpoint = self._reader.checkpoint() or PublishedCheckpoint(0, b"")
        check_against_checkpoint(parts.log, checkpoint)
        shown = TailReader(self._reader, place.tree_size, until, noted)
        return Recalled(max(latest, place.latest), shown)

    def _seal_at(self, place: MemoryPlace) -> Seal:
        size, until = place.tree_size, place.notification_id
        is_ahead = size > self._reader.sequenced_size() or until > self._reader.recorded_until()
        if is_ahead:
            raise MemoryUnusable("the memory is ahead of the ledger database")
        if note_hash(self._reader.recorded_note(until)) != place.note_hash:
            raise MemoryUnusable("the memory is of another course of this ledger")
        (entry,) = self._reader.entries(size - 1, size)
        if not is_seal(entry.body) or parse_seal(entry.body).covers != size - 1:
            raise MemoryUnusable("the memory does not end with a seal of this ledger")
        return parse_seal(entry.body)

    def _recall_log(self, place: MemoryPlace, seal: Seal) -> None:
        most_bytes = INDEX_BYTES_BESIDE + place.tree_size * INDEX_BYTES_PER_ENTRY
        index = StreamIndex.restored(self._file.index_steps(most_bytes))
        if index.root_hash() != seal.index_root_hash:
            raise MemoryUnusable("the remembered index does not have the sealed root")
        log, size = self._parts.log, place.tree_size
        tree = self._tree(size)
        for event in self._reader.stream_events(f"ledger:{self._origin}"):
            if event.entry_index is not None and event.entry_index < size:
                log.learn_keys(self._action(event.note), event.entry_index)
        log.recall(tree, index, self._bodies(tree.tree_size, size), seal.sealed_at)
        if log.root_hash(size) != place.root_hash:
            raise MemoryUnusable("the stored entries do not have the remembered root")

    def _tree(self, size: int) -> MerkleTree:
        checkpoint = self._reader.checkpoint()
        published = 0 if checkpoint is None else checkpoint.tree_size
        base = min(size, published) // TILE_WIDTH * TILE_WIDTH
        if checkpoint is None or not base:
            return MerkleTree()
        keys = stored_log_keys(self._reader, self._parts.log.keys, self._action)
        signed = open_checkpoint(checkpoint.note, keys)
        return MerkleTree.restored(base, ProvenHashes(self._tiles, signed))

    def _bodies(self, start: int, end: int) -> Iterator[bytes]:
        for first in range(start, end, READ_BATCH):
            for entry in self._reader.entries(first, min(end, first + READ_BATCH)):
                yield entry.body

    def _recall_state(self, place: MemoryPlace, layout: Layout, noted: list[StoredEvent]) -> None:
        state, withheld = self._parts.state, self._parts.withheld
        use_layout(self._parts, layout)
        state.recall(place.counts, self._origin)
        for event in noted:
            state.recall_noted(self._action(event.note))
        for stream, version in place.waiting:
            withheld.remember(self._event(stream, version))

    def _event(self, stream: str, version: int) -> StoredEvent:
        event = self._reader.find(stream, version)
        if event is None:
            raise MemoryUnusable("the memory names an act that is not stored")
        return event

    def _action(self, note: bytes) -> Action:
        return open_text(note, self._origin).action


def use_layout(parts: Parts, layout: Layout) -> None:
    """Let new parts keep what they know in the maps of a memory."""
    parts.state.use_maps(layout.state_maps)
    parts.withheld.dossiers.use_map(layout.tops)
