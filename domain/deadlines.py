"""Deadlines: whether something is late, and by how much.

A due day counts to its end in the office's time zone; an instant as given. How a due date comes
about is counted in `domain.clocks`.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.calendars import WorkingTime, working_days_between
from domain.dossiers import Due
from domain.moments import Moment, time_zone
from domain.procedures import Limit, LimitUnit

_UNKNOWN: Final = LimitUnit.UNKNOWN


class Timeliness(StrEnum):
    """How an end lies to its due date."""

    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"


def needs_calendar(limit: Limit) -> bool:
    """Tell whether the limit can be computed, for which a calendar is needed."""
    return limit.unit is not _UNKNOWN


def _day_of(due: Due, zone: str) -> date:
    if due.instant is not None:
        return due.instant.astimezone(time_zone(zone)).date()
    assert due.day is not None
    return due.day


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
