"""Calendars: working days and office hours, with the worked examples of domain.md 8.1."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from domain.calendars import (
    Calendar,
    CalendarRecord,
    DayKind,
    DayNote,
    WorkingTime,
    add_working_days,
    add_working_hours,
    end_of_calendar_days,
    end_of_months,
    is_working_day,
    next_working_day,
    parse_calendar,
    previous_working_day,
    working_days_between,
    working_time_between,
)
from domain.clocks.arrivals import acceptance_start
from domain.clocks.laws import LAWS
from domain.errors import CalendarHorizonPassed, MalformedDocument
from domain.moments import Moment
from domain.offices import Session
from tests.support.builders import ZONE, a_calendar

CALENDAR = a_calendar()
WORKING = WorkingTime(CALENDAR, ZONE)
LATE = LAWS[-1].late_arrivals


def local(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """Give an instant of 2026 by the clock in Viet Nam, seven hours ahead of UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


def test_example_1_tet_is_not_counted() -> None:
    assert add_working_days(CALENDAR, date(2026, 2, 13), 5) == date(2026, 2, 27)


def test_example_2_submission_on_a_holiday_starts_when_the_office_opens_again() -> None:
    start = acceptance_start(WORKING, local(4, 30, 10), LATE)

    assert start == local(5, 4, 8)
    assert add_working_hours(WORKING, start, 8) == local(5, 4, 17)


def test_example_3_make_up_saturday_is_counted() -> None:
    assert add_working_days(CALENDAR, date(2026, 8, 20), 3) == date(2026, 8, 24)
    without = a_calendar(working_days_extra=())
    assert add_working_days(without, date(2026, 8, 20), 3) == date(2026, 8, 25)


def test_example_4_swapped_day_off_and_holidays_are_not_counted() -> None:
    assert add_working_days(CALENDAR, date(2026, 8, 24), 7) == date(2026, 9, 7)


def test_example_5_calendar_days_never_end_on_a_holiday() -> None:
    assert end_of_calendar_days(CALENDAR, date(2026, 8, 2), 30) == date(2026, 9, 3)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(date(2026, 3, 2), True, id="Monday"),
        pytest.param(date(2026, 3, 7), False, id="Saturday"),
        pytest.param(date(2026, 8, 22), True, id="make-up Saturday"),
        pytest.param(date(2026, 8, 31), False, id="swapped Monday"),
        pytest.param(date(2027, 12, 31), True, id="last day of the calendar"),
    ],
)
def test_working_day(day: date, expected: bool) -> None:
    assert is_working_day(CALENDAR, day) is expected


def test_calendar_that_ends_on_a_day_off_answers_for_it() -> None:
    calendar = a_calendar(valid_to=date(2026, 3, 8))

    assert not is_working_day(calendar, date(2026, 3, 8))


def test_zero_working_days_end_on_the_day_or_the_next_worked() -> None:
    assert add_working_days(CALENDAR, date(2026, 3, 2), 0) == date(2026, 3, 2)
    assert add_working_days(CALENDAR, date(2026, 3, 7), 0) == date(2026, 3, 9)


def test_day_that_does_not_count_may_itself_be_off() -> None:
    assert add_working_days(CALENDAR, date(2026, 3, 7), 1) == date(2026, 3, 9)


def test_working_days_between_leaves_out_the_first_and_counts_the_last() -> None:
    assert working_days_between(CALENDAR, date(2026, 2, 13), date(2026, 2, 27)) == 5
    assert working_days_between(CALENDAR, date(2026, 2, 27), date(2026, 2, 13)) == 0


def test_months_end_on_the_same_day_number_or_the_last_of_a_shorter_month() -> None:
    assert end_of_months(CALENDAR, date(2026, 1, 15), 2) == date(2026, 3, 16)  # 15 is a Sunday
    assert end_of_months(CALENDAR, date(2026, 3, 31), 3) == date(2026, 6, 30)
    assert end_of_months(CALENDAR, date(2026, 12, 1), 1) == date(2027, 1, 1)


