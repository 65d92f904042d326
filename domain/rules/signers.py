"""Rules about signers: which roles may sign together, who holds them, and for which office."""

from domain.actions import OFFICELESS_STREAMS, Action, Signer, StreamType
from domain.dossiers import Dossier
from domain.errors import (
    CoSignerMissing,
    FactInvalid,
    FactMissing,
    KeyNotEnrolled,
    NotYourDossier,
    NotYourOffice,
    NotYourRole,
    RevokedKey,
    RoleNotHeldThen,
    SignerRepeated,
)
from domain.facts import (
    ANY_OFFICE,
    DossierSubmitted,
    Grant,
    HandoverAcknowledged,
    KeyRegistered,
    LedgerOpened,
)
from domain.keys import KeyRecord, vkey_name
from domain.moments import is_before
from domain.roles import DECIDING_ROLES, NATIONAL_ROLES, VISITING_ROLES, Role
from domain.rules.register import Register, StreamState, office_record

UTC_ZONE = "UTC"


def check_signers(state: StreamState | None, action: Action, register: Register) -> None:
    """Check that these roles may sign together, and that every signer holds its role and scope.

    Raises:
        ActionRefused: one of the subclasses imported above.
    """
    _check_company(action)
    zone = _check_office(action, register)
    if isinstance(state, Dossier):
        _check_visit(state, action)
        _check_import_stays_apart(state, action)
    for signer in action.signers:
        match signer.role:
            case Role.APPLICANT | Role.PROXY:
                _check_applicant(state, action, signer, register)
            case Role.HOLDER:
                _check_holder(action, signer)
            case Role.REGISTRAR if action.kind.stream is StreamType.LEDGER:
                _check_root(action, signer)
            case _:
                record = _enrolled_key(signer, register)
                _check_scope(state, action, signer, record)
                _check_held_then(action, record, zone)
    if isinstance(action.facts, HandoverAcknowledged):
        _check_taker(action, register)


def _check_company(action: Action) -> None:
    rule, signers = action.kind.signers, action.signers
    if len(signers) == 1 and signers[0].role in rule.alone:
        return
    if not signers:
        raise CoSignerMissing(action.kind.name)
    roles = frozenset(signer.role for signer in signers)
    if not roles <= rule.known:
        raise NotYourRole(", ".join(sorted(roles - rule.known)))
    if not rule.permits(roles):
        raise CoSignerMissing(", ".join(sorted(roles)))
    if len({signer.key for signer in signers}) < len(signers):
        raise SignerRepeated


def _check_office(action: Action, register: Register) -> str:
    """Check the office in the header, and give its time zone."""
    if action.kind.stream in OFFICELESS_STREAMS:
        if action.office is not None:
            raise FactInvalid("office")
        return UTC_ZONE
    if action.office is None:
        if action.kind.stream is StreamType.DOSSIER:
            raise FactMissing("office")
        return UTC_ZONE
    if action.kind.stream is StreamType.OFFICE and action.office == action.stream_id:
        return UTC_ZONE
    return office_record(register, action.office).office.time_zone


def _check_visit(dossier: Dossier, action: Action) -> None:
    """Check that the office in the header has a part in the dossier.

    The office that holds the dossier now decides it; a hand-over names the one that takes it.
    Whoever is asked or pays may belong anywhere, and the one-stop shop that took the dossier in
    stays its desk: it relays, and returns the result (domain.md 2.3; ADR 0016).
    """
    roles = {signer.role for signer in action.signers}
    if roles & DECIDING_ROLES and not isinstance(action.facts, HandoverAcknowledged):
        has_part = action.office == dossier.current_office
    else:
        has_part = action.office == dossier.office or bool(roles & VISITING_ROLES)
    if not has_part:
        raise NotYourOffice(str(action.office))


def _check_taker(action: Action, register: Register) -> None:
    """Check that somebody of the office that takes a dossier over signs; its giver may too."""
    for signer in action.signers:
        if _enrolled_key(signer, register).covers(signer.role, action.office):
            return
    raise NotYourOffice(str(action.office))


