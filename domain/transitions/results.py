"""Transitions of results (rows 33 to 39)."""

from collections.abc import Mapping
from typing import Final

from domain.dossiers import Outcome, Status
from domain.transitions.shapes import (
    IN_PROCESS,
    PROCESSED,
    STOP_ALL,
    Clock,
    ClockAct,
    ClockEffect,
    Transition,
    all_to,
    stay,
    stops,
)

# How soon a result must be handed over, only a procedure says.
_RETURNING: Final = ClockEffect(Clock.RETURN, ClockAct.START, flag="return_limit")

RESULTS: Final[Mapping[str, Transition]] = {
    "dossier.result_approved": Transition(rows="33", moves=stay(IN_PROCESS)),
    "dossier.resolution_refused": Transition(
        rows="34",
        moves=all_to(PROCESSED, IN_PROCESS),
        outcome=Outcome.REFUSED,
        clock=(*stops(Clock.PROCESSING), _RETURNING),
    ),
    "dossier.result_issued": Transition(
        rows="35",
        moves=all_to(PROCESSED, IN_PROCESS),
        after_approval=True,
        outcome=Outcome.GRANTED,
        clock=(*stops(Clock.PROCESSING), _RETURNING),
    ),
    "dossier.result_ready_notified": Transition(rows="36", moves=stay(PROCESSED)),
    "dossier.result_dispatched": Transition(rows="37", moves=stay(PROCESSED)),
    "dossier.delivery_failed": Transition(rows="37", moves=stay(PROCESSED)),
    "dossier.result_returned": Transition(
        rows="38", moves=all_to(Status.RESULT_RETURNED, PROCESSED), clock=STOP_ALL
    ),
    "dossier.result_corrected": Transition(
        rows="39", moves=stay(PROCESSED, Status.RESULT_RETURNED)
    ),
    "dossier.result_revoked": Transition(rows="39", moves=stay(PROCESSED, Status.RESULT_RETURNED)),
}
