"""Reading a ledger database into memory: what the writer knows is made of it at every start."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Final

from domain.actions import Action
from domain.moments import Moment
from ledger import action_notes
from ledger.action_notes import OpenedText
from ledger.errors import StoreCorrupt
from ledger.state import CLOCK_TOLERANCE, EASTERNMOST_OFFSET, LedgerState
from ledger.storage.port import EventPlace, LedgerReader, PublishedCheckpoint, StoredEvent
from ledger.writing.envelopes import DeferredPool
from ledger.writing.public_log import PublicLog
from transparency.seals import is_seal, parse_seal

READ_BATCH: Final = 2_000
BEGINNING: Final = datetime(1, 1, 1, tzinfo=UTC)


def read_store(
    store: LedgerReader, state: LedgerState, log: PublicLog, pool: DeferredPool
) -> datetime:
    """Take in everything that is stored: entries in order, then what was never an entry.

    Returns:
        The latest instant that the clock of those who recorded it surely had reached. A seal
        that were earlier would make the auditor reject what it covers.

    Raises:
        StoreUnavailable: the store cannot be read.
        StoreCorrupt: an entry is missing, an event is stored elsewhere than its note says, or
            the note of one that is not deferred is no entry.
    """
    latest = BEGINNING
    for body, place in _stored_bodies(store):
        latest = max(latest, _take_in(body, place, state, log))
    for event in store.enveloped_events():
        state.apply_recorded(_open_deferred(event, log.origin))
    for event in store.deferred_events():
        state.apply_recorded(_open_deferred(event, log.origin))
        pool.add_stored(event)
    return latest


def place_of(action: Action) -> EventPlace:
    """Give where an action says that it belongs."""
    return EventPlace(action.stream, action.version, action.kind.name)


def _stored_bodies(store: LedgerReader) -> Iterator[tuple[bytes, EventPlace | None]]:
    size = store.sequenced_size()
    for start in range(0, size, READ_BATCH):
        end = min(size, start + READ_BATCH)
        places = store.event_places(start, end)
        for entry, place in zip(store.entries(start, end), places, strict=True):
            yield entry.body, place


def _open_deferred(event: StoredEvent, ledger: str) -> OpenedText:
    opened = action_notes.open_text(event.note, ledger)
    _check_place(event.place, place_of(opened.action))
    if not opened.action.kind.deferred:
        raise StoreCorrupt(f"{event.place} is stored, and its note is no entry")
    return opened


def _check_place(stored: EventPlace | None, named: EventPlace | None) -> None:
    if stored != named:
        raise StoreCorrupt(f"what says that it is {named} is stored as {stored}")


def _take_in(body: bytes, place: EventPlace | None, state: LedgerState, log: PublicLog) -> datetime:
    """Take one entry in; give the instant that the clock had reached when it was recorded."""
    if is_seal(body):
        _check_place(place, None)
        sealed_at = parse_seal(body).sealed_at
        log.append(body, None)
        log.note_seal(sealed_at)
        return sealed_at
    opened = action_notes.open_entry(body, log.origin)
    log.append(body, None if opened is None else opened.action.stream)
    if opened is None:
        state.count_envelope()
        return BEGINNING
    _check_place(place, place_of(opened.action))
    state.apply_recorded(opened)
    return _permitted_from(opened.action.at)


def _permitted_from(at: Moment) -> datetime:
    """Give the earliest clock under which `LedgerState.check` permits an action of that moment.

    The moment itself may be ahead of every clock by the tolerance: taken for the clock, it would
    let each restart grant the tolerance once more.
    """
    if at.instant is not None:
        return at.instant - CLOCK_TOLERANCE
    assert at.day is not None
    return datetime.combine(at.day, time(), UTC) - EASTERNMOST_OFFSET


def check_against_checkpoint(log: PublicLog, checkpoint: PublishedCheckpoint) -> None:
    """Compare what was read with the published checkpoint, before anything is served from it.

    Raises:
        StoreCorrupt: entries and published checkpoint do not belong together.
    """
    if checkpoint.tree_size == 0:
        return
    # The last seal is always compared before anything is served from this store.
    if checkpoint.tree_size > log.tree_size:
        raise StoreCorrupt("the published checkpoint is ahead of the stored entries")
    if log.checkpoint_note(checkpoint.tree_size) != checkpoint.note:
        raise StoreCorrupt("the stored entries do not have the published root")
