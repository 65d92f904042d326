"""Reading a ledger database into memory: what the writer knows is made of it at every start."""

from collections.abc import Iterator
from typing import Final

from ledger import action_notes
from ledger.errors import StoreCorrupt
from ledger.state import LedgerState
from ledger.storage.port import LedgerReader, PublishedCheckpoint
from ledger.writing.envelopes import DeferredPool
from ledger.writing.public_log import PublicLog
from transparency.seals import is_seal, parse_seal

READ_BATCH: Final = 2_000


def read_store(store: LedgerReader, state: LedgerState, log: PublicLog, pool: DeferredPool) -> None:
    """Take in everything that is stored: entries in order, then what was never an entry.

    Raises:
        StoreUnavailable: the store cannot be read.
        StoreCorrupt: an entry is missing.
    """
    for body in _stored_bodies(store):
        _take_in(body, state, log)
    for event in store.enveloped_events():
        state.apply_recorded(action_notes.open_text(event.note, log.origin))
    for event in store.deferred_events():
        opened = action_notes.open_text(event.note, log.origin)
        state.apply_recorded(opened)
        # When it was recorded is on no record: its own word for it is hardly later.
        pool.add(event.stream, event.version, event.note, opened.action.at.start_in("UTC"))


def _stored_bodies(store: LedgerReader) -> Iterator[bytes]:
    size = store.sequenced_size()
    for start in range(0, size, READ_BATCH):
        for entry in store.entries(start, min(size, start + READ_BATCH)):
            yield entry.body


def _take_in(body: bytes, state: LedgerState, log: PublicLog) -> None:
    if is_seal(body):
        log.append(body, None)
        log.note_seal(parse_seal(body).sealed_at)
        return
    opened = action_notes.open_entry(body, log.origin)
    log.append(body, None if opened is None else opened.action.stream)
    if opened is not None:
        state.apply_recorded(opened)


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
