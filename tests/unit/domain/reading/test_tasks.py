"""Tasks on a dossier: who took it in or over, to whom it was given, and who must decide."""

from domain.actions import Action, Signer
from domain.facts import (
    Details,
    IntakeTaskAssignedDetails,
    ProcessorAssignedDetails,
    ProcessorReassignedDetails,
    TaskMethod,
)
from domain.reading.tasks import Tasks, tasks_of
from domain.roles import Role
from tests.support.builders import COLLEAGUE_KEY, OFFICER_KEY, an_action


def an_act(kind: str, role: Role, key: str = OFFICER_KEY, details: Details | None = None) -> Action:
    return an_action(f"dossier.{kind}", signers=(Signer(key, role),), details=details)


def test_nobody_has_a_task_before_anybody_acts() -> None:
    assert tasks_of([]) == Tasks()


def test_whoever_takes_in_or_over_has_one_and_whoever_merely_acts_has_none() -> None:
    tasks = tasks_of(
        [
            an_act("accepted", Role.RECEIVER),
            an_act("handover_acknowledged", Role.PROCESSOR, COLLEAGUE_KEY),
            an_act("supplement_requested", Role.PROCESSOR, "officer-00000000000000ff"),
        ]
    )

    assert tasks.keys == {OFFICER_KEY, COLLEAGUE_KEY}


def test_last_assignment_takes_the_task_from_the_one_before() -> None:
    assigned = an_act(
        "processor_assigned", Role.ASSIGNER, details=ProcessorAssignedDetails(assignee="CB-1")
    )
    again = an_act(
        "processor_reassigned",
        Role.ASSIGNER,
        details=ProcessorReassignedDetails(assignee="CB-2", reason="Nghỉ phép"),
    )

    before, after = tasks_of([assigned]), tasks_of([assigned, again])

    assert (before.names("CB-1"), before.names("CB-2")) == (True, False)
    assert (after.names("CB-1"), after.names("CB-2")) == (False, True)


def test_receiver_to_whom_the_dossier_was_dealt_has_one() -> None:
    dealt = IntakeTaskAssignedDetails(receiver="CB-3", method=TaskMethod.QUEUE)

    assert tasks_of([an_act("intake_task_assigned", Role.SYSTEM, details=dealt)]).names("CB-3")


def test_draft_awaits_its_decision_until_it_comes_back() -> None:
    put = an_act("submitted_for_approval", Role.PROCESSOR)

    assert tasks_of([put]).awaits_decision
    for decided in ("returned_for_rework", "result_approved", "resolution_refused"):
        assert not tasks_of([put, an_act(decided, Role.APPROVER)]).awaits_decision
