"""Rows of dossiers and of act times say what the domain says."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendars import CalendarRecord, working_time_between
from domain.clocks.hours import working_time
from domain.dossiers import Outcome, Status
from domain.errors import DomainError
from domain.moments import Moment, parse_moment
from domain.offices import BilingualName, Level, Office, OfficeRecord
from ledger.errors import StoreCorrupt
from projections.dossier_rows import row_of
from projections.findings.peers.inputs.observing import _has_result
from projections.opendata.rows.act_times import OfficeHours, WorkedTime, act_time_row
from projections.opendata.rows.dossiers import dossier_rows, has_result
from tests.support.dossier_cases import CALENDAR, HANOI, OFFICE, a_change, a_dossier, a_wait

REGISTERED = Moment(day=date(2025, 1, 1))
RECORD = OfficeRecord(
    Office(id=OFFICE, name=BilingualName(vi="a", en="a"), level=Level.COMMUNE, time_zone=HANOI),
    "0" * 64,
    REGISTERED,
)
CALENDAR_RECORD = CalendarRecord(CALENDAR, "0" * 64, REGISTERED)
HOURS = OfficeHours({OFFICE: RECORD}, CALENDAR_RECORD)
AS_OF = datetime(2026, 4, 15, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "worked"),
    [
        ("2026-03-02T03:00:00Z", WorkedTime.WORKING),
        ("2026-03-02T15:00:00Z", WorkedTime.OUTSIDE_HOURS),
        ("2026-03-01T03:00:00Z", WorkedTime.DAY_OFF),
        ("2026-09-02T03:00:00Z", WorkedTime.DAY_OFF),
        ("2026-03-02", WorkedTime.WORKING_DAY),
        ("2026-03-01", WorkedTime.DAY_OFF),
        ("2019-03-04T03:00:00Z", WorkedTime.UNKNOWN),
    ],
)
def test_time_of_an_act_is_sorted_by_calendar_and_hours(at: str, worked: WorkedTime) -> None:
    assert HOURS.worked(OFFICE, parse_moment(at)) is worked


def test_without_a_calendar_nothing_is_known() -> None:
    hours = OfficeHours({OFFICE: RECORD}, None)

    assert hours.worked(OFFICE, parse_moment("2026-03-02T03:00:00Z")) is WorkedTime.UNKNOWN


@given(st.integers(0, 360 * 86_400))
def test_working_is_where_office_time_passes(seconds: int) -> None:
    instant = datetime(2026, 1, 2, tzinfo=UTC) + timedelta(seconds=seconds)
    working = working_time(RECORD, CALENDAR_RECORD, Moment(instant=instant))
    passes = working_time_between(working, instant, instant + timedelta(microseconds=1))

    is_working = HOURS.worked(OFFICE, Moment(instant=instant)) is WorkedTime.WORKING
    assert is_working == (passes > timedelta())


def test_day_and_hour_are_the_offices() -> None:
    late = parse_moment("2026-03-02T20:30:00Z")

    row = act_time_row(7, late, WorkedTime.OUTSIDE_HOURS, HANOI)

    assert (row["local_day"], row["local_hour"]) == (date(2026, 3, 3), 3)
    assert (
        act_time_row(7, parse_moment("2026-03-02"), WorkedTime.DAY_OFF, HANOI)["local_hour"] is None
    )


def test_row_of_a_dossier_has_local_days_and_the_months_in_which_it_is_overdue() -> None:
    dossier = a_dossier(
        "2026-01-05T20:00:00Z",
        None,
        "2026-03-31",
        waits=(a_wait("2026-02-10", "2026-03-05"),),
        due_changes=(a_change("2026-03-05T01:00:00Z", "2026-01-20", "2026-03-31"),),
    )

    (row,) = dossier_rows([row_of(dossier)], {OFFICE: HANOI}, AS_OF)

    assert row["received_on"] == date(2026, 1, 6)
    assert row["waits"] == ("supplement/2026-02-10/2026-03-05",)
    # Late at the end of January, waiting at that of February, in time in March, late again now.
    assert (row["overdue_from"], row["overdue_until"]) == (("2026-01", "2026-04"), ("2026-02",))
    assert (row["gross_seconds"], row["ended_unix_seconds"]) == (None, None)


def test_row_of_an_unregistered_office_is_refused() -> None:
    with pytest.raises(StoreCorrupt):
        list(dossier_rows([row_of(a_dossier())], {}, AS_OF))


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("outcome", [None, *Outcome])
def test_a_result_is_what_rules_that_compare_call_one(
    status: Status, outcome: Outcome | None
) -> None:
    for ended in (None, "2026-02-01"):
        try:
            dossier = a_dossier("2026-01-01", ended, status=status, outcome=outcome)
        except (AssertionError, DomainError):
            continue
        assert has_result(dossier) == _has_result(dossier)
