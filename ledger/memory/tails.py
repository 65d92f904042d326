"""A ledger as if it had begun at a place: what a start reads again, and nothing before it."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from ledger.storage.port import (
    EventPlace,
    LedgerReader,
    PublishedCheckpoint,
    StoredEntry,
    StoredEvent,
)

DOSSIERS = "dossier:"


class RecallingReader(LedgerReader, Protocol):
    """A reader that knows the order of recording too."""

    def recorded_until(self) -> int:
        """Give the notification id of the act recorded last; 0 before the first."""

    def recorded_note(self, notification_id: int) -> bytes | None:
        """Give the note of an act by its notification id."""

    def withheld_after(self, notification_id: int) -> Sequence[StoredEvent]:
        """Give the acts recorded after one whose notes are no entries, in order of recording."""


class TailReader:
    """Shows the entries from an index on, the acts recorded after one, and a few chosen ones."""

    def __init__(
        self,
        reader: RecallingReader,
        start_index: int,
        after_notification_id: int,
        chosen: Iterable[StoredEvent] = (),
    ):
        self._reader = reader
        self._start_index = start_index
        acts = list(chosen)
        self._chosen = {
            act.entry_index: act.place
            for act in acts
            if act.entry_index is not None and not act.promise
        }
        self._withheld = [
            *(act for act in acts if act.promise),
            *reader.withheld_after(after_notification_id),
        ]

    def sequenced_size(self) -> int:
        """Count the entries of the whole ledger."""
        return self._reader.sequenced_size()

    def entries(self, start_index: int, end_index: int) -> Sequence[StoredEntry]:
        """Give those of the entries [start, end) that are shown."""
        chosen = [index for index in self._chosen if start_index <= index < end_index]
        before = [
            *(
                self._reader.entries(index, index + 1)[0]
                for index in sorted(chosen)
                if index < self._start_index
            )
        ]
        first = min(end_index, max(start_index, self._start_index))
        return [*before, *(self._reader.entries(first, end_index) if first < end_index else ())]

    def event_places(self, start_index: int, end_index: int) -> Sequence[EventPlace | None]:
        """Give where the events of the entries [start, end) are stored; None where not shown."""
        first = min(end_index, max(start_index, self._start_index))
        hidden = (self._chosen.get(index) for index in range(start_index, first))
        shown = self._reader.event_places(first, end_index) if first < end_index else ()
        return [*hidden, *shown]

    def deferred_events(self) -> Sequence[StoredEvent]:
        """Give those shown that have no entry yet, unless their dossier is veiled."""
        return [
            event for event in self._withheld if event.entry_index is None and not _is_veiled(event)
        ]

    def enveloped_events(self, start_index: int = 0) -> Sequence[StoredEvent]:
        """Give those shown whose envelope has an entry."""
        return [
            event
            for event in self._withheld
            if event.entry_index is not None
            and event.entry_index >= start_index
            and not _is_veiled(event)
        ]

    def veiled_events(self, after_notification_id: int, limit: int) -> Sequence[StoredEvent]:
        """Give the next of those shown that are of veiled dossiers."""
        found = (
            event
            for event in self._withheld
            if event.notification_id > after_notification_id and _is_veiled(event)
        )
        return [event for event, _ in zip(found, range(limit), strict=False)]

    def find(self, stream: str, version: int) -> StoredEvent | None:
        """Give an action of the whole ledger."""
        return self._reader.find(stream, version)

    def stream_events(self, stream: str) -> Sequence[StoredEvent]:
        """Give all actions of a stream."""
        return self._reader.stream_events(stream)

    def checkpoint(self) -> PublishedCheckpoint | None:
        """Give the published checkpoint."""
        return self._reader.checkpoint()


def _is_veiled(event: StoredEvent) -> bool:
    return bool(event.promise) and event.stream.startswith(DOSSIERS)
