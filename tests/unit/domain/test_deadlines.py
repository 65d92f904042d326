"""Deadlines: when something is late, and by how much."""

from datetime import UTC, date, datetime

import pytest

from domain.calendars import WorkingTime
from domain.deadlines import (
    Timeliness,
    is_late,
    is_overdue,
    passes_at,
    timeliness,
    working_days_late,
)
from domain.dossiers import Due
from domain.errors import CalendarHorizonPassed
from domain.moments import parse_moment
from tests.support.builders import ZONE, a_calendar

WORKING = WorkingTime(a_calendar(), ZONE)


def a_due(text: str) -> Due:
    moment = parse_moment(text)
    return Due(day=moment.day, instant=moment.instant)


@pytest.mark.parametrize(
    ("end", "due", "expected"),
    [
        pytest.param("2026-03-09T16:59:59Z", "2026-03-10", Timeliness.EARLY, id="day before"),
        pytest.param("2026-03-10T16:59:59Z", "2026-03-10", Timeliness.ON_TIME, id="last second"),
        pytest.param("2026-03-10T17:00:00Z", "2026-03-10", Timeliness.LATE, id="midnight there"),
        pytest.param("2026-03-10", "2026-03-10", Timeliness.ON_TIME, id="that day"),
        pytest.param("2026-03-11", "2026-03-10", Timeliness.LATE, id="day after"),
        pytest.param(
            "2026-03-10T03:00:00Z", "2026-03-10T03:00:00Z", Timeliness.ON_TIME, id="that instant"
        ),
        pytest.param(
            "2026-03-10T03:00:01Z", "2026-03-10T03:00:00Z", Timeliness.LATE, id="a second later"
        ),
        pytest.param(
            "2026-03-09T03:00:01Z", "2026-03-10T03:00:00Z", Timeliness.EARLY, id="a day earlier"
        ),
        pytest.param(
            "2026-03-10", "2026-03-10T03:00:00Z", Timeliness.ON_TIME, id="day against instant"
        ),
    ],
)
def test_end_is_sorted_by_day_and_by_time_where_both_are_known(
    end: str, due: str, expected: Timeliness
) -> None:
    assert timeliness(parse_moment(end), a_due(due), ZONE) is expected
    assert is_late(parse_moment(end), a_due(due), ZONE) == (expected is Timeliness.LATE)


def test_end_without_a_due_date_is_on_time() -> None:
    assert timeliness(parse_moment("2026-03-10"), None, ZONE) is Timeliness.ON_TIME


def test_due_day_is_overdue_only_when_it_has_ended_in_the_office() -> None:
    due = Due(day=date(2026, 3, 10))

    assert not is_overdue(datetime(2026, 3, 10, 16, 59, 59, tzinfo=UTC), due, ZONE)
    assert is_overdue(datetime(2026, 3, 10, 17, tzinfo=UTC), due, ZONE)


@pytest.mark.parametrize(
    ("end", "due", "late"),
    [
        pytest.param("2026-03-10", "2026-03-10", 0, id="on time"),
        pytest.param("2026-03-09", "2026-03-10", 0, id="early"),
        pytest.param("2026-03-11", "2026-03-10", 1, id="the next day"),
        pytest.param("2026-03-09", "2026-03-06", 1, id="over a weekend"),
        pytest.param("2026-03-07T03:00:00Z", "2026-03-06", 0, id="on the Saturday after"),
        pytest.param("2026-03-10T17:00:00Z", "2026-03-10", 1, id="past midnight there"),
        pytest.param("2026-03-12", "2026-03-10T03:00:00Z", 2, id="after a due instant"),
        pytest.param("2026-03-10T04:00:00Z", "2026-03-10T03:00:00Z", 0, id="an hour late"),
        pytest.param("2026-05-05", "2026-04-29", 2, id="over the holidays"),
    ],
)
def test_lateness_is_counted_in_working_days(end: str, due: str, late: int) -> None:
    assert working_days_late(parse_moment(end), a_due(due), WORKING) == late


def test_lateness_beyond_the_calendar_is_not_guessed() -> None:
    with pytest.raises(CalendarHorizonPassed):
        working_days_late(parse_moment("2099-03-10"), a_due("2026-03-10"), WORKING)


@pytest.mark.parametrize(
    ("due", "passes"),
    [
        pytest.param("2026-03-11", datetime(2026, 3, 11, 17, tzinfo=UTC), id="a day, at its end"),
        pytest.param("2026-03-11T03:00:00Z", datetime(2026, 3, 11, 3, tzinfo=UTC), id="an instant"),
    ],
)
def test_due_date_passes_at_its_end(due: str, passes: datetime) -> None:
    assert passes_at(a_due(due), ZONE) == passes
