"""Rules about signers: which roles may sign together, who holds them, and for which office."""

from domain.actions import OFFICELESS_STREAMS, VEILED_STREAMS, Action, Signer, StreamType
from domain.dossiers import Dossier
from domain.errors import (
    CoSignerMissing,
    FactInvalid,
    FactMissing,
    KeyNotEnrolled,
    NotYourDossier,
    NotYourOffice,
    NotYourPetition,
    NotYourRole,
    RevokedKey,
    RoleNotHeldThen,
)
from domain.facts import (
    ANY_OFFICE,
    CalendarPublished,
    DossierSubmitted,
    HandoverAcknowledged,
    KeyReplaced,
    OfficeRegistered,
)
from domain.facts.integrity import (
    AccessLooksCommitted,
    AccessOpened,
    FindingRaised,
    OutageDeclared,
    OutageEnded,
    PersonalDataErased,
)
from domain.keys import KeyRecord, vkey_name
from domain.person_errors import SignerRepeated
from domain.roles import DECIDING_ROLES, VISITING_ROLES, Role
from domain.rules.feedback_rules import petitioner_keys
from domain.rules.integrity_rules import offices_of_outage
from domain.rules.people.two_persons import check_two_persons
from domain.rules.register import Register, StreamState, office_record
from domain.rules.registrars import (
    check_holder,
    check_ledgers_signers,
    check_registrar,
    offices_of_key_act,
)
from domain.rules.territory import acts_for, check_in_force

UTC_ZONE = "UTC"

# What only this ledger's own system may sign, after its checks.
_OWN_SYSTEMS = PersonalDataErased | AccessOpened | AccessLooksCommitted | FindingRaised


def check_signers(state: StreamState | None, action: Action, register: Register) -> None:
    """Check that these roles may sign together, and that every signer holds its role and scope.

    Raises:
        ActionRefused: one of the subclasses imported above.
    """
    check_company(action)
    zone = _check_office(action, register)
    if isinstance(state, Dossier):
        _check_visit(state, action, register)
        _check_import_stays_apart(state, action)
    for signer in action.signers:
        _check_signer(state, action, signer, register, zone)
    check_two_persons(action, register)
    if isinstance(action.facts, HandoverAcknowledged):
        _check_taker(action, register)


def _check_signer(
    state: StreamState | None, action: Action, signer: Signer, register: Register, zone: str
) -> None:
    match signer.role:
        case Role.APPLICANT | Role.PROXY:
            _check_applicant(state, action, signer, register)
        case Role.HOLDER:
            check_holder(action, signer)
            if isinstance(action.facts, KeyReplaced):
                _enrolled_key(signer, register)
        case Role.REGISTRAR | Role.RECOVERY if action.kind.stream is StreamType.LEDGER:
            check_ledgers_signers(state, action)
        case _:
            record = _enrolled_key(signer, register)
            offices = _check_scope(state, action, signer, register)
            _check_held_then(action, signer.role, offices, record, zone)
            if signer.role is Role.REGISTRAR:
                check_registrar(action, signer, record, register)
            if signer.role is Role.SYSTEM and not record.of_ledger:
                _check_foreign_system(action, signer)


def _check_foreign_system(action: Action, signer: Signer) -> None:
    """Check that another system does not do what only this ledger's own may, after its checks."""
    if isinstance(action.facts, _OWN_SYSTEMS):
        raise NotYourRole(f"{signer.key} {action.kind.name}")


def check_company(action: Action) -> None:
    """Check that these roles may sign this kind together, each with a key of its own.

    Raises:
        CoSignerMissing, NotYourRole, SignerRepeated: they may not.
    """
    rule, signers = action.kind.signers, action.signers
    if len(signers) == 1 and signers[0].role in rule.alone:
        return
    if not signers:
        raise CoSignerMissing(f"{action.kind.name}: missing is {rule.missing(frozenset())}")
    roles = frozenset(signer.role for signer in signers)
    if not roles <= rule.known:
        raise NotYourRole(", ".join(sorted(roles - rule.known)))
    if not rule.permits(roles):
        raise CoSignerMissing(f"{', '.join(sorted(roles))}: missing is {rule.missing(roles)}")
    if len({signer.key for signer in signers}) < len(signers):
        raise SignerRepeated


def _check_office(action: Action, register: Register) -> str:
    """Check the office in the header, and give its time zone."""
    if action.kind.stream in OFFICELESS_STREAMS:
        if action.office is not None:
            raise FactInvalid(f"office: a {action.kind.stream.value} stream has none")
        return UTC_ZONE
    if action.office is None:
        if action.kind.stream in (StreamType.DOSSIER, StreamType.PETITION):
            raise FactMissing("office")
        return UTC_ZONE
    if action.kind.stream is StreamType.OFFICE and action.office == action.stream_id:
        return UTC_ZONE
    record = office_record(register, action.office)
    if not action.is_imported:
        # Another system's history is told as it is found, acts after an office's end included.
        check_in_force(record, action.at)
    return record.office.time_zone


