"""Transitions: the state machine of domain.md 2.7 as data, one row per kind of action.

`rows` names the rows there. `moves` says for each status from which the kind is permitted what
the status becomes; everything that is not in the table is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from domain.dossiers import Outcome, Status

_NEW = Status.NEWLY_REGISTERED
_ACCEPTED = Status.ACCEPTED
_IN_PROCESS = Status.IN_PROCESS
_SUPPLEMENT = Status.SUPPLEMENT_REQUIRED
_PAYMENT = Status.PAYMENT_REQUIRED
_WITHDRAWAL = Status.WITHDRAWAL_REQUESTED
_PROCESSED = Status.PROCESSED


class Move(Enum):
    """Where a status goes when not to a fixed one."""

    SAME = "same"
    PRIOR = "prior"  # the status before the wait


Moves = Mapping[Status, Status | Move]


@dataclass(frozen=True, slots=True)
class Transition:
    """When one kind of action is permitted, and what becomes of the status.

    `creates`: it may be a stream's first action. `continues`: on a stream without statuses, it
    may follow others. `waiting_from`: out of status 5 it is permitted only if the supplement was
    asked in one of these. `after_approval`: only once the result is approved. `outcome`: how the
    dossier ends by it.
    """

    rows: str
    creates: bool = False
    continues: bool = False
    moves: Moves = field(default_factory=dict)
    waiting_from: frozenset[Status] | None = None
    after_approval: bool = False
    outcome: Outcome | None = None


def _stay(*statuses: Status) -> dict[Status, Status | Move]:
    return dict.fromkeys(statuses, Move.SAME)


def _all_to(target: Status, *statuses: Status) -> dict[Status, Status | Move]:
    return dict.fromkeys(statuses, target)


_INTAKE_ONLY = frozenset({_NEW})

_REGISTRY: Mapping[str, Transition] = {
    "ledger.opened": Transition(rows="", creates=True),
    "key.registered": Transition(rows="50", creates=True),
    "key.revoked": Transition(rows="50", continues=True),
    "office.registered": Transition(rows="", creates=True, continues=True),
    "procedure.version_published": Transition(rows="51", creates=True, continues=True),
    "calendar.published": Transition(rows="51", creates=True, continues=True),
    "rating.satisfaction_rated": Transition(rows="40", creates=True),
}

_DOSSIER: Mapping[str, Transition] = {
    "dossier.submitted": Transition(rows="1", creates=True),
    "dossier.intake_supplement_requested": Transition(rows="4", moves=_all_to(_SUPPLEMENT, _NEW)),
    "dossier.accepted": Transition(
        rows="5", moves=_all_to(_ACCEPTED, _NEW, _SUPPLEMENT), waiting_from=_INTAKE_ONLY
    ),
    "dossier.intake_refused": Transition(
        rows="6",
        moves=_all_to(Status.NOT_ACCEPTED, _NEW, _SUPPLEMENT),
        waiting_from=_INTAKE_ONLY,
        outcome=Outcome.NOT_ACCEPTED,
    ),
    "dossier.handover_acknowledged": Transition(
        rows="11", moves=_all_to(_IN_PROCESS, _ACCEPTED) | _stay(_IN_PROCESS, _PROCESSED)
    ),
    "dossier.processor_assigned": Transition(
        rows="12", moves=_all_to(_IN_PROCESS, _ACCEPTED) | _stay(_IN_PROCESS)
    ),
    "dossier.supplement_requested": Transition(rows="17", moves=_all_to(_SUPPLEMENT, _IN_PROCESS)),
    "dossier.supplement_submitted": Transition(rows="18", moves=_stay(_SUPPLEMENT)),
    "dossier.supplement_completed": Transition(rows="20", moves={_SUPPLEMENT: Move.PRIOR}),
    "dossier.payment_required": Transition(
        rows="22", moves=_all_to(_PAYMENT, _NEW, _ACCEPTED, _IN_PROCESS)
    ),
    "dossier.payment_confirmed": Transition(
        rows="23", moves={_PAYMENT: Move.PRIOR} | _stay(_NEW, _ACCEPTED, _IN_PROCESS)
    ),
    "dossier.extension_apology_issued": Transition(rows="26", moves=_stay(_ACCEPTED, _IN_PROCESS)),
    "dossier.withdrawal_requested": Transition(
        rows="31",
        moves=_all_to(_WITHDRAWAL, _NEW, _ACCEPTED, _IN_PROCESS, _SUPPLEMENT, _PAYMENT),
    ),
    "dossier.withdrawal_confirmed": Transition(
        rows="32", moves=_all_to(Status.STOPPED, _WITHDRAWAL), outcome=Outcome.WITHDRAWN
    ),
    "dossier.result_approved": Transition(rows="33", moves=_stay(_IN_PROCESS)),
    "dossier.resolution_refused": Transition(
        rows="34", moves=_all_to(_PROCESSED, _IN_PROCESS), outcome=Outcome.REFUSED
    ),
    "dossier.result_issued": Transition(
        rows="35",
        moves=_all_to(_PROCESSED, _IN_PROCESS),
        after_approval=True,
        outcome=Outcome.GRANTED,
    ),
    "dossier.result_returned": Transition(
        rows="38", moves=_all_to(Status.RESULT_RETURNED, _PROCESSED)
    ),
}

# Kinds of formats.md, "Imported actions": permitted to an importer in any state.
_IMPORTS: Mapping[str, Transition] = {
    "dossier.foreign_step_recorded": Transition(rows="", moves=_stay(*Status)),
    "dossier.due_date_imported": Transition(rows="", moves=_stay(*Status)),
    "dossier.end_imported": Transition(
        rows="",
        moves=_all_to(_PROCESSED, _NEW, _ACCEPTED, _IN_PROCESS, _SUPPLEMENT, _PAYMENT, _WITHDRAWAL)
        | _stay(Status.NOT_ACCEPTED, Status.STOPPED, _PROCESSED, Status.RESULT_RETURNED),
    ),
}

TRANSITIONS: Final[Mapping[str, Transition]] = {**_REGISTRY, **_DOSSIER, **_IMPORTS}


def target_status(transition: Transition, dossier_status: Status, prior: Status | None) -> Status:
    """Give the status after a permitted action.

    Raises:
        KeyError: the table does not permit the kind in this status.
    """
    target = transition.moves[dossier_status]
    if target is Move.SAME:
        return dossier_status
    if target is Move.PRIOR:
        assert prior is not None
        return prior
    assert isinstance(target, Status)
    return target
