"""Slow references for due dates: they step day by day, or minute by minute, and know no formula.

A day that lies in a stretch (after its first day, up to and with its last) does not count, nor
does a minute. A limit that is used up while a stretch runs ends with the stretch.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from domain.calendars import WorkingTime
from domain.moments import time_zone

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
FAR = 4_000

DayStretch = tuple[date, date]
MinuteStretch = tuple[datetime, datetime]


def is_worked(working: WorkingTime, day: date) -> bool:
    calendar = working.calendar
    if day in calendar.working_days_extra:
        return True
    return day.weekday() in calendar.working_weekdays and day not in calendar.days_off


def slow_working_days(
    working: WorkingTime, first: date, amount: int, stretches: Sequence[DayStretch] = ()
) -> date:
    day, used = first, 0
    last_worked = first
    for _ in range(FAR):
        is_resting_at_end = any(since <= day < until for since, until in stretches)
        if used >= amount and is_worked(working, last_worked) and not is_resting_at_end:
            return last_worked
        day += DAY
        if is_worked(working, day):
            last_worked = day
            used += not any(since < day <= until for since, until in stretches)
    raise AssertionError("no end in sight")


def slow_calendar_days(
    working: WorkingTime, first: date, amount: int, stretches: Sequence[DayStretch] = ()
) -> date:
    """Step over all days; an end on a day off adds the days up to the next one worked."""
    day, used = first, 0
    for _ in range(FAR):
        is_resting_at_end = any(since <= day < until for since, until in stretches)
        if used >= amount and not is_resting_at_end:
            if is_worked(working, day):
                return day
            following = day
            while not is_worked(working, following):
                following += DAY
                amount += 1
        day += DAY
        used += not any(since < day <= until for since, until in stretches)
    raise AssertionError("no end in sight")


def slow_months(
    working: WorkingTime, first: date, amount: int, stretches: Sequence[DayStretch] = ()
) -> date:
    """Walk to the day of the same number; a month without it ends on its last day."""
    last, months = first, 0
    while months < amount or last.day != first.day:
        following = last + DAY
        if following.day == 1:
            if months == amount:
                break
            months += 1
        last = following
    return slow_calendar_days(working, first, (last - first).days, stretches)


def slow_hours(
    working: WorkingTime, start: datetime, hours: int, stretches: Sequence[MinuteStretch] = ()
) -> datetime:
    now, used, last_office = start, 0, start
    for _ in range(FAR * 60):
        is_resting = any(since <= now < until for since, until in stretches)
        if used >= hours * 60 and not is_resting:
            return last_office
        if is_office_minute(working, now):
            last_office = now + MINUTE
            used += not is_resting
        now += MINUTE
    raise AssertionError("no end in sight")


def is_office_minute(working: WorkingTime, instant: datetime) -> bool:
    local = instant.astimezone(time_zone(working.zone))
    clock = f"{local:%H:%M}"
    sessions = working.office_hours or working.calendar.sessions
    for changed in working.changed_hours:
        if changed.from_on <= local.date():
            sessions = changed.sessions
    return is_worked(working, local.date()) and any(
        session.opens <= clock < session.closes for session in sessions
    )


def office_minutes(working: WorkingTime, start: datetime, end: datetime) -> int:
    now, minutes = start, 0
    while now < end:
        minutes += is_office_minute(working, now)
        now += MINUTE
    return minutes
