"""The shape of one documented request: what it takes and what it may answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

Shape = type[msgspec.Struct] | str


@dataclass(frozen=True, slots=True)
class Operation:
    """One documented request: what it takes and what it may answer.

    `patterns` are the schemas of its own members, where those of the same name elsewhere differ.
    """

    method: str
    path: str
    summary: str
    answers: Mapping[int, Sequence[Shape]]
    takes: Mapping[str, Shape] = field(default_factory=dict)
    query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    refusals: tuple[int, ...] = ()
    signed: bool = False
    unsigned_too: bool = False
    patterns: Mapping[str, dict[str, object]] = field(default_factory=dict)

    @property
    def query_names(self) -> tuple[str, ...]:
        """Give the query members by their names on the wire; `_day` only tells two shapes apart."""
        return tuple(name.removesuffix("_day") for name in self.query)
