"""Reading a ledger database into memory: what the writer knows is made of it at every start."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Final

from domain.moments import Moment
from ledger import action_notes
from ledger.errors import StoreCorrupt
from ledger.state import CLOCK_TOLERANCE, EASTERNMOST_OFFSET, LedgerState
from ledger.storage.port import LedgerReader, PublishedCheckpoint
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
        StoreCorrupt: an entry is missing.
    """
    latest = BEGINNING
    for body in _stored_bodies(store):
        latest = max(latest, _take_in(body, state, log))
    for event in store.enveloped_events():
        state.apply_recorded(action_notes.open_text(event.note, log.origin))
    for event in store.deferred_events():
        opened = action_notes.open_text(event.note, log.origin)
        state.apply_recorded(opened)
        # When it was recorded is on no record: its own word for it is hardly later.
        pool.add(event.stream, event.version, event.note, opened.action.at.start_in("UTC"))
    return latest


def _stored_bodies(store: LedgerReader) -> Iterator[bytes]:
    size = store.sequenced_size()
    for start in range(0, size, READ_BATCH):
        for entry in store.entries(start, min(size, start + READ_BATCH)):
            yield entry.body


def _take_in(body: bytes, state: LedgerState, log: PublicLog) -> datetime:
    """Take one entry in; give the instant that the clock had reached when it was recorded."""
    if is_seal(body):
        sealed_at = parse_seal(body).sealed_at
        log.append(body, None)
        log.note_seal(sealed_at)
        return sealed_at
    opened = action_notes.open_entry(body, log.origin)
    log.append(body, None if opened is None else opened.action.stream)
    if opened is None:
        return BEGINNING
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