def _check_import_stays_apart(dossier: Dossier, action: Action) -> None:
    """Keep importers off dossiers that this ledger has known from their first action.

    An import tells another system's history; here it could move a due date or an end unseen.
    """
    if action.is_imported and not dossier.imported:
        raise NotYourRole(Role.IMPORTER)


def _check_applicant(
    state: StreamState | None, action: Action, signer: Signer, register: Register
) -> None:
    """Check a signature as the applicant, or as a proxy, who may also hold a granted role."""
    if action.kind.stream is StreamType.RATING:
        return  # rests on the rated dossier: `decide_private` checks it
    if isinstance(state, Dossier):
        keys = state.applicant_keys
    else:
        named = action.facts.applicant_key if isinstance(action.facts, DossierSubmitted) else None
        keys = () if named is None else (vkey_name(named),)
    if signer.key in keys:
        return
    if signer.role is Role.APPLICANT:
        raise NotYourDossier(signer.key)
    _check_scope(state, action, signer, _enrolled_key(signer, register))


def _check_holder(action: Action, signer: Signer) -> None:
    """Check the proof of possession: the enrolled key itself signs."""
    assert isinstance(action.facts, KeyRegistered)
    if signer.key != vkey_name(action.facts.vkey):
        raise NotYourRole(signer.key)


def _check_root(action: Action, signer: Signer) -> None:
    """Check that entry 0 is signed by the registrar's root that it names."""
    assert isinstance(action.facts, LedgerOpened)
    if signer.key != vkey_name(action.facts.registrar_vkey):
        raise NotYourRole(signer.key)


def _enrolled_key(signer: Signer, register: Register) -> KeyRecord:
    record = register.key(signer.key)
    if record is None:
        raise KeyNotEnrolled(signer.key)
    if record.revoked_at is not None:
        raise RevokedKey(signer.key)
    return record


def _check_scope(
    state: StreamState | None, action: Action, signer: Signer, record: KeyRecord
) -> None:
    """Check that the key holds the role for the offices that the action concerns.

    A single signer acts for the office in the header; of several, some may act for another one.
    """
    if all(record.covers(signer.role, office) for office in _offices(state, action)):
        return
    if not record.has_role(signer.role):
        raise NotYourRole(f"{signer.key} {signer.role}")
    others = _offices_beside(state, action, signer.role)
    if not any(record.covers(signer.role, office) for office in others):
        raise NotYourOffice(f"{signer.key} {action.office}")


def _offices(state: StreamState | None, action: Action) -> tuple[str | None, ...]:
    """Give the offices for which a role must be held: a key's acts concern all its grants."""
    if isinstance(action.facts, KeyRegistered):
        return tuple(_registrars_office(grant) for grant in action.facts.grants)
    if isinstance(state, KeyRecord):
        return tuple(_registrars_office(grant) for grant in state.grants)
    return (action.office,)


def _registrars_office(grant: Grant) -> str:
    """Give the office for which a registrar must stand to give or take a grant."""
    return ANY_OFFICE if grant.role in NATIONAL_ROLES else grant.office


def _offices_beside(state: StreamState | None, action: Action, role: Role) -> tuple[str, ...]:
    """Give for which offices, beside the header's, one of several signers may act.

    The giver of a hand-over for the office that holds the dossier; the desk for its own.
    """
    if len(action.signers) == 1 or not isinstance(state, Dossier):
        return ()
    if isinstance(action.facts, HandoverAcknowledged):
        return (state.office, state.current_office)
    return () if role in VISITING_ROLES else (state.office,)


def _check_held_then(action: Action, record: KeyRecord, zone: str) -> None:
    # SPEC: formats.md, "Imported actions": roles are checked at recording only.
    if action.is_imported:
        return
    if is_before(action.at, record.registered_at, zone):
        raise RoleNotHeldThen(record.name)
