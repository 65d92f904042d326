"""Explaining the due dates of one dossier, from published entries and documents alone.

The same counts as in the fold are made again with the calendar version that the fold used, so an
ended dossier is explained by what was in force at its end, whatever was published since.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.calendars import NATIONAL_CALENDAR, CalendarRecord, WorkingTime, parse_calendar
from domain.clocks.duties import (
    NOTIFYING,
    TRANSFERRING,
    intake_notice_reading,
    return_reading,
    send_back_reading,
    transfer_reading,
)
from domain.clocks.explanations import CalendarReference, Explanation, explain
from domain.clocks.hours import working_time
from domain.clocks.laws import law_on
from domain.clocks.limits import (
    ClockReading,
    acceptance_reading,
    consultation_reading,
    processing_count,
    step_reading,
    supplement_reading,
)
from domain.clocks.sentences import OtherStreams
from domain.dossiers import Dossier, DueChange
from domain.errors import CalendarHorizonPassed, DomainError
from domain.moments import Moment
from domain.procedures import Procedure
from domain.rules.register import Register
from domain.transitions import Clock
from projections.dossier_rows import Act

_NO_MOVES: Final = OtherStreams()


class DueBasis(StrEnum):
    """What the legal due date of a dossier rests on."""

    NOT_ACCEPTED = "not_accepted"
    COUNTED = "counted"
    IMPORTED = "imported"
    APPOINTMENT = "appointment"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ExplainedDossier:
    """The clocks of one dossier; `processing` is the one behind the legal due date, if counted."""

    dossier: Dossier
    basis: DueBasis
    processing: Explanation | None
    others: tuple[Explanation, ...]


def explain_dossier(dossier: Dossier, acts: Sequence[Act], register: Register) -> ExplainedDossier:
    """Explain every clock of a dossier that can be computed."""
    desk = _desk_of(dossier, register)
    if desk is None:
        return ExplainedDossier(dossier, basis_of(dossier, None), None, ())
    moves = OtherStreams(changes_from_outside(dossier), dossier.came_too_late)
    processing = _explained(desk, _processing(desk), moves)
    others = (_explained(desk, reading) for reading in _readings(desk, acts))
    return ExplainedDossier(
        dossier,
        basis_of(dossier, processing),
        processing,
        tuple(explanation for explanation in others if explanation is not None),
    )


def basis_of(dossier: Dossier, processing: Explanation | None) -> DueBasis:
    """Tell what the legal due date rests on."""
    if dossier.accepted_at is None:
        return DueBasis.NOT_ACCEPTED
    if dossier.due_imported:
        return DueBasis.IMPORTED
    if processing is not None and processing.due is not None:
        return DueBasis.COUNTED
    return DueBasis.NONE if dossier.due is None else DueBasis.APPOINTMENT


def changes_from_outside(dossier: Dossier) -> tuple[DueChange, ...]:
    """Give the moves of the due date by acts on other streams while the dossier ran."""
    return tuple(change for change in dossier.due_changes if change.stream != dossier.stream)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the clocks of one dossier are read with."""

    dossier: Dossier
    procedure: Procedure | None
    working: WorkingTime
    calendar: CalendarReference


def _desk_of(dossier: Dossier, register: Register) -> _Desk | None:
    office = register.office(dossier.accepting_office or dossier.office)
    record = register.calendar(NATIONAL_CALENDAR)
    if office is None or record is None:
        return None
    counted_with = _version_of(record, dossier.calendar_version, register)
    if counted_with is None:
        return None
    record, reference = counted_with
    at = dossier.accepted_at or dossier.submitted_at
    working = working_time(office, record, at, dossier.office_version)
    return _Desk(dossier, _procedure_of(dossier, working.zone, register), working, reference)


def _version_of(
    record: CalendarRecord, version: int | None, register: Register
) -> tuple[CalendarRecord, CalendarReference] | None:
    """Give the calendar of a version, the present one without a number."""
    number = record.version if version is None else version
    document_hex = record.document_of(number)
    if document_hex is None:
        return None
    if number != record.version:
        document = register.document(document_hex)
        if document is None:
            return None
        record = record.as_of_version(number, parse_calendar(document))
    return record, CalendarReference(record.calendar.id, number, document_hex)


def _procedure_of(dossier: Dossier, zone: str, register: Register) -> Procedure | None:
    record = register.procedure(dossier.procedure)
    if record is None:
        return None
    if dossier.procedure_version is not None:
        return record.version(dossier.procedure_version)
    return record.version_in_force(dossier.submitted_at.day_in(zone))


def _processing(desk: _Desk) -> ClockReading | None:
    dossier = desk.dossier
    if desk.procedure is None or dossier.accepted_at is None or dossier.due_imported:
        return None
    try:
        counted = processing_count(dossier, desk.procedure, desk.working)
    except CalendarHorizonPassed:
        return None
    if counted is None:
        return None
    law = law_on(dossier.accepted_at.day_in(desk.working.zone))
    return ClockReading(Clock.PROCESSING, counted, law, ended_at=dossier.ended_at)


def _readings(desk: _Desk, acts: Sequence[Act]) -> Iterator[ClockReading | None]:
    """Give the clocks beside processing, in the order in which they begin."""
    dossier, procedure, working = desk.dossier, desk.procedure, desk.working
    if dossier.imported:
        return
    told, sent = _first_act(acts, {NOTIFYING}), _first_act(acts, TRANSFERRING)
    readers: tuple[Callable[[], ClockReading | None], ...] = (
        lambda: intake_notice_reading(dossier, told, working),
        lambda: acceptance_reading(dossier, procedure, working),
        lambda: transfer_reading(dossier, procedure, sent, working),
        lambda: send_back_reading(dossier, working),
        lambda: supplement_reading(dossier, procedure, working),
        lambda: None if procedure is None else step_reading(dossier, procedure, working),
        lambda: return_reading(dossier, procedure, working),
    )
    for read in readers:
        try:
            reading = read()
        except CalendarHorizonPassed:
            continue
        yield reading
    for halt in dossier.halts:
        yield consultation_reading(halt, working)


def _first_act(acts: Sequence[Act], kinds: Collection[str]) -> Moment | None:
    return next((act.at for act in acts if act.kind in kinds), None)


def _explained(
    desk: _Desk, reading: ClockReading | None, moves: OtherStreams = _NO_MOVES
) -> Explanation | None:
    if reading is None:
        return None
    procedure = desk.procedure
    named = (desk.dossier.procedure, None if procedure is None else procedure.version)
    try:
        return explain(reading, named, desk.calendar, desk.working, moves)
    except DomainError:
        return None
