"""Transitions of processing (rows 10 to 28, without those of waiting)."""

from collections.abc import Mapping
from typing import Final

from domain.transitions.shapes import (
    ACCEPTED,
    IN_PROCESS,
    NEW,
    PROCESSED,
    Clock,
    Transition,
    all_to,
    pauses,
    resumes,
    starts,
    stay,
    stops,
)

SITE_SURVEY: Final = "pause_in_site_survey"
CONSULTATION: Final = "pause_in_consultation"

PROCESSING: Final[Mapping[str, Transition]] = {
    "dossier.forwarded": Transition(
        rows="10", moves=stay(ACCEPTED), clock=(*stops(Clock.TRANSFER), starts(Clock.STEP))
    ),
    "dossier.handover_acknowledged": Transition(
        rows="11",
        moves=all_to(IN_PROCESS, ACCEPTED) | stay(IN_PROCESS, PROCESSED),
        clock=(*stops(Clock.TRANSFER), starts(Clock.STEP)),
    ),
    "dossier.processor_assigned": Transition(
        rows="12",
        moves=all_to(IN_PROCESS, ACCEPTED) | stay(IN_PROCESS),
        clock=stops(Clock.TRANSFER),
    ),
    "dossier.processor_reassigned": Transition(rows="12", moves=stay(ACCEPTED, IN_PROCESS)),
    "dossier.conflict_declared": Transition(rows="13", moves=stay(NEW, ACCEPTED, IN_PROCESS)),
    "dossier.verification_scheduled": Transition(
        rows="14", moves=stay(IN_PROCESS), clock=(pauses(SITE_SURVEY),)
    ),
    "dossier.verification_recorded": Transition(
        rows="14", moves=stay(IN_PROCESS), clock=(resumes(SITE_SURVEY),)
    ),
    "dossier.consultation_requested": Transition(
        rows="15",
        moves=stay(IN_PROCESS),
        clock=(starts(Clock.CONSULTATION), pauses(CONSULTATION)),
    ),
    "dossier.consultation_answered": Transition(
        rows="15",
        moves=stay(IN_PROCESS),
        clock=(*stops(Clock.CONSULTATION), resumes(CONSULTATION)),
    ),
    "dossier.consultation_overdue_notified": Transition(rows="16", moves=stay(IN_PROCESS)),
    "dossier.submitted_for_approval": Transition(
        rows="25", moves=stay(IN_PROCESS), clock=(starts(Clock.STEP),)
    ),
    "dossier.returned_for_rework": Transition(
        rows="25", moves=stay(IN_PROCESS), clock=(starts(Clock.STEP),)
    ),
    "dossier.step_transferred": Transition(
        rows="28", moves=stay(IN_PROCESS), clock=(starts(Clock.STEP),)
    ),
}
