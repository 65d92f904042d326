"""Rules about the facts of keys and of the ledger's own: entry 0, roots, enrolment, roles.

What a registrar may give, and to whom, is in `registrars`; here is what must hold whoever signs.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from domain.actions import Action
from domain.errors import FactInvalid, FactMissing, KeyNotEnrolled, NotPermitted
from domain.facts import (
    ANY_OFFICE,
    Grant,
    KeyRegistered,
    KeyReplaced,
    KeyRevoked,
    LedgerOpened,
    LogKeyRetired,
    LogKeyRotated,
    RevocationReason,
    RoleGranted,
    RoleRevoked,
    RootRecovered,
    RootRotated,
)
from domain.keys import KeyRecord, LedgerRecord, vkey_body, vkey_name
from domain.moments import FIRST_YEAR, LAST_YEAR
from domain.roles import ENROLLED_ASSURANCES, UNGRANTED_ROLES, Role
from domain.rules.people.two_persons import check_has_person
from domain.rules.register import Register, StreamState, office_record
from domain.rules.registrars import roles_carried_over

FactRule = Callable[[StreamState | None, Action, Register], None]


def _ledger_opened(_state: StreamState | None, action: Action, _register: Register) -> None:
    facts = action.facts
    assert isinstance(facts, LedgerOpened)
    if not facts.origin == action.ledger == action.stream_id == vkey_name(facts.log_vkey):
        raise FactInvalid("origin: facts, header, stream and log key name different ledgers")
    # SPEC: formats.md, "Keys": log, witness, promise and actor keys never coincide.
    vkeys = (
        facts.registrar_vkey,
        facts.log_vkey,
        facts.promise_vkey,
        facts.system_vkey,
        *facts.recovery_vkeys,
    )
    if len({vkey_name(vkey) for vkey in vkeys}) < len(vkeys):
        raise FactInvalid("vkey: two of the ledger's own keys are one")
    if (facts.recovery_threshold is None) != (not facts.recovery_vkeys):
        raise FactInvalid("recovery_threshold: it needs recovery keys, and they need it")
    if facts.continues is not None and facts.continues.origin == facts.origin:
        # A ledger that went on under its own name would be two ledgers of one name.
        raise FactInvalid(f"continues: {facts.origin} is this ledger itself")
    if (facts.recovery_threshold or 0) > len(facts.recovery_vkeys):
        found = f"{facts.recovery_threshold} of {len(facts.recovery_vkeys)} keys"
        raise FactInvalid(f"recovery_threshold: {found}")


def _root_changed(state: StreamState | None, action: Action, register: Register) -> None:
    """Check that the new root is a key that the ledger has never known."""
    facts = action.facts
    assert isinstance(facts, RootRotated | RootRecovered)
    assert isinstance(state, LedgerRecord)
    bodies = {vkey_body(vkey) for vkey in state.own_vkeys()}
    is_known = register.key(vkey_name(facts.registrar_vkey)) is not None
    if is_known or vkey_body(facts.registrar_vkey) in bodies:
        found = vkey_name(facts.registrar_vkey)
        raise FactInvalid(f"registrar_vkey: {found} is a key that the ledger knows")


def _log_key_rotated(state: StreamState | None, action: Action, _register: Register) -> None:
    """Check that the new key bears the log's name, is new, and that no change is under way."""
    facts = action.facts
    assert isinstance(facts, LogKeyRotated)
    assert isinstance(state, LedgerRecord)
    if vkey_name(facts.new_log_vkey) != state.origin:
        raise FactInvalid(f"new_log_vkey: of {vkey_name(facts.new_log_vkey)}, not {state.origin}")
    if vkey_body(facts.new_log_vkey) in {vkey_body(vkey) for vkey in state.own_vkeys()}:
        raise FactInvalid("new_log_vkey: a key that the ledger knows")
    if len(state.log_vkeys_in_force()) > 1:
        raise NotPermitted(action.kind.name)


def _log_key_retired(state: StreamState | None, action: Action, _register: Register) -> None:
    """Check that two keys sign, and that it is the older one that ends."""
    facts = action.facts
    assert isinstance(facts, LogKeyRetired)
    assert isinstance(state, LedgerRecord)
    in_force = state.log_vkeys_in_force()
    if len(in_force) == 1:
        raise NotPermitted(action.kind.name)
    if facts.old_log_vkey != in_force[0]:
        raise FactInvalid("old_log_vkey: not the older of the two that sign")


