"""An overdue dossier says so, by how much, and that its applicant may complain."""

from projections.status.lateness import Overdue
from tests.support.situations.lives import Lived, lived

# Accepted on Monday, 2 March: seven working days end on 11 March.
BEFORE = (
    ("submitted", "2026-03-02T01:00:00Z"),
    ("accepted", "2026-03-02T02:00:00Z"),
    ("processor_assigned", "2026-03-02T03:00:00Z"),
)


def overdue(life: Lived, as_of: str) -> Overdue | None:
    return life.situation(as_of).overdue


def test_dossier_is_in_time_until_its_due_day_is_over() -> None:
    assert overdue(lived(*BEFORE), "2026-03-11T16:59:59Z") is None


def test_overdue_dossier_counts_its_working_days_and_names_the_right_to_complain() -> None:
    found = overdue(lived(*BEFORE), "2026-03-16T02:00:00Z")

    assert found is not None
    assert found.working_days == 3
    assert "3 working days" in found.sentence.en
    assert "no letter of apology" in found.sentence.en
    assert "complain" in found.complaint.en
    assert "chưa được đối chiếu" in found.complaint.vi


def test_apology_is_told_and_does_not_make_it_less_late() -> None:
    apology = ("extension_apology_issued", "2026-03-10T02:00:00Z")

    found = overdue(lived(*BEFORE, apology), "2026-03-16T02:00:00Z")

    assert found is not None
    assert (found.working_days, found.apologies) == (3, 1)
    assert "apologised" in found.sentence.en


def test_what_waits_for_its_applicant_is_not_overdue() -> None:
    waits = ("supplement_requested", "2026-03-04T02:00:00Z")

    assert overdue(lived(*BEFORE, waits), "2026-03-16T02:00:00Z") is None


def test_what_has_ended_is_not_overdue_any_more() -> None:
    ended = ("resolution_refused", "2026-03-17T02:00:00Z")

    assert overdue(lived(*BEFORE, ended), "2026-03-18T02:00:00Z") is None


def test_without_a_calendar_it_is_overdue_by_nobody_knows_how_much() -> None:
    life = lived(*BEFORE)
    life.register.calendars.clear()

    found = overdue(life, "2026-03-16T02:00:00Z")

    assert found is not None
    assert found.working_days is None
