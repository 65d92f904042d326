"""Imported actions: what another system's history does to a dossier."""

from datetime import date

import pytest

from domain.decisions import decide
from domain.dossiers import Due, DueChange, Outcome, Status
from domain.errors import FactInvalid
from domain.facts import (
    DossierAccepted,
    DueDateImported,
    EndImported,
    ResultApproved,
    SupplementRequested,
)
from domain.procedures import Limit, LimitUnit
from tests.support.builders import (
    STREAM,
    a_dossier,
    a_dossier_in_process,
    a_moment,
    a_procedure,
    a_register,
    an_action,
    an_imported_action,
    dossier_after,
)

UNKNOWN_LIMIT = Limit(unit=LimitUnit.UNKNOWN)


def test_import_keeps_performers_and_never_the_importers_key() -> None:
    performer = "a1" * 8

    dossier = dossier_after(
        an_imported_action("dossier.submitted"),
        an_imported_action("dossier.accepted", facts=DossierAccepted(performer=performer)),
        an_imported_action("dossier.handover_acknowledged"),
        an_imported_action(
            "dossier.supplement_requested", facts=SupplementRequested(performer=performer)
        ),
        an_imported_action("dossier.supplement_completed"),
        an_imported_action("dossier.result_approved", facts=ResultApproved(performer=performer)),
    )

    assert dossier.imported
    assert dossier.applicant_keys == dossier.accepted_by == dossier.approved_by == ()
    assert dossier.accepted_performers == dossier.approved_performers == (performer,)
    assert dossier.processed_performers == (performer,)


def test_imported_act_may_precede_the_enrolment_and_the_acts_before_it() -> None:
    dossier = dossier_after(
        an_imported_action("dossier.submitted", at=a_moment("2010-10-02")),
        an_imported_action("dossier.accepted", at=a_moment("2010-10-01T10:00:00Z")),
        register=a_register(a_procedure(limit=UNKNOWN_LIMIT)),
    )

    assert dossier.accepted_at == a_moment("2010-10-01T10:00:00Z")


@pytest.mark.parametrize(
    ("facts", "due"),
    [
        (DueDateImported(due_on=date(2010, 11, 1)), Due(day=date(2010, 11, 1))),
        (
            DueDateImported(due_at="2010-11-01T00:06:40Z"),
            Due(instant=a_moment("2010-11-01T00:06:40Z").instant),
        ),
    ],
)
def test_imported_due_date_stands_against_the_procedures(facts: DueDateImported, due: Due) -> None:
    before = dossier_after(
        an_imported_action("dossier.due_date_imported", facts=facts),
        an_imported_action("dossier.accepted"),
        state=a_dossier(imported=True),
    )
    afterwards = dossier_after(
        an_imported_action("dossier.accepted"),
        an_imported_action("dossier.due_date_imported", facts=facts),
        state=a_dossier(imported=True),
    )

    assert before.due == afterwards.due == due


@pytest.mark.parametrize(
    "facts",
    [DueDateImported(), DueDateImported(due_on=date(2010, 11, 1), due_at="2010-11-01T00:00:00Z")],
)
def test_imported_due_date_is_exactly_one(facts: DueDateImported) -> None:
    with pytest.raises(FactInvalid):
        decide(
            a_dossier(imported=True),
            an_imported_action("dossier.due_date_imported", facts=facts),
            a_register(),
        )


def test_imported_end_wins_over_an_earlier_end() -> None:
    dossier = dossier_after(
        an_imported_action("dossier.resolution_refused", at=a_moment("2026-03-05")),
        an_imported_action("dossier.end_imported", at=a_moment("2026-03-04")),
        state=a_dossier_in_process(imported=True),
    )

    assert dossier.ended_at == a_moment("2026-03-04")
    assert dossier.outcome is Outcome.REFUSED


def test_imported_end_closes_a_wait_and_names_its_outcome() -> None:
    end = an_imported_action("dossier.end_imported", at=a_moment("2026-03-04"))
    granted = an_imported_action("dossier.end_imported", facts=EndImported(outcome=Outcome.GRANTED))
    waiting = dossier_after(
        an_action("dossier.payment_required"), state=a_dossier_in_process(imported=True)
    )

    ended = dossier_after(end, state=waiting)

    assert ended.status is Status.PROCESSED
    assert ended.outcome is Outcome.IMPORTED
    assert ended.waits[-1].until == a_moment("2026-03-04")
    assert dossier_after(granted, state=ended).outcome is Outcome.GRANTED


def test_return_after_an_imported_end_leaves_the_end() -> None:
    dossier = dossier_after(
        an_imported_action("dossier.end_imported", at=a_moment("2026-03-04")),
        an_imported_action("dossier.result_returned", at=a_moment("2026-03-08")),
        state=a_dossier_in_process(imported=True),
    )

    assert dossier.ended_at == a_moment("2026-03-04")
    assert dossier.returned_at == a_moment("2026-03-08")


def test_foreign_step_changes_nothing() -> None:
    dossier = a_dossier(status=Status.STOPPED, imported=True)

    assert (
        dossier_after(an_imported_action("dossier.foreign_step_recorded"), state=dossier) == dossier
    )


def test_imported_due_date_held_from_the_acceptance_on() -> None:
    before, after = Due(day=date(2026, 3, 11)), Due(day=date(2026, 3, 16))
    moved = DueChange(a_moment("2026-03-09"), STREAM, 4, before, after)
    imported = an_imported_action(
        "dossier.due_date_imported", facts=DueDateImported(due_on=date(2026, 3, 13))
    )

    dossier = dossier_after(
        imported, state=a_dossier_in_process(imported=True, due_changes=(moved,))
    )

    assert dossier.due == Due(day=date(2026, 3, 13))
    assert dossier.due_changes == ()
