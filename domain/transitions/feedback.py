"""Transitions of feedback (rows 40 to 43); the states are those of `PetitionState`."""

from collections.abc import Mapping
from typing import Final

from domain.oversight.petitions import PetitionState
from domain.transitions.shapes import Clock, ClockAct, ClockEffect, Transition

_START: Final = (ClockEffect(Clock.PETITION, ClockAct.START),)
_STOP: Final = (ClockEffect(Clock.PETITION, ClockAct.STOP),)

FEEDBACK: Final[Mapping[str, Transition]] = {
    "rating.satisfaction_rated": Transition(rows="40", creates=True),
    "petition.feedback_filed": Transition(
        rows="41",
        creates=True,
        # What the office had asked for comes back the same way.
        steps={
            "": PetitionState.FEEDBACK_FILED,
            PetitionState.INFORMATION_WANTED: PetitionState.FEEDBACK_FILED,
        },
        clock=_START,
    ),
    "petition.feedback_classified": Transition(
        rows="41",
        # Where it leads is the verdict's say; sent on, it stands as filed.
        steps={
            PetitionState.FEEDBACK_FILED: PetitionState.TAKEN_UP,
            PetitionState.INFORMATION_WANTED: PetitionState.TAKEN_UP,
            PetitionState.TAKEN_UP: PetitionState.TAKEN_UP,
        },
    ),
    "petition.feedback_answered": Transition(
        rows="41",
        steps=dict.fromkeys(
            (
                PetitionState.FEEDBACK_FILED,
                PetitionState.INFORMATION_WANTED,
                PetitionState.TAKEN_UP,
                PetitionState.DISPUTED,
            ),
            PetitionState.ANSWERED,
        ),
        clock=_STOP,
    ),
    "petition.feedback_published": Transition(
        rows="41", steps={PetitionState.ANSWERED: PetitionState.PUBLISHED}
    ),
    "petition.feedback_disputed": Transition(
        rows="41",
        steps=dict.fromkeys(
            (PetitionState.ANSWERED, PetitionState.PUBLISHED), PetitionState.DISPUTED
        ),
    ),
    "petition.complaint_filed": Transition(
        rows="42",
        creates=True,
        # LAW: Law on Complaints 02/2011 art. 33: a second complaint follows the first decision.
        steps={
            "": PetitionState.COMPLAINT_FILED,
            PetitionState.DECIDED: PetitionState.COMPLAINT_FILED,
        },
        clock=_START,
    ),
    "petition.complaint_accepted": Transition(
        rows="42",
        steps={PetitionState.COMPLAINT_FILED: PetitionState.ACCEPTED},
        clock=(*_STOP, *_START),
    ),
    "petition.complaint_decided": Transition(
        rows="42",
        # Out of "filed" only as not accepted or withdrawn.
        steps=dict.fromkeys(
            (PetitionState.COMPLAINT_FILED, PetitionState.ACCEPTED), PetitionState.DECIDED
        ),
        clock=_STOP,
    ),
    "tally.published": Transition(rows="", creates=True, continues=True),
    "tally.dossiers_counted": Transition(rows="", creates=True, continues=True),
    "denunciation.received": Transition(rows="43", creates=True, clock=_START),
}
