"""Rules about registrars: what each may give and take, and who signs for the ledger itself.

The root enrols registrars for any office, these enrol an office's registrar, and that one enrols
the office's people: whoever holds a role holds it by at most three steps from the root.
"""

from collections.abc import Iterable

from domain.actions import Action, Signer
from domain.errors import CoSignerMissing, NotPermitted, NotYourRole
from domain.facts import (
    ANY_OFFICE,
    ApplicantKeyReplaced,
    Grant,
    KeyRegistered,
    KeyReplaced,
    LedgerOpened,
    ProxyAuthorised,
    RoleGranted,
    RoleRevoked,
    RootRecovered,
    RootRotated,
)
from domain.keys import KeyRecord, LedgerRecord, vkey_name
from domain.roles import NATIONAL_ROLES, Role
from domain.rules.register import Register, StreamState


def offices_of_key_act(
    state: StreamState | None, action: Action, register: Register
) -> tuple[str, ...] | None:
    """Give for which offices a registrar must stand; None for an act that is about no key.

    To give or take roles is about these roles; to revoke or replace a key is about those it was
    enrolled with, so another office's registrar who grants it more cannot shield it.
    """
    if isinstance(action.facts, KeyRegistered):
        return _offices((*_given(action, register), *_person_before(action.facts, register)))
    if isinstance(action.facts, RoleGranted | RoleRevoked):
        return _offices(action.facts.grants)
    if isinstance(state, KeyRecord):
        return _offices(state.grants)
    return None


def roles_carried_over(facts: KeyRegistered, register: Register) -> tuple[Grant, ...]:
    """Give the roles that an enrolment gives: those it names, else those of the key before."""
    before = None if facts.replaces is None else register.key(facts.replaces)
    if facts.grants or before is None:
        return facts.grants
    return tuple(dict.fromkeys(held.grant for held in before.held()))


def _given(action: Action, register: Register) -> tuple[Grant, ...]:
    if isinstance(action.facts, KeyRegistered):
        return roles_carried_over(action.facts, register)
    return action.facts.grants if isinstance(action.facts, RoleGranted) else ()


def _person_before(facts: KeyRegistered, register: Register) -> tuple[Grant, ...]:
    """Give what the key before was enrolled with: no stranger may say whose key this is."""
    before = None if facts.replaces is None else register.key(facts.replaces)
    return () if before is None else before.grants


def _offices(grants: Iterable[Grant]) -> tuple[str, ...]:
    return tuple(ANY_OFFICE if one.role in NATIONAL_ROLES else one.office for one in grants)


def check_registrar(action: Action, signer: Signer, record: KeyRecord, register: Register) -> None:
    """Check what scope alone does not say of a registrar's act on a key.

    Raises:
        NotYourRole: only the root makes registrars for any office; nobody gives roles to oneself.
    """
    given = _given(action, register)
    makes_national = any(one.role is Role.REGISTRAR and one.office == ANY_OFFICE for one in given)
    if makes_national and not record.is_root:
        raise NotYourRole(f"{signer.key} {Role.REGISTRAR}")
    if isinstance(action.facts, RoleGranted) and signer.key == action.stream_id:
        raise NotYourRole(signer.key)


def check_holder(action: Action, signer: Signer) -> None:
    """Check the proof of possession: the key that the facts bring or name itself signs.

    Raises:
        NotYourRole: another key signs.
    """
    if signer.key != _key_of_holder(action):
        raise NotYourRole(signer.key)


def _key_of_holder(action: Action) -> str | None:
    match action.facts:
        case KeyRegistered(vkey=vkey):
            return vkey_name(vkey)
        case RootRotated(registrar_vkey=vkey) | RootRecovered(registrar_vkey=vkey):
            return vkey_name(vkey)
        case KeyReplaced(successor=successor):
            return successor
        case ApplicantKeyReplaced(applicant_key=vkey) | ProxyAuthorised(proxy_key=vkey):
            return vkey_name(vkey)
        case _:
            return None


def check_ledgers_signers(state: StreamState | None, action: Action) -> None:
    """Check who signs for the ledger itself: its root, or as many recovery keys as entry 0 asks.

    Raises:
        NotYourRole: a signer is none of these, or not for this act.
        CoSignerMissing: too few recovery keys sign.
        NotPermitted: the ledger is not open yet.
    """
    if isinstance(action.facts, LedgerOpened):
        _check_signed_by(action, Role.REGISTRAR, {vkey_name(action.facts.registrar_vkey)})
        return
    if not isinstance(state, LedgerRecord):
        raise NotPermitted(action.kind.name)
    _check_signed_by(action, Role.REGISTRAR, {vkey_name(state.registrar_vkey)})
    recovery = {vkey_name(vkey) for vkey in state.recovery_vkeys}
    _check_signed_by(action, Role.RECOVERY, recovery)
    if isinstance(action.facts, RootRecovered):
        signed = {signer.key for signer in action.signers if signer.role is Role.RECOVERY}
        if state.recovery_threshold is None or len(signed) < state.recovery_threshold:
            raise CoSignerMissing(Role.RECOVERY)


def _check_signed_by(action: Action, role: Role, keys: set[str]) -> None:
    for signer in action.signers:
        if signer.role is role and signer.key not in keys:
            raise NotYourRole(signer.key)
        if signer.role is Role.HOLDER:
            check_holder(action, signer)
