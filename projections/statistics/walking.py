"""Walking: from sums of cells to what stood at the end of each period, group by group.

A group is one office, procedure, field and channel, with `*` where they are not told apart. What
is pending at the end of a period is what was pending before it, plus what came, less what went; so
a group is walked from its first period to the last, which is the one of the figures' instant, or
a later one that a dossier names.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from operator import add
from typing import Final, NamedTuple

from projections.counts import ALL
from projections.statistics.asking import (
    BEFORE,
    WHOLE,
    Ahead,
    CellSource,
    Dimension,
    Query,
    Selection,
    selection_of,
)
from projections.statistics.being_ahead import moves_of
from projections.statistics.in_memory import is_selected
from projections.statistics.measures import MEASURES, NOTHING, Measure, Values
from projections.statistics.periods import period_at, periods_between
from projections.statistics.places import Places

# Plain numbers: thousands of figures are told by them.
_EARLY: Final = int(Measure.RESOLVED_EARLY)
_ON_TIME: Final = int(Measure.RESOLVED_ON_TIME)
_LATE: Final = int(Measure.RESOLVED_LATE)


class Group(NamedTuple):
    """Whose dossiers are counted together; a procedure that names no field is in none."""

    office: str
    procedure: str
    field: str | None
    channel: str

    @classmethod
    def of(cls, office: str, procedure: str, channel: str, query: Query, places: Places) -> "Group":
        """Give the group of a sum, which may tell procedures apart for their fields alone."""
        return cls(
            office,
            procedure if Dimension.PROCEDURE in query.by else ALL,
            places.fields.get(procedure) if Dimension.FIELD in query.by else ALL,
            channel,
        )


def group_order(group: Group) -> tuple[str, str, str, str]:
    """Say where a group stands among others."""
    return group.office, group.procedure, group.field or "", group.channel


EVERYTHING: Final = Group(ALL, ALL, ALL, ALL)
PeriodSums = defaultdict[str, Values]


class Stand(NamedTuple):
    """One period of a group: what it carried in, what came and went, and what stood at its end."""

    period: str
    carried_over: int
    values: Values
    pending: int
    overdue: int
    index_overdue: int

    @classmethod
    def after(cls, period: str, before: "Standing", values: Values) -> "Stand":
        """Give what stands once a period is over, of what stood before and what came and went."""
        pending = before.pending + values[Measure.RECEIVED] - resolved_in(values)
        overdue = before.overdue + values[Measure.OVERDUE]
        assert 0 <= overdue <= pending
        by_index = before.index_overdue + values[Measure.INDEX_OVERDUE]
        return cls(period, before.pending, values, pending, overdue, by_index)

    @property
    def received(self) -> int:
        """Count what was accepted in the period."""
        return self.values[Measure.RECEIVED]

    @property
    def resolved(self) -> int:
        """Count what ended in the period."""
        return resolved_in(self.values)


class Standing(NamedTuple):
    """What stands at an instant."""

    pending: int
    overdue: int
    index_overdue: int

    @classmethod
    def of(cls, values: Values) -> "Standing":
        """Give what stands of all that came and went."""
        pending = values[Measure.RECEIVED] - resolved_in(values)
        return cls(pending, values[Measure.OVERDUE], values[Measure.INDEX_OVERDUE])


def resolved_in(values: Values) -> int:
    """Count what ended, early, on time or late."""
    return values[_EARLY] + values[_ON_TIME] + values[_LATE]


def sums_by_group(
    source: CellSource, query: Query, *, stands_alone: bool = False
) -> dict[Group, PeriodSums]:
    """Read the sums that a query asks for, by group and period.

    ``stands_alone``: a group of which nothing stood or came may be left out (`Selection`).
    """
    places = source.places()
    wanted = replace(selection_of(query, places), stands_alone=stands_alone)
    groups: dict[Group, PeriodSums] = {}
    # Many rows are of one group, and naming it costs more than all else that is done with them.
    known: dict[tuple[str, str, str], PeriodSums] = {}
    for office, procedure, channel, period, values in source.sums(wanted):
        sums = known.get((office, procedure, channel))
        if sums is None:
            group = Group.of(office, procedure, channel, query, places)
            sums = known[office, procedure, channel] = _sums_of(groups, group)
        before = sums.get(period)
        sums[period] = values if before is None else added(before, values)
    # A group of others alone, or of other periods, taken off all leaves nothing.
    groups = {group: sums for group, sums in groups.items() if any(map(any, sums.values()))}
    _add_ahead(groups, source.ahead(), query, wanted, places)
    return groups


def total_of(groups: Mapping[Group, PeriodSums]) -> PeriodSums:
    """Add up all groups."""
    by_period: dict[str, list[Values]] = {}
    for sums in groups.values():
        for period, values in sums.items():
            by_period.setdefault(period, []).append(values)
    total = no_sums()
    for period, each in by_period.items():
        total[period] = list(map(sum, zip(*each, strict=True)))
    return total


def stands(sums: PeriodSums, query: Query, today: date) -> Iterator[Stand]:
    """Walk one group over its periods, or over all of them as one; ``today`` is the figures' day.

    Periods in which nothing was carried and nothing came are left out.
    """
    if not query.by_period:
        yield whole_stand(sums, query.period)
        return
    standing = Standing.of(sums[BEFORE])
    for period in _periods(sums, query, today, is_carrying=standing.pending > 0):
        stand = Stand.after(period, standing, sums.get(period, NOTHING))
        standing = Standing(stand.pending, stand.overdue, stand.index_overdue)
        if stand.carried_over or stand.received:
            yield stand


def whole_stand(sums: PeriodSums, period: str) -> Stand:
    """Give all periods of a group as one."""
    within = [of_period for name, of_period in sums.items() if name != BEFORE]
    values = NOTHING
    if within:
        values = within[0] if len(within) == 1 else list(map(sum, zip(*within, strict=True)))
    return Stand.after(period, Standing.of(sums.get(BEFORE, NOTHING)), values)


def _periods(sums: PeriodSums, query: Query, today: date, *, is_carrying: bool) -> Iterable[str]:
    named = [period for period in sums if period != BEFORE]
    starts = [query.first] if is_carrying and query.first is not None else []
    if not named and not starts:
        return ()
    last = max([*named, period_at(today, query.granularity)])
    if query.last is not None:
        last = min(last, query.last)
    return periods_between(min([*named, *starts]), last, query.granularity)


def _add_ahead(
    groups: dict[Group, PeriodSums],
    found: Iterable[Ahead],
    query: Query,
    wanted: Selection,
    places: Places,
) -> None:
    for ahead in found:
        if not is_selected(ahead.kind, wanted):
            continue
        kind = ahead.kind
        office = kind.office if Dimension.OFFICE in query.by else ALL
        channel = kind.channel if Dimension.CHANNEL in query.by else ALL
        group = Group.of(office, kind.procedure, channel, query, places)
        for period, measure, delta in moves_of(ahead, query.granularity):
            if measure in _MEASURE_OF and (query.last is None or period <= query.last):
                name = period_name(period, query)
                sums = _sums_of(groups, group)
                values = [0] * len(MEASURES)
                values[_MEASURE_OF[measure]] = delta
                sums[name] = added(sums[name], values)


def period_name(period: str, query: Query) -> str:
    """Give the name under which a period is summed up."""
    if query.first is not None and period < query.first:
        return BEFORE
    return period if query.by_period else WHOLE


def _sums_of(groups: dict[Group, PeriodSums], group: Group) -> PeriodSums:
    sums = groups.get(group)
    if sums is None:
        sums = groups[group] = no_sums()
    return sums


def no_sums() -> PeriodSums:
    """Give the sums of a group that has none."""
    return defaultdict(_nothing)


def _nothing() -> Values:
    return NOTHING


def added(values: Values, more: Values) -> Values:
    """Add up measures."""
    return list(map(add, values, more))


_MEASURE_OF: Final = dict(zip(MEASURES, Measure, strict=True))
