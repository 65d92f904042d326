"""Durations from cells: how long resolved dossiers took, gross and without the waits.

Whole seconds; the percentile p of n values is the one of rank ceil(p n / 100), so it is a value
that occurred. `durations@v1` is as `projections.durations` gives it; `durations@v2` is of any
grouping and period, with the third quartile and the longest, too. A dossier belongs to the period
in which it counts as resolved. One that ended before its acceptance is not measured: `resolved`
counts the others, `ends_before_acceptance` these, and together they are what counts call resolved.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice, repeat
from typing import Final

import msgspec

from projections.counts import ALL, ALL_HISTORY, CheckpointReference, Span
from projections.durations import MEDIAN, NINETIETH, Duration
from projections.statistics.adding import unpack_seconds
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
# Of so many values drawn evenly, the one of a rank misses it by a few dozen places at most.
SAMPLED: Final = 2_000
MARGIN: Final = 70

Run = Sequence[int]


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

    def measured(self) -> "Measured":
        """Read what was measured."""
        gross = _runs(self.gross, are_runs=self.are_runs)
        net = _runs(self.net, are_runs=self.are_runs)
        resolved = sum(map(len, gross))
        every = sum(map(len, self.gross)) // SECONDS_BYTES
        return Measured(gross, net, resolved, every - resolved)


@dataclass(slots=True)
class Measured:
    """Rising runs of seconds that were measured: of so many dossiers, and not of the others."""

    gross: list[Run]
    net: list[Run]
    resolved: int
    ends_before_acceptance: int

    @classmethod
    def together(cls, parts: Sequence["Measured"]) -> "Measured":
        """Give what was measured in all parts."""
        return cls(
            [run for part in parts for run in part.gross],
            [run for part in parts for run in part.net],
            sum(part.resolved for part in parts),
            sum(part.ends_before_acceptance for part in parts),
        )


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
    # One by one: so many seconds at once are slower to make than to sort.
    measured: Iterable[Measured] = (found[key].measured() for key in keys)
    wanted = selection_of(query, source.places())
    if wanted.offices is None and wanted.procedures is None:
        # The total from coarser cells: fewer and longer runs to look through.
        whole = _packed(source, replace(query, by=frozenset()))
        everything = whole.get((EVERYTHING, WHOLE), Packed()).measured()
    else:
        # No cells are coarser.
        measured = list(measured)
        everything = Measured.together(measured)
    named = [
        _duration(group, query.period if period == WHOLE else period, each)
        for (group, period), each in zip(keys, measured, strict=True)
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
    measured = ((key, found[key].measured()) for key in sorted(found))
    return [first_duration(*key, each) for key, each in measured if each.resolved]


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


def _duration(group: Group, period: str, measured: Measured) -> GroupDuration:
    return GroupDuration(
        office=group.office,
        procedure=group.procedure,
        field=group.field,
        channel=group.channel,
        period=period,
        resolved=measured.resolved,
        ends_before_acceptance=measured.ends_before_acceptance,
        gross=_spread_of(measured.gross),
        net=_spread_of(measured.net),
    )


def _spread_of(runs: Sequence[Run]) -> Spread:
    percentiles = (MEDIAN, THIRD_QUARTILE, NINETIETH, LONGEST)
    found: list[int] | list[None] = _ranks(runs, percentiles) or [None] * len(percentiles)
    median, third_quartile, ninetieth, longest = found
    return Spread(
        median_seconds=median,
        p75_seconds=third_quartile,
        p90_seconds=ninetieth,
        longest_seconds=longest,
    )


def ranked(packed: list[bytes], percentiles: Sequence[int], *, are_runs: bool = True) -> list[int]:
    """Give percentiles of several rising runs by the nearest rank; none where there are no values.

    What is below 0 was not measured, and is left out.
    """
    return _ranks(_runs(packed, are_runs=are_runs), percentiles)


def _runs(packed: list[bytes], *, are_runs: bool) -> list[Run]:
    """Read what was measured: few values, short runs, or what is no run are sorted into one."""
    if len(packed) == 1:
        found = unpack_seconds(packed[0])
        run = _measured(found if are_runs else sorted(found))
        return [run] if run else []
    count = sum(map(len, packed)) // SECONDS_BYTES
    if are_runs and not _is_quickly_sorted(count, len(packed)):
        return [run for each in packed if (run := _measured(unpack_seconds(each)))]
    run = _measured(sorted(unpack_seconds(b"".join(packed))))
    return [run] if run else []


def _is_quickly_sorted(count: int, runs: int) -> bool:
    return count <= max(MOST_SORTED, LEAST_OF_RUN * runs)


def _measured(run: Run) -> Run:
    return run[bisect_left(run, 0) :] if run and run[0] < 0 else run


def _ranks(runs: Sequence[Run], percentiles: Sequence[int]) -> list[int]:
    """Give percentiles of rising runs by the nearest rank; none where there are no values."""
    if len(runs) == 1:
        (run,) = runs
        count = len(run)
        # The nearest rank, written out: a list of figures asks for tens of thousands of them.
        return [run[-(-each * count // 100) - 1] for each in percentiles]
    return _ranks_among(runs, percentiles) if runs else []


def _ranks_among(runs: Sequence[Run], percentiles: Sequence[int]) -> list[int]:
    """Find ranks in many values.

    Few are sorted. Among long runs the least value is searched for that so many of all values do
    not exceed, which is one of them; of many short ones only what lies about it is sorted.
    """
    count = sum(map(len, runs))
    ranks = [-(-each * count // 100) for each in percentiles]
    if count <= MOST_SORTED:
        rising = sorted(chain.from_iterable(runs))
        return [rising[rank - 1] for rank in ranks]
    is_short = _is_quickly_sorted(count, len(runs))
    return _sampled(runs, ranks, count) if is_short else _searched(runs, ranks)


def _sampled(runs: Sequence[Run], ranks: Sequence[int], count: int) -> list[int]:
    every = count // SAMPLED + 1
    ends = min(run[0] for run in runs), max(run[-1] for run in runs)
    sample = sorted(islice(chain.from_iterable(runs), 0, None, every))
    # Beyond the sample lie the least and the greatest of all.
    bounds = [ends[0]] * MARGIN + sample + [ends[1]] * (MARGIN + 1)
    return [
        ends[1]
        if rank == count
        else _between(runs, rank, bounds[rank // every], bounds[rank // every + 2 * MARGIN])
        for rank in ranks
    ]


def _between(runs: Sequence[Run], rank: int, low: int, high: int) -> int:
    """Give the value of a rank, which hardly ever lies outside of these two."""
    firsts = list(map(bisect_left, runs, repeat(low)))
    ends = map(bisect_right, runs, repeat(high))
    parts = [run[a:b] for run, a, b in zip(runs, firsts, ends, strict=True) if a < b]
    place = rank - sum(firsts) - 1
    within = sorted(chain.from_iterable(parts))
    if 0 <= place < len(within):
        return within[place]
    return sorted(chain.from_iterable(runs))[rank - 1]


def _searched(runs: Sequence[Run], ranks: Sequence[int]) -> list[int]:
    seconds = range(min(run[0] for run in runs), max(run[-1] for run in runs))

    def rank_of(value: int) -> int:
        return sum(map(bisect_right, runs, repeat(value)))

    return [seconds.start + bisect_left(seconds, rank, key=rank_of) for rank in ranks]


def first_duration(office: str, procedure: str, period: str, measured: Measured) -> Duration:
    """Give a figure of `durations@v1`; at least one of its dossiers was measured."""
    assert measured.resolved > 0
    percentiles = (MEDIAN, NINETIETH)
    gross, net = _ranks(measured.gross, percentiles), _ranks(measured.net, percentiles)
    return Duration(
        office=office,
        procedure=procedure,
        period=period,
        resolved=measured.resolved,
        gross_median_seconds=gross[0],
        gross_p90_seconds=gross[1],
        net_median_seconds=net[0],
        net_p90_seconds=net[1],
    )
