"""Properties of calendars: round trips, and working days counted as the obvious way counts them."""

from datetime import UTC, date, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from domain.calendars import (
    Calendar,
    WorkingTime,
    add_working_days,
    add_working_time,
    is_working_day,
    parse_calendar,
    working_days_between,
    working_time_between,
)
from tests.support.builders import ZONE, a_calendar

CALENDAR = a_calendar()
WORKING = WorkingTime(CALENDAR, ZONE)
MONDAY = datetime(2025, 1, 6, tzinfo=UTC)

calendar_days = st.dates(date(2025, 1, 1), date(2027, 6, 30))
instants = st.integers(0, 2 * 365 * 86_400).map(lambda number: MONDAY + timedelta(seconds=number))


@given(st.sets(calendar_days, max_size=20), st.sets(calendar_days, max_size=20))
def test_calendar_is_read_as_it_was_written(off: set[date], extra: set[date]) -> None:
    calendar = a_calendar(
        days_off=tuple(sorted(off - extra)), working_days_extra=tuple(sorted(extra))
    )

    assert parse_calendar(msgspec.json.encode(calendar)) == calendar


def slowly_added(calendar: Calendar, start: date, working_days: int) -> date:
    day = start
    while working_days > 0:
        day += timedelta(days=1)
        working_days -= is_working_day(calendar, day)
    while not is_working_day(calendar, day):
        day += timedelta(days=1)
    return day


@given(calendar_days, st.integers(0, 60))
def test_working_days_are_added_as_one_counts_on_fingers(start: date, count: int) -> None:
    end = add_working_days(CALENDAR, start, count)

    assert end == slowly_added(CALENDAR, start, count)
    assert is_working_day(CALENDAR, end)
    if count:
        assert working_days_between(CALENDAR, start, end) == count


@given(instants, st.integers(1, 400_000))
def test_working_time_added_is_the_working_time_between(start: datetime, seconds: int) -> None:
    duration = timedelta(seconds=seconds)

    end = add_working_time(WORKING, start, duration)

    assert working_time_between(WORKING, start, end) == duration
