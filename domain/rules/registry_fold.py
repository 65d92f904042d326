"""How the states of registry streams follow from their actions, with those of oversight."""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from domain.actions import Action
from domain.calendars import CalendarRecord, parse_calendar
from domain.facts import (
    CalendarPublished,
    KeyRegistered,
    KeyReplaced,
    KeyRevoked,
    LedgerOpened,
    LogKeyRetired,
    LogKeyRotated,
    OfficeRegistered,
    ProcedureVersionPublished,
    RevocationReason,
    RoleGranted,
    RoleRevoked,
    RootRecovered,
    RootRotated,
)
from domain.keys import FormerRoot, KeyRecord, LaterGrant, LedgerRecord
from domain.offices import OfficeRecord, parse_office
from domain.procedures import ProcedureRecord, parse_procedure
from domain.roles import Role
from domain.rules.facts import document_bytes
from domain.rules.feedback_fold import FEEDBACK_FOLDS
from domain.rules.integrity_fold import INTEGRITY_FOLDS
from domain.rules.register import Register, StreamState
from domain.rules.registrars import roles_carried_over

Fold = Callable[[StreamState | None, Action, Register], StreamState]


def _ledger_opened(_state: StreamState | None, action: Action, _register: Register) -> LedgerRecord:
    facts = action.facts
    assert isinstance(facts, LedgerOpened)
    return LedgerRecord(
        facts.origin,
        facts.registrar_vkey,
        facts.log_vkey,
        facts.promise_vkey,
        facts.system_vkey,
        facts.recovery_vkeys,
        facts.index_version,
        facts.longest_publication_delay_seconds,
        action.at,
        facts.recovery_threshold,
    )


def _root_changed(state: StreamState | None, action: Action, _register: Register) -> LedgerRecord:
    facts = action.facts
    assert isinstance(facts, RootRotated | RootRecovered)
    assert isinstance(state, LedgerRecord)
    was_recovered = isinstance(facts, RootRecovered)
    former = FormerRoot(
        state.registrar_vkey,
        state.root_since or state.opened_at,
        action.at,
        RevocationReason.COMPROMISED if was_recovered else RevocationReason.REPLACED,
    )
    return replace(
        state,
        registrar_vkey=facts.registrar_vkey,
        root_since=action.at,
        former_roots=(*state.former_roots, former),
    )


def _log_key_rotated(
    state: StreamState | None, action: Action, _register: Register
) -> LedgerRecord:
    assert isinstance(action.facts, LogKeyRotated)
    assert isinstance(state, LedgerRecord)
    later = (*state.later_log_vkeys, action.facts.new_log_vkey)
    return replace(state, later_log_vkeys=later)


def _log_key_retired(
    state: StreamState | None, action: Action, _register: Register
) -> LedgerRecord:
    assert isinstance(action.facts, LogKeyRetired)
    assert isinstance(state, LedgerRecord)
    return replace(state, log_keys_retired=state.log_keys_retired + 1)


def _key_registered(_state: StreamState | None, action: Action, register: Register) -> KeyRecord:
    facts = action.facts
    assert isinstance(facts, KeyRegistered)
    return KeyRecord(
        action.stream_id,
        facts.vkey,
        roles_carried_over(facts, register),
        action.at,
        replaces=facts.replaces,
        assurance=facts.assurance,
        enrolled_by=_registrar_of(action),
        has_details=action.commitment is not None,
    )


def _registrar_of(action: Action) -> str | None:
    return next((one.key for one in action.signers if one.role is Role.REGISTRAR), None)


def _key_revoked(state: StreamState | None, action: Action, _register: Register) -> KeyRecord:
    assert isinstance(state, KeyRecord)
    assert isinstance(action.facts, KeyRevoked)
    return replace(state, revoked_at=action.at, revoked_for=action.facts.reason)


def _key_replaced(state: StreamState | None, action: Action, _register: Register) -> KeyRecord:
    assert isinstance(state, KeyRecord)
    assert isinstance(action.facts, KeyReplaced)
    # A key that was revoked before stays revoked for that reason.
    return replace(
        state,
        successor=action.facts.successor,
        revoked_at=state.revoked_at or action.at,
        revoked_for=state.revoked_for or RevocationReason.REPLACED,
    )


def _role_granted(state: StreamState | None, action: Action, _register: Register) -> KeyRecord:
    assert isinstance(state, KeyRecord)
    assert isinstance(action.facts, RoleGranted)
    giver = _registrar_of(action)
    later = tuple(LaterGrant(grant, action.at, giver) for grant in action.facts.grants)
    return replace(state, later=(*state.later, *later))


def _role_revoked(state: StreamState | None, action: Action, _register: Register) -> KeyRecord:
    assert isinstance(state, KeyRecord)
    assert isinstance(action.facts, RoleRevoked)
    taken = {(grant.role, grant.office) for grant in action.facts.grants}
    ended = (one for one in state.grants if (one.role, one.office) in taken)
    return replace(
        state,
        ended=tuple(dict.fromkeys((*state.ended, *ended))),
        later=tuple(one for one in state.later if (one.grant.role, one.grant.office) not in taken),
    )


def _office_registered(
    state: StreamState | None, action: Action, register: Register
) -> OfficeRecord:
    assert isinstance(action.facts, OfficeRegistered)
    sha256_hex = action.facts.document
    office = parse_office(document_bytes(register, sha256_hex))
    if isinstance(state, OfficeRecord):
        return state.followed_by(office, sha256_hex, action.at)
    return OfficeRecord(office, sha256_hex, action.at)


def _procedure_published(
    state: StreamState | None, action: Action, register: Register
) -> ProcedureRecord:
    assert isinstance(action.facts, ProcedureVersionPublished)
    sha256_hex = action.facts.document
    procedure = parse_procedure(document_bytes(register, sha256_hex))
    if state is None:
        return ProcedureRecord(procedure.code, (procedure,), (sha256_hex,), action.office)
    assert isinstance(state, ProcedureRecord)
    return replace(
        state,
        versions=(*state.versions, procedure),
        documents=(*state.documents, sha256_hex),
    )


def _calendar_published(
    state: StreamState | None, action: Action, register: Register
) -> CalendarRecord:
    assert isinstance(action.facts, CalendarPublished)
    sha256_hex = action.facts.document
    calendar = parse_calendar(document_bytes(register, sha256_hex))
    if isinstance(state, CalendarRecord):
        return state.followed_by(calendar, sha256_hex, action.at)
    return CalendarRecord(calendar, sha256_hex, action.at)


REGISTRY_FOLDS: Final[Mapping[str, Fold]] = {
    "ledger.opened": _ledger_opened,
    "key.registered": _key_registered,
    "key.revoked": _key_revoked,
    "key.replaced": _key_replaced,
    "key.role_granted": _role_granted,
    "key.role_revoked": _role_revoked,
    "ledger.root_rotated": _root_changed,
    "ledger.root_recovered": _root_changed,
    "ledger.log_key_rotated": _log_key_rotated,
    "ledger.log_key_retired": _log_key_retired,
    "office.registered": _office_registered,
    "procedure.version_published": _procedure_published,
    "calendar.published": _calendar_published,
    **FEEDBACK_FOLDS,
    **INTEGRITY_FOLDS,
}
