"""Reading a ledger database into memory: what the writer knows is made of it at every start."""

import heapq
from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Final

from domain.actions import Action
from domain.moments import Moment
from ledger import action_notes
from ledger.errors import StoreCorrupt
from ledger.state import CLOCK_TOLERANCE, EASTERNMOST_OFFSET, LedgerState
from ledger.storage.port import EventPlace, LedgerReader, PublishedCheckpoint, StoredEvent
from ledger.writing.public_log import PublicLog
from ledger.writing.withheld import WithheldActs, is_on_dossier
from transparency.checkpoints import open_checkpoint
from transparency.errors import CheckpointNotSigned, MalformedCheckpoint
from transparency.notes import parse_note
from transparency.seals import is_seal, parse_seal

READ_BATCH: Final = 2_000
BEGINNING: Final = datetime(1, 1, 1, tzinfo=UTC)


def read_store(
    store: LedgerReader,
    state: LedgerState,
    log: PublicLog,
    withheld: WithheldActs,
    start_index: int = 0,
) -> datetime:
    """Take in everything that is stored, in the order in which it was recorded.

    ``start_index``: the entries before it were taken in, and ``store`` shows only acts after them.

    Returns:
        The latest instant that the clock of those who recorded it surely had reached. A seal
        that were earlier would make the auditor reject what it covers.

    Raises:
        StoreUnavailable: the store cannot be read.
        StoreCorrupt: an entry is missing, an event is stored elsewhere than its note says, or
            the note of one that is not deferred is no entry.
    """
    latest = BEGINNING
    waiting = _withheld_events(store)
    held = next(waiting, None)
    for entry_index, (body, place) in enumerate(_stored_bodies(store, start_index), start_index):
        while held is not None and held.recorded_after < entry_index:
            # In the order of recording: what an act leaves behind rests on all before it.
            latest = max(latest, _remember(held, state, log, withheld))
            held = next(waiting, None)
        latest = max(latest, _take_in(body, place, state, log))
    while held is not None:
        latest = max(latest, _remember(held, state, log, withheld))
        held = next(waiting, None)
    return latest


def place_of(action: Action) -> EventPlace:
    """Give where an action says that it belongs."""
    return EventPlace(action.stream, action.version, action.kind.name)


def _stored_bodies(
    store: LedgerReader, start_index: int
) -> Iterator[tuple[bytes, EventPlace | None]]:
    size = store.sequenced_size()
    for start in range(start_index, size, READ_BATCH):
        end = min(size, start + READ_BATCH)
        places = store.event_places(start, end)
        for entry, place in zip(store.entries(start, end), places, strict=True):
            yield entry.body, place


def _withheld_events(store: LedgerReader) -> Iterator[StoredEvent]:
    """Give the events whose notes are no entries, in the order of recording."""
    deferred = [*store.enveloped_events(), *store.deferred_events()]
    deferred.sort(key=lambda event: event.notification_id)
    return heapq.merge(deferred, veiled_events(store), key=lambda event: event.notification_id)


def veiled_events(store: LedgerReader) -> Iterator[StoredEvent]:
    """Give the acts of veiled dossiers in the order of recording, read in batches."""
    last = 0
    while batch := store.veiled_events(last, READ_BATCH):
        yield from batch
        last = batch[-1].notification_id


def _remember(
    event: StoredEvent, state: LedgerState, log: PublicLog, withheld: WithheldActs
) -> datetime:
    """Take a withheld act in; give the instant that the clock had reached when it was recorded."""
    opened = action_notes.open_text(event.note, log.origin)
    _check_place(event.place, place_of(opened.action))
    if not (opened.action.kind.deferred or (event.promise and is_on_dossier(event.stream))):
        raise StoreCorrupt(f"{event.place} is stored, and its note is no entry")
    state.apply_recorded(opened)
    return withheld.remember(event)


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
        state.note_seal(sealed_at)
        return sealed_at
    opened = action_notes.open_entry(body, log.origin)
    if opened is None:
        log.append(body, None)
        state.take_withheld(body)
        return BEGINNING
    log.append_action(body, opened.action)
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
    try:
        # Lines of others stand beside the log's own, and not every kind of signature repeats.
        open_checkpoint(checkpoint.note, log.keys)
    except (MalformedCheckpoint, CheckpointNotSigned) as error:
        raise StoreCorrupt(f"the published checkpoint is not ours: {error}") from error
    if log.checkpoint_text(checkpoint.tree_size) != parse_note(checkpoint.note).text:
        raise StoreCorrupt("the stored entries do not have the published root")
