"""Transitions of intake (rows 1 to 9)."""

from collections.abc import Mapping
from typing import Final

from domain.dossiers import Outcome, Status
from domain.transitions.shapes import ACCEPTED, NEW, SUPPLEMENT, Transition, all_to

INTAKE: Final[Mapping[str, Transition]] = {
    "dossier.submitted": Transition(rows="1", creates=True),
    "dossier.intake_supplement_requested": Transition(rows="4", moves=all_to(SUPPLEMENT, NEW)),
    "dossier.accepted": Transition(
        rows="5", moves=all_to(ACCEPTED, NEW, SUPPLEMENT), waiting_from=frozenset({NEW})
    ),
    "dossier.intake_refused": Transition(
        rows="6",
        moves=all_to(Status.NOT_ACCEPTED, NEW, SUPPLEMENT),
        waiting_from=frozenset({NEW}),
        outcome=Outcome.NOT_ACCEPTED,
    ),
}
