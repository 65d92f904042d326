"""Taking in again what was published and is not in the ledger database.

At every start, before anything is accepted, in this order:

1. Every copy within reach (own tiles and checkpoint, mirrors, witnesses) says how far the log was
   published. If the database reaches as far, and its checkpoint row too, there is nothing to do.
2. The missing entries are read, each proven under the newest signed checkpoint.
3. Stored and missing entries together must lead to the root of every checkpoint that is known, and
   an auditor must find nothing wrong with the missing ones.
4. The newest checkpoint becomes the served one.
5. The entries are recorded in groups under the indexes that they have.
6. The checkpoint row moves.

CRASH: until 4 nothing changed. From 4 on the served checkpoint itself says that entries are
missing, so the next start goes on, also where the mirror is out of reach by then: it refuses.

Notes under a veil or in an envelope are in no tile. Where the database still holds the note, its
entry is given back to it; where not, it is lost, and named. So is the time in which promises were
given to acts that had not entered the log: nobody here knows of them, but their holders, who can
hand the same notes in again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from ledger.action_notes import open_entry
from ledger.documents import DocumentSource
from ledger.errors import LedgerForked, PublishedEntriesLost, StaleVersion
from ledger.key_files import Anchors
from ledger.starting_over.checking import are_one_log, check_as_auditor, check_roots
from ledger.starting_over.copies import PublishedCopy, newest_of, served_copies
from ledger.starting_over.reading import CopiedDocuments, documents_of, read_missing
from ledger.storage.port import (
    Group,
    LedgerStore,
    NewBody,
    NewEvent,
    PublishedCheckpoint,
    StoredEvent,
)
from ledger.writing.envelopes import DeferredPool
from ledger.writing.reading import veiled_events
from ledger.writing.veils import is_withheld
from transparency.checkpoints import SignedCheckpoint
from transparency.notes import SigningKey
from transparency.seals import is_seal, parse_seal

READ_BATCH: Final = 2_000
GROUP_ENTRIES: Final = 512
HOLDER: Final = "starting over"


class KeptDocuments(DocumentSource, Protocol):
    """Where documents are kept that entries name."""

    def store(self, document: bytes) -> str:
        """Keep a document and give its hash."""


class ServedCheckpoint(Protocol):
    """Where the checkpoint is served."""

    def write_checkpoint(self, note: bytes) -> None:
        """Replace the served checkpoint."""


@dataclass(frozen=True, slots=True)
class LedgerParts:
    """What one ledger is made of, for whoever takes entries in again."""

    store: LedgerStore
    served: ServedCheckpoint
    documents: KeptDocuments
    anchors: Anchors
    promise: SigningKey


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What was taken in again, and what is lost all the same.

    `lost_notes` are entries that commit to a note which nobody has; `sealed_from` and
    `sealed_until` are the times of the last seal before and the last one after: between them
    promises were given that may be broken now. `private` are text hash and stream of each action
    taken in that has a private part, which is in the vault or lost.
    """

    source: str
    old_size: int
    tree_size: int
    actions: int
    lost_notes: tuple[int, ...]
    sealed_from: datetime | None
    sealed_until: datetime | None
    private: tuple[tuple[bytes, str], ...]


def take_in(
    parts: LedgerParts, copies: Sequence[PublishedCopy], clock: Callable[[], datetime]
) -> TakenIn | None:
    """Bring the ledger database up to what was published; None where it is there already.

    Raises:
        LedgerForked: what is stored and what was published cannot both be true.
        PublishedEntriesLost: something was published that cannot be had, or is not sound.
        StoreUnavailable, TileStoreUnavailable: a store failed; the next start goes on.
    """
    stored_size = parts.store.sequenced_size()
    row = parts.store.checkpoint()
    newest = newest_of(copies)
    if _is_up_to_date(copies, stored_size, 0 if row is None else row.tree_size):
        if not are_one_log(copies):
            check_roots(_stored_bodies(parts.store, stored_size), copies)
        return None
    missing, source = read_missing(copies, newest, stored_size)
    stored = _stored_bodies(parts.store, stored_size)
    check_roots([*stored, *missing], copies)
    if missing:
        _keep_documents(parts.documents, [*stored, *missing], copies)
        entries, documents = [*stored, *missing], parts.documents
        check_as_auditor(entries, stored_size, parts.anchors, documents, clock())
    taken = _describe(source, stored, missing, parts)
    _record(parts, missing, stored_size, newest_of(served_copies(copies)))
    return taken