def _check_visit(dossier: Dossier, action: Action, register: Register) -> None:
    """Check that the office in the header has a part in the dossier.

    The office that holds the dossier now decides it; a hand-over names the one that takes it.
    Whoever is asked or pays may belong anywhere, and the one-stop shop that took the dossier in
    stays its desk: it relays, and returns the result (domain.md 2.3; ADR 0016). Where one of the
    two has ended, its successors stand in for it.
    """
    roles = {signer.role for signer in action.signers}
    if roles & DECIDING_ROLES and not isinstance(action.facts, HandoverAcknowledged):
        has_part = acts_for(register, action.office, dossier.current_office, action.at)
    else:
        has_part = bool(roles & VISITING_ROLES) or acts_for(
            register, action.office, dossier.office, action.at
        )
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
    if action.kind.stream is StreamType.PETITION:
        if signer.key not in petitioner_keys(state, action):
            raise NotYourPetition(signer.key)
        return
    if isinstance(state, Dossier):
        keys = state.applicant_keys
        if signer.role is Role.PROXY:
            keys += state.proxy_keys
    else:
        named = action.facts.applicant_key if isinstance(action.facts, DossierSubmitted) else None
        keys = () if named is None else (vkey_name(named),)
    if signer.key in keys:
        return
    if signer.role is Role.APPLICANT:
        raise NotYourDossier(signer.key)
    _enrolled_key(signer, register)
    _check_scope(state, action, signer, register)


def _enrolled_key(signer: Signer, register: Register) -> KeyRecord:
    record = register.key(signer.key)
    if record is None:
        raise KeyNotEnrolled(signer.key)
    if record.revoked_at is not None:
        raise RevokedKey(signer.key)
    return record


def _check_scope(
    state: StreamState | None, action: Action, signer: Signer, register: Register
) -> tuple[str | None, ...]:
    """Check that the key holds the role for the offices that the action concerns; give these.

    A single signer acts for the office in the header; of several, some may act for another one.
    """
    record = _enrolled_key(signer, register)
    if not record.has_role(signer.role):
        raise NotYourRole(f"{signer.key} {signer.role}")
    if action.kind.stream in VEILED_STREAMS and action.office is None:
        return (_office_held(record, signer.role, action),)
    offices = _offices(state, action, register)
    if all(record.covers(signer.role, office) for office in offices):
        return offices
    for office in _offices_beside(state, action, signer.role):
        if record.covers(signer.role, office):
            return (office,)
    held = sorted({each.grant.office for each in record.held() if each.grant.role is signer.role})
    asked = ", ".join(sorted(str(office) for office in offices))
    raise NotYourOffice(f"{signer.key} {asked}: it is {signer.role} for {', '.join(held)} alone")


def _office_held(record: KeyRecord, role: Role, action: Action) -> str:
    """Give an office for which the role is held: where the header names none, each will do."""
    offices = [held.grant.office for held in record.held() if held.grant.role is role]
    in_effect = (each for each in offices if record.covered(role, each, action.at, UTC_ZONE))
    return next(in_effect, offices[0])


def _offices(
    state: StreamState | None, action: Action, register: Register
) -> tuple[str | None, ...]:
    """Give the offices for which a role must be held."""
    if isinstance(action.facts, OutageDeclared | OutageEnded):
        return offices_of_outage(state, action)
    if isinstance(action.facts, OfficeRegistered | CalendarPublished):
        # An office's document says who inherits it, a calendar moves everybody's dates: the
        # header, which the signer chooses, must not say for whom that may be done.
        return (ANY_OFFICE,)
    if action.kind.stream is not StreamType.KEY:
        return (action.office,)
    concerned = offices_of_key_act(state, action, register)
    return (action.office,) if concerned is None else concerned


def _offices_beside(state: StreamState | None, action: Action, role: Role) -> tuple[str, ...]:
    """Give for which offices, beside the header's, one of several signers may act.

    The giver of a hand-over for the office that holds the dossier; the desk for its own.
    """
    if len(action.signers) == 1 or not isinstance(state, Dossier):
        return ()
    if isinstance(action.facts, HandoverAcknowledged):
        return (state.office, state.current_office)
    return () if role in VISITING_ROLES else (state.office,)


def _check_held_then(
    action: Action, role: Role, offices: tuple[str | None, ...], record: KeyRecord, zone: str
) -> None:
    """Check that the role was held at the moment that the action names, too."""
    # SPEC: formats.md, "Imported actions": roles are checked at recording only.
    if action.is_imported:
        return
    if not all(record.covered(role, office, action.at, zone) for office in offices):
        raise RoleNotHeldThen(record.name)
