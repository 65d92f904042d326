"""Fees by any grouping, `fees@v1`: acts about money in their periods, and what stands at the end.

With P a period, in every figure::

    outstanding(end of P) = outstanding(end of the period before) + begun in P - ended in P

`paid` is the sum of `paid_by`. Paid back is not taken off what was paid. Nothing says what was
waived: that is private (`by_acts.fees`).
"""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from projections.counts import CheckpointReference
from projections.statistics.asking import BEFORE, WHOLE, Query, few
from projections.statistics.by_acts.adding import Theme
from projections.statistics.by_acts.asking import ActSource
from projections.statistics.by_acts.fees import (
    ASSESSED,
    OUTSTANDING,
    PAID,
    REFUNDED,
    REQUIRED,
)
from projections.statistics.by_acts.grouping import (
    NONE,
    Place,
    Values,
    add_values,
    plus,
    sums_of,
)
from projections.statistics.counting import Asked
from projections.statistics.periods import period_at, periods_between
from projections.statistics.walking import EVERYTHING, Group, group_order

DEFINITION: Final = "fees@v1"


class Money(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How many acts, and how much in VND; of what is outstanding how many dossiers owe it."""

    count: int
    vnd: int


# Most of what a list of figures says.
NO_MONEY: Final = Money(count=0, vnd=0)


class PaidBy(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What was paid by each method."""

    online_portal: Money
    online_gateway: Money
    cash: Money
    transfer: Money


class FeeFigure(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Acts about money of one group in one period, and what was outstanding at the period's end."""

    office: str
    procedure: str
    field: str | None
    channel: str
    period: str
    assessed: Money
    required: Money
    paid: Money
    paid_by: PaidBy
    refunded: Money
    outstanding: Money


class FeeStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """Fees as they are published."""

    asked: Asked
    figures: tuple[FeeFigure, ...]
    total: FeeFigure
    checkpoint: CheckpointReference
    as_of: str
    definition: str = DEFINITION


def count_fees(
    source: ActSource, query: Query, most: int | None = None
) -> tuple[tuple[FeeFigure, ...], FeeFigure]:
    """Give the figures of a query in order, and their total.

    Periods in which nothing happened, with nothing outstanding at their end, are left out.

    Raises:
        TooManyFigures: there are more than ``most``.
    """
    groups: dict[Group, dict[str, Values]] = {}
    for (group, period), values in sums_of(source, Theme.FEES, query, most).items():
        groups.setdefault(group, {})[period] = values
    today = period_at(source.places().latest_day(source.as_of()), query.granularity)
    figures = few(
        (
            figure
            for group in sorted(groups, key=group_order)
            for figure in _walk(group, groups[group], query, today)
        ),
        most,
    )
    return figures, _figure((EVERYTHING, query.period), *_whole(groups.values()))


def _walk(
    group: Group, by_period: dict[str, Values], query: Query, today: str
) -> Iterator[FeeFigure]:
    """Walk one group over its periods, or over all of them as one."""
    if not query.by_period:
        values = by_period.get(WHOLE, {})
        before = by_period.get(BEFORE, {}).get(OUTSTANDING, NONE)
        owed = plus(before, values.get(OUTSTANDING, NONE))
        if owed != NONE or any(each != NONE for each in values.values()):
            yield _figure((group, query.period), values, owed)
        return
    owed = by_period.get(BEFORE, {}).get(OUTSTANDING, NONE)
    for period in _periods(by_period, query, today, is_carrying=owed != NONE):
        values = by_period.get(period, {})
        owed = plus(owed, values.get(OUTSTANDING, NONE))
        if owed != NONE or any(each != NONE for each in values.values()):
            yield _figure((group, period), values, owed)


def _periods(
    by_period: dict[str, Values], query: Query, today: str, *, is_carrying: bool
) -> Iterable[str]:
    # Who keeps cells has none of what comes to nothing, as of owing and owing no more.
    named = [
        period
        for period, values in by_period.items()
        if period != BEFORE and any(each != NONE for each in values.values())
    ]
    starts = [query.first] if is_carrying and query.first is not None else []
    if not named and not starts:
        return ()
    last = max([*named, today])
    if query.last is not None:
        last = min(last, query.last)
    return periods_between(min([*named, *starts]), last, query.granularity)


def _whole(groups: Iterable[dict[str, Values]]) -> tuple[Values, tuple[int, int]]:
    """Add up everything asked for, and give what is outstanding at the end of it."""
    total: Values = {}
    owed = NONE
    for by_period in groups:
        for period, values in by_period.items():
            owed = plus(owed, values.get(OUTSTANDING, NONE))
            if period != BEFORE:
                add_values(total, values)
    return total, owed


def _figure(place: Place, values: Values, owed: tuple[int, int]) -> FeeFigure:
    group, period = place
    paid, count, vnd = {}, 0, 0
    for method, measure in PAID.items():
        value = values.get(measure, NONE)
        paid[method] = _money(value)
        count += value[0]
        vnd += value[1]
    return FeeFigure(
        office=group.office,
        procedure=group.procedure,
        field=group.field,
        channel=group.channel,
        period=period,
        assessed=_money(values.get(ASSESSED, NONE)),
        required=_money(values.get(REQUIRED, NONE)),
        paid=_money((count, vnd)),
        paid_by=PaidBy(**paid),
        refunded=_money(values.get(REFUNDED, NONE)),
        outstanding=_money(owed),
    )


def _money(value: tuple[int, int]) -> Money:
    return NO_MONEY if value == NONE else Money(count=value[0], vnd=value[1])
