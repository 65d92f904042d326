"""Shapes of a transition row: from which status to which, and what becomes of the clocks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Final

from domain.dossiers import Outcome, Status

NEW: Final = Status.NEWLY_REGISTERED
ACCEPTED: Final = Status.ACCEPTED
IN_PROCESS: Final = Status.IN_PROCESS
SUPPLEMENT: Final = Status.SUPPLEMENT_REQUIRED
PAYMENT: Final = Status.PAYMENT_REQUIRED
WITHDRAWAL: Final = Status.WITHDRAWAL_REQUESTED
PROCESSED: Final = Status.PROCESSED


class Clock(StrEnum):
    """What is measured against a limit (domain.md 2.6)."""

    INTAKE_NOTICE = "intake_notice"
    ACCEPTANCE = "acceptance"
    PROCESSING = "processing"
    STEP = "step"
    SUPPLEMENT = "supplement"
    CONSULTATION = "consultation"
    PETITION = "petition"
    TRANSFER = "transfer"
    SEND_BACK = "send_back"
    RETURN = "return"


class ClockAct(StrEnum):
    """What an action does to a clock."""

    START = "start"
    STOP = "stop"
    PAUSE = "pause"
    RESUME = "resume"
    BY_POLICY = "by_policy"  # restart, resume or neither: the procedure's supplement policy
    MOVE_APPOINTMENT = "move_appointment"  # the slip's date; the limit of the law stays


@dataclass(frozen=True, slots=True)
class ClockEffect:
    """What a kind does to one clock; with ``flag``, only where the procedure version sets it."""

    clock: Clock
    act: ClockAct
    flag: str | None = None


class Move(Enum):
    """Where a status goes when not to a fixed one."""

    SAME = "same"
    PRIOR = "prior"  # the status before the wait; before a withdrawal, that wait itself


# The statuses that domain.md 2.7 writes as an asterisk: not ended, not processed, not suspended.
UNDER_WAY: Final = (NEW, ACCEPTED, IN_PROCESS, SUPPLEMENT, PAYMENT, WITHDRAWAL)

Moves = Mapping[Status, Status | Move]


@dataclass(frozen=True, slots=True)
class Transition:
    """When one kind of action is permitted, and what becomes of the status.

    `steps` does for the states of petitions and findings what `moves` does for statuses; the empty
    text is where a stream begins.

    `creates`: it may be a stream's first action. `continues`: on a stream without statuses, it
    may follow others. `waiting_from`: out of a wait it is permitted only if the wait began in one
    of these. `after_approval`: only once the result is approved. `outcome`: how the dossier ends by
    it. `suspends`: the 8 it leads to is a rest, not an end; `from_suspension` is where it leads
    from there. `clock`: what it does to the clocks of domain.md 2.6.
    """

    rows: str
    creates: bool = False
    steps: Mapping[str, str] = field(default_factory=dict)
    continues: bool = False
    moves: Moves = field(default_factory=dict)
    waiting_from: frozenset[Status] | None = None
    after_approval: bool = False
    outcome: Outcome | None = None
    suspends: bool = False
    from_suspension: Status | Move | None = None
    clock: tuple[ClockEffect, ...] = ()


def stay(*statuses: Status) -> dict[Status, Status | Move]:
    """Make moves that change no status."""
    return dict.fromkeys(statuses, Move.SAME)


def all_to(target: Status, *statuses: Status) -> dict[Status, Status | Move]:
    """Make moves that all lead to one status."""
    return dict.fromkeys(statuses, target)


def starts(clock: Clock) -> ClockEffect:
    """Say that a clock starts, or starts anew."""
    return ClockEffect(clock, ClockAct.START)


def stops(*clocks: Clock) -> tuple[ClockEffect, ...]:
    """Say that clocks stop."""
    return tuple(ClockEffect(clock, ClockAct.STOP) for clock in clocks)


def pauses(flag: str | None = None) -> ClockEffect:
    """Say that the limit of processing rests; with a flag, if the procedure version sets it."""
    return ClockEffect(Clock.PROCESSING, ClockAct.PAUSE, flag)


def resumes(flag: str | None = None) -> ClockEffect:
    """Say that the limit of processing runs on."""
    return ClockEffect(Clock.PROCESSING, ClockAct.RESUME, flag)


STOP_ALL: Final = stops(
    Clock.INTAKE_NOTICE,
    Clock.ACCEPTANCE,
    Clock.PROCESSING,
    Clock.STEP,
    Clock.SUPPLEMENT,
    Clock.CONSULTATION,
    Clock.TRANSFER,
    Clock.SEND_BACK,
    Clock.RETURN,
)