@pytest.mark.parametrize(("day", "before"), [(9, 6), (8, 6), (7, 6), (6, 5)])
def test_day_before_is_the_last_one_worked(day: int, before: int) -> None:
    assert previous_working_day(CALENDAR, date(2026, 3, day)) == date(2026, 3, before)


LONG = 36_500
BEYOND: list[tuple[str, Callable[[], object]]] = [
    ("day before", lambda: is_working_day(CALENDAR, date(2024, 12, 31))),
    ("day after", lambda: next_working_day(CALENDAR, date(2028, 1, 1))),
    ("before the first", lambda: previous_working_day(CALENDAR, date(2025, 1, 1))),
    ("start before", lambda: add_working_days(CALENDAR, date(2024, 12, 31), 1)),
    ("end after", lambda: add_working_days(CALENDAR, date(2027, 12, 31), 1)),
    ("days after", lambda: end_of_calendar_days(CALENDAR, date(2027, 12, 31), 1)),
    ("months after", lambda: end_of_months(CALENDAR, date(2027, 12, 31), 1)),
    ("centuries after", lambda: end_of_months(CALENDAR, date(2027, 12, 31), LONG)),
    ("between", lambda: working_days_between(CALENDAR, date(2027, 12, 31), date(2028, 1, 1))),
    ("hours after", lambda: add_working_hours(WORKING, datetime(2027, 12, 31, tzinfo=UTC), 9)),
    (
        "time between",
        lambda: working_time_between(WORKING, local(3, 2, 8), datetime(2028, 1, 1, tzinfo=UTC)),
    ),
    (
        "no working day left",
        lambda: next_working_day(a_calendar(valid_to=date(2026, 3, 8)), date(2026, 3, 7)),
    ),
]


@pytest.mark.parametrize("compute", [each[1] for each in BEYOND], ids=[each[0] for each in BEYOND])
def test_nothing_is_guessed_outside_the_calendar(compute: Callable[[], object]) -> None:
    with pytest.raises(CalendarHorizonPassed):
        compute()


@pytest.mark.parametrize(
    ("received", "start"),
    [
        pytest.param(local(3, 2, 9, 30), local(3, 2, 9, 30), id="during office time"),
        pytest.param(local(3, 2, 6), local(3, 2, 8), id="before opening"),
        pytest.param(local(3, 2, 15, 59), local(3, 2, 15, 59), id="just before the last hour"),
        pytest.param(local(3, 2, 16), local(3, 3, 8), id="in the last hour"),
        pytest.param(local(3, 2, 21), local(3, 3, 8), id="after closing"),
        pytest.param(local(3, 6, 21), local(3, 9, 8), id="Friday night"),
        pytest.param(local(3, 7, 9), local(3, 9, 8), id="Saturday"),
    ],
)
def test_late_arrival_counts_from_the_next_opening(received: datetime, start: datetime) -> None:
    assert acceptance_start(WORKING, received, LATE) == start


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        pytest.param(local(3, 2, 9), 2, local(3, 2, 11), id="within the morning"),
        pytest.param(local(3, 2, 11), 2, local(3, 2, 14), id="over lunch"),
        pytest.param(local(3, 2, 12, 30), 1, local(3, 2, 14), id="from lunch"),
        pytest.param(local(3, 6, 16), 2, local(3, 9, 9), id="over a weekend"),
        pytest.param(local(3, 2, 8), 16, local(3, 3, 17), id="two full days"),
        pytest.param(local(3, 7, 8), 0, local(3, 9, 8), id="nothing, from a Saturday"),
    ],
)
def test_working_hours_count_office_time_only(start: datetime, hours: int, end: datetime) -> None:
    assert add_working_hours(WORKING, start, hours) == end


def test_working_time_between_leaves_out_nights_and_lunch() -> None:
    assert working_time_between(WORKING, local(3, 2, 11), local(3, 3, 9)) == timedelta(hours=6)
    assert working_time_between(WORKING, local(3, 2, 11), local(3, 2, 10)) == timedelta()
    last = datetime(2027, 12, 31, 9, tzinfo=UTC)
    assert working_time_between(WORKING, last, last + timedelta(hours=3)) == timedelta(hours=1)


