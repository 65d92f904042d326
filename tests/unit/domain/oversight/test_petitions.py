"""Petitions: which clocks run, when they end, and what is late."""

from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendars import WorkingTime, add_working_days
from domain.facts.feedback import ComplaintOutcome
from domain.moments import Moment
from domain.oversight.petition_law import PetitionClock
from domain.oversight.petitions import (
    PetitionDue,
    PetitionRecord,
    PetitionState,
    PetitionTrack,
    denunciation_due,
    kept_until,
    petition_dues,
)
from tests.support.builders import OFFICE, ZONE, a_calendar, a_moment

WORKING = WorkingTime(a_calendar(), ZONE)
FILED = a_moment("2026-03-02T02:00:00Z")  # a Monday


def a_feedback(**changes: object) -> PetitionRecord:
    members: dict[str, object] = {
        "track": PetitionTrack.FEEDBACK,
        "state": PetitionState.FEEDBACK_FILED,
        "office": OFFICE,
        "filed_at": FILED,
    }
    return PetitionRecord(**(members | changes))  # type: ignore[arg-type]


def a_complaint(**changes: object) -> PetitionRecord:
    members: dict[str, object] = {
        "track": PetitionTrack.COMPLAINT,
        "state": PetitionState.COMPLAINT_FILED,
        "level": 1,
    }
    return a_feedback(**(members | changes))


def dues_of(record: PetitionRecord) -> dict[PetitionClock, PetitionDue]:
    return {due.clock: due for due in petition_dues(record, WORKING)}


def test_dispute_stops_publication_and_the_next_answer_starts_it_anew() -> None:
    answered, disputed = a_moment("2026-03-06T02:00:00Z"), a_moment("2026-03-09T02:00:00Z")
    waiting = a_feedback(
        state=PetitionState.DISPUTED,
        answered_at=answered,
        answer_to_publish_at=answered,
        disputed_at=disputed,
    )
    again = a_moment("2026-03-20T02:00:00Z")
    answered_again = msgspec.structs.replace(
        waiting, state=PetitionState.ANSWERED, answer_to_publish_at=again
    )

    stopped = dues_of(waiting)[PetitionClock.PUBLICATION]
    running = dues_of(answered_again)[PetitionClock.PUBLICATION]

    assert (stopped.started_at, stopped.stopped_at) == (answered, disputed)
    assert not stopped.is_late(datetime(2026, 9, 1, tzinfo=UTC), ZONE)
    assert (running.started_at, running.stopped_at) == (again, None)
    assert running.due.day == date(2026, 3, 24)


def test_feedback_must_be_answered_within_fifteen_working_days() -> None:
    dues = dues_of(a_feedback())

    assert set(dues) == {PetitionClock.ANSWER}
    assert dues[PetitionClock.ANSWER].due.day == date(2026, 3, 23)


@pytest.mark.parametrize(
    ("member", "clock", "day"),
    [
        ("refused_at", PetitionClock.REFUSAL, date(2026, 3, 4)),
        ("information_at", PetitionClock.INFORMATION, date(2026, 3, 9)),
        ("forwarded_at", PetitionClock.FORWARDING, date(2026, 3, 9)),
    ],
)
def test_course_that_the_office_chose_has_its_own_limit(
    member: str, clock: PetitionClock, day: date
) -> None:
    on_time, late = Moment(day=day), Moment(day=date(2026, 3, 10))

    in_time = dues_of(a_feedback(**{member: on_time}))[clock]
    too_late = dues_of(a_feedback(**{member: late}))[clock]

    assert in_time.due.day == day
    as_of = datetime(2026, 6, 1, tzinfo=UTC)
    assert not in_time.is_late(as_of, ZONE)
    assert too_late.is_late(as_of, ZONE)


def test_answer_is_published_within_two_working_days() -> None:
    dues = dues_of(a_feedback(answered_at=a_moment("2026-03-06T02:00:00Z")))

    assert dues[PetitionClock.PUBLICATION].due.day == date(2026, 3, 10)
    assert dues[PetitionClock.ANSWER].stopped_at is not None
    assert dues[PetitionClock.PUBLICATION].stopped_at is None


def test_refusal_settles_feedback() -> None:
    refused = a_feedback(state=PetitionState.REFUSED, refused_at=a_moment("2026-03-03"))

    answer = dues_of(refused)[PetitionClock.ANSWER]

    assert not refused.is_open
    assert not answer.is_late(datetime(2026, 12, 1, tzinfo=UTC), ZONE)


def test_holidays_do_not_count_for_feedback() -> None:
    before_tet = a_feedback(filed_at=a_moment("2026-02-13T02:00:00Z"))

    assert dues_of(before_tet)[PetitionClock.ANSWER].due.day == date(2026, 3, 13)


