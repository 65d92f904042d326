"""How much of an internal step's hours is used, and when that cannot be told."""

import pytest

from domain.facts import DossierForwarded, HandoverAcknowledged, SubmittedForApproval
from projections.status.steps import STEP_GAPS, Step, StepGap, following_step, step_of
from tests.support.builders import DEPARTMENT, a_dossier, a_procedure, a_register
from tests.support.situations.lives import Lived, a_stepped_procedure, act, lived

SUBMITTED = ("submitted", "2026-03-02T01:00:00Z")
ACCEPTED = ("accepted", "2026-03-02T02:00:00Z")
FORWARDED = act(
    "forwarded", "2026-03-02T03:00:00Z", facts=DossierForwarded(to_office=DEPARTMENT, step="b1")
)
# Nine o'clock in Hanoi, on a Tuesday.
TAKEN = act(
    "handover_acknowledged",
    "2026-03-03T02:00:00Z",
    office=DEPARTMENT,
    facts=HandoverAcknowledged(step="b2"),
)


def in_step(*acts: object, **procedure: object) -> Lived:
    register = a_register(a_stepped_procedure(**procedure))
    return lived(SUBMITTED, ACCEPTED, FORWARDED, TAKEN, *acts, register=register)  # type: ignore[arg-type]


def step(life: Lived, as_of: str) -> Step:
    found = step_of(life.dossier, life.basis(as_of))
    assert isinstance(found, Step)
    return found


def test_working_hours_alone_use_a_step_up() -> None:
    # Tuesday 9:00 to Wednesday 11:00: 3 hours before noon, 4 after, and 3 of the next morning.
    found = step(in_step(), "2026-03-04T04:00:00Z")

    assert (found.code, found.number, found.hours, found.unit) == ("b2", 2, 20, "P1")
    assert found.name is not None
    assert found.name.en == "Appraisal"
    assert (found.used_seconds, found.waited_seconds) == (10 * 3600, 0)
    assert (found.used_percent, found.gap) == (50, None)


def test_step_that_is_over_its_hours_uses_more_than_all_of_them() -> None:
    found = step(in_step(), "2026-03-06T09:00:00Z")

    assert found.used_percent is not None
    assert found.used_percent > 100


def test_time_in_which_papers_are_waited_for_is_not_the_steps() -> None:
    asked = act("supplement_requested", "2026-03-03T04:00:00Z", office=DEPARTMENT)
    life = in_step(asked)

    found = step(life, "2026-03-05T04:00:00Z")

    # Two hours until the request at 11:00; from there an hour, the afternoon, a day, a morning.
    assert found.used_seconds == 2 * 3600
    assert found.waited_seconds == (1 + 4 + 8 + 3) * 3600


def test_nothing_is_used_before_the_step_began() -> None:
    assert step(in_step(), "2026-03-03T02:00:00Z").used_percent == 0


def test_step_that_is_not_published_says_so() -> None:
    register = a_register(a_procedure())
    life = lived(SUBMITTED, ACCEPTED, ("handover_acknowledged", "2026-03-03T02:00:00Z"),
                 register=register)  # fmt: skip

    assert step(life, "2026-03-04T02:00:00Z").gap is StepGap.NOT_PUBLISHED


def test_step_without_hours_tells_the_time_and_no_share() -> None:
    drafted = act(
        "submitted_for_approval", "2026-03-04T02:00:00Z", office=DEPARTMENT,
        facts=SubmittedForApproval(step="b4"),
    )  # fmt: skip

    found = step(in_step(drafted), "2026-03-04T04:00:00Z")

    assert (found.gap, found.used_percent) == (StepGap.NO_HOURS, None)
    assert found.used_seconds == 2 * 3600


def test_step_that_began_on_some_day_has_no_used_hours() -> None:
    day = act("handover_acknowledged", "2026-03-03", facts=HandoverAcknowledged(step="b2"))
    life = lived(SUBMITTED, ACCEPTED, day, register=a_register(a_stepped_procedure()))

    found = step(life, "2026-03-04T04:00:00Z")

    assert (found.gap, found.used_seconds) == (StepGap.DAY_ONLY, None)


def test_without_a_calendar_nothing_is_used() -> None:
    life = in_step()
    life.register.calendars.clear()

    assert step(life, "2026-03-04T04:00:00Z").gap is StepGap.NO_CALENDAR


def test_beyond_the_calendar_nothing_is_guessed() -> None:
    assert step(in_step(), "2029-03-04T04:00:00Z").gap is StepGap.NO_CALENDAR


@pytest.mark.parametrize(
    ("imported", "gap"), [(True, StepGap.IMPORTED), (False, StepGap.NOT_BEGUN)]
)
def test_dossier_without_a_step_says_why(imported: bool, gap: StepGap) -> None:
    life = lived(SUBMITTED)

    assert step_of(a_dossier(imported=imported), life.basis("2026-03-04T04:00:00Z")) is gap


def test_ended_dossier_is_at_no_step() -> None:
    life = in_step(("processing_stopped", "2026-03-04T02:00:00Z"))

    assert step_of(life.dossier, life.basis("2026-03-05T02:00:00Z")) is StepGap.ENDED
    assert following_step(life.dossier, life.basis("2026-03-05T02:00:00Z")) is None


def test_following_step_is_the_next_of_the_published_process() -> None:
    life = in_step()

    following = following_step(life.dossier, life.basis("2026-03-04T02:00:00Z"))

    assert following is not None
    assert following.code == "b3"


def test_last_step_has_none_after_it() -> None:
    last = act(
        "submitted_for_approval", "2026-03-04T02:00:00Z", office=DEPARTMENT,
        facts=SubmittedForApproval(step="b4"),
    )  # fmt: skip
    life = in_step(last)

    assert following_step(life.dossier, life.basis("2026-03-05T02:00:00Z")) is None


def test_every_gap_is_said_in_both_languages() -> None:
    assert set(STEP_GAPS) == set(StepGap)
    assert all(sentence.vi and sentence.en for sentence in STEP_GAPS.values())
