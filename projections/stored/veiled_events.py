"""The acts of veiled dossiers as the follower folds them: between the entries, as recorded.

Their notes never enter the log, so they are read from the ledger database, each with the entry
that was recorded before it. It is folded after that entry and before the next, and not before the
views stand beyond it: so whoever folds everything again comes to the same views. What was recorded
after the last entry is folded as it comes.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, Protocol

import msgspec

from ledger.action_notes import open_text
from ledger.errors import LedgerError, StoreCorrupt
from ledger.storage.port import StoredEvent
from projections.entries import PublicEntry
from transparency.encoding import parse_utc_seconds
from transparency.errors import TransparencyError
from transparency.notes import parse_note

READ_BATCH: Final = 500


class VeiledReader(Protocol):
    """Where the acts of veiled dossiers are read."""

    def veiled_events(self, after_notification_id: int, limit: int) -> Sequence[StoredEvent]:
        """Give the next acts of veiled dossiers after one, in order of recording."""


class _Promised(msgspec.Struct, frozen=True):
    promised_at: str


class VeiledActs:
    """The acts of veiled dossiers after a position, taken one after the other; for one fold."""

    def __init__(self, ledger: str, reader: VeiledReader, veiled_position: int) -> None:
        self._ledger = ledger
        self._reader = reader
        self._read_to = veiled_position
        self._waiting: deque[StoredEvent] = deque()
        self._is_read_out = False
        self.veiled_position = veiled_position

    def woven_into(self, entries: Sequence[PublicEntry]) -> list[PublicEntry]:
        """Give entries, each after the acts that were recorded before it; as `take_before`."""
        if not self._fill():
            return list(entries)
        found: list[PublicEntry] = []
        for entry in entries:
            assert entry.entry_index is not None
            found += self.take_before(entry.entry_index)
            found.append(entry)
        return found

    def take_before(self, entry_index: int) -> Iterator[PublicEntry]:
        """Give the next acts that were recorded before an entry, and move the position past them.

        Raises:
            StoreCorrupt: what is stored of an act is no note, or its promise none.
        """
        while self._fill() and self._waiting[0].recorded_after < entry_index:
            event = self._waiting.popleft()
            self.veiled_position = event.notification_id
            yield opened_act(event, self._ledger)

    def _fill(self) -> bool:
        if not self._waiting and not self._is_read_out:
            self._waiting.extend(self._reader.veiled_events(self._read_to, READ_BATCH))
            # What is recorded from now on comes after all entries under the checkpoint that is
            # folded now, so it can wait; asking again before each entry would cost a query each.
            self._is_read_out = len(self._waiting) < READ_BATCH
            if self._waiting:
                self._read_to = self._waiting[-1].notification_id
        return bool(self._waiting)


def opened_act(event: StoredEvent, ledger: str) -> PublicEntry:
    """Open a stored act; it was recorded when it was promised.

    Raises:
        StoreCorrupt: what is stored of it is no note, or its promise none.
    """
    try:
        opened = open_text(event.note, ledger)
        recorded_at = promised_at(event.promise)
    except (LedgerError, TransparencyError, ValueError) as error:
        raise StoreCorrupt(f"the stored act {event.place} cannot be read: {error}") from error
    return PublicEntry(None, opened.action, recorded_at, opened.signed.text)


def promised_at(promise: bytes) -> datetime:
    """Give when a stored promise was given: when its act was recorded."""
    # Unchecked: views trust the ledger database they are made from, and `audit` opens the promise.
    text = parse_note(promise).text
    promised = msgspec.json.decode(text.partition(b"\n")[2], type=_Promised)
    return parse_utc_seconds(promised.promised_at)
