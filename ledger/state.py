"""What the ledger knows after the entries so far: heads and states of all streams.

The writer decides with it, and the auditor repeats every decision with another instance fed from
the public log alone. It implements the domain's `Register`.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from domain.actions import Action, StreamType
from domain.decisions import (
    RatingRecord,
    StreamState,
    decide,
    decide_private,
    evolve,
    moved_by,
    moves_dossiers,
)
from domain.dossiers import Dossier
from domain.errors import DossierCodeTaken, NotPermitted
from domain.facts import DossierAcceptedDetails, LogKeyRotated
from domain.facts.tallies import DossiersCounted, TallyPublished
from domain.keys import KeyRecord, LedgerRecord, root_keys, vkey_name
from domain.moments import Moment
from domain.oversight.erasure import noting_end
from domain.oversight.integrity import AccessRecord
from domain.oversight.petitions import PetitionRecord
from domain.rules.facts import check_stream
from domain.rules.signers import check_signers
from domain.veiled_tallies import counted_of, parse_veiled_tally
from domain.veils import VeilAct
from ledger.action_notes import OpenedText, vkeys_of
from ledger.documents import DocumentSource
from ledger.errors import (
    ActedInTheFuture,
    DatedBack,
    InstantNeeded,
    KeyNameTaken,
    StaleVersion,
    TallyDoesNotAddUp,
)
from ledger.remembering.matters import Matters, MatterSource
from ledger.remembering.memory import LoadActions, PrivateMemory
from ledger.remembering.reads import Reads
from ledger.remembering.recalling import Recallable
from ledger.writing.envelopes import check_envelope
from ledger.writing.veils import VEIL_TYPE_LINE, parse_veil
from transparency.encoding import encode_base64
from transparency.hashing import leaf_hash

_PETITIONS: Final = f"{StreamType.PETITION}:"
CLOCK_TOLERANCE: Final = timedelta(minutes=5)
EASTERNMOST_OFFSET: Final = timedelta(hours=14)
# Between signing and recording; a month that is over by more than that stays as it was.
DATED_BACK_TOLERANCE: Final = timedelta(hours=1)

StateT = TypeVar("StateT")


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a stream and the state that its entries add up to."""

    version: int
    leaf_hash: bytes
    state: StreamState