def test_office_hours_are_the_calendars() -> None:
    early = a_calendar(sessions=(Session(opens="07:00", closes="11:00"),))

    assert add_working_hours(WorkingTime(early, ZONE), local(3, 2, 8), 4) == local(3, 3, 8)


def test_calendar_document_is_read_as_it_was_written() -> None:
    calendar = parse_calendar(msgspec.json.encode(CALENDAR))

    assert calendar == CALENDAR
    assert calendar.working_days == CALENDAR.working_days


BAD_CALENDARS: list[tuple[str, dict[str, Any]]] = [
    ("ends before it starts", {"valid_to": date(2025, 1, 1), "valid_from": date(2025, 1, 2)}),
    ("years too early", {"valid_from": date(1899, 1, 1)}),
    ("years too late", {"valid_to": date(2200, 1, 1)}),
    ("unsorted days off", {"days_off": (date(2026, 2, 2), date(2026, 2, 1))}),
    ("repeated day off", {"days_off": (date(2026, 2, 2), date(2026, 2, 2))}),
    ("day off outside", {"days_off": (date(2024, 2, 2),)}),
    ("extra day outside", {"working_days_extra": (date(2029, 2, 2),)}),
    ("both off and worked", {"working_days_extra": (date(2026, 8, 31),)}),
    ("eighth weekday", {"working_weekdays": (0, 7)}),
    ("no office time", {"sessions": ()}),
    ("closes before it opens", {"sessions": (Session(opens="12:00", closes="08:00"),)}),
]


@pytest.mark.parametrize(
    "changes", [each[1] for each in BAD_CALENDARS], ids=[each[0] for each in BAD_CALENDARS]
)
def test_calendar_that_contradicts_itself_is_refused(changes: dict[str, Any]) -> None:
    bad: Calendar = a_calendar(**({"days_off": (), "working_days_extra": ()} | changes))
    if "days_off" not in changes and changes.get("working_days_extra") == (date(2026, 8, 31),):
        bad = msgspec.structs.replace(bad, days_off=(date(2026, 8, 31),))

    with pytest.raises(MalformedDocument):
        parse_calendar(msgspec.json.encode(bad))


def test_notes_name_days_off_and_make_up_days_and_count_nothing() -> None:
    noted = a_calendar(
        notes=(
            DayNote(day=date(2026, 8, 22), kind=DayKind.MADE_UP),
            DayNote(day=date(2026, 8, 31), kind=DayKind.SWAPPED_OFF, verified=False),
        )
    )

    parsed = parse_calendar(msgspec.json.encode(noted))

    assert parsed.notes_by_day[date(2026, 8, 31)].kind is DayKind.SWAPPED_OFF
    assert parsed.working_days == a_calendar().working_days


@pytest.mark.parametrize(
    "notes",
    [
        pytest.param((DayNote(day=date(2026, 8, 22), kind=DayKind.HOLIDAY),), id="a day worked"),
        pytest.param((DayNote(day=date(2026, 8, 31), kind=DayKind.MADE_UP),), id="a day off"),
        pytest.param((DayNote(day=date(2026, 8, 31), kind=DayKind.HOLIDAY),) * 2, id="twice"),
    ],
)
def test_note_that_does_not_fit_its_day_is_refused(notes: tuple[DayNote, ...]) -> None:
    with pytest.raises(MalformedDocument):
        parse_calendar(msgspec.json.encode(a_calendar(notes=notes)))


def test_record_knows_the_document_of_every_version() -> None:
    record = CalendarRecord(CALENDAR, "c" * 64, Moment(day=date(2026, 3, 2)), ("a" * 64, "b" * 64))

    assert record.version == 3
    assert [record.document_of(version) for version in range(5)] == [
        None,
        "a" * 64,
        "b" * 64,
        "c" * 64,
        None,
    ]
