"""Transitions of imported histories: permitted to an importer in any state."""

from collections.abc import Mapping
from typing import Final

from domain.dossiers import Status
from domain.transitions.shapes import (
    ACCEPTED,
    IN_PROCESS,
    NEW,
    PAYMENT,
    PROCESSED,
    STOP_ALL,
    SUPPLEMENT,
    WITHDRAWAL,
    Move,
    Transition,
    all_to,
    stay,
)

IMPORTS: Final[Mapping[str, Transition]] = {
    "dossier.foreign_step_recorded": Transition(
        rows="", moves=stay(*Status), from_suspension=Move.SAME
    ),
    "dossier.due_date_imported": Transition(
        rows="", moves=stay(*Status), from_suspension=Move.SAME
    ),
    "dossier.end_imported": Transition(
        rows="",
        moves=all_to(PROCESSED, NEW, ACCEPTED, IN_PROCESS, SUPPLEMENT, PAYMENT, WITHDRAWAL)
        | stay(Status.NOT_ACCEPTED, Status.STOPPED, PROCESSED, Status.RESULT_RETURNED),
        from_suspension=PROCESSED,
        clock=STOP_ALL,
    ),
}
