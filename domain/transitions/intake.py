"""Transitions of intake (rows 1 to 9)."""

from collections.abc import Mapping
from typing import Final

from domain.dossiers import Outcome, Status
from domain.transitions.shapes import (
    ACCEPTED,
    IN_PROCESS,
    NEW,
    STOP_ALL,
    SUPPLEMENT,
    Clock,
    Transition,
    all_to,
    starts,
    stay,
    stops,
)

INTAKE: Final[Mapping[str, Transition]] = {
    "dossier.submitted": Transition(
        rows="1", creates=True, clock=(starts(Clock.INTAKE_NOTICE), starts(Clock.ACCEPTANCE))
    ),
    "dossier.submission_acknowledged": Transition(rows="2", moves=stay(NEW)),
    "dossier.intake_task_assigned": Transition(
        rows="3", moves=stay(NEW), clock=stops(Clock.INTAKE_NOTICE)
    ),
    "dossier.intake_supplement_requested": Transition(
        rows="4",
        moves=all_to(SUPPLEMENT, NEW),
        clock=(*stops(Clock.INTAKE_NOTICE, Clock.ACCEPTANCE), starts(Clock.SUPPLEMENT)),
    ),
    "dossier.accepted": Transition(
        rows="5",
        moves=all_to(ACCEPTED, NEW, SUPPLEMENT),
        waiting_from=frozenset({NEW}),
        clock=(
            *stops(Clock.INTAKE_NOTICE, Clock.ACCEPTANCE, Clock.SUPPLEMENT),
            starts(Clock.PROCESSING),
            starts(Clock.TRANSFER),
            starts(Clock.SEND_BACK),
        ),
    ),
    "dossier.intake_refused": Transition(
        rows="6",
        moves=all_to(Status.NOT_ACCEPTED, NEW, SUPPLEMENT),
        waiting_from=frozenset({NEW}),
        outcome=Outcome.NOT_ACCEPTED,
        clock=STOP_ALL,
    ),
    "dossier.routed_to_office": Transition(rows="7", moves=stay(NEW, ACCEPTED)),
    "dossier.component_digitised": Transition(
        rows="8", moves=stay(NEW, ACCEPTED, IN_PROCESS, SUPPLEMENT)
    ),
    "dossier.fee_assessed": Transition(rows="9", moves=stay(NEW, ACCEPTED, IN_PROCESS)),
}
