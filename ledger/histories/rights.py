"""Who was allowed to sign, as far as the streams of keys show it, entry after entry.

`RightsJudge` takes the entries of a history in index order. From the ledger's own stream and the
streams of keys, all whole, it knows which keys are enrolled, with which roles, and what was taken
back, each at its place in the log. So of every entry it says that each signature is good and that
its key had the role then; what rests on other streams (states of dossiers, offices, documents) is
for an audit, which reads everything.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeVar

from domain.actions import VEILED_STREAMS, Action, Signer, StreamType
from domain.decisions import StreamState, evolve
from domain.errors import DomainError
from domain.facts import (
    CalendarPublished,
    KeyRegistered,
    LedgerOpened,
    OfficeRegistered,
)
from domain.facts.parties import ProxyAuthorised, ProxyRevoked
from domain.keys import ANY_OFFICE, KeyRecord, LedgerRecord, root_keys, vkey_name
from domain.roles import Role
from domain.rules.facts import check_stream
from domain.rules.people.two_persons import check_two_persons
from domain.rules.register import RecordsByStream
from domain.rules.registrars import check_holder
from domain.rules.signers import check_company, check_signers
from ledger.action_notes import (
    OpenedText,
    check_signature_lines,
    keys_brought,
    verify_signatures,
)
from ledger.errors import (
    HistoryIncomplete,
    LedgerError,
    SignerWithoutRight,
    UnknownKey,
)
from ledger.key_files import Anchors
from transparency.notes import VerificationKey, render_vkey

StateT = TypeVar("StateT")

# Streams whose entries say who may sign; the judge folds them, and no others.
KEY_STREAMS: Final = frozenset({StreamType.KEY, StreamType.LEDGER})
# Facts that name the key of whose matter a stream is; the last one named is in force.
_PARTY_MEMBERS: Final = ("applicant_key", "petitioner_key")


def key_stream(name: str) -> str:
    """Name the stream of a key."""
    return f"key:{name}"


def keys_named(action: Action) -> Iterator[str]:
    """Give the keys whose streams judging an action may need."""
    for signer in action.signers:
        if signer.role is not Role.APPLICANT:
            yield signer.key
    if isinstance(action.facts, KeyRegistered) and action.facts.replaces is not None:
        yield action.facts.replaces


@dataclass(slots=True)
class _Parties:
    """Who signs a stream's acts with keys that the stream itself named."""

    applicant: str | None = None
    proxies: set[str] = field(default_factory=set)

    def may_sign(self, signer: Signer) -> bool:
        if signer.key == self.applicant:
            return signer.role in (Role.APPLICANT, Role.PROXY)
        return signer.role is Role.PROXY and signer.key in self.proxies

    def learn(self, action: Action) -> None:
        facts = action.facts
        for member in _PARTY_MEMBERS:
            vkey = getattr(facts, member, None)
            if vkey is not None:
                self.applicant = vkey_name(vkey)
        if isinstance(facts, ProxyAuthorised):
            self.proxies.add(vkey_name(facts.proxy_key))
        elif isinstance(facts, ProxyRevoked):
            self.proxies.discard(facts.proxy)


