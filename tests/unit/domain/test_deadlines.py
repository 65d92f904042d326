"""Deadlines: what the legal due date is, what moves it, and when something is late."""

from datetime import UTC, date, datetime

import pytest

from domain.calendars import WorkingTime
from domain.deadlines import (
    Timeliness,
    acceptance_due,
    due_after_pause,
    is_late,
    is_overdue,
    legal_due,
    passes_at,
    timeliness,
    working_days_late,
)
from domain.dossiers import Channel, Due, Wait, WaitKind
from domain.errors import CalendarHorizonPassed
from domain.moments import parse_moment
from domain.procedures import AcceptanceLimits, Limit, LimitUnit
from tests.support.builders import ZONE, a_calendar, a_procedure

WORKING = WorkingTime(a_calendar(), ZONE)
DAYS_7 = Limit(amount=7, unit=LimitUnit.WORKING_DAYS)
HOURS_8 = Limit(amount=8, unit=LimitUnit.HOURS)


def a_limit(amount: int, unit: LimitUnit) -> Limit:
    return Limit(amount=amount, unit=unit)


def a_wait(since: str, until: str) -> Wait:
    return Wait(WaitKind.SUPPLEMENT, parse_moment(since), parse_moment(until))


def a_due(text: str) -> Due:
    moment = parse_moment(text)
    return Due(day=moment.day, instant=moment.instant)


@pytest.mark.parametrize(
    ("limit", "accepted", "due"),
    [
        pytest.param(DAYS_7, "2026-08-24", "2026-09-07", id="working days"),
        pytest.param(
            a_limit(30, LimitUnit.CALENDAR_DAYS), "2026-08-02", "2026-09-03", id="calendar days"
        ),
        pytest.param(a_limit(1, LimitUnit.MONTHS), "2026-03-31", "2026-05-04", id="months"),
        pytest.param(
            HOURS_8, "2026-03-02T02:00:00Z", "2026-03-03T02:00:00Z", id="hours from the moment"
        ),
        pytest.param(DAYS_7, "2026-08-23T18:00:00Z", "2026-09-07", id="the office's day"),
    ],
)
def test_legal_due_date_follows_the_declared_limit(limit: Limit, accepted: str, due: str) -> None:
    procedure = a_procedure(limit=limit)

    assert legal_due(procedure, parse_moment(accepted), WORKING) == a_due(due)


def test_limit_in_hours_abstains_where_only_the_day_is_known() -> None:
    assert legal_due(a_procedure(limit=HOURS_8), parse_moment("2026-03-02"), WORKING) is None


def test_unknown_limit_has_no_due_date() -> None:
    procedure = a_procedure(limit=Limit(unit=LimitUnit.UNKNOWN, prose="trong ngày"))

    assert legal_due(procedure, parse_moment("2026-03-02"), WORKING) is None


@pytest.mark.parametrize(
    ("accepted", "due"),
    [
        pytest.param("2026-03-02T08:00:00Z", "2026-03-02", id="at 15:00 sharp"),
        pytest.param("2026-03-02T08:00:01Z", "2026-03-03", id="after 15:00"),
        pytest.param("2026-03-06T08:00:01Z", "2026-03-09", id="Friday after 15:00"),
        pytest.param("2026-03-02", "2026-03-02", id="only the day known"),
    ],
)
def test_same_day_procedure_gives_late_acceptances_the_next_day(accepted: str, due: str) -> None:
    same_day = a_procedure(limit=a_limit(0, LimitUnit.WORKING_DAYS), next_day_after="15:00")

    assert legal_due(same_day, parse_moment(accepted), WORKING) == a_due(due)


@pytest.mark.parametrize(
    ("limit", "due", "wait", "moved"),
    [
        pytest.param(
            DAYS_7,
            "2026-03-11",
            a_wait("2026-03-04T02:00:00Z", "2026-03-09T02:00:00Z"),
            "2026-03-16",
            id="three working days waited",
        ),
        pytest.param(
            DAYS_7,
            "2026-03-11",
            a_wait("2026-03-04T02:00:00Z", "2026-03-04T09:00:00Z"),
            "2026-03-11",
            id="answered the same day",
        ),
        pytest.param(
            DAYS_7,
            "2026-03-11T03:00:00Z",
            a_wait("2026-03-04", "2026-03-05"),
            "2026-03-12T03:00:00Z",
            id="due instant keeps its time of day",
        ),
        pytest.param(
            a_limit(30, LimitUnit.CALENDAR_DAYS),
            "2026-03-11",
            a_wait("2026-03-04", "2026-03-07"),
            "2026-03-16",
            id="three calendar days, then the next working day",
        ),
        pytest.param(
            a_limit(30, LimitUnit.CALENDAR_DAYS),
            "2026-03-11",
            a_wait("2026-03-07", "2026-03-04"),
            "2026-03-11",
            id="imported wait that ends before it begins",
        ),
        pytest.param(
            HOURS_8,
            "2026-03-04T04:00:00Z",
            a_wait("2026-03-03T02:00:00Z", "2026-03-03T04:00:00Z"),
            "2026-03-04T07:00:00Z",
            id="two working hours, over lunch",
        ),
        pytest.param(
            HOURS_8,
            "2026-03-04T03:00:00Z",
            a_wait("2026-03-03", "2026-03-04T04:00:00Z"),
            "2026-03-04T03:00:00Z",
            id="hours abstain where only the day is known",
        ),
        pytest.param(
            HOURS_8,
            "2026-03-04T03:00:00Z",
            a_wait("2026-03-03T04:00:00Z", "2026-03-03T02:00:00Z"),
            "2026-03-04T03:00:00Z",
            id="imported hours that end before they begin",
        ),
    ],
)
def test_pause_moves_the_due_date_by_the_time_waited(
    limit: Limit, due: str, wait: Wait, moved: str
) -> None:
    assert due_after_pause(a_due(due), wait, limit, WORKING) == a_due(moved)


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


LIMITS = AcceptanceLimits(online=HOURS_8, counter=a_limit(1, LimitUnit.WORKING_DAYS))


@pytest.mark.parametrize(
    ("channel", "submitted", "due"),
    [
        pytest.param(
            Channel.ONLINE, "2026-04-30T03:00:00Z", "2026-05-04T10:00:00Z", id="example 2"
        ),
        pytest.param(Channel.COUNTER, "2026-03-02T03:00:00Z", "2026-03-03", id="counter"),
        pytest.param(Channel.COUNTER, "2026-03-02", "2026-03-03", id="counter, day only"),
    ],
)
def test_intake_has_the_declared_limit(channel: Channel, submitted: str, due: str) -> None:
    assert acceptance_due(LIMITS, channel, parse_moment(submitted), WORKING) == a_due(due)


def test_intake_without_declared_limit_has_no_clock() -> None:
    submitted = parse_moment("2026-03-02T03:00:00Z")

    assert acceptance_due(LIMITS, Channel.POST, submitted, WORKING) is None


def test_intake_in_hours_abstains_where_only_the_day_is_known() -> None:
    submitted = parse_moment("2026-03-02")

    assert acceptance_due(LIMITS, Channel.ONLINE, submitted, WORKING) is None


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
