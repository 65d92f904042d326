"""Office time over long spans is what counting session by session gives, in any zone."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.calendars import Calendar, HoursFrom, WorkingTime, working_time_between
from domain.clocks.spans import long_working_time_between
from domain.errors import CalendarHorizonPassed
from domain.offices.records import Session

FIRST, LAST = date(2025, 1, 1), date(2026, 12, 31)
NIGHT = (Session(opens="00:00", closes="03:30"), Session(opens="22:00", closes="23:59"))
HALF = (Session(opens="08:30", closes="11:00"),)
BEGINS = datetime(2025, 1, 2, tzinfo=UTC)
minutes = st.integers(0, 700 * 24 * 60).map(lambda count: BEGINS + timedelta(minutes=count))
zones = st.sampled_from(["Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York"])


@given(
    minutes,
    minutes,
    zones,
    st.sampled_from([(), NIGHT, HALF]),
    st.sampled_from([(), (HoursFrom(date(2025, 9, 1), HALF),)]),
    st.sets(st.integers(0, 700), max_size=40),
)
@example(BEGINS, BEGINS + timedelta(days=500), "Europe/Berlin", NIGHT, (), set())
def test_long_span_is_the_sum_of_its_sessions(
    start: datetime,
    end: datetime,
    zone: str,
    hours: tuple[Session, ...],
    changed: tuple[HoursFrom, ...],
    off: set[int],
) -> None:
    days_off = tuple(FIRST + timedelta(days=number) for number in sorted(off))
    calendar = Calendar(id="vn", valid_from=FIRST, valid_to=LAST, days_off=days_off)
    working = WorkingTime(calendar, zone, hours, changed)

    assert long_working_time_between(working, start, end) == working_time_between(
        working, start, end
    )


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(2024, 1, 2, tzinfo=UTC), datetime(2025, 6, 2, tzinfo=UTC)),
        (datetime(2025, 1, 2, tzinfo=UTC), datetime(2027, 6, 2, tzinfo=UTC)),
    ],
)
def test_span_beyond_the_calendar_is_refused(start: datetime, end: datetime) -> None:
    working = WorkingTime(Calendar(id="vn", valid_from=FIRST, valid_to=LAST), "Asia/Ho_Chi_Minh")

    with pytest.raises(CalendarHorizonPassed):
        long_working_time_between(working, start, end)
