"""One witness as the writer sees it: asked about one checkpoint at a time, from where it stands.

The size that the witness stands at is remembered from its last cosignature; where that is wrong, a
409 tells, and the exchange goes once more with the proof from there. A fork is final: the witness
is not asked about that checkpoint again.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ledger.witnessing.alarms import Alarms
from ledger.witnessing.standing import Outcome, WitnessCount
from transparency.checkpoints import Checkpoint
from transparency.cosignatures import Cosignature
from transparency.errors import MalformedWitnessAnswer
from transparency.policies import PolicyWitness
from transparency.witnessing.answers import (
    CallsItFork,
    CannotNow,
    Cosigned,
    HttpAnswer,
    IsAhead,
    StandsAt,
    WillNot,
    WitnessAnswer,
    ask_witness,
)
from transparency.witnessing.requests import AddCheckpoint

ProveFrom = Callable[[int], Sequence[bytes]]


class Line(Protocol):
    """What leads to one witness; one thread asks, and any other may cut it off."""

    def ask(self, request: AddCheckpoint) -> HttpAnswer:
        """Send one request, or raise `OSError`."""
        ...

    def shown(self, origin: str) -> HttpAnswer:
        """Read what the witness shows of a log, or raise `OSError`."""
        ...

    def abort(self) -> None:
        """Cut off what is under way."""
        ...

    def close(self) -> None:
        """Leave."""
        ...


@dataclass(frozen=True, slots=True)
class ToCosign:
    """A checkpoint that the log has signed, and how to prove that it continues an earlier size."""

    checkpoint: Checkpoint
    note: bytes
    prove_from: ProveFrom


@dataclass(frozen=True, slots=True)
class Reply:
    """How one exchange ended; the cosignature if there is one."""

    outcome: Outcome
    cosignature: Cosignature | None = None


class WitnessDesk:
    """Asks one witness; one thread at a time."""

    def __init__(
        self,
        witness: PolicyWitness,
        line: Line,
        alarms: Alarms,
        now_seconds: Callable[[], float] = time.monotonic,
    ):
        self.witness = witness
        self.count = WitnessCount(witness.name)
        self._line = line
        self._alarms = alarms
        self._now_seconds = now_seconds
        self._believed_size = 0
        self._was_cut_off = False

    def ask(self, wanted: ToCosign) -> Reply:
        """Go through a whole exchange; whatever goes wrong is an outcome, not an error."""
        started, self._was_cut_off = self._now_seconds(), False
        size = wanted.checkpoint.tree_size
        try:
            answer = ask_witness(
                self._line.ask,
                lambda old_size: _request(wanted, old_size),
                min(self._believed_size, size),
                self.witness.key,
            )
            reply = _reply(answer)
        except MalformedWitnessAnswer:
            reply = Reply(Outcome.WRONG)
        except OSError as error:
            reply = Reply(
                Outcome.LATE
                if self._was_cut_off or isinstance(error, TimeoutError)
                else Outcome.UNREACHABLE
            )
        if reply.outcome is Outcome.COSIGNED:
            self._believed_size = size
        self.count.add(reply.outcome, self._now_seconds() - started, size)
        if reply.outcome in {Outcome.FORK, Outcome.AHEAD}:
            origin = wanted.checkpoint.origin
            self._alarms.keep(
                reply.outcome,
                self.witness,
                size,
                wanted.note,
                lambda: self._line.shown(origin),
            )
        return reply

    def cut_off(self) -> None:
        """End a request that takes too long; from another thread."""
        self._was_cut_off = True
        self._line.abort()

    def close(self) -> None:
        """Leave the witness."""
        self._line.close()


def _request(wanted: ToCosign, old_size: int) -> AddCheckpoint:
    # SPEC: tlog-witness: "The proof MUST be empty if the old size is zero."
    proof = tuple(wanted.prove_from(old_size)) if old_size else ()
    return AddCheckpoint(old_size, proof, wanted.checkpoint, wanted.note)


def _reply(answer: WitnessAnswer) -> Reply:
    match answer:
        case Cosigned(cosignature):
            return Reply(Outcome.COSIGNED, cosignature)
        case CallsItFork():
            return Reply(Outcome.FORK)
        case IsAhead():
            return Reply(Outcome.AHEAD)
        case WillNot():
            return Reply(Outcome.REFUSED)
        case CannotNow() | StandsAt():
            return Reply(Outcome.BUSY)
