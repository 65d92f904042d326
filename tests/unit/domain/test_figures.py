"""Figures: the inputs of counts and durations."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from domain.deadlines import Timeliness
from domain.dossiers import Dossier, Due, DueChange, Halt, HaltKind, Wait, WaitKind
from domain.figures import (
    due_in_force,
    end_period,
    gross_duration_seconds,
    is_pending_overdue,
    net_duration_seconds,
    paused_at,
    period_of,
    received_period,
    resolution,
)
from domain.moments import parse_moment
from tests.support.builders import ZONE, a_dossier, a_dossier_in_process, a_moment

HOUR = 3600
DAY = 86_400


def a_wait(since: str, until: str | None) -> Wait:
    end = None if until is None else parse_moment(until)
    return Wait(WaitKind.SUPPLEMENT, parse_moment(since), end)


def a_change(at: str, before: Due, after: Due) -> DueChange:
    return DueChange(parse_moment(at), "calendar:VN", 2, before, after)


def test_period_is_the_offices_month() -> None:
    assert period_of(parse_moment("2026-03-31T18:00:00Z"), ZONE) == "2026-04"
    assert period_of(parse_moment("2026-03-31"), ZONE) == "2026-03"


@pytest.mark.parametrize(
    ("accepted", "end", "expected"),
    [
        pytest.param("2026-03-02", "2026-04-01", "2026-04", id="after the acceptance"),
        pytest.param("2026-03-02", "2026-01-31", "2026-03", id="before the acceptance"),
        pytest.param(None, "2026-01-31", "2026-01", id="never accepted"),
        pytest.param("2026-03-02", None, None, id="not ended"),
    ],
)
def test_end_before_the_acceptance_falls_in_its_month(
    accepted: str | None, end: str | None, expected: str | None
) -> None:
    dossier = a_dossier(
        accepted_at=accepted and parse_moment(accepted), ended_at=end and parse_moment(end)
    )

    assert end_period(dossier, ZONE) == expected


def test_received_month_is_the_acceptances() -> None:
    assert received_period(a_dossier_in_process(), ZONE) == "2026-03"
    assert received_period(a_dossier(), ZONE) is None


def test_lateness_uses_the_real_end() -> None:
    early = a_dossier_in_process(ended_at=parse_moment("2026-01-31"))

    assert resolution(early, ZONE) is Timeliness.EARLY
    assert resolution(a_dossier_in_process(), ZONE) is None


def test_dossier_is_paused_from_the_request_until_the_answer() -> None:
    dossier = a_dossier(waits=(a_wait("2026-03-04T02:00:00Z", "2026-03-05T02:00:00Z"),))
    asked, answered = datetime(2026, 3, 4, 2, tzinfo=UTC), datetime(2026, 3, 5, 2, tzinfo=UTC)
    second = timedelta(seconds=1)

    assert not paused_at(dossier, asked - second, ZONE)
    assert paused_at(dossier, asked, ZONE)
    assert paused_at(dossier, answered - second, ZONE)
    assert not paused_at(dossier, answered, ZONE)


def test_open_wait_pauses_from_the_first_instant_of_its_day() -> None:
    dossier = a_dossier(waits=(a_wait("2026-03-04", None),))

    assert not paused_at(dossier, datetime(2026, 3, 3, 16, 59, tzinfo=UTC), ZONE)
    assert paused_at(dossier, datetime(2026, 3, 3, 17, tzinfo=UTC), ZONE)


def test_pending_dossier_is_overdue_unless_it_waits() -> None:
    as_of = datetime(2026, 3, 20, tzinfo=UTC)
    pending = a_dossier_in_process()

    assert is_pending_overdue(pending, as_of, ZONE)
    assert not is_pending_overdue(pending, datetime(2026, 3, 11, tzinfo=UTC), ZONE)
    waiting = a_dossier_in_process(waits=(a_wait("2026-03-04", None),))
    assert not is_pending_overdue(waiting, as_of, ZONE)
    ended = a_dossier_in_process(ended_at=a_moment())
    assert not is_pending_overdue(ended, as_of, ZONE)
    assert not is_pending_overdue(a_dossier_in_process(due=None), as_of, ZONE)


def test_dossier_is_not_overdue_while_a_halt_stops_its_clock() -> None:
    as_of = datetime(2026, 3, 20, tzinfo=UTC)
    halt = Halt(HaltKind.CONSULTATION, parse_moment("2026-03-10"), stops_clock=True)
    runs_on = Halt(HaltKind.CONSULTATION, parse_moment("2026-03-10"))

    assert not is_pending_overdue(a_dossier_in_process(halts=(halt,)), as_of, ZONE)
    assert is_pending_overdue(a_dossier_in_process(halts=(runs_on,)), as_of, ZONE)


def test_each_due_date_is_in_force_until_something_moved_it() -> None:
    first, second, third = (Due(day=date(2026, 3, day)) for day in (11, 18, 25))
    changes = (
        a_change("2026-03-09T02:00:00Z", first, second),
        a_change("2026-03-16", second, third),
    )
    dossier = a_dossier_in_process(due=third, due_changes=changes)

    for at, due in [
        (datetime(2026, 3, 9, 1, 59, tzinfo=UTC), first),
        (datetime(2026, 3, 9, 2, tzinfo=UTC), second),
        (datetime(2026, 3, 15, 16, 59, tzinfo=UTC), second),
        (datetime(2026, 3, 15, 17, tzinfo=UTC), third),
    ]:
        assert due_in_force(dossier, at, ZONE) == due


def test_overdue_at_the_due_instant_not_before() -> None:
    due = datetime(2026, 3, 11, 3, tzinfo=UTC)
    pending = a_dossier_in_process(due=Due(instant=due))

    assert not is_pending_overdue(pending, due, ZONE)
    assert is_pending_overdue(pending, due + timedelta(seconds=1), ZONE)


def test_net_duration_leaves_out_the_waits_between_acceptance_and_end() -> None:
    dossier = a_dossier(
        accepted_at=parse_moment("2026-03-02T00:00:00Z"),
        ended_at=parse_moment("2026-03-02T10:00:00Z"),
        waits=(
            a_wait("2026-03-01T00:00:00Z", "2026-03-01T09:00:00Z"),  # at intake
            a_wait("2026-03-01T23:00:00Z", "2026-03-02T01:00:00Z"),  # over the acceptance
            a_wait("2026-03-02T02:00:00Z", "2026-03-02T04:00:00Z"),
            a_wait("2026-03-02T06:00:00Z", "2026-03-02T05:00:00Z"),  # imported, reversed
            a_wait("2026-03-02T09:00:00Z", None),  # open when an imported end came
        ),
    )

    assert gross_duration_seconds(dossier, ZONE) == 10 * HOUR
    assert net_duration_seconds(dossier, ZONE) == (10 - 1 - 2 - 1) * HOUR


def test_durations_are_whole_days_where_only_days_are_known() -> None:
    dossier = a_dossier(
        accepted_at=parse_moment("2026-03-02T08:00:00Z"),
        ended_at=parse_moment("2026-03-12"),
        waits=(a_wait("2026-03-04", "2026-03-07"),),
    )

    assert gross_duration_seconds(dossier, ZONE) == 10 * DAY
    assert net_duration_seconds(dossier, ZONE) == 7 * DAY


def test_end_before_the_acceptance_measures_nothing_and_the_same_day_no_time() -> None:
    def durations(accepted: str, ended: str) -> tuple[int | None, int | None]:
        dossier = a_dossier(accepted_at=parse_moment(accepted), ended_at=parse_moment(ended))
        return gross_duration_seconds(dossier, ZONE), net_duration_seconds(dossier, ZONE)

    assert durations("2026-03-02T08:00:01Z", "2026-03-02T08:00:00Z") == (None, None)
    assert durations("2026-03-02", "2026-03-01T08:00:00Z") == (None, None)
    assert durations("2026-03-02T08:00:00Z", "2026-03-02") == (0, 0)
    assert durations("2026-03-02", "2026-03-02T08:00:00Z") == (0, 0)


def test_wait_known_by_its_days_takes_no_more_than_the_whole() -> None:
    dossier = a_dossier(
        accepted_at=parse_moment("2026-03-02T08:00:00Z"),
        ended_at=parse_moment("2026-03-03T08:00:00Z"),
        waits=(a_wait("2026-03-02", "2026-03-02"), a_wait("2026-03-02", "2026-03-04")),
    )
    shorter = replace(dossier, ended_at=parse_moment("2026-03-03T01:00:00Z"))

    assert net_duration_seconds(dossier, ZONE) == 0
    assert net_duration_seconds(shorter, ZONE) == 0


@pytest.mark.parametrize(
    "dossier", [a_dossier(), a_dossier_in_process(), a_dossier(ended_at=a_moment())]
)
def test_duration_needs_acceptance_and_end(dossier: Dossier) -> None:
    assert gross_duration_seconds(dossier, ZONE) is None
    assert net_duration_seconds(dossier, ZONE) is None
