"""Counts from cells: `counts@v1` as `projections.counts` gives it, and `counts@v2` by any grouping.

`counts@v2` keeps every meaning of `counts@v1` (domain.md 5.2) and adds what may be asked: offices
with all offices under them, a level, a field, a channel; periods of days, months, quarters or
years; figures by any of office, procedure, field, channel and period. With P a period whose last
instant (or `as_of`, if that is earlier) is b, the identity holds in every figure::

    carried(P) + received(P) = resolved(P) + pending(P)

What is not told apart is `*`; a procedure that names no field is counted under null. Figures of
nothing (nothing carried, nothing received) are left out. The total is of all figures' dossiers,
over all periods asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from domain.moments import time_zone
from projections.counts import (
    ALL_HISTORY,
    CheckpointReference,
    Counts,
    Figure,
    Span,
)
from projections.statistics.asking import CellSource, Dimension, Query, few
from projections.statistics.measures import Measure
from projections.statistics.walking import (
    EVERYTHING,
    Group,
    Stand,
    group_order,
    stands,
    sums_by_group,
    total_of,
    whole_stand,
)

DEFINITION: Final = "counts@v2"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A query as an answer repeats it."""

    office: str | None
    subtree: bool
    level: str | None
    procedure: str | None
    field: str | None
    channel: str | None
    period: str
    granularity: str
    by: tuple[str, ...]


class GroupFigure(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The counts of one group and period; `*` where groups or periods are not told apart."""

    office: str
    procedure: str
    field: str | None
    channel: str
    period: str
    received: int
    resolved_early: int
    resolved_on_time: int
    resolved_late: int
    pending_in_time: int
    pending_overdue: int
    carried_over: int
    supplement_requests: int
    supplemented: int


class GroupedCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Counts by groups as they are published."""

    asked: Asked
    figures: tuple[GroupFigure, ...]
    total: GroupFigure
    checkpoint: CheckpointReference
    as_of: str
    definition: str = DEFINITION


def asked_of(query: Query) -> Asked:
    """Repeat a query."""
    return Asked(
        office=query.office,
        subtree=query.subtree,
        level=query.level,
        procedure=query.procedure,
        field=query.field,
        channel=query.channel,
        period=query.period,
        granularity=query.granularity.value,
        by=tuple(dimension.value for dimension in Dimension if dimension in query.by),
    )


def count_groups(
    source: CellSource, query: Query, most: int | None = None
) -> tuple[tuple[GroupFigure, ...], GroupFigure]:
    """Give the figures of a query in order, and their total.

    Raises:
        TooManyFigures: they are more than ``most``.
    """
    groups = sums_by_group(source, query, stands_alone=True)
    today = source.places().latest_day(source.as_of())
    made = (
        _figure(group, stand)
        for group in sorted(groups, key=group_order)
        for stand in stands(groups[group], query, today)
        if stand.carried_over or stand.received
    )
    figures = few(made, most)
    return figures, _figure(EVERYTHING, whole_stand(total_of(groups), query.period))


def first_counts(
    source: CellSource,
    span: Span = ALL_HISTORY,
    office: str | None = None,
    procedure: str | None = None,
) -> Counts:
    """Give the counts by office, procedure and month, exactly as `count_dossiers` gives them."""
    by = frozenset({Dimension.OFFICE, Dimension.PROCEDURE, Dimension.PERIOD})
    query = Query(office=office, procedure=procedure, first=span.first, last=span.last, by=by)
    groups, places, as_of = sums_by_group(source, query), source.places(), source.as_of()
    figures: list[Figure] = []
    for group in sorted(groups, key=group_order):
        today = as_of.astimezone(time_zone(places.offices[group.office].zone)).date()
        figures += (first_figure(group, stand) for stand in stands(groups[group], query, today))
    total = whole_stand(total_of(groups), span.text)
    return Counts(tuple(figures), first_figure(EVERYTHING, total))


def first_total(
    source: CellSource,
    span: Span = ALL_HISTORY,
    office: str | None = None,
    procedure: str | None = None,
) -> Figure:
    """Give the total of `first_counts` alone, from coarser cells."""
    query = Query(office=office, procedure=procedure, first=span.first, last=span.last)
    total = total_of(sums_by_group(source, query))
    return first_figure(EVERYTHING, whole_stand(total, span.text))


@dataclass(frozen=True, slots=True)
class FirstSums:
    """The figures of `counts@v1` added up: by month, by office, by procedure, and all of them."""

    months: tuple[Figure, ...]
    offices: tuple[Figure, ...]
    procedures: tuple[Figure, ...]
    total: Figure


def first_sums(
    source: CellSource,
    span: Span = ALL_HISTORY,
    office: str | None = None,
    procedure: str | None = None,
) -> FirstSums:
    """Give the sums of `first_counts`, each from coarser cells; sums of nothing are left out."""
    query = Query(office=office, procedure=procedure, first=span.first, last=span.last)
    months, offices, procedures = (
        tuple(_first_by(source, replace(query, by=frozenset({dimension}))))
        for dimension in (Dimension.PERIOD, Dimension.OFFICE, Dimension.PROCEDURE)
    )
    return FirstSums(months, offices, procedures, first_total(source, span, office, procedure))


def _first_by(source: CellSource, query: Query) -> Iterator[Figure]:
    groups = sums_by_group(source, query)
    today = source.places().latest_day(source.as_of())
    for group in sorted(groups, key=group_order):
        for stand in stands(groups[group], query, today):
            if stand.carried_over or stand.received:
                yield first_figure(group, stand)


def first_figure(group: Group, stand: Stand) -> Figure:
    """Give a figure of `counts@v1`."""
    values = stand.values
    return Figure(
        office=group.office,
        procedure=group.procedure,
        period=stand.period,
        received=values[Measure.RECEIVED],
        resolved_early=values[Measure.RESOLVED_EARLY],
        resolved_on_time=values[Measure.RESOLVED_ON_TIME],
        resolved_late=values[Measure.RESOLVED_LATE],
        pending_in_time=stand.pending - stand.overdue,
        pending_overdue=stand.overdue,
        carried_over=stand.carried_over,
    )


def _figure(group: Group, stand: Stand) -> GroupFigure:
    values = stand.values
    return GroupFigure(
        office=group.office,
        procedure=group.procedure,
        field=group.field,
        channel=group.channel,
        period=stand.period,
        received=values[Measure.RECEIVED],
        resolved_early=values[Measure.RESOLVED_EARLY],
        resolved_on_time=values[Measure.RESOLVED_ON_TIME],
        resolved_late=values[Measure.RESOLVED_LATE],
        pending_in_time=stand.pending - stand.overdue,
        pending_overdue=stand.overdue,
        carried_over=stand.carried_over,
        supplement_requests=values[Measure.SUPPLEMENT_REQUESTS],
        supplemented=values[Measure.SUPPLEMENTED],
    )
