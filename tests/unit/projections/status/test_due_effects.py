"""What each act did to the dates of a dossier, and why."""

from datetime import date

from domain.clocks.limits import processing_count
from domain.dossiers import Due, DueChange
from domain.procedures import SupplementPolicy
from projections.status.due_effects import CountedLimit, DueEffect, due_effect, outside_moves
from tests.support.builders import a_procedure, a_register
from tests.support.situations.lives import Lived, lived, moment

BEFORE = (
    ("submitted", "2026-03-02T01:00:00Z"),
    ("accepted", "2026-03-02T02:00:00Z"),
    ("processor_assigned", "2026-03-02T03:00:00Z"),
)
WAIT = (
    ("supplement_requested", "2026-03-03T02:00:00Z"),
    ("supplement_completed", "2026-03-06T02:00:00Z"),
)


def effects(life: Lived) -> list[DueEffect | None]:
    basis = life.basis("2026-04-01T00:00:00Z")
    counted = None
    if basis.working is not None and basis.procedure is not None:
        whole = processing_count(life.dossier, basis.procedure, basis.working)
        assert whole is not None
        counted = CountedLimit(whole.limit, whole.stretches)
    befores = [None, *life.acts]
    return [
        due_effect(life.dossier, before, after, counted)
        for before, after in zip(befores, life.acts, strict=False)
    ]


def last(life: Lived) -> DueEffect:
    found = effects(life)[-1]
    assert found is not None
    return found


def test_acceptance_sets_the_date_and_says_by_which_limit() -> None:
    submitted, accepted, assigned = effects(lived(*BEFORE))

    assert accepted is not None
    assert (accepted.before, accepted.after) == (None, Due(day=date(2026, 3, 11)))
    assert accepted.reason.en == "The limit runs from the acceptance: 7 working days."
    assert (submitted, assigned) == (None, None)


def test_completed_supplement_counts_the_limit_anew() -> None:
    found = last(lived(*BEFORE, *WAIT))

    assert (found.before, found.after) == (Due(day=date(2026, 3, 11)), Due(day=date(2026, 3, 17)))
    assert "counted anew" in found.reason.en
    assert "tính lại từ đầu" in found.reason.vi


def test_pause_says_how_many_days_do_not_count() -> None:
    register = a_register(a_procedure(supplement_policy=SupplementPolicy.PAUSE))

    found = last(lived(*BEFORE, *WAIT, register=register))

    assert found.after == Due(day=date(2026, 3, 16))
    assert "(3 working days)" in found.reason.en


def test_wait_that_moves_nothing_is_told_all_the_same() -> None:
    register = a_register(a_procedure(supplement_policy=SupplementPolicy.NONE))

    found = last(lived(*BEFORE, *WAIT, register=register))

    assert found.before == found.after == Due(day=date(2026, 3, 11))
    assert "counts all the same" in found.reason.en


def test_wait_after_the_due_date_moves_nothing_and_says_so() -> None:
    late = (
        ("supplement_requested", "2026-03-20T02:00:00Z"),
        ("supplement_completed", "2026-03-25T02:00:00Z"),
    )

    found = last(lived(*BEFORE, *late))

    assert found.before == found.after
    assert "had passed" in found.reason.en


def test_apology_moves_the_appointment_and_not_the_law() -> None:
    found = last(lived(*BEFORE, ("extension_apology_issued", "2026-03-10T02:00:00Z")))

    assert found.is_appointment
    assert found.after == Due(day=date(2026, 12, 1))
    assert "legal due date stays" in found.reason.en


def test_calendar_that_moved_the_date_is_told_apart_from_the_acts() -> None:
    life = lived(*BEFORE)
    due = Due(day=date(2026, 3, 11))
    change = DueChange(
        moment("2026-03-03T00:00:00Z"), "calendar:VN", 2, due, Due(day=date(2026, 3, 12))
    )
    members = {name: getattr(life.dossier, name) for name in life.dossier.__struct_fields__}
    moved = type(life.dossier)(**(members | {"due_changes": (change,)}))

    (only,) = outside_moves(moved)

    assert only.change == change
    assert "calendar of working days" in only.reason.en
    assert due_effect(moved, life.acts[1], life.acts[2], None) is None
