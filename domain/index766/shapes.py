"""Shapes of the index: an indicator, what goes in, and how points follow from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

from domain.errors import Sentence

HUNDREDTHS = 100


class Group(StrEnum):
    """The groups of indicators, as the portal shows them: payment apart from service."""

    TRANSPARENCY = "transparency"
    PROGRESS = "progress"
    ONLINE = "online"
    PAYMENT = "payment"
    DIGITISATION = "digitisation"
    SATISFACTION = "satisfaction"


class Basis(StrEnum):
    """On what the points of an indicator rest.

    `published`: the operator's own text states them. `observed`: worked out from scores that the
    portal showed, not law, and the text may say otherwise.
    """

    PUBLISHED = "published"
    OBSERVED = "observed"


class WhenEmpty(StrEnum):
    """What a denominator of zero means: no points, all of them, or no answer at all."""

    ZERO = "zero"
    FULL = "full"
    NOT_APPLICABLE = "not_applicable"


class Points(Protocol):
    """How points follow from a ratio."""

    def of(self, ratio: Fraction, maximum: int) -> Fraction:
        """Give the exact points of a ratio, at least 0 and at most the maximum."""

    @property
    def text(self) -> str:
        """Write the formula, with `r` for the ratio and `max` for the maximum."""


@dataclass(frozen=True, slots=True)
class SharePoints:
    """Points in proportion to the ratio, all of them from `full_at` on."""

    full_at: Fraction = Fraction(1)

    def of(self, ratio: Fraction, maximum: int) -> Fraction:
        """Give the exact points of a ratio, at least 0 and at most the maximum."""
        return min(Fraction(maximum), max(Fraction(0), maximum * ratio / self.full_at))

    @property
    def text(self) -> str:
        """Write the formula, with `r` for the ratio and `max` for the maximum."""
        if self.full_at == 1:
            return "min(max, max × r)"
        return f"min(max, max × r / {float(self.full_at):.2f})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One indicator: what it divides by what, and the points.

    `code` is the metric's code in the portal's interface, where it has one. A `maximum` of 0 is
    information only. `note` says where text and observation differ, or what is uncertain.
    """

    id: str
    group: Group
    maximum: int
    name: Sentence
    numerator: Sentence
    denominator: Sentence
    points: Points
    points_basis: Basis
    when_empty: WhenEmpty
    code: str | None = None
    note: Sentence | None = None

    @property
    def is_information(self) -> bool:
        """Tell whether it earns no points whatever it is."""
        return self.maximum == 0


@dataclass(frozen=True, slots=True)
class Band:
    """How a whole score of so many points or more is classed; unverified ones stood in no text."""

    least: int
    name: Sentence
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaSet:
    """One wording of the index: all its indicators, the maxima of its groups, and its bands.

    `bands` are in falling order.
    """

    version: str
    source: Sentence
    indicators: tuple[Indicator, ...]
    maxima: Mapping[Group, int]
    bands: tuple[Band, ...] = ()

    def __post_init__(self) -> None:
        """Assert that each id stands once, and that indicators add up to their groups."""
        ids = [indicator.id for indicator in self.indicators]
        assert len(set(ids)) == len(ids)
        for group, maximum in self.maxima.items():
            assert maximum == sum(one.maximum for one in self.indicators if one.group is group)

    @property
    def maximum(self) -> int:
        """Give the most points of all groups together."""
        return sum(self.maxima.values())


@dataclass(frozen=True, slots=True)
class Measured:
    """What was counted; `note` says what our record takes for it."""

    numerator: int
    denominator: int
    note: Sentence | None = None

    def __post_init__(self) -> None:
        assert self.numerator >= 0
        assert self.denominator >= 0

    @property
    def ratio(self) -> Fraction | None:
        """Give the exact ratio; None of nothing."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None


@dataclass(frozen=True, slots=True)
class Missing:
    """Why there is no input: never a zero. `at_most` bounds it from above, where that is known."""

    reason: Sentence
    at_most: Measured | None = None


Input = Measured | Missing
