"""Scores of the index: a pure function of formulas and inputs, exact until it is rounded.

Points of an indicator are rounded to hundredths, halves up; groups and the total add up rounded
points, as the portal's own figures do. What has no input has no points, and the score says how
many points it is out of: a missing indicator is never counted as zero.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import floor

from domain.index766.shapes import (
    HUNDREDTHS,
    Band,
    FormulaSet,
    Group,
    Indicator,
    Input,
    Measured,
    Missing,
    WhenEmpty,
)


class State(StrEnum):
    """What became of an indicator."""

    SCORED = "scored"
    NOT_APPLICABLE = "not_applicable"
    MISSING = "missing"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class IndicatorScore:
    """One indicator with its input; `hundredths` of points where it is scored, else None."""

    indicator: Indicator
    given: Input
    state: State
    hundredths: int | None = None


@dataclass(frozen=True, slots=True)
class GroupScore:
    """The points of some indicators in hundredths, out of those that were scored.

    `maximum` is what the group is worth in points, `out_of` what the scored indicators are.
    """

    group: Group | None
    hundredths: int
    out_of: int
    maximum: int

    @property
    def is_whole(self) -> bool:
        """Tell whether every indicator was scored."""
        return self.out_of == self.maximum


@dataclass(frozen=True, slots=True)
class IndexScore:
    """All indicators, groups, and their total; the band only where nothing is missing."""

    version: str
    indicators: tuple[IndicatorScore, ...]
    groups: tuple[GroupScore, ...]
    total: GroupScore
    band: Band | None


def score_index(formulas: FormulaSet, inputs: Mapping[str, Input]) -> IndexScore:
    """Score every indicator of a wording.

    Raises:
        KeyError: an indicator has no input, not even a missing one.
    """
    indicators = tuple(
        _score_indicator(indicator, inputs[indicator.id]) for indicator in formulas.indicators
    )
    groups = tuple(
        _add_up(group, (one for one in indicators if one.indicator.group is group), maximum)
        for group, maximum in formulas.maxima.items()
    )
    total = _add_up(None, indicators, formulas.maximum)
    return IndexScore(formulas.version, indicators, groups, total, _band_of(total, formulas))


def _score_indicator(indicator: Indicator, given: Input) -> IndicatorScore:
    if indicator.is_information:
        state = State.MISSING if isinstance(given, Missing) else State.INFORMATION
        return IndicatorScore(indicator, given, state)
    if isinstance(given, Missing):
        return IndicatorScore(indicator, given, State.MISSING)
    points = _points_of(indicator, given)
    if points is None:
        return IndicatorScore(indicator, given, State.NOT_APPLICABLE)
    return IndicatorScore(indicator, given, State.SCORED, round_half_up(points))


def _points_of(indicator: Indicator, measured: Measured) -> Fraction | None:
    ratio = measured.ratio
    if ratio is not None:
        return indicator.points.of(ratio, indicator.maximum)
    match indicator.when_empty:
        case WhenEmpty.ZERO:
            return Fraction(0)
        case WhenEmpty.FULL:
            return Fraction(indicator.maximum)
        case WhenEmpty.NOT_APPLICABLE:
            return None


def round_half_up(points: Fraction) -> int:
    """Give points, at least 0, in whole hundredths, halves rounded up."""
    return floor(points * HUNDREDTHS + Fraction(1, 2))


def _add_up(group: Group | None, indicators: Iterable[IndicatorScore], maximum: int) -> GroupScore:
    hundredths = out_of = 0
    for one in indicators:
        if one.hundredths is not None:
            hundredths += one.hundredths
            out_of += one.indicator.maximum
    return GroupScore(group, hundredths, out_of, maximum)


def _band_of(total: GroupScore, formulas: FormulaSet) -> Band | None:
    if not total.is_whole:
        return None
    for band in formulas.bands:
        if total.hundredths >= band.least * HUNDREDTHS:
            return band
    return None
