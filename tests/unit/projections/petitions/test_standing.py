"""How petitions stand to their limits, and what is said of each limit."""

from datetime import UTC, date, datetime

import pytest

from domain.facts.feedback import ComplaintOutcome
from domain.moments import parse_moment
from domain.oversight.petition_law import COMPLAINT_LAWS, FEEDBACK_LAWS, PetitionClock
from domain.oversight.petitions import PetitionRecord, PetitionState, PetitionTrack
from projections.petitions.rows import petition_of_row, row_of_petition
from projections.petitions.sentences import (
    CLOCKS,
    LAW_NAMES,
    STANDINGS,
    STATES,
    TRACKS,
    ClockState,
    clock_sentence,
    clock_state,
    next_step,
)
from projections.petitions.standing import Standing, clocks_of, standing_of
from tests.support.builders import ZONE, a_calendar
from tests.support.oversight.petitions import a_pending_petition, a_petition, a_petition_world

EARLY = datetime(2026, 3, 10, tzinfo=UTC)
COMPLAINT = PetitionRecord(
    track=PetitionTrack.COMPLAINT,
    state=PetitionState.ACCEPTED,
    office="H27.15",
    filed_at=parse_moment("2026-07-06"),
    accepted_at=parse_moment("2026-07-08"),
    level=1,
)


@pytest.mark.parametrize(
    ("record", "as_of", "expected"),
    [
        pytest.param(a_petition(), None, Standing.ANSWERED_ON_TIME, id="answered at once"),
        pytest.param(
            a_petition(answered_at=parse_moment("2026-04-01")),
            None,
            Standing.ANSWERED_LATE,
            id="answered after 15 working days",
        ),
        pytest.param(
            a_petition(published_at=parse_moment("2026-03-20")),
            None,
            Standing.ANSWERED_LATE,
            id="published after 2 working days",
        ),
        pytest.param(
            a_petition(state=PetitionState.ANSWERED, published_at=None),
            None,
            Standing.ANSWERED_LATE,
            id="answered and never published",
        ),
        pytest.param(a_pending_petition(), EARLY, Standing.PENDING_IN_TIME, id="still in time"),
        pytest.param(a_pending_petition(), None, Standing.PENDING_OVERDUE, id="overdue"),
        pytest.param(
            a_pending_petition(state=PetitionState.REFUSED, refused_at=parse_moment("2026-03-04")),
            None,
            Standing.ANSWERED_ON_TIME,
            id="refused within 2 working days",
        ),
        pytest.param(
            a_pending_petition(state=PetitionState.REFUSED, refused_at=parse_moment("2026-03-09")),
            None,
            Standing.ANSWERED_LATE,
            id="refused late",
        ),
        pytest.param(
            a_petition(forwarded_at=parse_moment("2026-03-30")),
            None,
            Standing.ANSWERED_ON_TIME,
            id="sent on late: not of the indicator",
        ),
    ],
)
def test_petition_is_judged_by_the_limits_of_the_indicator(
    record: PetitionRecord, as_of: datetime | None, expected: Standing
) -> None:
    world = a_petition_world() if as_of is None else a_petition_world(as_of)

    assert standing_of(record, world) is expected


def test_petition_outside_every_calendar_is_undated_and_accuses_nobody() -> None:
    short = a_calendar(valid_to=date(2026, 3, 5))

    for world in (a_petition_world(calendar=None), a_petition_world(calendar=short)):
        assert clocks_of(a_pending_petition(), world) == ()
        assert standing_of(a_pending_petition(), world) is Standing.UNDATED


def test_row_gives_the_petition_back_without_its_keys() -> None:
    record = a_petition(petitioner_keys=("petitioner-00000000000000ee",), is_remote=True)

    row = row_of_petition("petition:1", record)

    assert "petitioner-" not in repr(row)
    assert petition_of_row(row) == a_petition(is_remote=True)


def test_clock_says_limit_days_law_and_how_it_stands() -> None:
    world = a_petition_world(EARLY)
    (answer,) = clocks_of(a_pending_petition(), world)

    state = clock_state(answer, world.as_of, ZONE)
    said = clock_sentence(answer, state, ZONE)

    assert (answer.clock, state) == (PetitionClock.ANSWER, ClockState.RUNNING)
    assert said.en == (
        "The limit for the answer is 15 working days from 2 March 2026, to the end of "
        "23 March 2026 (Decision 766/QĐ-TTg, indicator 5.2; Decree 20/2008/NĐ-CP): it has not "
        "passed yet."
    )
    assert "15 ngày làm việc, kể từ 02/03/2026, đến hết 23/03/2026" in said.vi


def test_limit_whose_amendments_nobody_read_says_so_in_both_languages() -> None:
    world = a_petition_world(datetime(2026, 9, 1, tzinfo=UTC))
    acceptance, decision = clocks_of(COMPLAINT, world)

    for due in (acceptance, decision):
        said = clock_sentence(due, clock_state(due, world.as_of, ZONE), ZONE)
        assert not due.verified
        assert "the amendments were not read" in said.en
        assert "chưa được đối chiếu" in said.vi
    assert clock_state(acceptance, world.as_of, ZONE) is ClockState.KEPT
    assert clock_state(decision, world.as_of, ZONE) is ClockState.OVERDUE


def test_every_state_clock_and_law_has_words() -> None:
    assert set(STATES) == set(PetitionState)
    assert set(STANDINGS) == set(Standing)
    assert set(TRACKS) == set(PetitionTrack)
    assert set(CLOCKS) == set(PetitionClock)
    assert set(LAW_NAMES) == {law.id for law in (*FEEDBACK_LAWS, *COMPLAINT_LAWS)}
    for state in PetitionState:
        assert next_step(a_petition(state=state)).vi


def test_second_decision_promises_no_third() -> None:
    decided = {"state": PetitionState.DECIDED, "outcome": ComplaintOutcome.REJECTED}

    assert "second time" in next_step(a_petition(level=1, **decided)).en
    assert "second time" not in next_step(a_petition(level=2, **decided)).en
