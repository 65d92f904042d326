"""The port to the ledger database: what the writer, the followers and the auditor ask of a store.

The store keeps three things that move in one transaction: events (signed notes under stream and
version), their dense entry indexes, and the entries that are not events (seals, envelopes). The
published checkpoint is a row that moves by compare-and-swap; the served file is a copy of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec


@dataclass(frozen=True, slots=True)
class NewEvent:
    """One decided action, ready to be stored.

    ``entry_index`` is None for a kind whose publication is deferred; its ``promise`` is stored with
    it, since it must hold for a month and through every restart.
    """

    stream: str
    version: int
    kind: str
    note: bytes
    entry_index: int | None
    promise: bytes = b""


@dataclass(frozen=True, slots=True)
class NewBody:
    """An entry that is not an event: a seal, or the envelope of a deferred event."""

    entry_index: int
    body: bytes
    stream: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """What one transaction records: events, and entries that are not events."""

    events: tuple[NewEvent, ...]
    bodies: tuple[NewBody, ...] = ()


class StoredEntry(msgspec.Struct, frozen=True):
    """One sequenced entry: the bytes that stand in the log at ``entry_index``."""

    entry_index: int
    body: bytes


@dataclass(frozen=True, slots=True)
class EventPlace:
    """Where an event is stored: what its note says too, in columns that nobody signed."""

    stream: str
    version: int
    kind: str


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One recorded action; ``entry_index`` is None while its publication is deferred.

    ``promise`` is the signed promise of a deferred one; empty for all others. Where deferred ones
    are read together, each brings its place in the order of recording: ``notification_id``, and
    ``recorded_after``, the index of the last entry recorded before it that is itself an action
    note (-1: none), so that whoever replays can put it between entries.
    """

    stream: str
    version: int
    kind: str
    note: bytes
    entry_index: int | None
    promise: bytes = b""
    recorded_after: int = -1
    notification_id: int = 0

    @property
    def place(self) -> EventPlace:
        """Give where it is stored."""
        return EventPlace(self.stream, self.version, self.kind)


@dataclass(frozen=True, slots=True)
class PublishedCheckpoint:
    """The checkpoint that the ledger stands by: its size and its signed note."""

    tree_size: int
    note: bytes


class LedgerReader(Protocol):
    """Reading, from any process and any thread."""

    def sequenced_size(self) -> int:
        """Count the entries that have an index, published or not."""

    def entries(self, start_index: int, end_index: int) -> Sequence[StoredEntry]:
        """Give the entries [start, end) in order.

        Raises:
            StoreCorrupt: an index in the range is missing.
        """

    def event_places(self, start_index: int, end_index: int) -> Sequence[EventPlace | None]:
        """Give where the events of the entries [start, end) are stored; None for a seal.

        An envelope has the place of the event inside it.

        Raises:
            StoreCorrupt: an index in the range is missing.
        """

    def find(self, stream: str, version: int) -> StoredEvent | None:
        """Give the action recorded under one version of a stream."""

    def stream_events(self, stream: str) -> Sequence[StoredEvent]:
        """Give all recorded actions of a stream, by version."""

    def deferred_events(self) -> Sequence[StoredEvent]:
        """Give the deferred actions that have no entry yet, in order of recording.

        With them comes every other event without an entry, unless its dossier is veiled.
        """

    def enveloped_events(self, start_index: int = 0) -> Sequence[StoredEvent]:
        """Give the deferred actions whose envelope has an entry, in order of recording.

        ``start_index``: those whose envelope stands there or later.
        """

    def veiled_events(self, after_notification_id: int, limit: int) -> Sequence[StoredEvent]:
        """Give the next acts of veiled dossiers after one, in order of recording.

        They are the promised actions of ``dossier:`` streams; those whose veil stands in the log
        have its entry index.
        """

    def checkpoint(self) -> PublishedCheckpoint | None:
        """Give the published checkpoint, or None before the first."""


class LedgerStore(LedgerReader, Protocol):
    """Writing, by the one process that holds the lease."""

    def claim_lease(self, holder: str) -> int:
        """Take the lease and give its fencing token; its last holder can no longer commit."""

    def record_group(self, group: Group, *, fencing_token: int) -> None:
        """Record a group in one durable transaction: all of it or nothing.

        Raises:
            NotTheWriter: the lease has another token.
            StaleVersion: a version of a stream is taken, or the entry indexes are not the next.
            StoreUnavailable: the store failed; what was recorded must be read back.
        """

    def swap_checkpoint(
        self, checkpoint: PublishedCheckpoint, *, expected_tree_size: int, fencing_token: int
    ) -> None:
        """Move the published checkpoint forward from ``expected_tree_size`` (0: none yet).

        Raises:
            NotTheWriter: the lease has another token, or the checkpoint moved meanwhile.
        """

    def close(self) -> None:
        """Give back files and connections."""