class LedgerState(Recallable):
    """Heads by stream; a `Register` for the domain's decisions."""

    def __init__(
        self,
        documents: DocumentSource,
        load_codes: Callable[[], Mapping[str, str]] | None = None,
        load_actions: LoadActions | None = None,
        matters: MatterSource | None = None,
    ):
        """To who may open private parts the three give what is recorded.

        ``load_codes`` the streams of all dossier codes, ``load_actions`` what `PrivateMemory` asks,
        ``matters`` what is open about dossiers.
        """
        super().__init__()
        self._documents = documents
        self._private = PrivateMemory(load_actions)
        self._matters = Matters(matters)
        self._reads = Reads(matters)
        self._load_codes = load_codes
        self._stream_of_code: dict[str, str] = {}
        self._sealed_at: datetime | None = None
        self._sealed_before: datetime | None = None
        self._heads: dict[str, Head] = {}
        self._roots: dict[str, KeyRecord] = {}
        self._rated: dict[tuple[str, str], bool] = {}
        self._envelopes = 0
        self._veils: Counter[tuple[str, str, VeilAct]] = Counter()
        self._ratings_counted = 0
        self._key_of_name: dict[str, str] = {}
        self._stream_of_enrolled: dict[str, str] = {}

    def head(self, stream: str) -> Head | None:
        """Give the head of a stream, or None where it has no entry."""
        return self._heads.get(stream)

    def streams(self) -> dict[str, Head]:
        """Give all heads by stream; the caller must not change them."""
        return self._heads

    def key(self, name: str) -> KeyRecord | None:
        """Give the record of a key: the ledger's own, or one registered on its stream."""
        root = self._roots.get(name)
        return root if root is not None else self._state_of(f"key:{name}", KeyRecord)

    def document(self, sha256_hex: str) -> bytes | None:
        """Give the bytes of a public document."""
        return self._documents.read(sha256_hex)

    def _state_of(self, stream: str, state_type: type[StateT]) -> StateT | None:
        head = self._heads.get(stream)
        return head.state if head is not None and isinstance(head.state, state_type) else None

    def roots(self, origin: str) -> list[str]:
        """Give the names of the registrar's root keys, the first one first."""
        ledger = self._state_of(f"ledger:{origin}", LedgerRecord)
        if ledger is None:
            return []
        vkeys = (*(former.vkey for former in ledger.former_roots), ledger.registrar_vkey)
        return [vkey_name(vkey) for vkey in vkeys]

    def has_seen_version(self, action: Action) -> bool:
        """Tell whether the stream has an action under this version already."""
        head = self._heads.get(action.stream)
        return head is not None and head.version >= action.version

    def check(self, action: Action, not_before: datetime) -> None:
        """Check that an action with good signatures is permitted now.

        ``not_before`` is the clock of whoever decides: the action may not claim a later moment.
        An auditor passes the time of the seal that covers the action, which is never earlier
        than the writer's clock was.

        Raises:
            ActionRefused: a rule of the domain says no.
            StaleVersion: version or previous do not continue the stream.
            ActedInTheFuture: the action says that it happened later than the clock.
            InstantNeeded: it moves others' dates, and names a day alone.
            DatedBack: it moves others' dates, and says that it happened long before the clock.
        """
        head = self._heads.get(action.stream)
        state = None if head is None else head.state
        if not _continues(action, head):
            # SPEC: formats.md, "Order of checks": roles and their scope come before the version.
            check_stream(action)
            check_signers(state, action, self)
            raise StaleVersion("version or previous do not continue the stream; read it again")
        decide(state, action, self)
        self._check_key_names(action)
        self._check_adds_up(action)
        _check_not_in_future(action.at, not_before)
        # The clock of whoever records: the last seal may be old where veiled acts alone came.
        _check_not_dated_back(action, not_before)
        # What rests on private facts comes last: an auditor repeats everything before it.
        self.check_private(action)
        self.check_matters(action)

    def check_public(self, action: Action, not_before: datetime) -> None:
        """Repeat the part of `check` that rests on public entries alone.

        Raises:
            ActionRefused, StaleVersion, ActedInTheFuture, InstantNeeded: as `check`.
            DatedBack: it says that it happened long before the last seal before it.
        """
        head = self._heads.get(action.stream)
        if not _continues(action, head):
            raise StaleVersion("version or previous do not continue the stream")
        decide(None if head is None else head.state, action, self)
        self._check_key_names(action)
        self._check_adds_up(action)
        _check_not_in_future(action.at, not_before)
        # SPEC: formats.md, "Order of checks": right if it is right at some instant between the
        # seal before and the seal covering the action. That the clock stood later, no entry tells.
        _check_not_dated_back(action, self._sealed_at)

    def check_private(self, action: Action) -> None:
        """Repeat the part of `check` that rests on opened details and on unpublished entries.

        Raises:
            ActionRefused: a rule of the domain says no.
        """
        head = self._heads.get(action.stream)
        state = None if head is None else head.state
        decide_private(state, action, self)
        self._check_first_rating(state, action)
        self._check_code_is_free(action)
        self._private.check(action, self, lambda stream: self._state_of(stream, AccessRecord))

    def check_matters(self, action: Action) -> None:
        """Check what is open about a dossier that is to be erased, and where a read stands.

        Only whoever records asks it.

        Raises:
            ErasureBlocked, DossierErased: as `Matters.check`.
            WrongAccessStream: as `Reads.check`.
        """
        head = self._heads.get(action.stream)
        state = None if head is None else head.state
        self._matters.check(
            state, action, self, lambda petition: self._state_of(petition, PetitionRecord)
        )
        self._reads.check(action)

    def apply(
        self, action: Action, action_leaf_hash: bytes, *, is_place_vague: bool = False
    ) -> None:
        """Take in a permitted action.

        ``is_place_vague``: it is not known on which side of the last seal it was recorded.
        """
        head = self._heads.get(action.stream)
        before = None if head is None else head.state
        state = evolve(before, action, self)
        sealed_at = self._sealed_before if is_place_vague else self._sealed_at
        if isinstance(state, Dossier) and sealed_at is not None:
            former = before if isinstance(before, Dossier) else None
            state = noting_end(former, state, sealed_at)
        self._heads[action.stream] = Head(action.version, action_leaf_hash, state)
        if moves_dossiers(action, state):
            self._move_dossiers(action)
        self._remember_keys(action)
        self._private.take(action)
        self._matters.take(action)
        self.noted.take(action)
        code = _code_of(action)
        if code is not None:
            self._stream_of_code.setdefault(code, action.stream)
        if isinstance(state, LedgerRecord):
            self._roots = {record.name: record for record in root_keys(state)}
        elif isinstance(action.facts, TallyPublished):
            self._ratings_counted += action.facts.counted
        elif isinstance(state, RatingRecord):
            self._rated[state.dossier, state.stage] = True

    def _move_dossiers(self, action: Action) -> None:
        for stream, head in self._heads.items():
            if isinstance(head.state, Dossier):
                moved = moved_by(head.state, action, self)
                if moved is not None:
                    self._heads[stream] = replace(head, state=moved)

    def apply_recorded(self, opened: OpenedText) -> None:
        """Take in an action that the ledger has recorded, without deciding again."""
        self.apply(opened.action, leaf_hash(opened.note))

    def take_withheld(self, entry: bytes) -> None:
        """Take in that an envelope or a veil stands in the log.

        Raises:
            MalformedAction: it is neither, or holds something else.
        """
        if entry.startswith(VEIL_TYPE_LINE):
            veil = parse_veil(entry)
            self._veils[veil.month, veil.office, veil.act] += 1
        else:
            check_envelope(entry)
            self._envelopes += 1

    @property
    def veils(self) -> Mapping[tuple[str, str, VeilAct], int]:
        """Count the veils so far by month, office and act."""
        return self._veils

    def _check_adds_up(self, action: Action) -> None:
        # SPEC: formats.md, "Neighbour test": every envelope is counted once, or said to wait.
        facts = action.facts
        if isinstance(facts, DossiersCounted):
            self._check_adds_up_to_veils(action.stream_id, facts)
        if not isinstance(facts, TallyPublished):
            return
        counted = self._ratings_counted + facts.counted
        if facts.envelopes != self._envelopes or counted + facts.withheld != self._envelopes:
            raise TallyDoesNotAddUp(f"{self._envelopes} envelopes stand before this tally")

    def _check_adds_up_to_veils(self, month: str, facts: DossiersCounted) -> None:
        veils = {
            (office, act.value): count
            for (of_month, office, act), count in self._veils.items()
            if of_month == month
        }
        document = self.document(facts.document)
        # That it is there, and a tally, the domain has checked.
        assert document is not None
        sums = parse_veiled_tally(document).sums
        if facts.veils != sum(veils.values()) or sums != counted_of(veils):
            raise TallyDoesNotAddUp(f"the log has {sum(veils.values())} veils of {month}")

    def note_seal(self, sealed_at: datetime) -> None:
        """Take in a seal: what comes after it was recorded after it."""
        self._sealed_before, self._sealed_at = self._sealed_at, sealed_at

    def learn_codes(self) -> None:
        """Read codes, personnel numbers and orders; entries alone do not show them.

        Raises:
            StoreCorrupt, StoreUnavailable: the private parts cannot be read.
        """
        if self._load_codes is not None:
            self._stream_of_code |= self._load_codes()
        self._private.learn()
        self._matters.learn()

    def _check_code_is_free(self, action: Action) -> None:
        # SPEC: domain.md 2.7, invariant 2: a code is unique. What other systems gave is told as
        # it is found, and a finding names it.
        code = None if action.is_imported else _code_of(action)
        if code is not None and self._stream_of_code.get(code, action.stream) != action.stream:
            raise DossierCodeTaken

    def _check_key_names(self, action: Action) -> None:
        # SPEC: formats.md, "Keys": one name per public key for ever; log, witness, promise and
        # actor keys never coincide.
        for name, public_key in _named_keys(action):
            is_other = self._key_of_name.get(name, public_key) != public_key
            enrolled_on = self._stream_of_enrolled.get(public_key, action.stream)
            if is_other:
                raise KeyNameTaken(f"{name} and its public key do not belong together alone")
            if enrolled_on != action.stream:
                was = "has filed" if enrolled_on.startswith(_PETITIONS) else "is enrolled"
                raise KeyNameTaken(f"{name}: this key {was} already, make another")

    def _remember_keys(self, action: Action) -> None:
        for name, public_key in _named_keys(action):
            self._key_of_name[name] = public_key
            if action.kind.stream is not StreamType.DOSSIER:
                self._stream_of_enrolled[public_key] = action.stream

    def _check_first_rating(self, state: StreamState | None, action: Action) -> None:
        if not action.kind.deferred:
            return
        rating = evolve(state, action, self)
        if isinstance(rating, RatingRecord) and (rating.dossier, rating.stage) in self._rated:
            raise NotPermitted(f"{action.kind.name} {rating.stage}: rated already")


