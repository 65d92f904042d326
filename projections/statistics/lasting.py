"""Durations from cells: how long resolved dossiers took, gross and without the waits.

Whole seconds; the percentile p of n values is the one of rank ceil(p n / 100), so it is a value
that occurred. `durations@v1` is as `projections.durations` gives it; `durations@v2` is of any
grouping and period, with the third quartile and the longest, too. A dossier belongs to the period
in which it counts as resolved. One that ended before its acceptance is not measured: `resolved`
counts the others, `ends_before_acceptance` these, and together they are what counts call resolved.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import msgspec

from projections.counts import ALL, ALL_HISTORY, CheckpointReference, Span
from projections.durations import MEDIAN, NINETIETH, Duration
from projections.statistics.adding import NOT_MEASURED, pack_seconds, unpack_seconds
from projections.statistics.asking import (
    WHOLE,
    CellSource,
    Dimension,
    Query,
    few,
    selection_of,
)
from projections.statistics.counting import Asked
from projections.statistics.walking import EVERYTHING, Group, group_order

DEFINITION: Final = "durations@v2"
THIRD_QUARTILE: Final = 75
LONGEST: Final = 100
SECONDS_BYTES: Final = 8
MOST_SORTED: Final = 4_000
LEAST_OF_RUN: Final = 200
_NOT_MEASURED: Final = pack_seconds([NOT_MEASURED])


@dataclass(slots=True)
class Packed:
    """Durations in seconds as 64-bit integers; each of the texts rises if all are such runs."""

    gross: list[bytes] = field(default_factory=list)
    net: list[bytes] = field(default_factory=list)
    are_runs: bool = True

    def add(self, gross: bytes, net: bytes, runs: int = 1) -> None:
        """Add durations of as many runs."""
        self.gross.append(gross)
        self.net.append(net)
        self.are_runs &= runs <= 1

    def in_order(self) -> "Packed":
        """Give the same as one run."""
        gross, net = (
            pack_seconds(unpack_seconds(b"".join(each))) for each in (self.gross, self.net)
        )
        return Packed([gross], [net])

    @property
    def resolved(self) -> int:
        """Count the dossiers that were measured."""
        return sum(map(len, self.gross)) // SECONDS_BYTES - self.ends_before_acceptance

    @property
    def ends_before_acceptance(self) -> int:
        """Count the dossiers that were not measured, since they ended before their acceptance.

        Bytes suffice: no duration has so many set bits, so none of its parts is taken for one.
        """
        return sum(each.count(_NOT_MEASURED) for each in self.gross)


class Spread(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How long dossiers took, in seconds; null where none ended."""

    median_seconds: int | None
    p75_seconds: int | None
    p90_seconds: int | None
    longest_seconds: int | None


