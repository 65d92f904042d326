"""What an audit reports: counts, problems by constant codes, and where its time went."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

MAX_PROBLEMS: Final = 1_000

# Processor seconds by part of an audit.
Spent = dict[str, float]


def add_spent(spent: Spent, more: Mapping[str, float]) -> None:
    """Add processor seconds, part by part."""
    for part, seconds in more.items():
        spent[part] = spent.get(part, 0.0) + seconds


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as it must be; ``entry_index`` is None for the log as a whole."""

    code: str
    entry_index: int | None
    message: str


@dataclass(slots=True)
class AuditReport:
    """What an audit saw; `roots` are the registrar's root keys, from the anchor to the present.

    `witnessed` counts the embedded checkpoints that the quorum of the auditor's policy cosigned.
    `folded` is what the shards made of their streams where they were asked to. `spent` (processor
    seconds by part, of all processes) and `asked_again` (why everything was taken in a second time,
    by one process) tell how the audit went, and are no part of its verdict.
    """

    tree_size: int
    root_hash: bytes
    entries: int = 0
    actions: int = 0
    seals: int = 0
    envelopes: int = 0
    signatures_verified: int = 0
    decisions_repeated: int = 0
    witnessed: int = 0
    compared_with_store: bool = False
    roots: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    folded: list[Any] = field(default_factory=list, compare=False)
    spent: Spent = field(default_factory=dict, compare=False)
    asked_again: str = field(default="", compare=False)

    @property
    def ok(self) -> bool:
        """Tell whether nothing was found wrong."""
        return not self.problems

    def add_problem(self, code: str, entry_index: int | None, message: str) -> None:
        """Name one thing that is wrong; beyond a thousand, more would say nothing more."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(code, entry_index, message))
