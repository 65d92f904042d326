"""On time by the index: each sentence of domain.md 5.3, on one dossier."""

from datetime import UTC, date, datetime

import pytest

from domain.dossiers import Dossier, Due, DueChange
from domain.figures import Stretch
from domain.moments import parse_moment
from domain.on_time_766 import (
    On766,
    judge_766,
    late_stretches_766,
    verdict_766,
    yardstick_766,
)
from tests.support.builders import ZONE, a_dossier, a_dossier_in_process
from tests.support.index766.waits import (
    APPOINTMENT,
    IN_TIME,
    TOO_LATE,
    accepted,
    ended,
    papers,
    payment,
    suspension,
    withdrawal,
)


@pytest.mark.parametrize(
    ("dossier", "at", "expected"),
    [
        pytest.param(a_dossier(), TOO_LATE, On766.NOT_COUNTED, id="never accepted"),
        pytest.param(
            accepted(), datetime(2026, 3, 1, tzinfo=UTC), On766.NOT_COUNTED, id="not yet accepted"
        ),
        pytest.param(ended("2026-03-10"), TOO_LATE, On766.ON_TIME, id="ended on the day"),
        pytest.param(ended("2026-03-11"), TOO_LATE, On766.LATE, id="ended a day after"),
        pytest.param(accepted(), IN_TIME, On766.ON_TIME, id="no end, period over before"),
        pytest.param(accepted(), TOO_LATE, On766.LATE, id="no end, period over after"),
        pytest.param(
            accepted(ended_at=None, returned_at=parse_moment("2026-03-09")),
            TOO_LATE,
            On766.ON_TIME,
            id="returned, never marked as processed",
        ),
        pytest.param(
            accepted(waits=(papers("2026-03-09"),), supplement_requests=1),
            TOO_LATE,
            On766.ON_TIME,
            id="one open request is the end",
        ),
        pytest.param(
            accepted(waits=(papers("2026-03-11"),), supplement_requests=1),
            TOO_LATE,
            On766.LATE,
            id="the one open request came too late",
        ),
        pytest.param(
            accepted(
                waits=(papers("2026-03-03", "2026-03-04"), papers("2026-03-05")),
                supplement_requests=2,
            ),
            IN_TIME,
            On766.LATE,
            id="the second request is open",
        ),
        pytest.param(
            accepted(waits=(papers("2026-03-05"),), supplement_requests=2),
            IN_TIME,
            On766.LATE,
            id="what came for the one request was judged incomplete",
        ),
        pytest.param(
            accepted(
                waits=(papers("2026-02-27", "2026-03-01"), papers("2026-03-05")),
                supplement_requests=3,
            ),
            IN_TIME,
            On766.ON_TIME,
            id="judged incomplete, perhaps before the acceptance",
        ),
        pytest.param(
            accepted(
                waits=(papers("2026-03-03", "2026-03-04"), papers("2026-03-05", "2026-03-06"))
            ),
            IN_TIME,
            On766.ON_TIME,
            id="two requests, both answered",
        ),
        pytest.param(
            ended("2026-03-14", waits=(papers("2026-03-03", "2026-03-07"),)),
            TOO_LATE,
            On766.ON_TIME,
            id="four days of supplement are taken off the end",
        ),
        pytest.param(
            ended("2026-03-15", waits=(papers("2026-03-03", "2026-03-07"),)),
            TOO_LATE,
            On766.LATE,
            id="late by a day, supplement taken off",
        ),
        pytest.param(
            ended(
                "2026-03-12",
                waits=(papers("2026-03-03", "2026-03-04"), papers("2026-03-05", "2026-03-06")),
            ),
            TOO_LATE,
            On766.ON_TIME,
            id="the time of each of two supplements is taken off",
        ),
        pytest.param(
            ended("2026-03-14", waits=(papers("2026-03-03", "2026-03-14", cut_off=True),)),
            TOO_LATE,
            On766.LATE,
            id="nothing was completed, nothing is taken off",
        ),
        pytest.param(
            ended("2026-03-14", waits=(papers("2026-02-20", "2026-03-01"),)),
            TOO_LATE,
            On766.LATE,
            id="what was asked for before the acceptance is not taken off",
        ),
        pytest.param(
            ended("2026-03-14", waits=(payment("2026-03-03", "2026-03-07"),)),
            TOO_LATE,
            On766.LATE,
            id="a wait for a payment is not taken off",
        ),
        pytest.param(
            accepted(waits=(papers("2026-03-03", "2026-03-07"),)),
            datetime(2026, 3, 11, 17, tzinfo=UTC),
            On766.LATE,
            id="nothing is taken off the end of a period",
        ),
        pytest.param(
            accepted(waits=(withdrawal("2026-03-09"),)),
            TOO_LATE,
            On766.ON_TIME,
            id="asked to withdraw in time",
        ),
        pytest.param(
            accepted(waits=(withdrawal("2026-03-12"),)),
            TOO_LATE,
            On766.LATE,
            id="asked to withdraw too late",
        ),
        pytest.param(
            accepted(waits=(withdrawal("2026-03-09", "2026-03-10"),)),
            TOO_LATE,
            On766.LATE,
            id="a withdrawal that was denied is no end",
        ),
        pytest.param(
            accepted(halts=(suspension("2026-03-09"),)),
            TOO_LATE,
            On766.ON_TIME,
            id="suspended in time",
        ),
        pytest.param(
            a_dossier_in_process(appointment=None),
            datetime(2026, 3, 11, 16, tzinfo=UTC),
            On766.ON_TIME,
            id="no appointment, the longest time is not over",
        ),
        pytest.param(
            a_dossier_in_process(appointment=None),
            datetime(2026, 3, 11, 17, tzinfo=UTC),
            On766.LATE,
            id="no appointment, the longest time is over",
        ),
        pytest.param(
            a_dossier_in_process(waits=(papers("2026-03-03", "2026-03-07"),)),
            datetime(2026, 3, 15, 16, tzinfo=UTC),
            On766.ON_TIME,
            id="no appointment, the supplement is taken off a period's end",
        ),
        pytest.param(
            a_dossier_in_process(due=None), TOO_LATE, On766.ON_TIME, id="nothing to be late against"
        ),
    ],
)
def test_rule(dossier: Dossier, at: datetime, expected: On766) -> None:
    assert judge_766(dossier, ZONE, at) is expected


