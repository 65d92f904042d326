"""Transitions of results (rows 33 to 39)."""

from collections.abc import Mapping
from typing import Final

from domain.dossiers import Outcome, Status
from domain.transitions.shapes import IN_PROCESS, PROCESSED, Transition, all_to, stay

RESULTS: Final[Mapping[str, Transition]] = {
    "dossier.result_approved": Transition(rows="33", moves=stay(IN_PROCESS)),
    "dossier.resolution_refused": Transition(
        rows="34", moves=all_to(PROCESSED, IN_PROCESS), outcome=Outcome.REFUSED
    ),
    "dossier.result_issued": Transition(
        rows="35",
        moves=all_to(PROCESSED, IN_PROCESS),
        after_approval=True,
        outcome=Outcome.GRANTED,
    ),
    "dossier.result_returned": Transition(
        rows="38", moves=all_to(Status.RESULT_RETURNED, PROCESSED)
    ),
}