def _code_of(action: Action) -> str | None:
    """Give the dossier code that an action brings; None where its details are not open here."""
    return action.details.code if isinstance(action.details, DossierAcceptedDetails) else None


def _named_keys(action: Action) -> list[tuple[str, str]]:
    """Give name and public key, in base64, of each key that an action brings."""
    if isinstance(action.facts, LogKeyRotated):
        # All keys of the log bear its name: the key id tells them apart.
        name, key_id, public_key = action.facts.new_log_vkey.split("+", 2)
        return [(f"{name}+{key_id}", public_key)]
    texts = [text.split("+", 2) for text in vkeys_of(action.facts)]
    return [(name, public_key) for name, _, public_key in texts]


def _continues(action: Action, head: Head | None) -> bool:
    if head is None:
        return action.version == 1 and action.previous is None
    return action.version == head.version + 1 and action.previous == encode_base64(head.leaf_hash)


def _check_not_dated_back(action: Action, recorded_from: datetime | None) -> None:
    """Check what moves dates of others from its moment on, and figures of past months with them.

    ``recorded_from`` is the earliest instant at which it can have been recorded.
    """
    if not moves_dossiers(action):
        return
    if action.at.instant is None:
        raise InstantNeeded(action.kind.name)
    if recorded_from is not None and action.at.instant < recorded_from - DATED_BACK_TOLERANCE:
        raise DatedBack(f"it was recorded at {recorded_from.isoformat()} or later")


def _check_not_in_future(at: Moment, not_before: datetime) -> None:
    if at.instant is not None:
        in_future = at.instant > not_before + CLOCK_TOLERANCE
    else:
        assert at.day is not None
        in_future = at.day > (not_before + EASTERNMOST_OFFSET).date()
    if in_future:
        raise ActedInTheFuture("the action says that it happened later than the ledger's clock")
