"""Who has a task on a dossier: whoever took it in or over, to whom it was given, who must decide.

SPEC: domain.md 3.4, class P3: an office's dossiers are for its officers with a task.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from domain.actions import Action
from domain.facts import (
    IntakeTaskAssignedDetails,
    ProcessorAssignedDetails,
    ProcessorReassignedDetails,
)
from domain.roles import Role

# Roles as which an officer of an office reads.
OFFICER_ROLES: Final = frozenset(
    {
        Role.RECEIVER,
        Role.RETURNER,
        Role.HEAD,
        Role.ASSIGNER,
        Role.PROCESSOR,
        Role.APPROVER,
        Role.CLERK,
        Role.CONSULTED,
        Role.FINANCE_AUTHORITY,
    }
)
_DESK: Final = frozenset({Role.RECEIVER, Role.RETURNER})
_TAKES_OVER: Final = "dossier.handover_acknowledged"
_ASSIGNS: Final = frozenset({"dossier.processor_assigned", "dossier.processor_reassigned"})
_PUT_BEFORE: Final = "dossier.submitted_for_approval"
_DECIDED: Final = frozenset(
    {"dossier.result_approved", "dossier.resolution_refused", "dossier.returned_for_rework"}
)


@dataclass(frozen=True, slots=True)
class Tasks:
    """The tasks on one dossier.

    `keys` took it in or over by their signature. `receiver` and `assignee` are texts as a leader
    wrote them: an officer's number, or a key's name. `awaits_decision`: a draft lies before
    the approvers.
    """

    keys: frozenset[str] = frozenset()
    receiver: str | None = None
    assignee: str | None = None
    awaits_decision: bool = False

    def names(self, officer: str) -> bool:
        """Tell whether a leader gave the dossier to the officer whom this text means."""
        return officer in (self.receiver, self.assignee)


def tasks_of(actions: Iterable[Action]) -> Tasks:
    """Give the tasks that the acts of a dossier leave, with their details as far as they open."""
    tasks = Tasks()
    for action in actions:
        tasks = _after(tasks, action)
    return tasks


def _after(tasks: Tasks, action: Action) -> Tasks:
    name, details = action.kind.name, action.details
    takes = name == _TAKES_OVER
    taking = {each.key for each in action.signers if takes or each.role in _DESK}
    tasks = replace(tasks, keys=tasks.keys | taking)
    if name in _ASSIGNS:
        # Whoever had it before has it no more.
        assigned = (ProcessorAssignedDetails, ProcessorReassignedDetails)
        to_whom = details.assignee if isinstance(details, assigned) else None
        return replace(tasks, assignee=to_whom)
    if isinstance(details, IntakeTaskAssignedDetails):
        return replace(tasks, receiver=details.receiver)
    if name == _PUT_BEFORE or name in _DECIDED:
        return replace(tasks, awaits_decision=name == _PUT_BEFORE)
    return tasks
