"""The index of a unit and period as it is published, `index766@v1`: with all it takes to redo it.

Points and ratios are whole hundredths: 1768 points are 17.68, a ratio of 8842 is 88.42 percent. An
indicator that is missing or does not apply has no points, and the sums say what they are out of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import msgspec

from domain.errors import Sentence
from domain.index766 import (
    FormulaSet,
    GroupScore,
    IndexScore,
    IndicatorScore,
    Input,
    Measured,
    Missing,
    score_index,
)
from domain.index766.scoring import round_half_up
from projections.counts import ALL, CheckpointReference
from projections.index766.inputs import Asked

DEFINITION: Final = "index766@v1"
PERCENT: Final = 100


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence in both languages."""

    vi: str
    en: str


class PublishedIndicator(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator with its input, its formula, and its points or why there are none.

    `points_basis` is `published` where the operator's text states the points, `observed` where
    they were worked out from scores: not law. `at_most_numerator` bounds a missing numerator.
    """

    id: str
    code: str | None
    group: str
    name: Words
    numerator_is: Words
    denominator_is: Words
    state: str
    numerator: int | None
    denominator: int | None
    ratio_hundredths: int | None
    points_hundredths: int | None
    maximum: int
    formula: str
    points_basis: str
    when_empty: str
    note: Words | None
    input_note: Words | None
    missing: Words | None
    at_most_numerator: int | None
    at_most_denominator: int | None


class PublishedSum(msgspec.Struct, frozen=True, kw_only=True):
    """The points of a group, or of all (`*`): out of what was scored, and out of how many."""

    group: str
    points_hundredths: int
    out_of: int
    maximum: int


class PublishedBand(msgspec.Struct, frozen=True, kw_only=True):
    """How a whole score is classed, and whether a text that was read says so."""

    name: Words
    verified: bool


class IndexStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """The index of a unit over a period; `office` is `*` for the whole ledger.

    A unit is an office with all offices under it. `is_over` tells whether the period is.
    """

    office: str
    period: str
    is_over: bool
    formula_version: str
    formula_source: Words
    indicators: tuple[PublishedIndicator, ...]
    groups: tuple[PublishedSum, ...]
    total: PublishedSum
    band: PublishedBand | None
    checkpoint: CheckpointReference
    as_of: str
    definition: str = DEFINITION


@dataclass(frozen=True, slots=True)
class AsOf:
    """As of when figures are: the checkpoint, its instant as text, and the latest local day."""

    checkpoint: CheckpointReference
    text: str
    today: date


def publish_index(
    formulas: FormulaSet,
    inputs: Mapping[str, Input],
    asked: Asked,
    stand: AsOf,
) -> IndexStatistics:
    """Score inputs and give the answer."""
    score = score_index(formulas, inputs)
    return IndexStatistics(
        office=asked.unit or ALL,
        period=asked.period,
        is_over=stand.today > asked.days[1],
        formula_version=formulas.version,
        formula_source=_words(formulas.source),
        indicators=tuple(map(_indicator, score.indicators)),
        groups=tuple(map(_sum, score.groups)),
        total=_sum(score.total),
        band=_band(score),
        checkpoint=stand.checkpoint,
        as_of=stand.text,
    )


def _indicator(one: IndicatorScore) -> PublishedIndicator:
    indicator, given = one.indicator, one.given
    measured = given if isinstance(given, Measured) else None
    missing = given if isinstance(given, Missing) else None
    at_most = None if missing is None else missing.at_most
    return PublishedIndicator(
        id=indicator.id,
        code=indicator.code,
        group=indicator.group.value,
        name=_words(indicator.name),
        numerator_is=_words(indicator.numerator),
        denominator_is=_words(indicator.denominator),
        state=one.state.value,
        numerator=None if measured is None else measured.numerator,
        denominator=None if measured is None else measured.denominator,
        ratio_hundredths=_percent_hundredths(measured),
        points_hundredths=one.hundredths,
        maximum=indicator.maximum,
        formula=indicator.points.text,
        points_basis=indicator.points_basis.value,
        when_empty=indicator.when_empty.value,
        note=_maybe(indicator.note),
        input_note=None if measured is None else _maybe(measured.note),
        missing=None if missing is None else _words(missing.reason),
        at_most_numerator=None if at_most is None else at_most.numerator,
        at_most_denominator=None if at_most is None else at_most.denominator,
    )


def _percent_hundredths(measured: Measured | None) -> int | None:
    ratio = None if measured is None else measured.ratio
    return None if ratio is None else round_half_up(ratio * PERCENT)


def _sum(score: GroupScore) -> PublishedSum:
    return PublishedSum(
        group=ALL if score.group is None else score.group.value,
        points_hundredths=score.hundredths,
        out_of=score.out_of,
        maximum=score.maximum,
    )


def _band(score: IndexScore) -> PublishedBand | None:
    if score.band is None:
        return None
    return PublishedBand(name=_words(score.band.name), verified=score.band.verified)


def _maybe(sentence: Sentence | None) -> Words | None:
    return None if sentence is None else _words(sentence)


def _words(sentence: Sentence) -> Words:
    return Words(vi=sentence.vi, en=sentence.en)
