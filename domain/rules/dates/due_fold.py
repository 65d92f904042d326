"""What actions do to the dates of a dossier: the legal due date, and the one on the slips.

The due date is counted anew, from the acceptance on, by every act that may move it (those on other
streams are in `due_moves`); so it is a pure function of acceptance, procedure version, calendar,
the office's hours and what stopped the clock. An ended dossier keeps the date that was in force.
`DUE_EFFECTS` holds what a kind does by itself, `DUE_RESUMING` what it does when it has ended a
wait; `dossier_fold` runs both after the status has moved.
"""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from domain.actions import Action
from domain.calendars import (
    NATIONAL_CALENDAR,
    CalendarRecord,
    WorkingTime,
    parse_calendar,
)
from domain.clocks.hours import working_time
from domain.clocks.limits import STEP_KINDS, processing_count, stops_clock
from domain.deadlines import needs_calendar
from domain.dossiers import (
    Dossier,
    Due,
    DueChange,
    Halt,
    HaltKind,
    StepBegun,
    due_from_moment,
)
from domain.errors import CalendarHorizonPassed, ProcedureNotInForce, UnknownCalendar
from domain.facts import (
    AppointmentRescheduled,
    DossierAccepted,
    DueDateImported,
    ExtensionApologyIssued,
)
from domain.moments import Moment, is_before, parse_moment
from domain.oversight.integrity import Outage
from domain.procedures import Procedure
from domain.rules.register import Register, office_record, procedure_record

Effect = Callable[[Dossier, Action, Register], Dossier]


def version_at_acceptance(
    code: str, office_id: str, accepted_at: Moment, register: Register
) -> Procedure:
    """Give the version of a procedure that a dossier accepted then by an office goes by.

    Raises:
        UnknownOffice, UnknownProcedure: the register has no such record.
        ProcedureNotInForce: no version held on that day.
    """
    zone = office_record(register, office_id).office.time_zone
    day = accepted_at.day_in(zone)
    procedure = procedure_record(register, code).version_in_force(day)
    if procedure is None:
        raise ProcedureNotInForce(f"{code} {day}")
    return procedure


def _accepted(dossier: Dossier, action: Action, register: Register) -> Dossier:
    facts = action.facts
    assert isinstance(facts, DossierAccepted)
    appointment = facts.appointment and due_from_moment(parse_moment(facts.appointment))
    procedure = version_at_acceptance(dossier.procedure, dossier.office, action.at, register)
    dossier = replace(
        dossier,
        accepted_at=action.at,
        procedure_version=procedure.version,
        appointment=appointment or None,
        waits_at_intake=len(dossier.waits),
        accepting_office=dossier.office,
        halts=(*dossier.halts, *_outages_under_way(dossier, procedure, action, register)),
    )
    if needs_calendar(procedure.limit_for(dossier.channel)):
        return _first_counted(dossier, procedure, register)
    return replace(dossier, due=dossier.due or appointment or None)  # an imported one stands


def _first_counted(dossier: Dossier, procedure: Procedure, register: Register) -> Dossier:
    working, versions = _working(dossier, register)
    counted = processing_count(dossier, procedure, working)
    if dossier.due_imported or counted is None:
        return dossier
    return _counted_with(replace(dossier, due=counted.due), versions)


def _outages_under_way(
    dossier: Dossier, procedure: Procedure, action: Action, register: Register
) -> tuple[Halt, ...]:
    """Give the outages that were declared before the acceptance, and are not over by then."""
    if not procedure.pause_in_outage:
        return ()
    zone = office_record(register, dossier.office).office.time_zone
    return tuple(
        outage_halt(outage, action.at)
        for outage in register.outages(action.ledger)
        if outage.concerns(dossier.office)
        and (outage.until is None or is_before(action.at, Moment(instant=outage.until), zone))
    )


def outage_halt(outage: Outage, declared_at: Moment) -> Halt:
    """Give the halt that an outage is for a dossier whose procedure lets its clock rest."""
    return Halt(
        HaltKind.OUTAGE,
        Moment(instant=outage.since),
        None if outage.until is None else Moment(instant=outage.until),
        stops_clock=True,
        declared_at=declared_at,
        outage_version=outage.declared_version,
    )


def _working(dossier: Dossier, register: Register) -> tuple[WorkingTime, tuple[int, int]]:
    """Give the office time that a dossier is counted in, and the versions of calendar and office.

    The zone is the one that the office had when it accepted; hours are those of each day. What
    came when the due date had passed is left out: the versions counted with before hold.
    """
    record = office_record(register, dossier.accepting_office or dossier.office)
    calendar = register.calendar(NATIONAL_CALENDAR)
    if calendar is None:
        raise UnknownCalendar(NATIONAL_CALENDAR)
    office_version = record.last_version
    if dossier.came_too_late is not None:
        calendar = _former_calendar(calendar, dossier.calendar_version, register)
        office_version = dossier.office_version or office_version
    at = dossier.accepted_at or dossier.submitted_at
    working = working_time(record, calendar, at, office_version)
    return working, (calendar.version, office_version)


def _former_calendar(
    record: CalendarRecord, version: int | None, register: Register
) -> CalendarRecord:
    if version is None or version == record.version:
        return record
    sha256_hex = record.document_of(version)
    document = None if sha256_hex is None else register.document(sha256_hex)
    if document is None:
        raise UnknownCalendar(f"{NATIONAL_CALENDAR} {version}")
    return record.as_of_version(version, parse_calendar(document))


def _counted_with(dossier: Dossier, versions: tuple[int, int]) -> Dossier:
    return replace(dossier, calendar_version=versions[0], office_version=versions[1])


