"""One round of a mirror's editions: what it found, and which cases it keeps of it.

A case bears the address that was asked. There is one for each day and code, so that the same wrong
edition is the same case at every checkpoint; of a fork, one for each root that the log signed.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Protocol

from ledger.errors import StoreUnavailable
from ledger.mirroring.evidence import EvidenceCase, EvidenceFolder
from transparency.checkpoints import SignedCheckpoint
from transparency.trusted_log import TrustedLog

CHANGED: Final = "edition_changed"
VANISHED: Final = "edition_vanished"
# Two that may be over in the next round: they are said, and no case is kept.
MISSING: Final = "edition_missing"
NOT_PUBLISHED: Final = "editions_not_published"
MAY_PASS: Final = frozenset({MISSING, NOT_PUBLISHED})
# What nobody has found before: a source that shows nothing but wrong editions shall not keep a
# round from ending.
MOST_PROBLEMS: Final = 20


class EditionSource(Protocol):
    """Where editions are copied from; nothing it gives is believed."""

    @property
    def address(self) -> str:
        """Give where they are asked for; cases bear it."""

    def days(self) -> Sequence[date]:
        """Give the days that it has editions of; none where it publishes none."""

    def read(self, day: date, name: str) -> bytes | None:
        """Give a file of an edition, or None where it is not there."""


@dataclass(frozen=True, slots=True)
class EditionProblem:
    """What is wrong at the source, with a constant code; ``day`` is None where it is no edition."""

    day: date | None
    code: str
    message: str


@dataclass(slots=True)
class CopiedEditions:
    """What one round did: how many lie here, which are new, which wait for the log to go on.

    ``failure`` is what kept the round from doing all of it: the next one goes on.
    """

    held: int = 0
    new: list[date] = field(default_factory=list)
    waiting: list[date] = field(default_factory=list)
    problems: list[EditionProblem] = field(default_factory=list)
    failure: StoreUnavailable | None = None


@dataclass(slots=True)
class Round:
    """What a round looks at, and what came of it so far."""

    source: EditionSource
    log: TrustedLog
    served: SignedCheckpoint
    kept: dict[str, str]
    evidence: EvidenceFolder
    now: datetime
    result: CopiedEditions = field(default_factory=CopiedEditions)
    new_problems: int = 0

    @property
    def origin(self) -> str:
        """Name the log."""
        return self.served.checkpoint.origin

    def say(self, day: date | None, code: str, message: str) -> None:
        """Note a problem that may pass; nothing is kept of it."""
        self.new_problems += 1
        self.result.problems.append(EditionProblem(day, code, message))

    def tell(self, day: date, code: str, message: str, pieces: Mapping[str, bytes]) -> None:
        """Note a problem, and keep the case."""
        self._keep(
            day, EvidenceCase(code, str(day), message, self.origin, pieces, self.source.address)
        )

    def tell_of_fork(
        self, day: date, code: str, message: str, pieces: Mapping[str, bytes], by: SignedCheckpoint
    ) -> None:
        """Note that the log signed an edition's checkpoint that it does not go on from."""
        # Whoever shows it can add lines of signatures, and another manifest, but no other root.
        root = by.checkpoint.root_hash
        name = hashlib.sha256(b"%d %s" % (by.checkpoint.tree_size, root)).hexdigest()[:16]
        self._keep(day, EvidenceCase(code, name, message, self.origin, pieces, self.source.address))

    def _keep(self, day: date, case: EvidenceCase) -> None:
        self.new_problems += not self.evidence.has(case)
        self.evidence.keep_case(case, self.now)
        self.result.problems.append(EditionProblem(day, case.code, case.message))

    def shown_otherwise(self, day: date, kept: Mapping[str, bytes]) -> dict[str, bytes | None]:
        """Give the files that the source shows with other bytes, asked twice; None: it has not."""
        other: dict[str, bytes | None] = {}
        most_bytes = 2 * sum(map(len, kept.values()))
        for name, body in kept.items():
            shown = self.source.read(day, name)
            if shown != body:
                shown = self.source.read(day, name)
            if shown != body:
                other[name] = shown
            if sum(len(each or b"") for each in other.values()) > most_bytes:
                # Whoever shows this shall not fill the memory of those who look.
                break
        return other


def named(prefix: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Name the pieces of a case after the files of an edition."""
    return {f"{prefix}-{name}": body for name, body in files.items()}
