"""Office time over long spans, measured in a few steps: for lists that measure very many.

It gives what `domain.calendars.working_time_between` gives. The whole days in between are looked
up in sums over the calendar, made once for a calendar in memory, a zone and its hours; the first
and the last day are measured as they are.
"""

from bisect import bisect_left, bisect_right
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from typing import Final

from domain.calendars import WorkingTime, check_covered, working_time_between
from domain.moments import time_zone

# Below that many calendar days the sums are not worth making.
LONG_DAYS: Final = 30
_DAY: Final = timedelta(days=1)


def long_working_time_between(working: WorkingTime, start: datetime, end: datetime) -> timedelta:
    """Measure the office time from start to end; none if end is not later.

    Raises:
        CalendarHorizonPassed: the calendar does not cover it.
    """
    zone = time_zone(working.zone)
    first_day, last_day = start.astimezone(zone).date(), end.astimezone(zone).date()
    if working.changed_hours or last_day - first_day < timedelta(days=LONG_DAYS):
        return working_time_between(working, start, end)
    check_covered(working.calendar, last_day)
    check_covered(working.calendar, first_day)
    days, sums = working.calendar.working_days, _sums(working)
    between = sums[bisect_left(days, last_day)] - sums[bisect_right(days, first_day)]
    ends = (_on_day(working, day, start, end) for day in (first_day, last_day))
    return between + sum(ends, timedelta())


def _on_day(working: WorkingTime, day: date, start: datetime, end: datetime) -> timedelta:
    days = working.calendar.working_days
    place = bisect_left(days, day)
    if place == len(days) or days[place] != day:
        return timedelta()
    parts = (min(closes, end) - max(opens, start) for opens, closes in working.sessions_of(day))
    return sum((part for part in parts if part > timedelta()), timedelta())


def _sums(working: WorkingTime) -> list[timedelta]:
    """Give, for each number of working days from the calendar's first, their office time."""
    sums, key = working.calendar.sums_of_days, (working.zone, working.hours_on(date.min))
    if key not in sums:
        days = working.calendar.working_days
        sums[key] = list(accumulate((_whole(working, day) for day in days), initial=timedelta()))
    return sums[key]


def _whole(working: WorkingTime, day: date) -> timedelta:
    zone = time_zone(working.zone)
    begins = datetime.combine(day, time(), zone)
    if begins.utcoffset() != datetime.combine(day + _DAY, time(), zone).utcoffset():
        # The clocks change on this day: only instants tell how long its sessions are.
        return sum((closes - opens for opens, closes in working.sessions_of(day)), timedelta())
    return sum((_length(each.opens, each.closes) for each in working.hours_on(day)), timedelta())


def _length(opens: str, closes: str) -> timedelta:
    first, last = time.fromisoformat(opens), time.fromisoformat(closes)
    return timedelta(hours=last.hour - first.hour, minutes=last.minute - first.minute)
