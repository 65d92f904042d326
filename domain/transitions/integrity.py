"""Transitions of integrity (rows 44 to 49); states of findings are those of `FindingState`."""

from collections.abc import Mapping
from typing import Final

from domain.dossiers import Status
from domain.oversight.integrity import FindingState
from domain.transitions.shapes import Clock, ClockAct, ClockEffect, Move, Transition, stay

# SPEC: domain.md 2.7 row 46: clocks pause only if the procedure says so; by default none does.
_IF_DECLARED: Final = "pause_in_outage"

INTEGRITY: Final[Mapping[str, Transition]] = {
    "dossier.correction_appended": Transition(
        rows="44", moves=stay(*Status), from_suspension=Move.SAME
    ),
    "office.late_entry_declared": Transition(rows="45", continues=True),
    "ledger.outage_declared": Transition(
        rows="46",
        continues=True,
        clock=(ClockEffect(Clock.PROCESSING, ClockAct.PAUSE, flag=_IF_DECLARED),),
    ),
    "ledger.outage_ended": Transition(
        rows="46",
        continues=True,
        clock=(ClockEffect(Clock.PROCESSING, ClockAct.RESUME, flag=_IF_DECLARED),),
    ),
    "access.logged": Transition(rows="47", creates=True, continues=True),
    "access.order_issued": Transition(rows="", creates=True),
    "access.opened": Transition(rows="", continues=True),
    "access.looks_committed": Transition(rows="", creates=True, continues=True),
    "dossier.personal_data_erased": Transition(
        rows="48",
        moves=stay(Status.NOT_ACCEPTED, Status.STOPPED, Status.RESULT_RETURNED),
    ),
    "finding.raised": Transition(rows="49", creates=True, steps={"": FindingState.RAISED}),
    "finding.answered": Transition(
        rows="49",
        steps=dict.fromkeys((FindingState.RAISED, FindingState.ANSWERED), FindingState.ANSWERED),
    ),
    "finding.closed": Transition(
        rows="49",
        steps=dict.fromkeys((FindingState.RAISED, FindingState.ANSWERED), FindingState.CLOSED),
    ),
}