class GroupDuration(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How long the resolved dossiers of one group and period took; net is without the waits.

    `ends_before_acceptance` are resolved, too, and left out of all else here.
    """

    office: str
    procedure: str
    field: str | None
    channel: str
    period: str
    resolved: int
    ends_before_acceptance: int
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
    source: CellSource, query: Query, most: int | None = None
) -> tuple[tuple[GroupDuration, ...], GroupDuration]:
    """Give the durations of a query in order, and those of all of its dossiers.

    Raises:
        TooManyFigures: they are more than ``most``.
    """
    found = _packed(source, query)
    keys = few(sorted(found, key=_order), most)
    wanted = selection_of(query, source.places())
    if wanted.offices is None and wanted.procedures is None:
        # The total from coarser cells: fewer and longer runs to look through.
        whole = _packed(source, replace(query, by=frozenset()))
        everything = whole.get((EVERYTHING, WHOLE), Packed())
    else:
        # No cells are coarser, so what was put in order for the groups serves the total, too.
        found = {key: found[key].in_order() for key in keys}
        everything = Packed()
        for packed in found.values():
            everything.add(packed.gross[0], packed.net[0])
    named = [
        _duration(group, query.period if period == WHOLE else period, found[group, period])
        for group, period in keys
    ]
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
    found: defaultdict[tuple[str, str, str], Packed] = defaultdict(Packed)
    rows = source.durations(selection_of(query, source.places()))
    for of_office, of_procedure, _, period, gross, net, runs in rows:
        key = (of_office, of_procedure, ALL if period == WHOLE else period)
        found[key].add(gross, net, runs)
    return [
        first_duration(*key, found[key], resolved)
        for key in sorted(found)
        if (resolved := found[key].resolved)
    ]


def _packed(source: CellSource, query: Query) -> dict[tuple[Group, str], Packed]:
    places = source.places()
    found: dict[tuple[Group, str], Packed] = {}
    # Many rows are of one group, and naming it costs more than all else that is done with them.
    known: dict[tuple[str, str, str, str], Packed] = {}
    for office, procedure, channel, period, gross, net, runs in source.durations(
        selection_of(query, places)
    ):
        packed = known.get((office, procedure, channel, period))
        if packed is None:
            group = Group.of(office, procedure, channel, query, places)
            packed = found.setdefault((group, period), Packed())
            known[office, procedure, channel, period] = packed
        packed.add(gross, net, runs)
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
        resolved=packed.resolved,
        ends_before_acceptance=packed.ends_before_acceptance,
        gross=spread_of(packed.gross, are_runs=packed.are_runs),
        net=spread_of(packed.net, are_runs=packed.are_runs),
    )


def spread_of(packed: list[bytes], *, are_runs: bool = True) -> Spread:
    """Give the percentiles of durations as `ranked` does."""
    percentiles = (MEDIAN, THIRD_QUARTILE, NINETIETH, LONGEST)
    ranks = ranked(packed, percentiles, are_runs=are_runs)
    found: list[int] | list[None] = ranks or [None] * len(percentiles)
    median, third_quartile, ninetieth, longest = found
    return Spread(
        median_seconds=median,
        p75_seconds=third_quartile,
        p90_seconds=ninetieth,
        longest_seconds=longest,
    )


def ranked(packed: list[bytes], percentiles: Sequence[int], *, are_runs: bool = True) -> list[int]:
    """Give percentiles of several rising runs by the nearest rank; none where there are no values.

    What is below 0 was not measured, and is left out. Few values, short runs, or what is no run
    are sorted; long runs are not: the least value is searched for that so many of all values do not
    exceed, which is one of them.
    """
    is_one = len(packed) == 1
    if is_one or not are_runs or _is_quickly_sorted(packed):
        found: Sequence[int] = unpack_seconds(packed[0] if is_one else b"".join(packed))
        rising = found if is_one and are_runs else sorted(found)
        if rising and rising[0] < 0:
            rising = rising[bisect_left(rising, 0) :]
        count = len(rising)
        # The nearest rank, written out: a list of figures asks for tens of thousands of them.
        return [rising[-(-each * count // 100) - 1] for each in percentiles] if rising else []
    runs = [run for each in packed if (run := _measured(unpack_seconds(each)))]
    count = sum(map(len, runs))
    if not runs:
        return []
    lowest, highest = min(run[0] for run in runs), max(run[-1] for run in runs)
    ranks = []
    for percentile in percentiles:
        rank = -(-percentile * count // 100)
        lowest_of_rank = bisect_left(
            range(lowest, highest),
            rank,
            key=lambda seconds: sum(bisect_right(run, seconds) for run in runs),
        )
        ranks.append(lowest + lowest_of_rank)
    return ranks


def _is_quickly_sorted(packed: list[bytes]) -> bool:
    count = sum(map(len, packed)) // SECONDS_BYTES
    return count <= max(MOST_SORTED, LEAST_OF_RUN * len(packed))


def _measured(run: "array[int]") -> "array[int]":
    return run[bisect_left(run, 0) :] if run and run[0] < 0 else run


def first_duration(
    office: str, procedure: str, period: str, packed: Packed, resolved: int
) -> Duration:
    """Give a figure of `durations@v1` of so many dossiers that were resolved; at least one was."""
    assert resolved > 0
    percentiles = (MEDIAN, NINETIETH)
    gross = ranked(packed.gross, percentiles, are_runs=packed.are_runs)
    net = ranked(packed.net, percentiles, are_runs=packed.are_runs)
    return Duration(
        office=office,
        procedure=procedure,
        period=period,
        resolved=resolved,
        gross_median_seconds=gross[0],
        gross_p90_seconds=gross[1],
        net_median_seconds=net[0],
        net_p90_seconds=net[1],
    )
