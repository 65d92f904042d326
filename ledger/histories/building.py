"""Building history bundles: which streams one needs, and everything that proves them.

The work is bounded by what is in the bundle: entries by their indexes from the ledger database,
index proofs from `stored_index`, hashes from the published tiles (each node once, each tile once).
Bundles of one checkpoint are kept for a while, since a dossier's history is asked for again.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Final, Protocol

import msgspec

from domain.actions import Action
from ledger.action_notes import open_text
from ledger.errors import HistoryTooLong, StoreCorrupt
from ledger.histories.rights import key_stream, keys_named
from ledger.storage.port import StoredEntry, StoredEvent
from transparency.checkpoints import open_checkpoint
from transparency.histories.bundles import (
    MAX_HISTORY_ENTRIES,
    HistoryBundle,
    HistoryEntry,
    StreamHistory,
    WithheldNote,
    render_nodes,
)
from transparency.histories.multiproofs import prove_leaves
from transparency.index import IndexProof, render_index_proof
from transparency.log_keys import LogKey
from transparency.tile_store import TileSource
from transparency.trusted_log import ProvenHashes

KEPT_BUNDLES: Final = 32

# Gives the salt that opens what stands in the log for a note.
SaltOf = Callable[[bytes], bytes]


class IndexAtCheckpoint(Protocol):
    """The index as of one published checkpoint."""

    @property
    def tree_size(self) -> int:
        """Give the checkpoint's size."""

    @property
    def checkpoint_note(self) -> bytes:
        """Give the checkpoint's note."""

    def prove(self, stream: str) -> tuple[tuple[int, ...], IndexProof]:
        """Give all entries of a stream with the proof of it; none with the proof of absence."""


class IndexSource(Protocol):
    """Whatever proves streams under a published checkpoint: `StoredIndex`, or a replayed log."""

    def reading(self) -> AbstractContextManager[IndexAtCheckpoint]:
        """Give the index as of a checkpoint, for as long as the context lasts."""


class EntryReader(Protocol):
    """Whatever gives entries by their indexes."""

    def entries(self, start_index: int, end_index: int) -> Sequence[StoredEntry]:
        """Give the entries [start, end) in order."""


class HistoryMaker:
    """Makes history bundles as of the checkpoint that an index stands at."""

    def __init__(
        self,
        reader: EntryReader,
        tiles: TileSource,
        log_key: LogKey,
        index: IndexSource,
    ):
        self._reader = reader
        self._tiles = tiles
        self._log_key = log_key
        self._index = index
        self._kept: dict[tuple[bytes, str], HistoryBundle] = {}
        self._hashes: tuple[bytes, ProvenHashes] | None = None

    def history_of(self, stream: str) -> HistoryBundle:
        """Make the public history of a stream: all its entries, or that it has none.

        Whoever asks has the right to it.

        Raises:
            HistoryNotReady, UnknownEntry, StoreUnavailable, StoreCorrupt: as `StoredIndex.reading`.
            HistoryTooLong: it would have more entries than a bundle may.
        """
        with self._index.reading() as index:
            kept = self._kept.get((index.checkpoint_note, stream))
            if kept is not None:
                return kept
            parts = _Streams(self._reader, index, self._log_key.name)
            parts.add(stream)
            made = self._bundle(stream, index, parts.all(), ())
        if len(self._kept) >= KEPT_BUNDLES:
            self._kept = {}
        self._kept[index.checkpoint_note, stream] = made
        return made

    def veiled_history_of(
        self, stream: str, events: Sequence[StoredEvent], salt_of: SaltOf
    ) -> HistoryBundle:
        """Make the history of a veiled dossier, whose notes are no entries, for its holder.

        It has the proof that the index has no entry of that stream.

        Raises:
            HistoryNotReady, StoreUnavailable, StoreCorrupt: as `StoredIndex.reading`.
            HistoryTooLong: it would have more entries than a bundle may.
        """
        with self._index.reading() as index:
            parts = _Streams(self._reader, index, self._log_key.name)
            parts.add(stream)
            for event in events:
                parts.add_keys_of(open_text(event.note, self._log_key.name).action)
            withheld = [self._withheld(event, index.tree_size, salt_of) for event in events]
            return self._bundle(stream, index, parts.all(), withheld)

    def _withheld(self, event: StoredEvent, tree_size: int, salt_of: SaltOf) -> WithheldNote:
        entry = None
        if event.entry_index is not None and event.entry_index < tree_size:
            entry = _entry_at(self._reader, event.entry_index)
        salt = salt_of(event.note)
        return WithheldNote(note=event.note, salt=salt, entry=entry, promise=event.promise)

    def _bundle(
        self,
        stream: str,
        index: IndexAtCheckpoint,
        streams: Iterable[StreamHistory],
        withheld: Sequence[WithheldNote],
    ) -> HistoryBundle:
        streams = tuple(sorted(streams, key=lambda part: part.stream))
        last = index.tree_size - 1
        positions = [each.index for part in streams for each in part.entries]
        positions += [note.entry.index for note in withheld if note.entry is not None]
        nodes = prove_leaves([*positions, last], index.tree_size, self._hashes_under(index))
        return HistoryBundle(
            stream=stream,
            checkpoint=index.checkpoint_note,
            seal=_entry_at(self._reader, last).entry,
            streams=streams,
            nodes=render_nodes(nodes),
            withheld=tuple(withheld) if withheld else msgspec.UNSET,
        )

    def _hashes_under(self, index: IndexAtCheckpoint) -> ProvenHashes:
        known = self._hashes
        if known is None or known[0] != index.checkpoint_note:
            signed = open_checkpoint(index.checkpoint_note, self._log_key)
            known = self._hashes = (index.checkpoint_note, ProvenHashes(self._tiles, signed))
        return known[1]


class _Streams:
    """The streams that a history needs: its own, the ledger's, and those of all signers' keys."""

    def __init__(self, reader: EntryReader, index: IndexAtCheckpoint, origin: str):
        self._reader = reader
        self._index = index
        self._origin = origin
        self._own_keys: set[str] = set()
        self._found: dict[str, StreamHistory] = {}
        self._entries = 0
        self.add(f"ledger:{origin}")

    def all(self) -> Iterable[StreamHistory]:
        """Give the streams found so far."""
        return self._found.values()

    def add(self, stream: str) -> None:
        """Add a stream, and the streams of those who signed its entries."""
        waiting = [stream]
        while waiting:
            name = waiting.pop()
            if name not in self._found:
                waiting += self._read(name)

    def add_keys_of(self, action: Action) -> None:
        """Add the streams of those who signed an act that is no entry."""
        for name in keys_named(action):
            self.add(key_stream(name))

    def _read(self, stream: str) -> list[str]:
        positions, proof = self._index.prove(stream)
        self._entries += len(positions)
        if self._entries >= MAX_HISTORY_ENTRIES:
            raise HistoryTooLong(f"a bundle has at most {MAX_HISTORY_ENTRIES} entries")
        entries = tuple(_entry_at(self._reader, position) for position in positions)
        self._found[stream] = StreamHistory(
            stream=stream, entries=entries, proof=render_index_proof(proof)
        )
        actions = [open_text(each.entry, self._origin).action for each in entries]
        return [key_stream(name) for action in actions for name in keys_named(action)]


def _entry_at(reader: EntryReader, entry_index: int) -> HistoryEntry:
    stored = reader.entries(entry_index, entry_index + 1)
    if len(stored) != 1:
        raise StoreCorrupt(f"entry {entry_index} is not stored")
    return HistoryEntry(entry=stored[0].body, index=entry_index)
