"""What the auditor and its shards say to each other, in this process or to another one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from ledger.auditing.report import Spent
from ledger.state import LedgerState
from ledger.storage.port import EventPlace

# Gives figures of one shard's streams, as of the last seal; whoever asks adds them up.
Fold = Callable[[LedgerState, datetime], Any]

# An entry with its index and its leaf hash.
HashedEntry = tuple[int, bytes, bytes]

# What a shard does with an entry: answer for it; do so although others follow; follow.
OWN, SHARED, FOLLOWED = 0, 1, 2


@dataclass(slots=True)
class Batch:
    """Entries that a shard is given, in columns, which travel fast; of seals only the time."""

    entry_indexes: list[int] = field(default_factory=list)
    entries: list[bytes] = field(default_factory=list)
    duties: bytearray = field(default_factory=bytearray)
    sealed_at: dict[int, datetime] = field(default_factory=dict)

    def add(self, entry_index: int, entry: bytes, duty: int) -> None:
        """Add one entry."""
        self.entry_indexes.append(entry_index)
        self.entries.append(entry)
        self.duties.append(duty)

    def add_seal(self, entry_index: int, sealed_at: datetime) -> None:
        """Add a seal: what waits is decided at its time."""
        self.add(entry_index, b"", SHARED)
        self.sealed_at[entry_index] = sealed_at


class Found(NamedTuple):
    """One thing that is wrong with an entry."""

    entry_index: int
    code: str
    message: str


@dataclass(slots=True)
class Sealed:
    """What came of one seal: changed roots of parts of the index, and actions refused.

    `followed` are refusals on shared streams, to which every shard must come.
    """

    entry_index: int
    roots: dict[int, bytes] = field(default_factory=dict)
    refused: list[Found] = field(default_factory=list)
    followed: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class Answer:
    """What one shard found in one batch.

    `brought` are name, public key and stream of keys. `doubt` says why only an auditor of all
    streams could tell what is right; then nothing here counts.
    """

    unreadable: list[Found] = field(default_factory=list)
    sealed: dict[int, Sealed] = field(default_factory=dict)
    unsigned: list[Found] = field(default_factory=list)
    brought: list[tuple[str, str, str]] = field(default_factory=list)
    places: dict[int, EventPlace] = field(default_factory=dict)
    actions: int = 0
    signatures_verified: int = 0
    decisions_repeated: int = 0
    doubt: str = ""
    spent: Spent = field(default_factory=dict)


@dataclass(slots=True)
class Ending:
    """What a shard leaves at the end of the log: what waits for a seal, and its figures."""

    roots: list[str]
    waiting: int
    folded: Any = None
    spent: Spent = field(default_factory=dict)
