"""Where one dossier stands as of an instant: everything its page and the queues say of it.

A pure function of the dossier's state, its published acts, the registry and the instant. It rests
on nothing private: whom a leader's assignment means is for whoever may open it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.dossiers import Dossier, Status
from projections.dossier_rows import Act
from projections.status.basis import Basis
from projections.status.desks import Desk, desk_of
from projections.status.lateness import Overdue, overdue_of
from projections.status.moving import Movement, last_moved, movement_of
from projections.status.next_steps import NextSteps, next_steps
from projections.status.stages import Stage, stage_of
from projections.status.steps import Step, StepGap, following_step, step_of
from projections.status.waiting import Waiting, waiting_for


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a dossier stands: ``status`` is the official one, ``stage`` ours within it."""

    as_of: datetime
    status: Status
    stage: Stage
    desk: Desk | None
    step: Step | StepGap
    waiting: tuple[Waiting, ...]
    next: NextSteps
    movement: Movement | None
    overdue: Overdue | None
    idle_after_working_days: int


def situation_of(dossier: Dossier, acts: Sequence[Act], basis: Basis) -> Situation:
    """Say where a dossier stands; ``acts`` are its published ones, by version."""
    stage = stage_of(dossier, acts)
    return Situation(
        as_of=basis.as_of,
        status=dossier.status,
        stage=stage,
        desk=desk_of(dossier, acts),
        step=step_of(dossier, basis),
        waiting=waiting_for(dossier, acts, stage, basis),
        next=next_steps(dossier, stage, following_step(dossier, basis)),
        movement=movement_of(dossier, last_moved(acts), basis),
        overdue=overdue_of(dossier, basis),
        idle_after_working_days=basis.parameters.idle_after_working_days,
    )
