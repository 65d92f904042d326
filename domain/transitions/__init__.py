"""Transitions: the state machine of domain.md 2.7 as data, one row per kind of action.

`rows` names the rows there. `moves` says for each status from which the kind is permitted what
the status becomes; everything that is not in the table is refused.
"""

from collections.abc import Mapping
from typing import Final

from domain.dossiers import Status
from domain.transitions.feedback import FEEDBACK
from domain.transitions.imports import IMPORTS
from domain.transitions.intake import INTAKE
from domain.transitions.integrity import INTEGRITY
from domain.transitions.parties import PARTIES
from domain.transitions.processing import PROCESSING
from domain.transitions.registry import REGISTRY
from domain.transitions.results import RESULTS
from domain.transitions.shapes import Clock, ClockAct, ClockEffect, Move, Transition
from domain.transitions.waiting import WAITING

__all__ = [
    "TRANSITIONS",
    "Clock",
    "ClockAct",
    "ClockEffect",
    "Move",
    "Transition",
    "target_status",
]

TRANSITIONS: Final[Mapping[str, Transition]] = {
    **REGISTRY,
    **INTAKE,
    **PROCESSING,
    **WAITING,
    **RESULTS,
    **PARTIES,
    **FEEDBACK,
    **INTEGRITY,
    **IMPORTS,
}

# Asked of every act, and a name is found many times faster than a member of its class.
_SAME: Final = Move.SAME
_PRIOR: Final = Move.PRIOR


def target_status(
    transition: Transition, dossier_status: Status, prior: Status | None, *, suspended: bool = False
) -> Status:
    """Give the status after a permitted action; `prior` is where a wait returns to.

    Raises:
        KeyError: the table does not permit the kind in this status.
    """
    target = transition.from_suspension if suspended else transition.moves[dossier_status]
    if target is None:
        raise KeyError(dossier_status)
    if target is _SAME:
        return dossier_status
    if target is _PRIOR:
        assert prior is not None
        return prior
    assert isinstance(target, Status)
    return target