def _is_up_to_date(copies: Sequence[PublishedCopy], stored_size: int, row_size: int) -> bool:
    return all(copy.least_size <= stored_size for copy in copies) and all(
        copy.signed_size <= row_size for copy in served_copies(copies)
    )


def _stored_bodies(store: LedgerStore, size: int) -> list[bytes]:
    return [
        entry.body
        for start in range(0, size, READ_BATCH)
        for entry in store.entries(start, min(size, start + READ_BATCH))
    ]


def _keep_documents(
    kept: KeptDocuments, entries: Sequence[bytes], copies: Sequence[PublishedCopy]
) -> None:
    """Keep what entries name: decisions rest on it, and the folder may be an old copy too."""
    elsewhere = CopiedDocuments(copies)
    for name in documents_of(entries):
        if kept.read(name) is not None:
            continue
        document = elsewhere.read(name)
        if document is None:
            raise PublishedEntriesLost(f"document {name} is named by an entry, and nobody has it")
        kept.store(document)


def _record(
    parts: LedgerParts, missing: Sequence[bytes], start: int, newest: SignedCheckpoint | None
) -> None:
    """Record the missing entries; ``newest`` is the largest checkpoint that was served anywhere.

    One that a witness alone shows is not: it may have been asked and nothing published after.
    """
    store = parts.store
    token = store.claim_lease(HOLDER)
    row = store.checkpoint()
    row_size = 0 if row is None else row.tree_size
    if newest is not None and newest.checkpoint.tree_size > row_size:
        # CRASH: from here on this ledger's own files tell that something is missing.
        parts.served.write_checkpoint(newest.note)
    withheld = _withheld_places(parts)
    for offset in range(0, len(missing), GROUP_ENTRIES):
        batch = missing[offset : offset + GROUP_ENTRIES]
        group = _group(batch, start + offset, parts.anchors.origin, withheld)
        try:
            store.record_group(group, fencing_token=token)
        except StaleVersion as error:
            raise LedgerForked("another act is stored where a published one belongs") from error
    if newest is not None and newest.checkpoint.tree_size > row_size:
        published = PublishedCheckpoint(newest.checkpoint.tree_size, newest.note)
        store.swap_checkpoint(published, expected_tree_size=row_size, fencing_token=token)


def _group(
    batch: Sequence[bytes], start: int, ledger: str, withheld: dict[bytes, StoredEvent]
) -> Group:
    events, bodies = [], []
    for entry_index, entry in enumerate(batch, start):
        opened = None if is_seal(entry) or is_withheld(entry) else open_entry(entry, ledger)
        if opened is None:
            note = withheld.get(_commitment_line(entry))
            place = (None, None) if note is None else (note.stream, note.version)
            bodies.append(NewBody(entry_index, entry, *place))
            continue
        action = opened.action
        events.append(NewEvent(action.stream, action.version, action.kind.name, entry, entry_index))
    return Group(tuple(events), tuple(bodies))


def _withheld_places(parts: LedgerParts) -> dict[bytes, StoredEvent]:
    """Give the stored notes that wait for the log, by what their entry will say of them."""
    pool = DeferredPool(parts.promise)
    waiting = [*parts.store.deferred_events(), *veiled_events(parts.store)]
    return {
        _commitment_line(pool.envelope_of(event.note)): event
        for event in waiting
        if event.entry_index is None
    }


def _commitment_line(entry: bytes) -> bytes:
    """Give the last line of an entry: of an envelope and of a veil it is the commitment."""
    return entry.removesuffix(b"\n").rpartition(b"\n")[2]


def _describe(
    source: str, stored: Sequence[bytes], missing: Sequence[bytes], parts: LedgerParts
) -> TakenIn:
    withheld = _withheld_places(parts)
    start, lost, private, actions = len(stored), [], [], 0
    for entry_index, entry in enumerate(missing, start):
        if is_seal(entry):
            continue
        if is_withheld(entry):
            if _commitment_line(entry) not in withheld:
                lost.append(entry_index)
            continue
        opened = open_entry(entry, parts.anchors.origin)
        if opened is None:
            raise PublishedEntriesLost(f"entry {entry_index} is no entry of a ledger")
        actions += 1
        if opened.action.commitment is not None:
            private.append((opened.text_hash, opened.action.stream))
    return TakenIn(
        source,
        start,
        start + len(missing),
        actions,
        tuple(lost),
        _last_seal_at(stored),
        _last_seal_at(missing),
        tuple(private),
    )


def _last_seal_at(entries: Sequence[bytes]) -> datetime | None:
    for entry in reversed(entries):
        if is_seal(entry):
            return parse_seal(entry).sealed_at
    return None
