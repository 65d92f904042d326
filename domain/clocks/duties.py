"""Smaller duties of an office, each with a clock: tell the receiver, transfer, send back, return.

They move no due date of the dossier. Where a limit rests on a law that was not read in full, the
reading says so, as all of them do (`limits.ClockReading`).
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from domain.calendars import WorkingTime, next_working_day
from domain.clocks.counting import Start, StartReason, count
from domain.clocks.laws import TransferRule, law_on
from domain.clocks.limits import ClockReading, intake_ended, intake_start, plain_start
from domain.dossiers import Dossier, Outcome, WaitKind
from domain.moments import Moment, is_before, time_zone
from domain.procedures import LimitUnit, Procedure
from domain.transitions.shapes import Clock

# By these acts others than the counter have the dossier.
TRANSFERRING: Final = frozenset(
    {"dossier.forwarded", "dossier.handover_acknowledged", "dossier.processor_assigned"}
)
NOTIFYING: Final = "dossier.intake_task_assigned"


def intake_notice_reading(
    dossier: Dossier, told_at: Moment | None, working: WorkingTime
) -> ClockReading | None:
    """Read how soon a receiving officer must be told; only of what arrived online.

    LAW: Decree 297/2025 art. 6.4: the system tells the receiving officer within two working hours.
    An answer of intake shows that somebody was told.

    Raises:
        CalendarHorizonPassed: the calendar does not cover a day that is needed.
    """
    law = law_on(dossier.submitted_at.day_in(working.zone))
    found = None if law is None else law.intake_notice.get(dossier.channel)
    if found is None:
        return None
    limit, at = found.limit, dossier.submitted_at
    counted = count(limit, at, lambda at: intake_start(limit, at, law, working), (), working)
    ended_at = _first((told_at, intake_ended(dossier)), working.zone)
    return ClockReading(Clock.INTAKE_NOTICE, counted, law, found, ended_at)


def transfer_reading(
    dossier: Dossier,
    procedure: Procedure | None,
    transferred_at: Moment | None,
    working: WorkingTime,
) -> ClockReading | None:
    """Read how soon an accepted dossier must be with the agency that decides it.

    LAW: Decree 61/2018 art. 18. There is no transfer where the counter decides (art. 17.5), and
    nothing is said of an acceptance whose hour nobody knows.

    Raises:
        CalendarHorizonPassed: the calendar does not cover a day that is needed.
    """
    at = dossier.accepted_at
    if at is None or at.is_day_only or (procedure is not None and procedure.counter_decides):
        return None
    law = law_on(at.day_in(working.zone))
    if law is None:
        return None
    rule = law.transfer
    counted = count(
        rule.limit.limit, at, lambda at: _transfer_start(rule, at, working), (), working
    )
    ended_at = _first((transferred_at, dossier.ended_at), working.zone)
    return ClockReading(Clock.TRANSFER, counted, law, rule.limit, ended_at)


def _transfer_start(rule: TransferRule, at: Moment, working: WorkingTime) -> Start:
    assert at.instant is not None
    local = at.instant.astimezone(time_zone(working.zone))
    if local.time() <= rule.late_after:
        return plain_start(rule.limit.limit, at, working)
    following = next_working_day(working.calendar, local.date() + timedelta(days=1))
    return Start(at, Moment(day=following), StartReason.LATE_IN_THE_DAY)


def send_back_reading(dossier: Dossier, working: WorkingTime) -> ClockReading | None:
    """Read until when the office may send a dossier back as not eligible, with a request.

    LAW: Decree 61/2018 art. 19.4: within three working days from reception.

    Raises:
        CalendarHorizonPassed: the calendar does not cover a day that is needed.
    """
    at = dossier.accepted_at
    law = None if at is None else law_on(at.day_in(working.zone))
    if at is None or law is None:
        return None
    limit = law.supplement_request.limit
    counted = count(limit, at, lambda at: plain_start(limit, at, working), (), working)
    waits = dossier.waits[dossier.waits_at_intake :]
    asked_at = next((wait.since for wait in waits if wait.kind is WaitKind.SUPPLEMENT), None)
    ended_at = asked_at or dossier.ended_at
    return ClockReading(Clock.SEND_BACK, counted, law, law.supplement_request, ended_at)


def return_reading(
    dossier: Dossier, procedure: Procedure | None, working: WorkingTime
) -> ClockReading | None:
    """Read how soon a result must be handed over, where the procedure version says it.

    Raises:
        CalendarHorizonPassed: the calendar does not cover a day that is needed.
    """
    limit = None if procedure is None else procedure.return_limit
    has_result = dossier.outcome in (Outcome.GRANTED, Outcome.REFUSED)
    at = dossier.ended_at
    if limit is None or limit.unit is LimitUnit.UNKNOWN or at is None or not has_result:
        return None
    counted = count(limit, at, lambda at: plain_start(limit, at, working), (), working)
    law = law_on(at.day_in(working.zone))
    return ClockReading(Clock.RETURN, counted, law, ended_at=dossier.returned_at)


def _first(moments: Iterable[Moment | None], zone: str) -> Moment | None:
    first: Moment | None = None
    for moment in moments:
        if moment is not None and (first is None or is_before(moment, first, zone)):
            first = moment
    return first
