"""Office hours as of the day: what comes later changes no hours of the days before it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.calendars import CalendarRecord, WorkingTime, add_working_hours
from domain.clocks.hours import working_time
from domain.moments import Moment
from domain.offices import Office, OfficeRecord, Session
from tests.support.builders import HEX64, a_calendar, a_moment, an_office

MORNINGS = (Session(opens="07:00", closes="11:00"),)
AFTERNOONS = (Session(opens="14:00", closes="18:00"),)
ENROLLED = a_moment("2026-01-01T00:00:00Z")
ON_MARCH_4 = a_moment("2026-03-04T02:00:00Z")


def a_record(*later: tuple[Office, Moment], first: Office | None = None) -> OfficeRecord:
    record = OfficeRecord(first or an_office(), "first", ENROLLED)
    for number, (office, at) in enumerate(later):
        record = record.followed_by(office, f"later {number}", at)
    return record


def a_calendar_record(*later: tuple[tuple[Session, ...], Moment]) -> CalendarRecord:
    record = CalendarRecord(a_calendar(), HEX64, ENROLLED)
    for sessions, at in later:
        record = record.followed_by(a_calendar(sessions=sessions), HEX64, at)
    return record


def hours_of(working: WorkingTime, *days: int) -> list[str]:
    """Give when the office opens on days of March 2026."""
    return [working.hours_on(date(2026, 3, day))[0].opens for day in days]


CASES = {
    "the calendar's hours, where the office has none": (a_record(), a_calendar_record(), "08:00"),
    "the office's own hours": (
        a_record(first=an_office(office_hours=MORNINGS)),
        a_calendar_record(),
        "07:00",
    ),
}


@pytest.mark.parametrize(("office", "calendar", "opens"), CASES.values(), ids=CASES)
def test_hours_that_nothing_changed_hold_on_all_days(
    office: OfficeRecord, calendar: CalendarRecord, opens: str
) -> None:
    working = working_time(office, calendar, ON_MARCH_4)

    assert hours_of(working, 2, 4, 9) == [opens] * 3
    assert working.changed_hours == ()


def test_document_registered_later_holds_from_its_day_on() -> None:
    record = a_record((an_office(office_hours=MORNINGS), ON_MARCH_4))

    working = working_time(record, a_calendar_record(), a_moment("2026-03-02T02:00:00Z"))

    assert hours_of(working, 2, 3, 4, 5) == ["08:00", "08:00", "07:00", "07:00"]


def test_document_that_names_an_earlier_day_changes_no_day_before_its_registration() -> None:
    dated_back = an_office(office_hours=MORNINGS, valid_from=date(2026, 2, 1))

    working = working_time(a_record((dated_back, ON_MARCH_4)), a_calendar_record(), ON_MARCH_4)

    assert hours_of(working, 2, 3, 4) == ["08:00", "08:00", "07:00"]


def test_document_that_names_a_later_day_holds_from_that_day_on() -> None:
    ahead = an_office(office_hours=MORNINGS, valid_from=date(2026, 3, 9))

    working = working_time(a_record((ahead, ON_MARCH_4)), a_calendar_record(), ON_MARCH_4)

    assert hours_of(working, 4, 6, 9) == ["08:00", "08:00", "07:00"]


def test_only_the_documents_that_were_counted_with_are_asked() -> None:
    record = a_record((an_office(office_hours=MORNINGS), ON_MARCH_4))

    working = working_time(record, a_calendar_record(), ON_MARCH_4, office_version=1)

    assert hours_of(working, 3, 4, 5) == ["08:00"] * 3


def test_later_version_of_the_calendar_changes_hours_from_its_day_on() -> None:
    calendar = a_calendar_record((AFTERNOONS, ON_MARCH_4), (AFTERNOONS, ON_MARCH_4))

    working = working_time(a_record(), calendar, ON_MARCH_4)

    assert calendar.version == 3
    assert len(calendar.former_sessions) == 1
    assert hours_of(working, 3, 4, 5) == ["08:00", "14:00", "14:00"]
    first = calendar.as_of_version(1, a_calendar())
    assert (first.version, first.former_sessions) == (1, ())
    assert hours_of(working_time(a_record(), first, ON_MARCH_4), 3, 4) == ["08:00", "08:00"]


def test_office_that_lost_its_own_hours_has_the_calendars_of_the_day() -> None:
    office = a_record((an_office(), ON_MARCH_4), first=an_office(office_hours=MORNINGS))
    calendar = a_calendar_record((AFTERNOONS, a_moment("2026-03-06T02:00:00Z")))

    working = working_time(office, calendar, ON_MARCH_4)

    assert hours_of(working, 3, 4, 5, 6) == ["07:00", "08:00", "08:00", "14:00"]


def test_working_hours_are_added_with_the_hours_of_each_day() -> None:
    record = a_record((an_office(office_hours=MORNINGS), ON_MARCH_4))
    working = working_time(record, a_calendar_record(), ON_MARCH_4)
    start = datetime(2026, 3, 3, 15, tzinfo=UTC) - timedelta(hours=7)

    end = add_working_hours(working, start, 4)

    assert end == datetime(2026, 3, 4, 9, tzinfo=UTC) - timedelta(hours=7)
