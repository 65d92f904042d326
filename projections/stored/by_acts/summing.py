"""Sums of lists of parts: what figures made from acts ask for where no cells are so fine.

Any selection can be answered from here. Hundreds of thousands of parts are walked for it, so each
costs one look at where it counts and one addition; what a place of a day counts as is made out
once for each request.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple

from ledger.errors import StoreCorrupt
from projections.counts import ALL
from projections.statistics.adding import pack_seconds
from projections.statistics.asking import BEFORE, WHOLE, Selection
from projections.statistics.by_acts.adding import Theme
from projections.statistics.by_acts.asking import ActCell, Value
from projections.statistics.by_acts.cells import seconds_told_in
from projections.statistics.by_acts.fees import OUTSTANDING
from projections.statistics.periods import first_day, last_day, period_at
from projections.stored.by_acts.lists import (
    COUNTED,
    PLACES_PER_DAY,
    Counted,
    StoredList,
    first_place,
    places_in,
    unpack_places,
    unpack_totals,
)

# What is not asked for is added up under this number, and then left out.
_LEFT_OUT: Final = -1
_ITEM: Final = 4


class Goal(NamedTuple):
    """Into which sum of a group parts go; the channel as asked for, and what they count."""

    period: str
    channel: str
    counted: Counted


class _Goals(dict[int, int]):
    """The number of the goal of each place that parts name, made out when first asked for.

    ``listed`` are the goals by their numbers.
    """

    def __init__(self, theme: Theme, wanted: Selection) -> None:
        super().__init__()
        self._counted = COUNTED[theme]
        self._wanted = wanted
        self._takes_before = theme is Theme.FEES
        self._tells_channels = "c" in wanted.apart
        self.listed: list[Goal] = []
        # By day, and by period, which many days share: the number of each goal named so far.
        self._days: dict[int, tuple[str | None, dict[int, int]]] = {}
        self._periods: dict[str | None, dict[int, int]] = {}

    def __missing__(self, place: int) -> int:
        day, number = divmod(place, PLACES_PER_DAY)
        of_day = self._days.get(day)
        if of_day is None:
            period = self._period_of(day)
            of_day = self._days[day] = (period, self._periods.setdefault(period, {}))
        period, numbers = of_day
        found = numbers.get(number)
        if found is None:
            found = numbers[number] = self._number_of(period, number)
        self[place] = found
        return found

    def _number_of(self, period: str | None, number: int) -> int:
        try:
            counted = self._counted[number]
        except IndexError as error:
            raise StoreCorrupt("a list of parts names a measure that there is not") from error
        if period is None or self._wanted.channel not in (None, counted.channel):
            return _LEFT_OUT
        if period == BEFORE and counted.measure != OUTSTANDING:
            return _LEFT_OUT
        self.listed.append(Goal(period, counted.channel if self._tells_channels else ALL, counted))
        return len(self.listed) - 1

    def _period_of(self, day_ordinal: int) -> str | None:
        try:
            day = date.fromordinal(day_ordinal)
        except (OverflowError, ValueError) as error:
            raise StoreCorrupt("a list of parts names a day that there is not") from error
        wanted = self._wanted
        period = period_at(day, wanted.granularity)
        if wanted.last is not None and period > wanted.last:
            return None
        if wanted.first is not None and period < wanted.first:
            return BEFORE if self._takes_before else None
        return period if wanted.by_period else WHOLE


def cells_of_lists(
    theme: Theme,
    wanted: Selection,
    lists: Iterable[tuple[str, str, StoredList]],
    *,
    with_before: bool = True,
) -> Iterator[ActCell]:
    """Add up lists by office and procedure as they are asked for; a group may come in many parts.

    ``with_before``: of fees also what was owed before the first period.

    Raises:
        StoreCorrupt: a list holds what no part can be.
    """
    groups = defaultdict[tuple[str, str], list[StoredList]](list)
    by_office, by_procedure = "o" in wanted.apart, "p" in wanted.apart
    stand_in = wanted.stand_ins.get
    for office, procedure, listed in lists:
        of_procedure = stand_in(procedure, procedure) if by_procedure else ALL
        groups[office if by_office else ALL, of_procedure].append(listed)
    goals, bounds = (
        _Goals(theme, wanted),
        _bounds(wanted, takes_before=theme is Theme.FEES and with_before),
    )
    summed = _stays if theme is Theme.STEPS else _sums
    for group, found in groups.items():
        for period, channel, values in summed(found, goals, bounds):
            yield ActCell(*group, channel, period, values)


Bounds = tuple[int | None, int | None]


def _bounds(wanted: Selection, *, takes_before: bool) -> Bounds:
    """Give the places between which all lies that is asked for; the second one is beyond it."""
    first = None
    if wanted.first is not None and not takes_before:
        first = first_place(first_day(wanted.first).isoformat())
    if wanted.last is None:
        return first, None
    last = last_day(wanted.last, wanted.granularity)
    return first, first_place(last.isoformat()) + PLACES_PER_DAY


def _columns(lists: Sequence[StoredList], bounds: Bounds) -> tuple[Sequence[int], Sequence[int]]:
    """Give the places and totals of several lists, as far as they are asked for."""
    if bounds == (None, None):
        return (
            unpack_places(b"".join([each.places for each in lists])),
            unpack_totals(b"".join([each.totals for each in lists])),
        )
    first, beyond = bounds
    places: list[bytes] = []
    totals: list[bytes] = []
    for each in lists:
        column = places_in(each.places)
        begin = 0 if first is None else bisect_left(column, first)
        end = len(column) if beyond is None else bisect_left(column, beyond)
        if begin < end:
            places.append(each.places[begin * _ITEM : end * _ITEM])
            totals.append(each.totals[begin * 2 * _ITEM : end * 2 * _ITEM])
    return unpack_places(b"".join(places)), unpack_totals(b"".join(totals))


Summed = Iterator[tuple[str, str, dict[str, Value]]]


def _sums(lists: Sequence[StoredList], goals: _Goals, bounds: Bounds) -> Summed:
    places, totals = _columns(lists, bounds)
    if not places:
        return
    numbers = list(map(goals.__getitem__, places))
    times, sums = Counter(numbers), defaultdict[int, int](int)
    for number, total in zip(numbers, totals, strict=True):
        sums[number] += total
    named = goals.listed
    found = defaultdict[tuple[str, str], dict[str, Value]](dict)
    for number, count in times.items():
        if number != _LEFT_OUT:
            period, channel, (_, measure, sign) = named[number]
            values = found[period, channel]
            known = values.get(measure, _NOTHING)
            values[measure] = Value(known[0] + sign * count, known[1] + sums[number], b"")
    for (period, channel), values in found.items():
        yield period, channel, values


def _stays(lists: Sequence[StoredList], goals: _Goals, bounds: Bounds) -> Summed:
    places, totals = _columns(lists, bounds)
    runs = defaultdict[int, list[int]](list)
    for number, stay in zip(map(goals.__getitem__, places), totals, strict=True):
        runs[number].append(stay)
    named = goals.listed
    for number, stays in runs.items():
        if number != _LEFT_OUT:
            period, channel, counted = named[number]
            seconds, measure = seconds_told_in(stays, counted.channel), counted.measure
            yield period, channel, {measure: Value(len(stays), seconds, pack_seconds(stays))}


_NOTHING: Final = Value(0, 0, b"")
