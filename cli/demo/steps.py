"""Steps: what a scenario consists of, before anything is signed or sent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from domain.facts import Details, Facts
from domain.moments import Moment
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.drafting import Drafter, Place
from ledger.key_files import new_actor_key
from transparency.notes import SigningKey, render_vkey

T = TypeVar("T")

REGISTRAR = "registrar"
SYSTEM = "system"


class Chance(Protocol):
    """Seeded chance: the part of `random.Random` that a scenario uses."""

    def random(self) -> float:
        """Give a number from 0 up to, and without, 1."""

    def randint(self, a: int, b: int) -> int:
        """Give a whole number from a to b."""

    def choice(self, seq: Sequence[T]) -> T:
        """Give one of these."""

    def choices(self, population: Sequence[T], weights: Sequence[int]) -> list[T]:
        """Give one of these in a list, the heavier the likelier."""

    def getrandbits(self, k: int) -> int:
        """Give k bits as a number."""


@dataclass(frozen=True, slots=True)
class Step:
    """One act of the scenario: who does what when, and how the story is called that it is part of.

    ``at`` is when the signers say that it happened, ``sent_at`` when they hand it in. Signers are
    actors by name. A step with ``refusal_code`` must be refused with that code.
    """

    at: datetime
    sent_at: datetime
    kind: str
    stream: str
    office: str | None
    signers: tuple[tuple[Role, str], ...]
    facts: Facts
    details: Details | None = None
    document: bytes | None = None
    story: str | None = None
    refusal_code: str = ""


class ActorKeys:
    """The keys of everybody in the scenario, made when they are first asked for."""

    def __init__(self, random_bytes: Callable[[int], bytes]):
        self._random_bytes = random_bytes
        self._keys: dict[str, SigningKey] = {}

    def add(self, actor: str, key: SigningKey) -> None:
        """Give an actor a key that was made elsewhere."""
        self._keys[actor] = key

    def of(self, actor: str) -> SigningKey:
        """Give the key of an actor; its name tells the kind of actor and nothing else."""
        if actor not in self._keys:
            named = actor.partition("-")[0]
            kind = named if named in ("applicant", "petitioner") else "officer"
            self._keys[actor] = new_actor_key(kind, self._random_bytes)
        return self._keys[actor]

    def vkey(self, actor: str) -> str:
        """Give an actor's public key as text."""
        return render_vkey(self.of(actor).verification_key)

    def fresh_bytes(self, count: int) -> bytes:
        """Give random bytes from the same source, for the secrets of slips."""
        return self._random_bytes(count)


def sign_step(drafter: Drafter, keys: ActorKeys, step: Step, place: Place) -> SubmittedAction:
    """Write and sign the action of a step at its place in the stream."""
    return drafter.sign(
        step.kind,
        step.stream,
        place,
        Moment(instant=step.at),
        step.facts,
        [(role, keys.of(actor)) for role, actor in step.signers],
        office=step.office,
        details=step.details,
        document=step.document,
    )
