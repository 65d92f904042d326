"""The one writer: decides, records, sequences and seals groups of actions, and publishes them.

`Writer` is the plain core without threads or sockets; `ledger.writing.loop` drives it. The order of
its steps is the design (architecture.md, "The life of an action")::

    decide        in memory; refusals single out one action, never the group
    record        events, entry indexes and the seal in one transaction, fencing token confirmed
    publish       tiles and bundles, witnesses, checkpoint row by compare-and-swap, checkpoint file
                  (`ledger.writing.publishing` says what a crash between two of these leaves)
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.errors import DomainError
from ledger import action_notes
from ledger.action_notes import VerifiedAction
from ledger.errors import (
    LedgerError,
    MalformedAction,
    StoreCorrupt,
    StoreUnavailable,
    WrongLedger,
)
from ledger.memory.keeping import Memory, NoMemory
from ledger.memory.recalling import Parts
from ledger.state import LedgerState
from ledger.storage.port import (
    Group,
    LedgerStore,
    NewBody,
    NewEvent,
    PublishedCheckpoint,
    StoredEvent,
)
from ledger.writing.frames import HandedAction, Verdict
from ledger.writing.public_log import Publication, PublicLog
from ledger.writing.publishing import Cosigners, NoCosigners, PublicationStore, Publisher
from ledger.writing.reading import BEGINNING, check_against_checkpoint
from ledger.writing.signing import WriterKeys as WriterKeys  # noqa: PLC0414 - given on
from ledger.writing.veils import Face
from ledger.writing.withheld import WithheldActs
from transparency.checkpoints import Checkpoint, open_checkpoint
from transparency.errors import CheckpointNotSigned, MalformedCheckpoint, TileNotFound
from transparency.hashing import leaf_hash
from transparency.promises import Promise, Refusal, sign_promise, sign_refusal
from transparency.seals import parse_seal

LONGEST_PUBLICATION_DELAY: Final = timedelta(hours=1)
READ_BATCH: Final = 2_000

Clock = Callable[[], datetime]
# What a group has accepted so far, in order, by the hash of the signed text.
Accepted = dict[bytes, NewEvent]


@dataclass(frozen=True, slots=True)
class GroupResult:
    """Verdicts in the order of the actions, and whether a seal now waits for publication."""

    verdicts: list[Verdict]
    sealed: bool


class Writer:
    """Decides and records in one order, and knows what is sealed and what is published."""

    def __init__(  # noqa: PLR0913, PLR0917 - each is a port of its own
        self,
        store: LedgerStore,
        publications: PublicationStore,
        make_state: Callable[[], LedgerState],
        keys: WriterKeys,
        clock: Clock,
        cosigners: Cosigners | None = None,
        memory: Memory | None = None,
    ):
        self.cosigners = cosigners or NoCosigners()
        self._publisher = Publisher(store, publications, self.cosigners)
        self._owes_publication = False
        self.memory = memory or NoMemory()
        self._store = store
        self._publications = publications
        self._make_state = make_state
        self._keys = keys
        self._clock = clock
        self._ledger = keys.log.name
        self._promises: dict[bytes, bytes] = {}
        self._open_promises: deque[tuple[int, bytes]] = deque()
        self._fencing_token = 0
        self._latest = BEGINNING
        # Nothing is read yet: `take_over` reads when nobody else writes any more.
        self._state = make_state()
        self._log = self._new_log()
        self._withheld = WithheldActs(self._ledger, keys.promise)
        self._checkpoint = PublishedCheckpoint(0, b"")
        self._must_reload = True

    def reload(self) -> None:
        """Forget everything and read it again from the store, as at the start of the process.

        Raises:
            StoreUnavailable: it could not be read; the next `record` tries again first.
            StoreCorrupt: entries and published checkpoint do not belong together.
        """
        self._must_reload = True
        parts, latest = self.memory.read(self._store, self._new_parts)
        state, log, withheld = parts.state, parts.log, parts.withheld
        checkpoint = self._store.checkpoint() or PublishedCheckpoint(0, b"")
        check_against_checkpoint(log, checkpoint)
        # Replaced at the end and whole: a publication under way goes on proving with the old log.
        self._state, self._log, self._checkpoint = state, log, checkpoint
        self._withheld = withheld
        # The clock may have been set back while nobody wrote: what is recorded was permitted.
        self._latest = max(self._latest, latest)
        self._promises.clear()
        self._open_promises.clear()
        self._must_reload = False

    def _new_log(self) -> PublicLog:
        keys = self._keys
        return PublicLog(self._ledger, keys.log, keys.later_logs, keys.added_line)

    def _new_parts(self) -> Parts:
        withheld = WithheldActs(self._ledger, self._keys.promise)
        return Parts(self._make_state(), self._new_log(), withheld)

    def take_over(self, holder: str) -> None:
        """Claim the lease and bring the served files up to what is stored.

        Recovery runs the same publishing as every day: files of the published size are written
        again (equal bytes), then the last seal that was recorded is published, then what was
        recorded after it is sealed and published. Where witnesses are asked, which may take long,
        the last two are left to whoever publishes beside the recording.

        Raises:
            StoreCorrupt: the ledger database is not the one, or older than, what was published,
                or the served checkpoint is none of ours.
        """
        self._fencing_token = self._store.claim_lease(holder)
        # Read after the claim: until then the last holder may have gone on recording.
        self.reload()
        self._check_served()
        if self._checkpoint.tree_size:
            self._publications.write_all(dict(self._log.files(self._checkpoint.tree_size)))
            self._publications.write_checkpoint(self._checkpoint.note)
        self._log.forget_published(self._checkpoint.tree_size)
        # CRASH: witnesses may know the checkpoint that ends in this seal: no other comes first.
        self._owes_publication = self._log.sealed_size > self._checkpoint.tree_size
        if isinstance(self.cosigners, NoCosigners):
            self._publish_all()

    def _publish_all(self) -> None:
        if self._owes_publication:
            self.publish()
        if self.has_unpublished:
            self._record_group([], [], with_seal=True)
            self.publish()

    def _check_served(self) -> None:
        # Files are written after their entries were recorded, also those of a publication that
        # a crash cut off. Bundles say so even where the checkpoint was lost, or is an old copy.
        if self._publications.largest_tree_size() > self._log.tree_size:
            raise StoreCorrupt("the ledger database is older than the entries published from it")
        served = self._served_checkpoint()
        if served is None:
            # The copy is made again from the row.
            return
        if served.tree_size > self._checkpoint.tree_size:
            raise StoreCorrupt("the ledger database is older than what was published from it")
        if served.root_hash != self._log.root_hash(served.tree_size):
            raise StoreCorrupt("the stored entries do not have the root that is served")

    def _served_checkpoint(self) -> Checkpoint | None:
        try:
            note = self._publications.read_checkpoint()
            return open_checkpoint(note, self._log.keys).checkpoint
        except TileNotFound:
            return None
        except (MalformedCheckpoint, CheckpointNotSigned) as error:
            # It is replaced in one step: no crash leaves half of it, and nobody else signs here.
            raise StoreCorrupt(f"the served checkpoint is not ours: {error}") from error

    @property
    def published_size(self) -> int:
        """Count the entries under the published checkpoint."""
        return self._checkpoint.tree_size

    @property
    def checkpoint_note(self) -> bytes:
        """Give the published checkpoint; empty before the first."""
        return self._checkpoint.note

    @property
    def has_unpublished(self) -> bool:
        """Tell whether entries wait for a seal, or sealed ones for their publication."""
        return self._log.tree_size > self._checkpoint.tree_size

    @property
    def has_due_envelopes(self) -> bool:
        """Tell whether something withheld until now may enter the log."""
        return self._withheld.has_due(self._now())

    def record(self, handed: Sequence[HandedAction], *, with_seal: bool) -> GroupResult:
        """Decide a group and record what is permitted, in one durable transaction.

        Raises:
            StoreUnavailable: the store failed; memory was read again from it, and the caller
                may hand over the same actions: what was recorded is recognised.
            NotTheWriter: another writer took over; this one must end.
        """
        if self._must_reload:
            self.reload()
        try:
            return self._decide_and_record(handed, with_seal=with_seal)
        except LedgerError:
            # CRASH: memory is ahead of a store that may or may not have committed: only the
            # store knows, so memory is made anew from it.
            self.reload()
            raise

    def _decide_and_record(self, handed: Sequence[HandedAction], *, with_seal: bool) -> GroupResult:
        envelopes = self._append_due_envelopes()
        accepted: Accepted = {}
        verdicts = [self._decide(action, accepted) for action in handed]
        is_unsealed = self._log.tree_size > self._log.sealed_size
        seal_now = with_seal and is_unsealed and not self._owes_publication
        if accepted or envelopes or seal_now:
            self._record_group(list(accepted.values()), envelopes, with_seal=seal_now)
        # A seal that was recorded although the store reported a failure waits here too.
        sealed = with_seal and self._log.sealed_size > self._checkpoint.tree_size
        return GroupResult(verdicts, sealed)

    def _decide(self, handed: HandedAction, accepted: Accepted) -> Verdict:
        try:
            verified = action_notes.reopen_verified(handed, self._ledger)
        except (MalformedAction, WrongLedger) as error:
            return Verdict(error.code, str(error), None, b"")
        try:
            first = self._recorded_before(verified, accepted)
            if first is not None:
                return self._answer_again(verified, first)
            self._log.check_can_follow(verified.action)
            self._state.check(verified.action, self._now())
        except (StoreUnavailable, StoreCorrupt):
            # The world failed: that is no answer to an action, least of all a signed one.
            raise
        except (LedgerError, DomainError) as error:
            return self._refuse(verified.text_hash, error)
        event = self._sequence(verified, self._apply(verified))
        accepted[verified.text_hash] = event
        note = event.promise or self._promise(verified, event)
        return Verdict("", "", event.entry_index, note, opening=self._opening_of(event))

    def _apply(self, verified: VerifiedAction) -> Face | None:
        action = verified.action
        before = self._state.head(action.stream)
        self._state.apply(action, verified.leaf_hash)
        after = self._state.head(action.stream)
        assert after is not None
        return self._withheld.dossiers.face_of(
            action, None if before is None else before.state, after.state, self._state
        )

    def _recorded_before(
        self, verified: VerifiedAction, accepted: Accepted
    ) -> NewEvent | StoredEvent | None:
        action = verified.action
        if not self._state.has_seen_version(action):
            return None
        if verified.text_hash in accepted:
            return accepted[verified.text_hash]
        stored = self._store.find(action.stream, action.version)
        if stored is None or _text_hash(stored.note) != verified.text_hash:
            return None
        return stored

    def _answer_again(self, verified: VerifiedAction, first: NewEvent | StoredEvent) -> Verdict:
        """Give the first answer to a text seen before, also where it bears another signature."""
        note = first.promise or self._promises.get(verified.text_hash, b"")
        is_published = (
            first.entry_index is not None and first.entry_index < self._checkpoint.tree_size
        )
        if not note and not is_published:
            # The first promise was forgotten in a restart: what is not published has one.
            note = self._promise(verified, first)
        entry = b"" if first.note == verified.note else first.note
        if first.promise and first.entry_index is not None:
            # What entered the log in its place is what a receipt is made of.
            entry = self._store.entries(first.entry_index, first.entry_index + 1)[0].body
        opening = self._opening_of(first)
        return Verdict("", "", first.entry_index, note, repeated=True, entry=entry, opening=opening)

    def _opening_of(self, event: NewEvent | StoredEvent) -> bytes:
        return self._withheld.opening_of(event.note) if event.promise else b""

    def _promise(self, verified: VerifiedAction, event: NewEvent | StoredEvent) -> bytes:
        assert event.entry_index is not None
        action, now = verified.action, self._now().replace(microsecond=0)
        publish_by = now + LONGEST_PUBLICATION_DELAY
        promise = Promise(
            self._ledger, leaf_hash(event.note), action.stream, action.version, now, publish_by
        )
        note = sign_promise(promise, self._keys.promise)
        self._promises[verified.text_hash] = note
        self._open_promises.append((event.entry_index, verified.text_hash))
        return note

    def _now(self) -> datetime:
        # Never back: a seal must not be earlier than the clock that permitted what it covers.
        self._latest = max(self._latest, self._clock())
        return self._latest

    def _refuse(self, text_hash: bytes, error: LedgerError | DomainError) -> Verdict:
        return Verdict(error.code, str(error), None, self.sign_refusal(text_hash, error.code))

    def sign_refusal(self, text_hash: bytes, code: str) -> bytes:
        """Sign that a correctly signed text was refused, and why."""
        return sign_refusal(Refusal(self._ledger, text_hash, code), self._keys.promise)

    def _record_group(
        self, events: Sequence[NewEvent], envelopes: Sequence[NewBody], *, with_seal: bool
    ) -> None:
        seals = (self._append_seal(),) if with_seal else ()
        group = Group(tuple(events), (*envelopes, *seals))
        self._store.record_group(group, fencing_token=self._fencing_token)
        if with_seal:
            self.memory.note_seal(self._latest)

    def _append_due_envelopes(self) -> list[NewBody]:
        bodies = []
        for waiting in self._withheld.take_due(self._now()):
            entry_index = self._log.tree_size
            self._log.append(waiting.envelope, None)
            self._state.take_withheld(waiting.envelope)
            body = NewBody(entry_index, waiting.envelope, waiting.stream, waiting.version)
            bodies.append(body)
        return bodies

    def _sequence(self, verified: VerifiedAction, face: Face | None) -> NewEvent:
        action, note = verified.action, verified.note
        if face is not None or action.kind.deferred:
            return self._withheld.record(action, note, self._now().replace(microsecond=0), face)
        entry_index = self._log.tree_size
        self._log.append_action(note, action)
        return NewEvent(action.stream, action.version, action.kind.name, note, entry_index)

    def _append_seal(self) -> NewBody:
        seal = self._log.make_seal(_to_milliseconds(self._now()), self._checkpoint.note)
        entry_index = self._log.tree_size
        self._log.append(seal, None)
        self._log.note_seal(parse_seal(seal).sealed_at)
        self._state.note_seal(parse_seal(seal).sealed_at)
        return NewBody(entry_index, seal)

    def publish(self) -> None:
        """Publish up to the last seal. CRASH: after any step, `take_over` finishes the work."""
        self.finish_publication(self.write_publication(self.prepare_publication()))

    def prepare_publication(self) -> Publication:
        """Make files and checkpoint up to the last seal; call it where seals are recorded."""
        return self._log.publication(self._checkpoint.tree_size, self._log.sealed_size)

    def write_publication(self, publication: Publication) -> Publication:
        """Write, have cosigned, publish and serve; safe beside `record`.

        Raises:
            QuorumMissing: the process stops before enough witnesses cosigned.
        """
        prove = self._log.prove_consistency
        return self._publisher.publish(publication, prove, self._fencing_token)

    def refresh_cosignatures(self, published_note: bytes) -> None:
        """Serve what is published under newer cosignatures; where publications are written."""
        self._publisher.refresh(published_note, self._log.prove_consistency)

    def finish_publication(self, publication: Publication) -> None:
        """Take the new checkpoint into memory; call it where seals are recorded."""
        self._checkpoint = PublishedCheckpoint(publication.tree_size, publication.checkpoint_note)
        self._owes_publication = False
        self._log.forget_published(publication.tree_size)
        # A published entry has its proof; only the promises still open need to be repeated.
        while self._open_promises and self._open_promises[0][0] < publication.tree_size:
            self._promises.pop(self._open_promises.popleft()[1], None)

    def prove(self, entry_index: int, tree_size: int) -> tuple[bytes, ...]:
        """Prove that a published entry is in the tree of ``tree_size``."""
        return self._log.prove(entry_index, tree_size)


def _text_hash(note: bytes) -> bytes:
    return action_notes.open_text(note, None).text_hash


def _to_milliseconds(instant: datetime) -> datetime:
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
