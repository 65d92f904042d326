"""Durations from cells: how long resolved dossiers took, gross and without the waits.

Whole seconds; the percentile p of n values is the one of rank ceil(p n / 100), so it is a value
that occurred. `durations@v1` is as `projections.durations` gives it; `durations@v2` is of any
grouping and period, with the third quartile and the longest, too. A dossier belongs to the period
in which it counts as resolved.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import msgspec

from projections.counts import ALL, ALL_HISTORY, CheckpointReference, Span
from projections.durations import MEDIAN, NINETIETH, Duration, nearest_rank
from projections.statistics.adding import unpack_seconds
from projections.statistics.asking import WHOLE, CellSource, Dimension, Query, selection_of
from projections.statistics.counting import Asked
from projections.statistics.walking import EVERYTHING, Group, group_order

DEFINITION: Final = "durations@v2"
THIRD_QUARTILE: Final = 75
LONGEST: Final = 100
SECONDS_BYTES: Final = 8
MOST_SORTED: Final = 4_000
LEAST_OF_RUN: Final = 100

Packed = tuple[list[bytes], list[bytes]]


class Spread(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How long dossiers took, in seconds; null where none ended."""

    median_seconds: int | None
    p75_seconds: int | None
    p90_seconds: int | None
    longest_seconds: int | None


class GroupDuration(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How long the resolved dossiers of one group and period took; net is without the waits."""

    office: str
    procedure: str
    field: str | None
    channel: str
    period: str
    resolved: int
    gross: Spread
    net: Spread


class GroupedDurations(msgspec.Struct, frozen=True, kw_only=True):
    """Durations by groups as they are published."""

    asked: Asked
    durations: tuple[GroupDuration, ...]
    total: GroupDuration
    checkpoint: CheckpointReference
    as_of: str
    definition: str = DEFINITION


def measure_groups(
    source: CellSource, query: Query
) -> tuple[tuple[GroupDuration, ...], GroupDuration]:
    """Give the durations of a query in order, and those of all of its dossiers."""
    found = _packed(source, query)
    named = [
        _duration(group, query.period if period == WHOLE else period, found[group, period])
        for group, period in sorted(found, key=_order)
    ]
    # The total from coarser cells: fewer and longer runs to look through.
    whole = _packed(source, replace(query, by=frozenset()))
    everything = whole.get((EVERYTHING, WHOLE), ([], []))
    return tuple(named), _duration(EVERYTHING, query.period, everything)


def first_durations(
    source: CellSource,
    span: Span = ALL_HISTORY,
    office: str | None = None,
    procedure: str | None = None,
    *,
    by_period: bool = False,
) -> list[Duration]:
    """Give the durations per office and procedure exactly as `measure_durations` gives them."""
    by = {Dimension.OFFICE, Dimension.PROCEDURE, *([Dimension.PERIOD] if by_period else [])}
    query = Query(
        office=office,
        procedure=procedure,
        first=span.first,
        last=span.last,
        by=frozenset(by),
    )
    found = _packed(source, query)
    return [
        _first_duration(group, ALL if period == WHOLE else period, found[group, period])
        for group, period in sorted(found, key=_order)
    ]


def _packed(source: CellSource, query: Query) -> dict[tuple[Group, str], Packed]:
    places = source.places()
    found: dict[tuple[Group, str], Packed] = {}
    # Many rows are of one group, and naming it costs more than all else that is done with them.
    known: dict[tuple[str, str, str, str], Packed] = {}
    for office, procedure, channel, period, gross, net in source.durations(
        selection_of(query, places)
    ):
        packed = known.get((office, procedure, channel, period))
        if packed is None:
            group = Group.of(office, procedure, channel, query, places)
            packed = found.setdefault((group, period), ([], []))
            known[office, procedure, channel, period] = packed
        packed[0].append(gross)
        packed[1].append(net)
    return found


def _order(key: tuple[Group, str]) -> tuple[tuple[str, str, str, str], str]:
    return group_order(key[0]), key[1]


def _duration(group: Group, period: str, packed: Packed) -> GroupDuration:
    return GroupDuration(
        office=group.office,
        procedure=group.procedure,
        field=group.field,
        channel=group.channel,
        period=period,
        resolved=sum(map(len, packed[0])) // SECONDS_BYTES,
        gross=_spread(packed[0]),
        net=_spread(packed[1]),
    )


def _spread(packed: list[bytes]) -> Spread:
    percentiles = (MEDIAN, THIRD_QUARTILE, NINETIETH, LONGEST)
    found: list[int] | list[None] = ranked(packed, percentiles) or [None] * 4
    median, third_quartile, ninetieth, longest = found
    return Spread(
        median_seconds=median,
        p75_seconds=third_quartile,
        p90_seconds=ninetieth,
        longest_seconds=longest,
    )


def ranked(packed: list[bytes], percentiles: Sequence[int]) -> list[int]:
    """Give percentiles of several rising runs by the nearest rank; none where there are no values.

    Few values, or short runs, are sorted; long ones are not: the least value is searched for that
    so many of all values do not exceed, which is one of them.
    """
    count = sum(map(len, packed)) // SECONDS_BYTES
    if count <= max(MOST_SORTED, LEAST_OF_RUN * len(packed)):
        rising = sorted(unpack_seconds(b"".join(packed)))
        return [nearest_rank(rising, percentile) for percentile in percentiles] if rising else []
    runs = [unpack_seconds(each) for each in packed if each]
    lowest, highest = min(run[0] for run in runs), max(run[-1] for run in runs)
    found = []
    for percentile in percentiles:
        rank = -(-percentile * count // 100)
        lowest_of_rank = bisect_left(
            range(lowest, highest),
            rank,
            key=lambda seconds: sum(bisect_right(run, seconds) for run in runs),
        )
        found.append(lowest + lowest_of_rank)
    return found


def _first_duration(group: Group, period: str, packed: Packed) -> Duration:
    gross, net = (ranked(each, (MEDIAN, NINETIETH)) for each in packed)
    return Duration(
        office=group.office,
        procedure=group.procedure,
        period=period,
        resolved=sum(map(len, packed[0])) // SECONDS_BYTES,
        gross_median_seconds=gross[0],
        gross_p90_seconds=gross[1],
        net_median_seconds=net[0],
        net_p90_seconds=net[1],
    )
