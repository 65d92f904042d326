"""Transitions of processing (rows 10 to 32)."""

from collections.abc import Mapping
from typing import Final

from domain.dossiers import Outcome, Status
from domain.transitions.shapes import (
    ACCEPTED,
    IN_PROCESS,
    NEW,
    PAYMENT,
    PROCESSED,
    SUPPLEMENT,
    WITHDRAWAL,
    Move,
    Transition,
    all_to,
    stay,
)

PROCESSING: Final[Mapping[str, Transition]] = {
    "dossier.handover_acknowledged": Transition(
        rows="11", moves=all_to(IN_PROCESS, ACCEPTED) | stay(IN_PROCESS, PROCESSED)
    ),
    "dossier.processor_assigned": Transition(
        rows="12", moves=all_to(IN_PROCESS, ACCEPTED) | stay(IN_PROCESS)
    ),
    "dossier.supplement_requested": Transition(rows="17", moves=all_to(SUPPLEMENT, IN_PROCESS)),
    "dossier.supplement_submitted": Transition(rows="18", moves=stay(SUPPLEMENT)),
    "dossier.supplement_completed": Transition(rows="20", moves={SUPPLEMENT: Move.PRIOR}),
    "dossier.payment_required": Transition(
        rows="22", moves=all_to(PAYMENT, NEW, ACCEPTED, IN_PROCESS)
    ),
    "dossier.payment_confirmed": Transition(
        rows="23", moves={PAYMENT: Move.PRIOR} | stay(NEW, ACCEPTED, IN_PROCESS)
    ),
    "dossier.extension_apology_issued": Transition(rows="26", moves=stay(ACCEPTED, IN_PROCESS)),
    "dossier.withdrawal_requested": Transition(
        rows="31",
        moves=all_to(WITHDRAWAL, NEW, ACCEPTED, IN_PROCESS, SUPPLEMENT, PAYMENT),
    ),
    "dossier.withdrawal_confirmed": Transition(
        rows="32", moves=all_to(Status.STOPPED, WITHDRAWAL), outcome=Outcome.WITHDRAWN
    ),
}
