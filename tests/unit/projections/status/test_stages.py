"""The finer status: one table over every official status, from the acts that lead there."""

import pytest

from domain.dossiers import Status
from domain.facts import DossierRoutedToOffice
from projections.status.stages import STAGE_NAMES, STATUS_OF, Stage, stage_of
from tests.support.builders import OFFICE, a_dossier
from tests.support.situations.lives import Lived, act, lived

DAY = "2026-03-02T02:00:00Z"
ACCEPTED = ("submitted", "accepted")
GIVEN = (*ACCEPTED, "processor_assigned")
WAITS = (*GIVEN, "supplement_requested")
ISSUED = (*GIVEN, "result_approved", "result_issued")

# The kinds, in order, and the official and the finer status that they lead to.
TABLE = [
    (("submitted",), 1, Stage.SUBMITTED),
    (("submitted", "submission_acknowledged"), 1, Stage.SUBMITTED),
    (("submitted", "intake_task_assigned"), 1, Stage.INTAKE_CHECK),
    (ACCEPTED, 2, Stage.ACCEPTED),
    ((*ACCEPTED, "forwarded"), 2, Stage.FORWARDED),
    (("submitted", "intake_refused"), 3, Stage.NOT_ACCEPTED),
    (GIVEN, 4, Stage.PROCESSING),
    ((*ACCEPTED, "forwarded", "handover_acknowledged"), 4, Stage.PROCESSING),
    ((*GIVEN, "verification_scheduled"), 4, Stage.SITE_SURVEY),
    ((*GIVEN, "verification_scheduled", "verification_recorded"), 4, Stage.PROCESSING),
    ((*GIVEN, "consultation_requested"), 4, Stage.CONSULTATION),
    ((*GIVEN, "consultation_requested", "consultation_answered"), 4, Stage.PROCESSING),
    ((*GIVEN, "submitted_for_approval"), 4, Stage.AWAITING_DECISION),
    ((*GIVEN, "submitted_for_approval", "returned_for_rework"), 4, Stage.REWORK),
    ((*GIVEN, "step_transferred"), 4, Stage.TRANSFERRED),
    ((*GIVEN, "step_transferred", "handover_acknowledged"), 4, Stage.PROCESSING),
    ((*GIVEN, "submitted_for_approval", "result_approved"), 4, Stage.APPROVED),
    (("submitted", "intake_supplement_requested"), 5, Stage.SUPPLEMENT_AT_INTAKE),
    (WAITS, 5, Stage.SUPPLEMENT),
    ((*WAITS, "supplement_submitted"), 5, Stage.SUPPLEMENT_CHECK),
    ((*WAITS, "supplement_submitted", "supplement_judged_incomplete"), 5, Stage.SUPPLEMENT),
    ((*WAITS, "supplement_submitted", "supplement_completed"), 4, Stage.PROCESSING),
    ((*GIVEN, "payment_required"), 6, Stage.PAYMENT),
    ((*GIVEN, "withdrawal_requested"), 7, Stage.WITHDRAWAL),
    ((*GIVEN, "processing_suspended"), 8, Stage.SUSPENDED),
    ((*GIVEN, "processing_stopped"), 8, Stage.STOPPED),
    ((*WAITS, "closed"), 8, Stage.CLOSED),
    ((*GIVEN, "withdrawal_requested", "withdrawal_confirmed"), 8, Stage.WITHDRAWN),
    (ISSUED, 9, Stage.RESULT_READY),
    ((*GIVEN, "resolution_refused"), 9, Stage.REFUSAL_READY),
    ((*ISSUED, "result_dispatched"), 9, Stage.RESULT_SENT),
    ((*ISSUED, "result_dispatched", "delivery_failed"), 9, Stage.DELIVERY_FAILED),
    ((*ISSUED, "result_returned"), 10, Stage.RETURNED),
]


def a_life_of(kinds: tuple[str, ...]) -> Lived:
    return lived(
        *((kind, f"2026-03-02T{number + 2:02}:00:00Z") for number, kind in enumerate(kinds))
    )


@pytest.mark.parametrize(("kinds", "status", "stage"), TABLE, ids=lambda given: str(given)[-60:])
def test_acts_lead_to_one_official_and_one_finer_status(
    kinds: tuple[str, ...], status: int, stage: Stage
) -> None:
    life = a_life_of(kinds)

    assert life.dossier.status is Status(status)
    assert stage_of(life.dossier, life.acts) is stage


def test_table_reaches_every_stage_and_every_official_status() -> None:
    assert {stage for _, _, stage in TABLE} == set(Stage)
    assert {status for _, status, _ in TABLE} == {status.value for status in Status}


def test_every_stage_belongs_to_the_official_status_that_the_table_says() -> None:
    assert set(STATUS_OF) == set(STAGE_NAMES) == set(Stage)
    assert all(STATUS_OF[stage] is Status(status) for _, status, stage in TABLE)


@pytest.mark.parametrize("status", list(Status))
def test_status_without_any_act_has_a_stage_of_its_own(status: Status) -> None:
    stage = stage_of(a_dossier(status=status), [])

    assert STATUS_OF[stage] is status


def test_routing_to_another_office_leaves_the_stage() -> None:
    routed = act("routed_to_office", DAY, facts=DossierRoutedToOffice(to_office="H27.07"))

    life = lived(("submitted", DAY), routed)

    assert stage_of(life.dossier, life.acts) is Stage.SUBMITTED
    assert life.dossier.office != OFFICE