def accepted_version(dossier: Dossier, register: Register) -> Procedure | None:
    """Give the version in force at acceptance; None before acceptance."""
    if dossier.procedure_version is None:
        return None
    return procedure_record(register, dossier.procedure).version(dossier.procedure_version)


def recounted(dossier: Dossier, action: Action, register: Register) -> Dossier:
    """Give a dossier with its due date counted anew after an action.

    A due date that does not follow from the procedure (imported, or the appointment where the
    limit is unknown) stays.

    Raises:
        CalendarHorizonPassed: the calendar does not cover a day that is needed.
    """
    procedure = accepted_version(dossier, register)
    if procedure is None or (dossier.due is None and dossier.calendar_version is None):
        return dossier
    if dossier.due_imported or not needs_calendar(procedure.limit_for(dossier.channel)):
        return dossier
    working, versions = _working(dossier, register)
    counted = processing_count(dossier, procedure, working)
    assert counted is not None
    dossier = _counted_with(dossier, versions)
    return dossier if counted.due == dossier.due else _with_due(dossier, counted.due, action)


def _with_due(dossier: Dossier, due: Due | None, action: Action) -> Dossier:
    """Move the due date, and keep what it was until then.

    Figures of months before that are judged by the due date which was in force.
    """
    change = DueChange(action.at, action.stream, action.version, dossier.due, due)
    return replace(dossier, due=due, due_changes=(*dossier.due_changes, change))


def recounted_if_covered(dossier: Dossier, action: Action, register: Register) -> Dossier:
    """Count anew where the calendar reaches far enough; else the date counted before stands."""
    try:
        return recounted(dossier, action, register)
    except CalendarHorizonPassed:
        return dossier


def _apology_issued(dossier: Dossier, action: Action, _register: Register) -> Dossier:
    facts = action.facts
    assert isinstance(facts, ExtensionApologyIssued)
    # LAW: Decree 61/2018 art. 19.9: a new appointment. The limit of the law stays what it was.
    appointment = due_from_moment(parse_moment(facts.appointment))
    return replace(dossier, appointment=appointment, apologies=dossier.apologies + 1)


def _appointment_rescheduled(dossier: Dossier, action: Action, _register: Register) -> Dossier:
    facts = action.facts
    assert isinstance(facts, AppointmentRescheduled)
    return replace(dossier, appointment=due_from_moment(parse_moment(facts.appointment)))


def _due_date_imported(dossier: Dossier, action: Action, _register: Register) -> Dossier:
    facts = action.facts
    assert isinstance(facts, DueDateImported)
    if facts.due_at is None:
        due = Due(day=facts.due_on)
    else:
        due = due_from_moment(parse_moment(facts.due_at))
    # SPEC: formats.md, "Imported actions": its `at` is the acceptance's, so it held all along.
    return replace(dossier, due=due, due_changes=(), due_imported=True, calendar_version=None)


def _halted(kind: HaltKind) -> Effect:
    def effect(dossier: Dossier, action: Action, register: Register) -> Dossier:
        answer_by = getattr(action.facts, "answer_by", None)
        stops = stops_clock(kind, accepted_version(dossier, register))
        halt = Halt(kind, action.at, answer_by=answer_by, stops_clock=stops)
        dossier = replace(dossier, halts=(*dossier.halts, halt))
        # It may have broken off a wait, whose time is over and does not count.
        return recounted_if_covered(dossier, action, register)

    return effect


def _resumed(kind: HaltKind) -> Effect:
    def effect(dossier: Dossier, action: Action, register: Register) -> Dossier:
        halts = list(dossier.halts)
        for number, halt in enumerate(halts):
            if halt.kind is kind and halt.until is None:
                halts[number] = replace(halt, until=action.at)
                return recounted(replace(dossier, halts=tuple(halts)), action, register)
        return dossier  # what nobody had asked for moves no date

    return effect


def _step_begun(dossier: Dossier, action: Action, _register: Register) -> Dossier:
    number = 1 if dossier.step is None else dossier.step.number + 1
    code: str | None = getattr(action.facts, "step", None)
    return replace(dossier, step=StepBegun(action.at, number, code))


DUE_RESUMING: Final[Mapping[str, Effect]] = {
    "dossier.supplement_completed": recounted,
    "dossier.payment_confirmed": recounted,
}

DUE_EFFECTS: Final[Mapping[str, Effect]] = {
    "dossier.accepted": _accepted,
    "dossier.extension_apology_issued": _apology_issued,
    "dossier.appointment_rescheduled": _appointment_rescheduled,
    "dossier.due_date_imported": _due_date_imported,
    # Whoever takes a matter back is not refused for want of a calendar.
    "dossier.withdrawal_requested": recounted_if_covered,
    "dossier.withdrawal_denied": recounted,
    "dossier.consultation_requested": _halted(HaltKind.CONSULTATION),
    "dossier.consultation_answered": _resumed(HaltKind.CONSULTATION),
    "dossier.verification_scheduled": _halted(HaltKind.SITE_SURVEY),
    "dossier.verification_recorded": _resumed(HaltKind.SITE_SURVEY),
    "dossier.processing_suspended": _halted(HaltKind.SUSPENSION),
    "dossier.processing_resumed": _resumed(HaltKind.SUSPENSION),
    **dict.fromkeys(STEP_KINDS, _step_begun),
}

# Kinds that compute a date, for which a calendar or a procedure may be missing.
DATING_KINDS: Final = frozenset({*DUE_EFFECTS, *DUE_RESUMING})
