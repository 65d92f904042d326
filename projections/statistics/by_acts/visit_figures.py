"""Visits and requested supplements per resolved dossier, by any grouping: `visits@v1`.

A dossier counts in the period of its end, with all visits so far: one who fetches the result later
is a visit more in that same period. Which acts are visits is `visits.COUNTED_ACTS`. Means are
hundredths, halves up.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from projections.counts import CheckpointReference
from projections.statistics.asking import WHOLE, Query, few
from projections.statistics.by_acts.adding import NOT_KNOWN, SUPPLEMENTS, VISITS, Theme
from projections.statistics.by_acts.asking import ActSource
from projections.statistics.by_acts.grouping import (
    NONE,
    Place,
    Values,
    Words,
    add_values,
    place_order,
    shown_period,
    sums_of,
)
from projections.statistics.by_acts.visits import COUNTED_ACTS
from projections.statistics.counting import Asked
from projections.statistics.walking import EVERYTHING

DEFINITION: Final = "visits@v1"
HUNDREDTHS: Final = 100
VISIT_WORDS: Final = tuple(
    Words(code=each.kind, vi=each.sentence.vi, en=each.sentence.en) for each in COUNTED_ACTS
)


class Distribution(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How many dossiers had none, one, two, and three or more; and how many there were in all."""

    none: int
    one: int
    two: int
    three_or_more: int
    sum: int
    mean_hundredths: int | None

    @property
    def dossiers(self) -> int:
        """Count the dossiers."""
        return self.none + self.one + self.two + self.three_or_more


class VisitFigure(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The resolved dossiers of one group and period by visits and by requested supplements.

    Every resolved dossier is in `supplements`, and in `visits` or in `visits_not_known`.
    """

    office: str
    procedure: str
    field: str | None
    channel: str
    period: str
    resolved: int
    visits: Distribution
    visits_not_known: int
    supplements: Distribution

    def __post_init__(self) -> None:
        """Assert that every dossier is in both distributions."""
        assert self.visits.dossiers + self.visits_not_known == self.resolved
        assert self.supplements.dossiers == self.resolved


class VisitStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """Visits and supplements as they are published; ``counted`` says which acts are visits."""

    asked: Asked
    figures: tuple[VisitFigure, ...]
    total: VisitFigure
    counted: tuple[Words, ...]
    checkpoint: CheckpointReference
    as_of: str
    definition: str = DEFINITION


def count_visits(
    source: ActSource, query: Query, most: int | None = None
) -> tuple[tuple[VisitFigure, ...], VisitFigure]:
    """Give the figures of a query in order, and their total.

    Raises:
        TooManyFigures: there are more than ``most``.
    """
    sums = sums_of(source, Theme.VISITS, query, most)
    shown = sorted(sums, key=place_order)
    total: Values = {}
    for place in shown:
        add_values(total, sums[place])
    figures = few((_figure(place, query, sums[place]) for place in shown), most)
    return figures, _figure((EVERYTHING, WHOLE), query, total)


def _figure(place: Place, query: Query, values: Values) -> VisitFigure:
    group, period = place
    supplements = _distribution(values, SUPPLEMENTS)
    return VisitFigure(
        office=group.office,
        procedure=group.procedure,
        field=group.field,
        channel=group.channel,
        period=shown_period(period, query),
        resolved=supplements.dossiers,
        visits=_distribution(values, VISITS),
        visits_not_known=values.get(NOT_KNOWN, NONE)[0],
        supplements=supplements,
    )


def _distribution(values: Values, measures: Sequence[str]) -> Distribution:
    found = [values.get(measure, NONE) for measure in measures]
    (none, _), (one, _), (two, _), (more, _) = found
    dossiers, total = sum(count for count, _ in found), sum(each for _, each in found)
    return Distribution(
        none=none,
        one=one,
        two=two,
        three_or_more=more,
        sum=total,
        mean_hundredths=_mean(total, dossiers) if dossiers else None,
    )


def _mean(total: int, dossiers: int) -> int:
    return (2 * HUNDREDTHS * total + dossiers) // (2 * dossiers)
