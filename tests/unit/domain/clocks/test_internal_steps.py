"""Internal steps: acts name the step that begins, and only one that the version publishes."""

import pytest

from domain.dossiers import Status, StepBegun
from domain.errors import FactInvalid, MalformedDocument
from domain.facts import (
    DossierForwarded,
    Facts,
    HandoverAcknowledged,
    ReturnedForRework,
    StepTransferred,
    SubmittedForApproval,
)
from domain.procedures import InternalStep, parse_procedure
from domain.roles import Role
from ledger.bodies import canonical_json
from tests.support.builders import (
    DEPARTMENT,
    a_dossier_in_process,
    a_moment,
    a_procedure,
    a_register,
    an_action,
    dossier_after,
)

STEPS = (
    InternalStep(role=Role.RECEIVER, code="intake"),
    InternalStep(role=Role.PROCESSOR, code="appraisal", hours=16),
)
NAMING: dict[str, type[Facts]] = {
    "dossier.forwarded": DossierForwarded,
    "dossier.handover_acknowledged": HandoverAcknowledged,
    "dossier.submitted_for_approval": SubmittedForApproval,
    "dossier.returned_for_rework": ReturnedForRework,
    "dossier.step_transferred": StepTransferred,
}


def facts_of(kind: str, step: str | None) -> Facts:
    sent = {"to_office": DEPARTMENT} if "to_office" in NAMING[kind].__struct_fields__ else {}
    return NAMING[kind](step=step, **sent)


def state_before(kind: str) -> Status:
    return Status.ACCEPTED if kind == "dossier.forwarded" else Status.IN_PROCESS


@pytest.mark.parametrize("kind", NAMING)
def test_act_names_the_step_that_it_begins(kind: str) -> None:
    register = a_register(a_procedure(steps=STEPS))
    begun = StepBegun(a_moment("2026-03-02T04:00:00Z"), 3)
    before = a_dossier_in_process(status=state_before(kind), step=begun)

    act = an_action(kind, facts=facts_of(kind, "appraisal"), at=a_moment("2026-03-03T02:00:00Z"))
    after = dossier_after(act, state=before, register=register)

    assert after.step == StepBegun(act.at, 4, "appraisal")


@pytest.mark.parametrize("kind", NAMING)
@pytest.mark.parametrize("steps", [STEPS, ()])
def test_step_that_the_version_does_not_publish_is_refused(
    kind: str, steps: tuple[InternalStep, ...]
) -> None:
    act = an_action(kind, facts=facts_of(kind, "nguyen-van-a"))

    with pytest.raises(FactInvalid, match="step"):
        dossier_after(
            act,
            state=a_dossier_in_process(status=state_before(kind)),
            register=a_register(a_procedure(steps=steps)),
        )


def test_two_steps_of_one_code_are_no_process() -> None:
    document = canonical_json(a_procedure(steps=(STEPS[0], STEPS[0])))

    assert parse_procedure(canonical_json(a_procedure(steps=STEPS))).steps == STEPS
    with pytest.raises(MalformedDocument, match="steps"):
        parse_procedure(document)