def _key_registered(state: StreamState | None, action: Action, register: Register) -> None:
    facts = action.facts
    assert isinstance(facts, KeyRegistered)
    if vkey_name(facts.vkey) != action.stream_id:
        raise FactInvalid(f"vkey: of {vkey_name(facts.vkey)}, on the stream of {action.stream_id}")
    if register.key(action.stream_id) is not None:
        raise FactInvalid(f"vkey: {action.stream_id} is the ledger's own key")
    if facts.assurance not in ENROLLED_ASSURANCES:
        raise FactInvalid(f"assurance: {facts.assurance.value}")
    _check_grants(facts.grants, register)
    if facts.replaces is not None:
        _check_replaced(facts.replaces, facts, register)
    elif not facts.grants:
        raise FactMissing("grants")
    check_has_person(state, action, roles_carried_over(facts, register))


def _check_replaced(name: str, facts: KeyRegistered, register: Register) -> None:
    """Check that the key before is one that still has no successor, and has roles to hand on."""
    before = register.key(name)
    if before is None:
        raise KeyNotEnrolled(name)
    # The root is replaced by `ledger.root_rotated`, the system key not at all.
    if before.successor is not None or before.of_ledger:
        found = f"has the successor {before.successor}" if before.successor else "is the ledger's"
        raise FactInvalid(f"replaces: {name} {found}")
    # A revoked key's roles do not come back by themselves: they must be named.
    if not facts.grants and (before.revoked_at is not None or not any(before.held())):
        raise FactMissing("grants")


def _check_grants(grants: Iterable[Grant], register: Register) -> None:
    for grant in grants:
        if grant.role in UNGRANTED_ROLES:
            raise FactInvalid(f"grants: {grant.role.value} is not granted by a registrar")
        if grant.office != ANY_OFFICE:
            office_record(register, grant.office)
        _check_days(grant)


def _check_days(grant: Grant) -> None:
    days = [day for day in (grant.from_on, grant.until_on) if day is not None]
    if any(not FIRST_YEAR <= day.year <= LAST_YEAR for day in days) or days != sorted(days):
        found = " to ".join(day.isoformat() for day in days)
        raise FactInvalid(f"grants: {grant.role.value}@{grant.office} from {found}")
    # Days are compared with the moment that an action names, and an import's are another system's.
    if days and grant.role is Role.IMPORTER:
        raise FactInvalid("grants: importer has days")


def _check_goes_on(state: StreamState | None, action: Action) -> KeyRecord:
    assert isinstance(state, KeyRecord)
    if state.revoked_at is not None:
        raise NotPermitted(action.kind.name)
    return state


def _key_revoked(state: StreamState | None, action: Action, _register: Register) -> None:
    assert isinstance(action.facts, KeyRevoked)
    _check_goes_on(state, action)
    if action.facts.reason is RevocationReason.REPLACED:
        # `key.replaced` says by which key.
        raise FactInvalid("reason: replaced")


def _key_replaced(state: StreamState | None, action: Action, register: Register) -> None:
    assert isinstance(action.facts, KeyReplaced)
    assert isinstance(state, KeyRecord)
    if state.successor is not None:
        raise NotPermitted(action.kind.name)
    successor = register.key(action.facts.successor)
    if successor is None:
        raise KeyNotEnrolled(action.facts.successor)
    if successor.replaces != state.name:
        found = f"{successor.name} replaces {successor.replaces or 'no key'}"
        raise FactInvalid(f"successor: {found}, not {state.name}")


def _role_granted(state: StreamState | None, action: Action, register: Register) -> None:
    assert isinstance(action.facts, RoleGranted)
    held = {later.grant for later in _check_goes_on(state, action).held()}
    _check_grants(action.facts.grants, register)
    for grant in action.facts.grants:
        if grant in held:
            raise FactInvalid(f"grants: {grant.role.value}@{grant.office} is held already")
    check_has_person(state, action, action.facts.grants)


def _role_revoked(state: StreamState | None, action: Action, _register: Register) -> None:
    assert isinstance(action.facts, RoleRevoked)
    held = [later.grant for later in _check_goes_on(state, action).held()]
    for taken in action.facts.grants:
        is_held = any((one.role, one.office) == (taken.role, taken.office) for one in held)
        if not is_held or taken.from_on is not None or taken.until_on is not None:
            found = "is named with days" if is_held else "is not held"
            raise FactInvalid(f"grants: {taken.role.value}@{taken.office} {found}")


KEY_FACT_RULES: Final[Mapping[str, FactRule]] = {
    "ledger.opened": _ledger_opened,
    "ledger.root_rotated": _root_changed,
    "ledger.root_recovered": _root_changed,
    "ledger.log_key_rotated": _log_key_rotated,
    "ledger.log_key_retired": _log_key_retired,
    "key.registered": _key_registered,
    "key.revoked": _key_revoked,
    "key.replaced": _key_replaced,
    "key.role_granted": _role_granted,
    "key.role_revoked": _role_revoked,
}
