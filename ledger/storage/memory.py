"""The ledger database in memory: the same port, for tests and simulations."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from ledger.errors import NotTheWriter, StaleVersion, StoreCorrupt
from ledger.storage.port import (
    EventPlace,
    Group,
    NewBody,
    PublishedCheckpoint,
    StoredEntry,
    StoredEvent,
)


class MemoryLedgerStore:
    """Keeps events, entries, lease and checkpoint in plain lists; lost with the process."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._events: dict[tuple[str, int], StoredEvent] = {}
        self._bodies: list[bytes] = []
        self._places: list[EventPlace | None] = []
        self._order: list[tuple[str, int]] = []
        self._recorded_after: list[int] = []
        self._last_own_entry = -1
        self._enveloped: set[tuple[str, int]] = set()
        self._checkpoint: PublishedCheckpoint | None = None
        self._fencing_token = 0

    def sequenced_size(self) -> int:
        """Count the entries that have an index, published or not."""
        return len(self._bodies)

    def entries(self, start_index: int, end_index: int) -> Sequence[StoredEntry]:
        """Give the entries [start, end) in order."""
        assert 0 <= start_index <= end_index
        with self._lock:
            if end_index > len(self._bodies):
                raise StoreCorrupt(f"entries {start_index} to {end_index} are not all stored")
            return [StoredEntry(i, self._bodies[i]) for i in range(start_index, end_index)]

    def event_places(self, start_index: int, end_index: int) -> Sequence[EventPlace | None]:
        """Give where the events of the entries [start, end) are stored; None for a seal."""
        assert 0 <= start_index <= end_index
        with self._lock:
            if end_index > len(self._places):
                raise StoreCorrupt(f"entries {start_index} to {end_index} are not all stored")
            return self._places[start_index:end_index]

    def find(self, stream: str, version: int) -> StoredEvent | None:
        """Give the action recorded under one version of a stream."""
        return self._events.get((stream, version))

    def stream_events(self, stream: str) -> Sequence[StoredEvent]:
        """Give all recorded actions of a stream, by version."""
        with self._lock:
            found = [event for event in self._events.values() if event.stream == stream]
        return sorted(found, key=lambda event: event.version)

    def deferred_events(self) -> Sequence[StoredEvent]:
        """Give the recorded actions that have no entry yet, in order of recording."""
        return [
            event
            for event in self._placed_events(0)
            if event.entry_index is None and not _is_veiled(event)
        ]

    def enveloped_events(self, start_index: int = 0) -> Sequence[StoredEvent]:
        """Give the deferred actions whose envelope has an entry, in order of recording."""
        with self._lock:
            enveloped = frozenset(self._enveloped)
        return [
            event
            for event in self._placed_events(0)
            if event.entry_index is not None
            and event.entry_index >= start_index
            and (event.stream, event.version) in enveloped
            and not _is_veiled(event)
        ]

    def veiled_events(self, after_notification_id: int, limit: int) -> Sequence[StoredEvent]:
        """Give the next acts of veiled dossiers after one, in order of recording."""
        assert limit > 0
        veiled = (
            event for event in self._placed_events(after_notification_id) if _is_veiled(event)
        )
        return list(islice(veiled, limit))

    def _placed_events(self, after_notification_id: int) -> Sequence[StoredEvent]:
        """Give the events after one in order of recording; notification ids begin with 1."""
        with self._lock:
            ids = range(after_notification_id + 1, len(self._order) + 1)
            return [
                replace(
                    self._events[self._order[number - 1]],
                    recorded_after=self._recorded_after[number - 1],
                    notification_id=number,
                )
                for number in ids
            ]

    def recorded_until(self) -> int:
        """Give the notification id of the act recorded last; 0 before the first."""
        with self._lock:
            return len(self._order)

    def recorded_note(self, notification_id: int) -> bytes | None:
        """Give the note of an act by its notification id."""
        with self._lock:
            is_there = 0 < notification_id <= len(self._order)
            return self._events[self._order[notification_id - 1]].note if is_there else None

    def withheld_after(self, notification_id: int) -> Sequence[StoredEvent]:
        """Give the acts recorded after one whose notes are no entries, in order of recording."""
        with self._lock:
            enveloped = frozenset(self._enveloped)
        return [
            event
            for event in self._placed_events(notification_id)
            if event.entry_index is None or (event.stream, event.version) in enveloped
        ]

    def checkpoint(self) -> PublishedCheckpoint | None:
        """Give the published checkpoint, or None before the first."""
        return self._checkpoint

    def claim_lease(self, holder: str) -> int:
        """Take the lease and give its fencing token."""
        assert holder
        with self._lock:
            self._fencing_token += 1
            return self._fencing_token

    def record_group(self, group: Group, *, fencing_token: int) -> None:
        """Record a group: all of it or nothing."""
        with self._lock:
            self._confirm(fencing_token)
            self._check_free(group)
            for event in group.events:
                stored = StoredEvent(
                    event.stream,
                    event.version,
                    event.kind,
                    event.note,
                    event.entry_index,
                    event.promise,
                )
                self._events[event.stream, event.version] = stored
                self._order.append((event.stream, event.version))
                self._recorded_after.append(self._last_own_entry)
                if event.entry_index is not None:
                    self._last_own_entry = event.entry_index
            self._append(group)

    def _check_free(self, group: Group) -> None:
        indexes = [e.entry_index for e in group.events if e.entry_index is not None]
        indexes += [body.entry_index for body in group.bodies]
        size = len(self._bodies)
        if sorted(indexes) != list(range(size, size + len(indexes))):
            raise StaleVersion("a version or an entry index of this group is taken")
        places = {(event.stream, event.version) for event in group.events}
        if len(places) < len(group.events) or places & self._events.keys():
            raise StaleVersion("a version or an entry index of this group is taken")

    def _append(self, group: Group) -> None:
        placed: dict[int, tuple[bytes, EventPlace | None]] = {
            event.entry_index: (event.note, EventPlace(event.stream, event.version, event.kind))
            for event in group.events
            if event.entry_index is not None
        }
        for body in group.bodies:
            placed[body.entry_index] = (body.body, self._envelop(body))
        for index in sorted(placed):
            note, place = placed[index]
            self._bodies.append(note)
            self._places.append(place)

    def _envelop(self, body: NewBody) -> EventPlace | None:
        if body.stream is None or body.version is None:
            return None
        event = replace(self._events[body.stream, body.version], entry_index=body.entry_index)
        self._events[event.stream, event.version] = event
        self._enveloped.add((event.stream, event.version))
        return event.place

    def swap_checkpoint(
        self, checkpoint: PublishedCheckpoint, *, expected_tree_size: int, fencing_token: int
    ) -> None:
        """Move the published checkpoint forward from ``expected_tree_size`` (0: none yet)."""
        assert checkpoint.tree_size > expected_tree_size >= 0
        with self._lock:
            self._confirm(fencing_token)
            current = 0 if self._checkpoint is None else self._checkpoint.tree_size
            if current != expected_tree_size:
                raise NotTheWriter("the checkpoint moved while this writer was publishing")
            self._checkpoint = checkpoint

    def close(self) -> None:
        """Nothing to give back."""

    def _confirm(self, fencing_token: int) -> None:
        if fencing_token != self._fencing_token:
            raise NotTheWriter("another writer took the lease")


def _is_veiled(event: StoredEvent) -> bool:
    return bool(event.promise) and event.stream.startswith("dossier:")