def test_hours_count_where_both_are_known() -> None:
    appointment = Due(instant=datetime(2026, 3, 10, 9, tzinfo=UTC))
    waits = (papers("2026-03-03T02:00:00Z", "2026-03-03T04:00:00Z"),)

    on_the_second = ended("2026-03-10T11:00:00Z", appointment=appointment, waits=waits)
    one_later = ended("2026-03-10T11:00:01Z", appointment=appointment, waits=waits)

    assert verdict_766(on_the_second, ZONE) is On766.ON_TIME
    assert verdict_766(one_later, ZONE) is On766.LATE


def test_withdrawal_that_was_denied_leaves_one_request() -> None:
    broken_off = papers("2026-03-04", "2026-03-05", interrupted=True)
    taken_up = papers("2026-03-06")
    again = papers("2026-03-07")
    denied = withdrawal("2026-03-05", "2026-03-06")

    one = accepted(waits=(broken_off, denied, taken_up), supplement_requests=1)
    two = accepted(waits=(broken_off, denied, again), supplement_requests=2)

    assert judge_766(one, ZONE, IN_TIME) is On766.ON_TIME
    assert judge_766(two, ZONE, IN_TIME) is On766.LATE


def test_first_due_date_stands_for_the_longest_time() -> None:
    first, moved = Due(day=date(2026, 3, 11)), Due(day=date(2026, 3, 18))
    change = DueChange(parse_moment("2026-03-07"), "dossier:x", 3, first, moved)
    calendar_came_late = DueChange(parse_moment("2026-03-03"), "calendar:VN", 1, None, first)

    assert yardstick_766(a_dossier_in_process(due=moved, due_changes=(change,))) == first
    changes = (calendar_came_late, change)
    assert yardstick_766(a_dossier_in_process(due=moved, due_changes=changes)) == first
    assert yardstick_766(accepted(due=moved, due_changes=(change,))) == APPOINTMENT


def test_pending_dossier_is_late_in_stretches() -> None:
    dossier = accepted(
        ended_at=parse_moment("2026-03-20"),
        waits=(papers("2026-03-09", "2026-03-13"), papers("2026-03-16", "2026-03-18")),
        supplement_requests=2,
    )

    since, until = (datetime(2026, 3, day, 17, tzinfo=UTC) for day in (12, 19))
    assert late_stretches_766(dossier, ZONE) == (Stretch(since, until),)


def test_stretch_stays_open_while_nothing_ends_it() -> None:
    assert late_stretches_766(accepted(), ZONE) == (
        Stretch(datetime(2026, 3, 10, 17, tzinfo=UTC), None),
    )
    assert late_stretches_766(a_dossier(), ZONE) == ()
    assert verdict_766(accepted(), ZONE) is None
