"""The one writer: decides, records, sequences and seals groups of actions, and publishes them.

`Writer` is the plain core without threads or sockets; `ledger.writing.loop` drives it. The order of
its steps is the design (architecture.md, "The life of an action")::

    decide        in memory; refusals single out one action, never the group
    record        events, entry indexes and the seal in one transaction, fencing token confirmed
    publish       tiles and bundles, checkpoint row by compare-and-swap, checkpoint file
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

import msgspec

from domain.errors import DomainError
from ledger import action_notes
from ledger.action_notes import VerifiedAction
from ledger.errors import LedgerError, MalformedAction, StaleVersion, StoreCorrupt
from ledger.state import LedgerState
from ledger.storage.port import Group, LedgerStore, NewBody, NewEvent, PublishedCheckpoint
from ledger.writing.frames import HandedAction, Verdict
from ledger.writing.public_log import Publication, PublicLog
from transparency.notes import SigningKey
from transparency.promises import Promise, Refusal, sign_promise, sign_refusal
from transparency.seals import is_seal, parse_seal

LONGEST_PUBLICATION_DELAY: Final = timedelta(hours=1)
READ_BATCH: Final = 2_000

Clock = Callable[[], datetime]


class PublicationStore(Protocol):
    """Where the served files go; ``write_all`` is durable when it returns."""

    def write_all(self, files: dict[str, bytes]) -> None:
        """Write files by path; equal bytes again are fine."""

    def write_checkpoint(self, note: bytes) -> None:
        """Replace the served checkpoint."""


@dataclass(frozen=True, slots=True)
class WriterKeys:
    """The keys that the writer signs with."""

    log: SigningKey
    promise: SigningKey


@dataclass(frozen=True, slots=True)
class GroupResult:
    """Verdicts in the order of the actions, and whether a seal now waits for publication."""

    verdicts: list[Verdict]
    sealed: bool


class Writer:
    """Decides and records in one order, and knows what is sealed and what is published."""

    def __init__(
        self,
        store: LedgerStore,
        publications: PublicationStore,
        make_state: Callable[[], LedgerState],
        keys: WriterKeys,
        clock: Clock,
    ):
        self._store = store
        self._publications = publications
        self._make_state = make_state
        self._keys = keys
        self._clock = clock
        self._ledger = keys.log.name
        self._promises: dict[bytes, bytes] = {}
        self._open_promises: deque[tuple[int, bytes]] = deque()
        self._fencing_token = 0
        self.reload()

    def reload(self) -> None:
        """Forget everything and read it again from the store, as at the start of the process."""
        self._state = self._make_state()
        self._log = PublicLog(self._ledger, self._keys.log)
        self._promises.clear()
        self._open_promises.clear()
        for body in _stored_bodies(self._store):
            self._take_in(body)
        for event in self._store.deferred_events():
            self._state.apply_recorded(action_notes.open_text(event.note, self._ledger))
        published = self._store.checkpoint()
        self._checkpoint = published or PublishedCheckpoint(0, b"")
        self._check_against_checkpoint()

    def _take_in(self, body: bytes) -> None:
        if is_seal(body):
            self._log.append(body, None)
            self._log.note_seal(parse_seal(body).sealed_at)
            return
        opened = action_notes.open_entry(body, self._ledger)
        self._log.append(body, None if opened is None else opened.action.stream)
        if opened is not None:
            self._state.apply_recorded(opened)

    def _check_against_checkpoint(self) -> None:
        size = self._checkpoint.tree_size
        if size == 0:
            return
        # The last seal is always compared before anything is served from this store.
        if size > self._log.tree_size:
            raise StoreCorrupt("the published checkpoint is ahead of the stored entries")
        if self._log.checkpoint_note(size) != self._checkpoint.note:
            raise StoreCorrupt("the stored entries do not have the published root")

    def take_over(self, holder: str) -> None:
        """Claim the lease and bring the served files up to what is stored.

        Recovery runs the same publishing as every day: files of the published size are written
        again (equal bytes), then what was recorded after it is sealed and published.
        """
        self._fencing_token = self._store.claim_lease(holder)
        if self._checkpoint.tree_size:
            files = self._log.publication(0, self._checkpoint.tree_size).files
            self._publications.write_all(dict(files))
            self._publications.write_checkpoint(self._checkpoint.note)
        self._log.forget_published(self._checkpoint.tree_size)
        if self._log.tree_size > self._checkpoint.tree_size:
            if self._log.sealed_size != self._log.tree_size:
                self._record_all([], [], with_seal=True)
            self.publish()

    @property
    def published_size(self) -> int:
        """Count the entries under the published checkpoint."""
        return self._checkpoint.tree_size

    @property
    def checkpoint_note(self) -> bytes:
        """Give the published checkpoint; empty before the first."""
        return self._checkpoint.note

    @property
    def has_unsealed(self) -> bool:
        """Tell whether entries wait for a seal."""
        return self._log.tree_size > self._log.sealed_size

    def record(self, handed: Sequence[HandedAction], *, with_seal: bool) -> GroupResult:
        """Decide a group and record what is permitted, in one durable transaction.

        Raises:
            StoreUnavailable: the store failed; memory was read again from it, and the caller
                may hand over the same actions: what was recorded is recognised.
            NotTheWriter: another writer took over; this one must end.
        """
        verdicts: list[Verdict] = []
        accepted: list[VerifiedAction] = []
        for action in handed:
            verdicts.append(self._decide(action, accepted))
        sealed = with_seal and bool(accepted or self.has_unsealed)
        if accepted or sealed:
            self._record_or_reload(accepted, verdicts, with_seal=sealed)
        return GroupResult(verdicts, sealed)

    def _record_or_reload(
        self, accepted: list[VerifiedAction], verdicts: list[Verdict], *, with_seal: bool
    ) -> None:
        try:
            self._record_all(accepted, verdicts, with_seal=with_seal)
        except LedgerError:
            # CRASH: memory is ahead of a store that may or may not have committed: only the
            # store knows, so memory is made anew from it.
            self.reload()
            raise

    def _decide(self, handed: HandedAction, accepted: list[VerifiedAction]) -> Verdict:
        try:
            verified = action_notes.reopen_verified(handed, self._ledger)
        except MalformedAction as error:
            return Verdict(error.code, str(error), None, b"")
        try:
            if self._state.has_seen_version(verified.action):
                return self._answer_again(verified, accepted)
            self._state.check(verified.action, self._clock())
        except (LedgerError, DomainError) as error:
            return self._refuse(verified.text_hash, error)
        self._state.apply(verified.action, verified.leaf_hash)
        accepted.append(verified)
        return Verdict("", "", None, self._promise(verified))

    def _answer_again(self, verified: VerifiedAction, accepted: list[VerifiedAction]) -> Verdict:
        """Give the first answer to a text seen before, or refuse another text on its version.

        Raises:
            StaleVersion: the stream has another action under this version.
        """
        first = self._store.find(verified.action.stream, verified.action.version)
        in_group = any(known.text_hash == verified.text_hash for known in accepted)
        if not in_group and (first is None or first.note != verified.note):
            raise StaleVersion("the stream has another action under this version")
        note = self._promises.get(verified.text_hash, b"")
        entry_index = None if first is None else first.entry_index
        return Verdict("", "", entry_index, note, repeated=True)

    def _promise(self, verified: VerifiedAction) -> bytes:
        now = self._clock().replace(microsecond=0)
        action = verified.action
        publish_by = _end_of_month(now) if action.kind.deferred else now + LONGEST_PUBLICATION_DELAY
        promise = Promise(
            self._ledger, verified.leaf_hash, action.stream, action.version, now, publish_by
        )
        note = sign_promise(promise, self._keys.promise)
        self._promises[verified.text_hash] = note
        return note

    def _refuse(self, text_hash: bytes, error: LedgerError | DomainError) -> Verdict:
        return Verdict(error.code, str(error), None, self.sign_refusal(text_hash, error.code))

    def sign_refusal(self, text_hash: bytes, code: str) -> bytes:
        """Sign that a correctly signed text was refused, and why."""
        return sign_refusal(Refusal(self._ledger, text_hash, code), self._keys.promise)

    def _record_all(
        self, accepted: list[VerifiedAction], verdicts: list[Verdict], *, with_seal: bool
    ) -> None:
        events = [self._sequence(verified) for verified in accepted]
        bodies: list[NewBody] = []
        if with_seal:
            bodies.append(self._append_seal())
        self._store.record_group(
            Group(tuple(events), tuple(bodies)), fencing_token=self._fencing_token
        )
        _fill_indexes(verdicts, [event.entry_index for event in events])

    def _sequence(self, verified: VerifiedAction) -> NewEvent:
        action = verified.action
        entry_index: int | None = None
        if not action.kind.deferred:
            entry_index = self._log.tree_size
            self._log.append(verified.note, action.stream)
            self._open_promises.append((entry_index, verified.text_hash))
        return NewEvent(action.stream, action.version, action.kind.name, verified.note, entry_index)

    def _append_seal(self) -> NewBody:
        seal = self._log.make_seal(_to_milliseconds(self._clock()), self._checkpoint.note)
        entry_index = self._log.tree_size
        self._log.append(seal, None)
        self._log.note_seal(parse_seal(seal).sealed_at)
        return NewBody(entry_index, seal)

    def publish(self) -> None:
        """Publish up to the last seal. CRASH: after any step, `take_over` finishes the work."""
        publication = self.prepare_publication()
        self.write_publication(publication)
        self.finish_publication(publication)

    def prepare_publication(self) -> Publication:
        """Make files and checkpoint up to the last seal; call it where seals are recorded."""
        return self._log.publication(self._checkpoint.tree_size, self._log.sealed_size)

    def write_publication(self, publication: Publication) -> None:
        """Write files, move the checkpoint row, then serve it; safe beside `record`."""
        # CRASH: files without a checkpoint are invisible; they are written again, equal.
        self._publications.write_all(dict(publication.files))
        # CRASH: the row is the truth; the file is copied from it again at the next start.
        self._store.swap_checkpoint(
            PublishedCheckpoint(publication.tree_size, publication.checkpoint_note),
            expected_tree_size=publication.old_tree_size,
            fencing_token=self._fencing_token,
        )
        self._publications.write_checkpoint(publication.checkpoint_note)

    def finish_publication(self, publication: Publication) -> None:
        """Take the new checkpoint into memory; call it where seals are recorded."""
        self._checkpoint = PublishedCheckpoint(publication.tree_size, publication.checkpoint_note)
        self._log.forget_published(publication.tree_size)
        # A published entry has its proof; only the promises still open need to be repeated.
        while self._open_promises and self._open_promises[0][0] < publication.tree_size:
            self._promises.pop(self._open_promises.popleft()[1], None)

    def prove(self, entry_index: int, tree_size: int) -> tuple[bytes, ...]:
        """Prove that a published entry is in the tree of ``tree_size``."""
        return self._log.prove(entry_index, tree_size)


def _stored_bodies(store: LedgerStore) -> Iterator[bytes]:
    size = store.sequenced_size()
    for start in range(0, size, READ_BATCH):
        for entry in store.entries(start, min(size, start + READ_BATCH)):
            yield entry.body


def _fill_indexes(verdicts: list[Verdict], indexes: Sequence[int | None]) -> None:
    """Give each newly recorded action, in order, the index it was sequenced at."""
    fresh = [
        position
        for position, verdict in enumerate(verdicts)
        if not verdict.code and not verdict.repeated
    ]
    for position, entry_index in zip(fresh, indexes, strict=True):
        verdicts[position] = msgspec.structs.replace(verdicts[position], entry_index=entry_index)


def _to_milliseconds(instant: datetime) -> datetime:
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def _end_of_month(instant: datetime) -> datetime:
    first = instant.replace(day=1, hour=0, minute=0, second=0)
    return (first + timedelta(days=32)).replace(day=1)
