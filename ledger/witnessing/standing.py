"""What is known of each witness: how often it was asked, what it answered, and how fast.

The writer keeps one file of it in the data folder, which web workers show under ``/readyz``. The
file may be lost: it is counted anew from the start of each writer process.
"""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

STANDING_FILE: Final = "witnesses.json"
# Latest answers that the mean is made of: an old trouble is forgotten.
_WEIGHT_OF_NEWEST: Final = 0.2


class Outcome(StrEnum):
    """How one exchange with a witness ended."""

    COSIGNED = "cosigned"
    FORK = "fork"
    """It does not see the checkpoint continue what it cosigned: final for this checkpoint."""

    AHEAD = "ahead"
    """It has cosigned more of this log than the checkpoint holds: ours may be an older copy."""

    REFUSED = "refused"
    """It does not know the log or its key, or cannot read the request."""

    BUSY = "busy"
    """It cannot answer now, or another one moved it meanwhile."""

    WRONG = "wrong"
    """No witness answers so, or its signature does not verify."""

    UNREACHABLE = "unreachable"
    LATE = "late"


class WitnessStanding(msgspec.Struct, frozen=True):
    """Counts of one witness since the writer started; ``name`` is the policy's."""

    name: str
    asked: int = 0
    cosigned: int = 0
    refused: int = 0
    """Of those asked: fork, ahead, refused or wrong."""

    unanswered: int = 0
    """Of those asked: busy, unreachable or late."""

    latency_ms: int = 0
    """How long a cosignature takes, a mean in which the newest count most."""

    last_outcome: str = ""
    cosigned_size: int = 0


class WitnessesStanding(msgspec.Struct, frozen=True):
    """All witnesses of the policy, and how publications fared with them."""

    witnesses: tuple[WitnessStanding, ...] = ()
    fail_open: bool = False
    published: int = 0
    published_without_quorum: int = 0
    waiting_for_quorum: bool = False
    refreshed: int = 0


class WitnessCount:
    """Counts one witness; its own thread and the publishing one take turns."""

    def __init__(self, name: str):
        self._name = name
        self._outcomes = Counter[Outcome]()
        self._latency_seconds = 0.0
        self._last: Outcome | None = None
        self._cosigned_size = 0

    @property
    def last(self) -> Outcome | None:
        """Give how the last exchange ended."""
        return self._last

    @property
    def cosigned_size(self) -> int:
        """Give the largest size that it cosigned for us."""
        return self._cosigned_size

    @property
    def latency_seconds(self) -> float:
        """Give how long a cosignature takes; 0 before the first."""
        return self._latency_seconds

    def add(self, outcome: Outcome, seconds: float, tree_size: int) -> None:
        """Take one exchange in."""
        self._outcomes[outcome] += 1
        self._last = outcome
        if outcome is Outcome.COSIGNED:
            is_first = self._outcomes[outcome] == 1
            weight = 1.0 if is_first else _WEIGHT_OF_NEWEST
            self._latency_seconds += weight * (seconds - self._latency_seconds)
            self._cosigned_size = max(self._cosigned_size, tree_size)

    def standing(self) -> WitnessStanding:
        """Give the counts."""
        return WitnessStanding(
            name=self._name,
            asked=self._outcomes.total(),
            cosigned=self._outcomes[Outcome.COSIGNED],
            refused=self._sum(Outcome.FORK, Outcome.AHEAD, Outcome.REFUSED, Outcome.WRONG),
            unanswered=self._sum(Outcome.BUSY, Outcome.UNREACHABLE, Outcome.LATE),
            latency_ms=round(self._latency_seconds * 1000),
            last_outcome="" if self._last is None else self._last.value,
            cosigned_size=self._cosigned_size,
        )

    def _sum(self, *outcomes: Outcome) -> int:
        return sum(self._outcomes[outcome] for outcome in outcomes)


def standings(counts: Sequence[WitnessCount]) -> tuple[WitnessStanding, ...]:
    """Give the counts of all witnesses, in the policy's order."""
    return tuple(count.standing() for count in counts)


def write_standing(path: Path, standing: WitnessesStanding) -> None:
    """Replace the file in one step; it need not survive a crash, so it is not synced."""
    beside = path.with_name(f"{path.name}.new")
    beside.write_bytes(msgspec.json.encode(standing))
    beside.replace(path)


def read_standing(path: Path) -> WitnessesStanding | None:
    """Read the file; None where there is none, or none that can be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=WitnessesStanding)
    except (OSError, msgspec.DecodeError):
        return None
