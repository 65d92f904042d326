"""That nothing has happened for days is said plainly, and never of whoever waits for others."""

import pytest

from domain.facts import SlipSecretReplaced
from projections.status.moving import Movement
from tests.support.situations.lives import Lived, act, lived

BEFORE = (
    ("submitted", "2026-03-02T01:00:00Z"),
    ("accepted", "2026-03-02T02:00:00Z"),
    ("processor_assigned", "2026-03-03T03:00:00Z"),
)
# The Monday after: Wednesday, Thursday, Friday and Monday are working days since.
AS_OF = "2026-03-09T03:00:00Z"


def movement(life: Lived, as_of: str = AS_OF, **parameters: int) -> Movement:
    found = life.situation(as_of, **parameters).movement
    assert found is not None
    return found


def test_dossier_that_lay_still_longer_than_the_parameter_is_idle() -> None:
    found = movement(lived(*BEFORE))

    assert (found.kind, found.working_days, found.is_idle) == (
        "dossier.processor_assigned",
        4,
        True,
    )
    assert found.sentence is not None
    assert "4 working days" in found.sentence.en
    assert "4 ngày làm việc" in found.sentence.vi


def test_as_many_days_as_the_parameter_are_not_too_many() -> None:
    assert not movement(lived(*BEFORE), idle_after_working_days=4).is_idle
    assert movement(lived(*BEFORE), idle_after_working_days=3).is_idle


def test_weekend_is_no_time_without_a_movement() -> None:
    found = movement(lived(*BEFORE, ("component_digitised", "2026-03-06T09:00:00Z")))

    assert found.working_days == 1


@pytest.mark.parametrize(
    "kind", ["supplement_requested", "payment_required", "processing_suspended"]
)
def test_while_others_have_the_word_no_movement_is_missed(kind: str) -> None:
    found = movement(lived(*BEFORE, (kind, "2026-03-03T04:00:00Z")))

    assert (found.working_days, found.is_idle, found.sentence) == (4, False, None)


def test_consultation_that_nobody_answers_is_no_movement() -> None:
    assert movement(lived(*BEFORE, ("consultation_requested", "2026-03-03T04:00:00Z"))).is_idle


def test_new_slip_moves_nothing() -> None:
    replaced = act("slip_secret_replaced", "2026-03-08T02:00:00Z", facts=SlipSecretReplaced())

    assert movement(lived(*BEFORE, replaced)).kind == "dossier.processor_assigned"


def test_ended_dossier_is_never_idle() -> None:
    found = movement(lived(*BEFORE, ("resolution_refused", "2026-03-03T04:00:00Z")))

    assert (found.working_days, found.is_idle) == (None, False)


def test_without_a_calendar_no_days_are_counted() -> None:
    life = lived(*BEFORE)
    life.register.calendars.clear()

    assert movement(life).working_days is None
    assert movement(lived(*BEFORE), "2029-03-09T03:00:00Z").working_days is None


def test_dossier_without_acts_has_no_movement() -> None:
    life = lived(*BEFORE)

    assert Lived(life.dossier, [], life.register).situation(AS_OF).movement is None
