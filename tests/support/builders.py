"""Builders: whole things of the domain, of which a test sets only what it is about.

The register is a real one in memory; actions carry no signatures, since the domain has none.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from domain.actions import Action, Signer
from domain.calendars import Calendar, CalendarRecord
from domain.decisions import RatingRecord, Register, StreamState, decide, evolve
from domain.dossiers import Channel, Dossier, Due, Status
from domain.facts import (
    ApplicantKeyReplaced,
    AppointmentRescheduled,
    ClosingGround,
    ConsultationAnswered,
    ConsultationOverdueNotified,
    ConsultationRequested,
    DossierAccepted,
    DossierClosed,
    DossierForwarded,
    DossierRoutedToOffice,
    DossierSubmitted,
    ExtensionApologyIssued,
    Facts,
    FeeAssessed,
    Grant,
    HoldLifted,
    IntakeRefused,
    IntakeSupplementRequested,
    PaymentConfirmed,
    PaymentMethod,
    PaymentRefunded,
    PaymentRequired,
    ProxyAuthorised,
    ProxyRevoked,
    ReschedulingGround,
    ResolutionRefused,
    StepTransferred,
    SupplementRequested,
)
from domain.facts.integrity import AccessLooksCommitted
from domain.facts.reasons import ApologyReason, IntakeRefusalReason, RefusalReason
from domain.keys import KeyRecord, LedgerRecord
from domain.kinds import KINDS
from domain.moments import Moment, parse_moment
from domain.offices import BilingualName, Level, Office, OfficeRecord
from domain.oversight.integrity import Outage
from domain.procedures import Limit, LimitUnit, Procedure, ProcedureRecord
from domain.roles import GRANTABLE_ROLES, Role
from domain.transitions import TRANSITIONS
from tests.support.oversight.facts import LEAST_OVERSIGHT_FACTS
from tests.support.oversight.needs import completed_details

ZONE = "Asia/Ho_Chi_Minh"
LEDGER = "localhost/0a1b2c3d"
OFFICE = "H27.15"
DEPARTMENT = "H27.07"
PROCEDURE = "1.004222"
STREAM = "dossier:0b6f0000000000000000000000000001"
RATING_STREAM = "rating:0b6f0000000000000000000000000002"
APPLICANT_KEY = "applicant-00000000000000aa"
APPLICANT_VKEY = f"{APPLICANT_KEY}+0a1b2c3d+{'A' * 44}"
OTHER_APPLICANT_KEY = "applicant-00000000000000ab"
OTHER_APPLICANT_VKEY = f"{OTHER_APPLICANT_KEY}+0a1b2c3d+{'B' * 44}"
OFFICER_KEY = "officer-00000000000000bb"
COLLEAGUE_KEY = "officer-00000000000000be"
IMPORTER_KEY = "importer-00000000000000cc"
SYSTEM_KEY = "system-00000000000000f1"
ENROLLED_AT = Moment(instant=datetime(2026, 1, 1, tzinfo=UTC))
HEX64 = "ab" * 32
COMMITMENT = "A" * 43 + "="

# Off days of Viet Nam in 2026 as the worked examples of domain.md 8.1 use them.
DAYS_OFF = (
    date(2026, 1, 1),
    *(date(2026, 2, day) for day in range(16, 21)),
    date(2026, 4, 27),
    date(2026, 4, 30),
    date(2026, 5, 1),
    date(2026, 8, 31),
    date(2026, 9, 1),
    date(2026, 9, 2),
    date(2026, 11, 24),
)
MAKE_UP_DAYS = (date(2026, 8, 22),)

# What a kind needs at the least; kinds not named here need nothing.
LEAST_FACTS: dict[str, Facts] = {
    "access.looks_committed": AccessLooksCommitted(book=1, looks=1, root=COMMITMENT),
    "dossier.submitted": DossierSubmitted(
        procedure=PROCEDURE, channel=Channel.ONLINE, applicant_key=APPLICANT_VKEY
    ),
    "dossier.accepted": DossierAccepted(),
    "dossier.intake_refused": IntakeRefused(reason_code=IntakeRefusalReason.WRONG_AUTHORITY),
    "dossier.intake_supplement_requested": IntakeSupplementRequested(answer_by=date(2026, 12, 1)),
    "dossier.supplement_requested": SupplementRequested(answer_by=date(2026, 12, 1)),
    "dossier.payment_required": PaymentRequired(amount_vnd=20_000, pay_by=date(2026, 12, 1)),
    "dossier.payment_confirmed": PaymentConfirmed(amount_vnd=20_000, method=PaymentMethod.CASH),
    "dossier.extension_apology_issued": ExtensionApologyIssued(
        appointment="2026-12-01", reason_code=ApologyReason.MANY_DOSSIERS
    ),
    "dossier.routed_to_office": DossierRoutedToOffice(to_office=DEPARTMENT),
    "dossier.fee_assessed": FeeAssessed(catalogue_amount_vnd=20_000),
    "dossier.forwarded": DossierForwarded(to_office=DEPARTMENT),
    "dossier.consultation_requested": ConsultationRequested(answer_by=date(2026, 12, 1)),
    "dossier.consultation_answered": ConsultationAnswered(request_version=1),
    "dossier.consultation_overdue_notified": ConsultationOverdueNotified(request_version=1),
    "dossier.closed": DossierClosed(ground=ClosingGround.NO_SUPPLEMENT),
    "dossier.payment_refunded": PaymentRefunded(amount_vnd=20_000),
    "dossier.appointment_rescheduled": AppointmentRescheduled(
        appointment="2026-12-01", ground=ReschedulingGround.APOLOGY, apology_version=1
    ),
    "dossier.step_transferred": StepTransferred(to_office=DEPARTMENT),
    "dossier.applicant_key_replaced": ApplicantKeyReplaced(applicant_key=OTHER_APPLICANT_VKEY),
    "dossier.proxy_authorised": ProxyAuthorised(proxy_key=OTHER_APPLICANT_VKEY),
    "dossier.proxy_revoked": ProxyRevoked(proxy=OTHER_APPLICANT_KEY),
    "dossier.hold_lifted": HoldLifted(hold_version=1),
    "dossier.resolution_refused": ResolutionRefused(reason_code=RefusalReason.NOT_ELIGIBLE),
    **LEAST_OVERSIGHT_FACTS,
}


def a_moment(text: str = "2026-03-02T02:00:00Z") -> Moment:
    return parse_moment(text)


def a_calendar(**changes: Any) -> Calendar:
    calendar = Calendar(
        id="VN",
        valid_from=date(2025, 1, 1),
        valid_to=date(2027, 12, 31),
        days_off=DAYS_OFF,
        working_days_extra=MAKE_UP_DAYS,
    )
    return msgspec.structs.replace(calendar, **changes)


def a_procedure(**changes: Any) -> Procedure:
    procedure = Procedure(
        code=PROCEDURE,
        version=1,
        name=BilingualName(vi="Đăng ký thường trú", en="Permanent residence"),
        level=Level.COMMUNE,
        limit=Limit(amount=7, unit=LimitUnit.WORKING_DAYS),
    )
    return msgspec.structs.replace(procedure, **changes)


def an_office(office_id: str = OFFICE, **changes: Any) -> Office:
    office = Office(
        id=office_id,
        name=BilingualName(vi="Xã Cẩm Lạc", en="Cam Lac commune"),
        level=Level.COMMUNE,
        time_zone=ZONE,
    )
    return msgspec.structs.replace(office, **changes)


def a_key(name: str = OFFICER_KEY, *grants: Grant, **changes: Any) -> KeyRecord:
    every_role = tuple(Grant(role, "*") for role in sorted(GRANTABLE_ROLES))
    record = KeyRecord(
        name,
        f"{name}+0a1b2c3d+{'A' * 44}",
        grants or every_role,
        ENROLLED_AT,
        has_details=True,
    )
    return msgspec.structs.replace(record, **changes)


def a_dossier(**changes: Any) -> Dossier:
    dossier = Dossier(
        stream=STREAM,
        procedure=PROCEDURE,
        office=OFFICE,
        channel=Channel.ONLINE,
        status=Status.NEWLY_REGISTERED,
        submitted_at=a_moment("2026-03-02T01:00:00Z"),
        applicant_keys=(APPLICANT_KEY,),
    )
    return msgspec.structs.replace(dossier, **changes)


def a_dossier_in_process(**changes: Any) -> Dossier:
    """Give a dossier accepted on 2 March 2026 under the default procedure, due on 11 March."""
    settled = {
        "status": Status.IN_PROCESS,
        "accepted_at": a_moment("2026-03-02T03:00:00Z"),
        "procedure_version": 1,
        "due": Due(day=date(2026, 3, 11)),
    }
    return a_dossier(**(settled | changes))


@dataclass
class MemoryRegister:
    """A `Register` of dictionaries."""

    keys: dict[str, KeyRecord] = field(default_factory=dict)
    offices: dict[str, OfficeRecord] = field(default_factory=dict)
    procedures: dict[str, ProcedureRecord] = field(default_factory=dict)
    calendars: dict[str, CalendarRecord] = field(default_factory=dict)
    dossiers: dict[str, Dossier] = field(default_factory=dict)
    documents: dict[str, bytes] = field(default_factory=dict)
    declared: tuple[Outage, ...] = ()

    def key(self, name: str) -> KeyRecord | None:
        return self.keys.get(name)

    def office(self, office_id: str) -> OfficeRecord | None:
        return self.offices.get(office_id)

    def procedure(self, code: str) -> ProcedureRecord | None:
        return self.procedures.get(code)

    def calendar(self, calendar_id: str) -> CalendarRecord | None:
        return self.calendars.get(calendar_id)

    def dossier(self, stream: str) -> Dossier | None:
        return self.dossiers.get(stream)

    def outages(self, ledger: str) -> tuple[Outage, ...]:
        return self.declared if ledger == LEDGER else ()

    def document(self, sha256_hex: str) -> bytes | None:
        return self.documents.get(sha256_hex)


def a_register(
    *procedures: Procedure,
    keys: Iterable[KeyRecord] = (),
    calendar: Calendar | None = None,
    documents: dict[str, bytes] | None = None,
) -> MemoryRegister:
    """Give a register with two offices, a calendar, a procedure, and an officer who may do all."""
    versions = procedures or (a_procedure(),)
    enrolled = (
        a_key(),
        a_key(COLLEAGUE_KEY),
        a_key(IMPORTER_KEY, Grant(Role.IMPORTER, "*")),
        msgspec.structs.replace(a_key(SYSTEM_KEY, Grant(Role.SYSTEM, "*")), of_ledger=True),
        *keys,
    )
    return MemoryRegister(
        keys={record.name: record for record in enrolled},
        offices={
            name: OfficeRecord(an_office(name), HEX64, ENROLLED_AT) for name in (OFFICE, DEPARTMENT)
        },
        procedures={PROCEDURE: ProcedureRecord(PROCEDURE, versions, (HEX64,) * len(versions))},
        calendars={"VN": CalendarRecord(calendar or a_calendar(), HEX64, ENROLLED_AT)},
        documents=documents or {},
    )


def signed_as(*roles: Role, key: str | None = None) -> tuple[Signer, ...]:
    """Give signers for roles, each with the key that the default register knows for it."""
    return tuple(Signer(key or _key_for(role), role) for role in roles)


def _key_for(role: Role) -> str:
    named = {
        Role.APPLICANT: APPLICANT_KEY,
        Role.IMPORTER: IMPORTER_KEY,
        Role.SYSTEM: SYSTEM_KEY,
    }
    return named.get(role, OFFICER_KEY)


def usual_signers(kind_name: str) -> tuple[Signer, ...]:
    """Give one signer who may sign the kind alone and who is not an importer, if there is one.

    Where nobody may, the fewest who may together, each with a key of their own.
    """
    rule = KINDS[kind_name].signers
    if not rule.alone:
        company = rule.companies[0]
        lead = sorted(company.one_of)[0]
        keys = iter((OFFICER_KEY, COLLEAGUE_KEY))
        named = {
            Role.APPLICANT: APPLICANT_KEY,
            Role.HOLDER: OTHER_APPLICANT_KEY,
            Role.SYSTEM: SYSTEM_KEY,
        }
        return tuple(
            Signer(named.get(role) or next(keys), role)
            for role in (lead, *sorted(company.with_all))
        )
    alone = sorted(rule.alone - {Role.PROXY})
    return signed_as(next((role for role in alone if role is not Role.IMPORTER), Role.IMPORTER))


def an_action(kind_name: str, **changes: Any) -> Action:
    kind = KINDS[kind_name]
    facts = changes.pop("facts", None) or LEAST_FACTS.get(kind_name) or kind.facts()
    action = Action(
        kind=kind,
        ledger=LEDGER,
        stream=changes.pop("stream", STREAM),
        version=1 if TRANSITIONS[kind_name].creates else 2,
        commitment=None if completed_details(kind, facts, None) is None else COMMITMENT,
        at=a_moment(),
        office=OFFICE,
        signers=usual_signers(kind_name),
        facts=facts,
    )
    return msgspec.structs.replace(action, **changes)


def an_imported_action(kind_name: str, **changes: Any) -> Action:
    if kind_name == "dossier.submitted" and "facts" not in changes:
        changes["facts"] = DossierSubmitted(procedure=PROCEDURE, channel=Channel.ONLINE)
    return an_action(kind_name, signers=signed_as(Role.IMPORTER), **changes)


def after(
    *actions: Action, state: StreamState | None = None, register: Register | None = None
) -> StreamState:
    """Decide and fold actions in order, from nothing or from a state."""
    known = register or a_register()
    for action in actions:
        decide(state, action, known)
        state = evolve(state, action, known)
    assert state is not None
    return state


def a_life(*kind_names: str, imported: bool = False) -> list[Action]:
    """Give actions of these kinds, an hour apart."""
    build = an_imported_action if imported else an_action
    start = datetime(2026, 3, 2, 2, tzinfo=UTC)
    return [
        build(name, version=number + 1, at=Moment(instant=start + timedelta(hours=number)))
        for number, name in enumerate(kind_names)
    ]


def dossier_after(
    *actions: Action, state: Dossier | None = None, register: Register | None = None
) -> Dossier:
    dossier = after(*actions, state=state, register=register)
    assert isinstance(dossier, Dossier)
    return dossier


STATE_TYPES = (
    Dossier,
    KeyRecord,
    OfficeRecord,
    ProcedureRecord,
    CalendarRecord,
    LedgerRecord,
    RatingRecord,
)