def test_complaint_is_taken_up_within_ten_days() -> None:
    dues = dues_of(a_complaint())

    assert set(dues) == {PetitionClock.ACCEPTANCE}
    assert dues[PetitionClock.ACCEPTANCE].due.day == date(2026, 3, 12)


def test_limit_of_a_complaint_that_ends_on_a_day_off_ends_on_the_next_working_day() -> None:
    dues = dues_of(a_complaint(filed_at=a_moment("2026-03-04T02:00:00Z")))

    assert dues[PetitionClock.ACCEPTANCE].due.day == date(2026, 3, 16)  # the 14th is a Saturday


def test_decision_runs_from_the_acceptance_by_the_law_of_that_day() -> None:
    accepted = a_complaint(
        state=PetitionState.ACCEPTED,
        filed_at=a_moment("2026-06-26T02:00:00Z"),
        accepted_at=a_moment("2026-07-01T02:00:00Z"),
        is_complex=True,
    )

    dues = dues_of(accepted)

    assert dues[PetitionClock.ACCEPTANCE].verified
    decision = dues[PetitionClock.DECISION]
    assert (decision.law, decision.verified) == ("complaints-2026", False)
    assert decision.limit.amount == 45
    assert decision.due.day == date(2026, 8, 17)  # the 15th is a Saturday


def test_complaint_that_nobody_took_up_has_no_decision_to_wait_for() -> None:
    refused = a_complaint(
        state=PetitionState.DECIDED,
        decided_at=a_moment("2026-03-09T02:00:00Z"),
        outcome=ComplaintOutcome.NOT_ACCEPTED,
    )

    dues = dues_of(refused)

    assert set(dues) == {PetitionClock.ACCEPTANCE}
    assert not dues[PetitionClock.ACCEPTANCE].is_late(datetime(2026, 9, 1, tzinfo=UTC), ZONE)


@pytest.mark.parametrize(
    ("extensions", "day"),
    [(0, date(2026, 4, 1)), (1, date(2026, 5, 4)), (2, date(2026, 6, 1))],
)
def test_denunciation_is_due_after_its_extensions(extensions: int, day: date) -> None:
    due = denunciation_due(FILED, extensions, WORKING)

    assert (due.due.day, due.law, due.verified) == (day, "denunciations-2018", True)


@pytest.mark.parametrize("state", PetitionState)
def test_office_owes_something_until_petition_is_settled(state: PetitionState) -> None:
    settled = {"refused", "answered", "published", "decided"}

    assert a_feedback(state=state).is_open == (state.value not in settled)


@given(st.dates(date(2025, 6, 1), date(2027, 6, 1)))
def test_answer_is_due_on_the_fifteenth_working_day_after_the_filing(day: date) -> None:
    due = dues_of(a_feedback(filed_at=Moment(day=day)))[PetitionClock.ANSWER].due.day

    assert due == add_working_days(WORKING.calendar, day, 15)
    assert due in WORKING.calendar.working_days


# What a complaint keeps: 10 or 30 days by its clock, and 30 (remote 45) for a second complaint.
KEPT = [
    pytest.param({}, date(2026, 4, 11), id="filed: its acceptance is due on 12 March"),
    pytest.param(
        {"state": PetitionState.ACCEPTED, "accepted_at": FILED},
        date(2026, 5, 1),
        id="accepted: its decision is due on 1 April",
    ),
    pytest.param(
        {"state": PetitionState.ACCEPTED, "accepted_at": FILED, "is_remote": True},
        date(2026, 5, 31),
        id="remote: by 16 April, and 45 days",
    ),
    pytest.param({"state": PetitionState.DECIDED, "decided_at": FILED}, None, id="decided"),
]


@pytest.mark.parametrize(("changes", "until"), KEPT)
def test_complaint_keeps_a_dossier_until_its_limit_and_the_term_after_it(
    changes: dict[str, object], until: date | None
) -> None:
    assert kept_until(a_complaint(**changes), date(2026, 2, 27), WORKING) == until


def test_complaint_filed_too_late_keeps_nothing_unless_the_office_takes_it_up() -> None:
    """Strangers kept a dossier for ever by one complaint after another."""
    last_day, too_early = date(2025, 12, 2), date(2025, 12, 1)

    assert kept_until(a_complaint(), last_day, WORKING) is not None
    for level in (1, 2):
        assert kept_until(a_complaint(level=level), too_early, WORKING) is None
    for changes in (
        {"state": PetitionState.ACCEPTED, "accepted_at": FILED},
        {"level": 2, "follows_decision": True},
    ):
        assert kept_until(a_complaint(**changes), too_early, WORKING) is not None


def test_feedback_keeps_nothing() -> None:
    assert kept_until(a_feedback(), date(2026, 2, 27), WORKING) is None