class RightsJudge(RecordsByStream):
    """Judges entries in index order; a `Register` of keys alone."""

    def __init__(self, anchors: Anchors, present: Collection[str]):
        """``present`` are the streams that are read whole, those without any entry too."""
        self._anchors = anchors
        self._present = present
        self._states: dict[str, StreamState] = {}
        self._roots: dict[str, KeyRecord] = {}
        self._keys: dict[str, VerificationKey] = {}
        self._own_keys: dict[str, dict[str, VerificationKey]] = defaultdict(dict)
        self._parties: dict[str, _Parties] = defaultdict(_Parties)

    def key(self, name: str) -> KeyRecord | None:
        """Give the record of a key: the ledger's own, or one registered on its stream."""
        return self._roots.get(name) or self._state_of(key_stream(name), KeyRecord)

    def document(self, sha256_hex: str) -> bytes | None:
        """Give no document: no right to sign rests on one here."""
        del sha256_hex
        return None

    def _state_of(self, stream: str, state_type: type[StateT]) -> StateT | None:
        state = self._states.get(stream)
        return state if isinstance(state, state_type) else None

    @property
    def ledger(self) -> LedgerRecord | None:
        """Give what the ledger's own stream says."""
        return self._state_of(f"ledger:{self._anchors.origin}", LedgerRecord)

    def find(self, key_name: str, stream: str) -> VerificationKey | None:
        """Give the key of that name: enrolled, the ledger's, or brought by the stream itself."""
        return self._keys.get(key_name) or self._own_keys[stream].get(key_name)

    def take(self, entry_index: int, opened: OpenedText) -> None:
        """Judge the next entry, and learn from it if it is about keys.

        Raises:
            SignerWithoutRight: a signature is not good, or its key had no right to it there.
            HistoryIncomplete: the stream of a signer's key is missing.
        """
        action = opened.action
        self.check_present(action)
        try:
            self.check_signatures(opened)
            if action.kind.stream in KEY_STREAMS:
                self._take_key_act(entry_index, action)
            else:
                self._check_act(action)
        except SignerWithoutRight as error:
            raise SignerWithoutRight(entry_index, error.reason) from error
        except (LedgerError, DomainError) as error:
            raise SignerWithoutRight(entry_index, f"{error.code}: {error}") from error

    def take_withheld(self, opened: OpenedText) -> None:
        """Judge the next note of a dossier whose notes are no entries, all others being taken in.

        Its own parties sign as they do in the open. Of everybody else it shows that the key was
        enrolled, and of a proxy that it was made one: where in the log the note was recorded, and
        so what the key was then, nobody sees.

        Raises:
            SignerWithoutRight, HistoryIncomplete: as `take`.
        """
        action = opened.action
        self.check_present(action)
        try:
            self.check_signatures(opened)
            self._check_signers(action, self._check_enrolled)
        except SignerWithoutRight:
            raise
        except (LedgerError, DomainError) as error:
            raise SignerWithoutRight(None, f"{error.code}: {error}") from error

    def check_signatures(self, opened: OpenedText) -> None:
        """Check that exactly those signed who are named, and learn the keys that the text brings.

        Raises:
            SignatureLinesMismatch, UnknownKey, InvalidSignature: they did not.
        """
        action = opened.action
        check_signature_lines(opened)
        brought = keys_brought(action)
        verify_signatures(opened, brought, self)
        if action.kind.stream in KEY_STREAMS:
            for name, key in brought.items():
                # SPEC: formats.md, "Keys": one name per public key for ever.
                if self._keys.setdefault(name, key) != key:
                    raise UnknownKey(f"two public keys have the name {name}")
        else:
            self._own_keys[action.stream].update(brought)

    def check_present(self, action: Action) -> None:
        """Check that the streams of all keys are there that judging an act may need.

        Raises:
            HistoryIncomplete: one is missing.
        """
        for name in keys_named(action):
            if key_stream(name) not in self._present:
                raise HistoryIncomplete(f"the stream of the key {name} is not there")

    def _take_key_act(self, entry_index: int, action: Action) -> None:
        self._check_opening(entry_index, action)
        state = self._states.get(action.stream)
        check_stream(action)
        check_signers(state, action, self)
        self._states[action.stream] = after = evolve(state, action, self)
        if isinstance(after, LedgerRecord):
            self._roots = {record.name: record for record in root_keys(after)}

    def _check_opening(self, entry_index: int, action: Action) -> None:
        facts = action.facts
        if (entry_index == 0) != isinstance(facts, LedgerOpened):
            raise SignerWithoutRight(entry_index, "entry 0, and no other, opens the ledger")
        if isinstance(facts, LedgerOpened):
            wanted = (render_vkey(self._anchors.registrar), render_vkey(self._anchors.log))
            if (facts.registrar_vkey, facts.log_vkey) != wanted:
                raise SignerWithoutRight(0, "the ledger was opened with other keys than anchored")

    def _check_act(self, action: Action) -> None:
        self._check_signers(action, self._check_signer)
        check_two_persons(action, self)

    def _check_signers(self, action: Action, check: Callable[[Action, Signer], None]) -> None:
        check_company(action)
        parties = self._parties[action.stream]
        if action.version == 1:
            # The first act names the key that signs it; a later one, the key that signs from then.
            parties.learn(action)
        for signer in action.signers:
            if signer.role is Role.HOLDER:
                check_holder(action, signer)
            elif not parties.may_sign(signer):
                check(action, signer)
        parties.learn(action)

    def _check_enrolled(self, action: Action, signer: Signer) -> None:
        del action
        record = self._record_of(signer)
        granted = {grant.role for grant in record.grants}
        granted |= {held.grant.role for held in record.held()}
        if signer.role is Role.PROXY and Role.PROXY not in granted:
            raise SignerWithoutRight(None, f"{signer.key} is no proxy of the dossier")

    def _record_of(self, signer: Signer) -> KeyRecord:
        if signer.role is Role.APPLICANT:
            raise SignerWithoutRight(None, f"{signer.key} is not the key of the applicant")
        record = self.key(signer.key)
        if record is None:
            raise SignerWithoutRight(None, f"{signer.key} was not enrolled")
        return record

    def _check_signer(self, action: Action, signer: Signer) -> None:
        record = self._record_of(signer)
        if record.revoked_at is not None:
            raise SignerWithoutRight(None, f"{signer.key} had been revoked before")
        if not record.has_role(signer.role):
            raise SignerWithoutRight(None, f"{signer.key} did not hold the role {signer.role}")
        office = _office_asked(action)
        if len(action.signers) == 1 and office and not record.covers(signer.role, office):
            raise SignerWithoutRight(None, f"{signer.key} was no {signer.role} of {office}")


def _office_asked(action: Action) -> str | None:
    """Give for which office an act's only signer must hold the role; None where it may be any."""
    if action.kind.stream in VEILED_STREAMS:
        return None
    if isinstance(action.facts, OfficeRegistered | CalendarPublished):
        return ANY_OFFICE
    return action.office
