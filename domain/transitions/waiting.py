"""Transitions of waiting (rows 17 to 32, without those of processing)."""

from collections.abc import Mapping
from typing import Final

from domain.dossiers import Outcome, Status
from domain.transitions.shapes import (
    ACCEPTED,
    IN_PROCESS,
    NEW,
    PAYMENT,
    STOP_ALL,
    SUPPLEMENT,
    UNDER_WAY,
    WITHDRAWAL,
    Clock,
    ClockAct,
    ClockEffect,
    Move,
    Transition,
    all_to,
    pauses,
    resumes,
    starts,
    stay,
    stops,
)

IN_PAYMENT: Final = "pause_in_payment"
BY_POLICY: Final = ClockEffect(Clock.PROCESSING, ClockAct.BY_POLICY)
MOVES_APPOINTMENT: Final = ClockEffect(Clock.PROCESSING, ClockAct.MOVE_APPOINTMENT)

WAITING: Final[Mapping[str, Transition]] = {
    "dossier.supplement_requested": Transition(
        rows="17",
        moves=all_to(SUPPLEMENT, IN_PROCESS),
        clock=(BY_POLICY, *stops(Clock.SEND_BACK), starts(Clock.SUPPLEMENT)),
    ),
    "dossier.supplement_submitted": Transition(rows="18", moves=stay(SUPPLEMENT)),
    "dossier.supplement_judged_incomplete": Transition(rows="19", moves=stay(SUPPLEMENT)),
    "dossier.supplement_completed": Transition(
        rows="20", moves={SUPPLEMENT: Move.PRIOR}, clock=(*stops(Clock.SUPPLEMENT), BY_POLICY)
    ),
    "dossier.closed": Transition(
        rows="21",
        moves=all_to(Status.STOPPED, SUPPLEMENT, PAYMENT),
        outcome=Outcome.STOPPED,
        clock=STOP_ALL,
    ),
    "dossier.payment_required": Transition(
        rows="22", moves=all_to(PAYMENT, NEW, ACCEPTED, IN_PROCESS), clock=(pauses(IN_PAYMENT),)
    ),
    "dossier.payment_confirmed": Transition(
        rows="23",
        moves={PAYMENT: Move.PRIOR} | stay(NEW, ACCEPTED, IN_PROCESS),
        clock=(resumes(IN_PAYMENT),),
    ),
    "dossier.payment_failed": Transition(rows="24", moves=stay(*UNDER_WAY)),
    # Money also goes back after the end: to whom was refused, or stopped, or paid too much.
    "dossier.payment_refunded": Transition(
        rows="24", moves=stay(*Status), from_suspension=Move.SAME
    ),
    "dossier.extension_apology_issued": Transition(
        rows="26", moves=stay(ACCEPTED, IN_PROCESS), clock=(MOVES_APPOINTMENT,)
    ),
    "dossier.appointment_rescheduled": Transition(
        rows="27", moves=stay(ACCEPTED, IN_PROCESS), clock=(MOVES_APPOINTMENT,)
    ),
    # It leads back to 4, so that a dossier which nobody accepted yet cannot come from it.
    "dossier.processing_suspended": Transition(
        rows="29",
        moves=all_to(Status.STOPPED, IN_PROCESS, SUPPLEMENT, PAYMENT),
        waiting_from=frozenset({ACCEPTED, IN_PROCESS}),
        suspends=True,
        clock=(pauses(),),
    ),
    "dossier.processing_resumed": Transition(
        rows="29", from_suspension=IN_PROCESS, clock=(resumes(),)
    ),
    "dossier.processing_stopped": Transition(
        rows="30",
        moves=all_to(Status.STOPPED, ACCEPTED, IN_PROCESS, SUPPLEMENT, PAYMENT),
        from_suspension=Status.STOPPED,
        outcome=Outcome.STOPPED,
        clock=STOP_ALL,
    ),
    "dossier.withdrawal_requested": Transition(
        rows="31",
        moves=all_to(WITHDRAWAL, NEW, ACCEPTED, IN_PROCESS, SUPPLEMENT, PAYMENT),
        clock=(pauses(),),
    ),
    "dossier.withdrawal_confirmed": Transition(
        rows="32",
        moves=all_to(Status.STOPPED, WITHDRAWAL),
        outcome=Outcome.WITHDRAWN,
        clock=STOP_ALL,
    ),
    "dossier.withdrawal_denied": Transition(
        rows="32", moves={WITHDRAWAL: Move.PRIOR}, clock=(resumes(),)
    ),
}
