"""Witnesses in memory that behave, or not: what the ledger's client talks to in tests."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ledger.witnessing.alarms import Alarms
from ledger.witnessing.client import AskingRules, Witnesses
from ledger.witnessing.desk import WitnessDesk
from tests.support.ledger_builders import ORIGIN, START, operator_keys
from transparency.checkpoints import Checkpoint
from transparency.cosignatures import cosign, cosigner_key, render_signature_lines
from transparency.errors import CheckpointInconsistent, OldSizeMismatch
from transparency.notes import SigningKey, parse_note
from transparency.policies import Policy, PolicyGroup, PolicyLog, PolicyWitness
from transparency.witnessing.answers import SIZE_MEDIA_TYPE, HttpAnswer, render_size
from transparency.witnessing.deciding import check_continues, open_submission
from transparency.witnessing.requests import AddCheckpoint

Behaviour = Callable[["SimulatedWitness", AddCheckpoint], HttpAnswer]


def plain(status: int, body: bytes = b"", media_type: str = "text/plain") -> HttpAnswer:
    """An answer as it comes over the network."""
    return HttpAnswer(status, media_type, body)


@dataclass
class SimulatedWitness:
    """Decides as the specification says, unless told to behave otherwise."""

    name: str
    behaviour: Behaviour | None = None
    last: Checkpoint | None = None
    posix_seconds: int = int(START.timestamp())
    asked: list[tuple[int, int]] = field(default_factory=list)
    cut_off: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        seed = self.name.encode().ljust(32, b".")
        self.key = SigningKey(f"{self.name}.example/w1", seed)

    def ask(self, request: AddCheckpoint) -> HttpAnswer:
        """Answer, or fail to."""
        self.asked.append((request.old_size, request.checkpoint.tree_size))
        if self.behaviour is not None:
            return self.behaviour(self, request)
        return self.honest(request)

    def honest(self, request: AddCheckpoint) -> HttpAnswer:
        """Answer as a conformant witness."""
        submission = open_submission(request, {ORIGIN: (operator_keys().log.verification_key,)})
        try:
            check_continues(submission, self.last)
        except OldSizeMismatch:
            size = 0 if self.last is None else self.last.tree_size
            return plain(409, render_size(size), SIZE_MEDIA_TYPE)
        except CheckpointInconsistent:
            return plain(422)
        self.last = submission.checkpoint
        self.posix_seconds += 1
        text = parse_note(request.note).text
        return plain(200, render_signature_lines([cosign(text, self.key, self.posix_seconds)]))

    def shown(self, origin: str) -> HttpAnswer:
        """Show nothing but that something was cosigned."""
        return plain(200, f"what {self.name} shows of {origin}\n".encode())

    def abort(self) -> None:
        """Be cut off."""
        self.cut_off.set()

    def close(self) -> None:
        """Be left."""


def dead(_witness: SimulatedWitness, _request: AddCheckpoint) -> HttpAnswer:
    """Does not answer."""
    raise ConnectionRefusedError("nobody listens")


def slow(witness: SimulatedWitness, _request: AddCheckpoint) -> HttpAnswer:
    """Answers never, until it is cut off."""
    witness.cut_off.clear()
    assert witness.cut_off.wait(20)
    raise OSError("cut off")


def lying(witness: SimulatedWitness, request: AddCheckpoint) -> HttpAnswer:
    """Cosigns another text."""
    line = cosign(b"another text\n", witness.key, witness.posix_seconds)
    return plain(200, render_signature_lines([line]))


def forked(_witness: SimulatedWitness, _request: AddCheckpoint) -> HttpAnswer:
    """Saw another history of the log."""
    return plain(422)


def unknowing(_witness: SimulatedWitness, _request: AddCheckpoint) -> HttpAnswer:
    """Does not know the log."""
    return plain(404)


def ahead(_witness: SimulatedWitness, request: AddCheckpoint) -> HttpAnswer:
    """Has cosigned more than the log has."""
    return plain(409, render_size(request.checkpoint.tree_size + 5), SIZE_MEDIA_TYPE)


def busy(_witness: SimulatedWitness, _request: AddCheckpoint) -> HttpAnswer:
    """Cannot now."""
    return plain(503)


def garbled(_witness: SimulatedWitness, _request: AddCheckpoint) -> HttpAnswer:
    """Answers as no witness does."""
    return plain(302)


QUICK = AskingRules(request_seconds=0.3, retry_seconds=0.01, refresh_seconds=0.0)


def a_policy(witnesses: list[SimulatedWitness], threshold: int) -> Policy:
    """So many of these witnesses."""
    known = tuple(
        PolicyWitness(each.name, cosigner_key(each.key), f"https://{each.name}.example")
        for each in witnesses
    )
    group = PolicyGroup("enough", threshold, tuple(each.name for each in witnesses))
    log = PolicyLog(operator_keys().log.verification_key)
    return Policy((log,), known, (group,), "enough")


def a_client(
    witnesses: list[SimulatedWitness],
    threshold: int,
    folder: Path,
    rules: AskingRules = QUICK,
) -> Witnesses:
    """The ledger's client of these witnesses, of whom so many are enough."""
    policy = a_policy(witnesses, threshold)
    alarms = Alarms(folder / "evidence")
    desks = tuple(
        WitnessDesk(known, each, alarms)
        for known, each in zip(policy.witnesses, witnesses, strict=True)
    )
    return Witnesses(policy, desks, rules, folder / "witnesses.json")
