"""Deadlines: legal due dates, what moves them, and whether something is late.

The legal due date follows from acceptance, the procedure version in force on that day, the
calendar and the waits; an apology never moves it. What supplements and payments do to it is the
procedure's policy. A due day counts to its end in the office's time zone; an instant as given.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from domain.calendars import (
    Calendar,
    WorkingTime,
    acceptance_start,
    add_working_days,
    add_working_hours,
    add_working_time,
    end_of_calendar_days,
    end_of_months,
    next_working_day,
    working_days_between,
    working_time_between,
)
from domain.dossiers import Due, Wait
from domain.facts import Channel
from domain.moments import Moment, time_zone
from domain.procedures import AcceptanceLimits, Limit, LimitUnit, Procedure

_DAY_COUNTS: Final[Mapping[LimitUnit, Callable[[Calendar, date, int], date]]] = {
    LimitUnit.WORKING_DAYS: add_working_days,
    LimitUnit.CALENDAR_DAYS: end_of_calendar_days,
    LimitUnit.MONTHS: end_of_months,
}


class Timeliness(StrEnum):
    """How an end lies to its due date."""

    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"


def needs_calendar(limit: Limit) -> bool:
    """Tell whether the limit can be computed, for which a calendar is needed."""
    return limit.unit is not LimitUnit.UNKNOWN


def legal_due(procedure: Procedure, start: Moment, working: WorkingTime) -> Due | None:
    """Give the legal due date of processing that starts, or starts anew, at a moment.

    None where the procedure's limit is unknown, or counts in hours and only the day is known.
    """
    limit = procedure.limit
    if limit.unit is LimitUnit.HOURS:
        return _due_after_hours(limit, start.instant, working)
    first_day = _first_day(procedure, start, working)
    return _due_on_day(limit, first_day, working)


def _first_day(procedure: Procedure, start: Moment, working: WorkingTime) -> date:
    """Give the day that does not count: a late acceptance belongs to the next working day."""
    day = start.day_in(working.zone)
    if procedure.next_day_after is None or start.instant is None:
        return day
    local = start.instant.astimezone(time_zone(working.zone)).time()
    if local <= time.fromisoformat(procedure.next_day_after):
        return day
    return next_working_day(working.calendar, day + timedelta(days=1))


def _due_after_hours(limit: Limit, start: datetime | None, working: WorkingTime) -> Due | None:
    assert limit.amount is not None
    if start is None:
        return None
    return Due(instant=add_working_hours(working, start, limit.amount))


def _due_on_day(limit: Limit, first_day: date, working: WorkingTime) -> Due | None:
    count = _DAY_COUNTS.get(limit.unit)
    if count is None or limit.amount is None:
        return None
    return Due(day=count(working.calendar, first_day, limit.amount))


def due_after_pause(due: Due, wait: Wait, limit: Limit, working: WorkingTime) -> Due:
    """Move a due date by the time spent waiting, counted in the unit of the limit.

    A wait that is known to the day only does not move a due instant that counts in hours.
    """
    assert wait.until is not None
    if limit.unit is LimitUnit.HOURS:
        return _due_after_pause_in_hours(due, wait, working)
    since, until = wait.since.day_in(working.zone), wait.until.day_in(working.zone)
    day = _day_of(due, working.zone)
    if limit.unit is LimitUnit.WORKING_DAYS:
        waited = working_days_between(working.calendar, since, until)
        moved = add_working_days(working.calendar, day, waited) if waited else day
    else:
        waited = max(0, (until - since).days)
        moved = end_of_calendar_days(working.calendar, day, waited) if waited else day
    return _due_moved(due, moved, working.zone)


def _due_after_pause_in_hours(due: Due, wait: Wait, working: WorkingTime) -> Due:
    assert wait.until is not None
    since, until = wait.since.instant, wait.until.instant
    if due.instant is None or since is None or until is None or until <= since:
        return due
    waited = working_time_between(working, since, until)
    return Due(instant=add_working_time(working, due.instant, waited))


def _day_of(due: Due, zone: str) -> date:
    if due.instant is not None:
        return due.instant.astimezone(time_zone(zone)).date()
    assert due.day is not None
    return due.day


def _due_moved(due: Due, day: date, zone: str) -> Due:
    if due.instant is None:
        return Due(day=day)
    local = due.instant.astimezone(time_zone(zone))
    return Due(instant=datetime.combine(day, local.time(), local.tzinfo).astimezone(UTC))


def acceptance_due(
    limits: AcceptanceLimits, channel: Channel, submitted_at: Moment, working: WorkingTime
) -> Due | None:
    """Give when intake must have accepted, refused or asked; None where no limit is declared.

    Hours run from the instant that the rule on late arrivals gives; days from its day. A
    submission known to the day only has no limit in hours.
    """
    limit = {
        Channel.ONLINE: limits.online,
        Channel.COUNTER: limits.counter,
        Channel.POST: limits.post,
    }[channel]
    if limit is None:
        return None
    start = submitted_at.instant and acceptance_start(working, submitted_at.instant)
    if limit.unit is LimitUnit.HOURS:
        return _due_after_hours(limit, start, working)
    moment = submitted_at if start is None else Moment(instant=start)
    return _due_on_day(limit, moment.day_in(working.zone), working)


def passes_at(due: Due, zone: str) -> datetime:
    """Give the instant at which a due date passes: a day's is the start of the next one."""
    if due.instant is not None:
        return due.instant
    assert due.day is not None
    return Moment(day=due.day + timedelta(days=1)).start_in(zone)


def is_late(end: Moment, due: Due, zone: str) -> bool:
    """Tell whether an end lies after its due date; hours count only where both are known."""
    if due.instant is not None and end.instant is not None:
        return end.instant > due.instant
    return end.day_in(zone) > _day_of(due, zone)


def timeliness(end: Moment, due: Due | None, zone: str) -> Timeliness:
    """Sort an end by its day into early, on time and late; without a due date it is on time."""
    if due is None:
        return Timeliness.ON_TIME
    if is_late(end, due, zone):
        return Timeliness.LATE
    return Timeliness.EARLY if end.day_in(zone) < _day_of(due, zone) else Timeliness.ON_TIME


def is_overdue(as_of: datetime, due: Due, zone: str) -> bool:
    """Tell whether a due date has passed at an instant."""
    return is_late(Moment(instant=as_of), due, zone)


def working_days_late(end: Moment, due: Due, working: WorkingTime) -> int:
    """Count the working days after the due day, up to and with the day of the end.

    Zero for an end that is not late, and for one before the next working day is over.

    Raises:
        CalendarHorizonPassed: the calendar does not cover one of the days.
    """
    zone = working.zone
    return working_days_between(working.calendar, _day_of(due, zone), end.day_in(zone))
