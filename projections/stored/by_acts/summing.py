"""Sums of lists of parts: what figures made from acts ask for where no cells are so fine.

Any selection can be answered from here. Hundreds of thousands of parts are walked for it, so each
costs one look at where it counts and one addition; what a place of a day counts as is made out
once for each month.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, compress, count, groupby, repeat
from operator import add, itemgetter
from typing import Final, NamedTuple

from ledger.errors import StoreCorrupt
from projections.counts import ALL
from projections.statistics.adding import pack_seconds
from projections.statistics.asking import BEFORE, WHOLE, Selection
from projections.statistics.by_acts.adding import Theme
from projections.statistics.by_acts.asking import ActCell, Value
from projections.statistics.by_acts.cells import seconds_told_by
from projections.statistics.by_acts.fees import OUTSTANDING
from projections.statistics.periods import Granularity, last_day, period_at
from projections.stored.by_acts.lists import (
    COUNTED,
    PLACES_PER_DAY,
    StoredList,
    parts_among,
    parts_in,
    unpack_places,
    unpack_totals,
)

# A list with its month and office.
Listed = tuple[str, str, StoredList]
MONTHS_ALONE: Final = 2
# Of places: some thousands of parts, as some offices have in a month.
MANY_BYTES: Final = 8_000
# What is not asked for is added up under this number, and then left out.
_LEFT_OUT: Final = 0
# Numbers of groups begin at multiples of this, and the numbers of their goals follow.
_GOALS_PER_GROUP: Final = 1 << 24


class Goal(NamedTuple):
    """Into which sum of a group parts go; the channel as asked for, or `*`."""

    period: str
    channel: str
    measure: str
    sign: int


class _Goals:
    """The goals that parts of a theme can have, by number."""

    def __init__(self, theme: Theme, wanted: Selection, *, takes_before: bool) -> None:
        self._counted = COUNTED[theme]
        self._wanted = wanted
        self._takes_before = takes_before
        self._tells_channels = "c" in wanted.apart
        self.tell_days = wanted.granularity is Granularity.DAY
        self._numbers: dict[tuple[str, int], int] = {}
        self._of_goals: dict[Goal, int] = {}
        self.listed: list[Goal | None] = [None]

    def number_of(self, period: str | None, number: int) -> int:
        """Give the number of the goal of what a place counts in a period."""
        if period is None:
            return _LEFT_OUT
        found = self._numbers.get((period, number))
        if found is None:
            found = self._numbers[period, number] = self._named(period, number)
        return found

    def numbers_of(self, period: str | None) -> list[int]:
        """Give the numbers of the goals of all that a place can count in a period."""
        return [self.number_of(period, number) for number in range(len(self._counted))]

    def _named(self, period: str, number: int) -> int:
        try:
            counted = self._counted[number]
        except IndexError as error:
            raise StoreCorrupt("a list of parts names a measure that there is not") from error
        if self._wanted.channel not in (None, counted.channel):
            return _LEFT_OUT
        if period == BEFORE and counted.measure != OUTSTANDING:
            return _LEFT_OUT
        channel = counted.channel if self._tells_channels else ALL
        goal = Goal(period, channel, counted.measure, counted.sign)
        found = self._of_goals.get(goal)
        if found is None:
            found = self._of_goals[goal] = len(self.listed)
            self.listed.append(goal)
        return found

    def are_in(self, month: str) -> bool:
        """Tell whether parts of a month may be asked for."""
        wanted = self._wanted
        first, last = (period_at(f"{month}-{day}", wanted.granularity) for day in ("01", "31"))
        if wanted.last is not None and first > wanted.last:
            return False
        return self._takes_before or wanted.first is None or last >= wanted.first

    def period_of(self, day: str) -> str | None:
        """Give the name under which a day counts; None where it is not asked for.

        Raises:
            StoreCorrupt: there is no such day.
        """
        try:
            date.fromisoformat(day)
        except ValueError as error:
            raise StoreCorrupt("a list of parts names a day that there is not") from error
        wanted = self._wanted
        period = period_at(day, wanted.granularity)
        if wanted.last is not None and period > wanted.last:
            return None
        if wanted.first is not None and period < wanted.first:
            return BEFORE if self._takes_before else None
        return period if wanted.by_period else WHOLE


class _GoalsOfMonth(dict[int, int]):
    """The number of the goal of each place in a month, made out when first asked for."""

    def __init__(self, goals: _Goals, month: str) -> None:
        super().__init__()
        self._goals = goals
        self._month = month
        self._periods: dict[int, str | None] = {}
        if not goals.tell_days:
            # All days of the month count alike, so none of its places is made out alone.
            numbers = goals.numbers_of(goals.period_of(f"{month}-01"))
            for day in range(1, last_day(month, Granularity.MONTH).day + 1):
                self.update(zip(count(day * PLACES_PER_DAY), numbers, strict=False))

    def __missing__(self, place: int) -> int:
        day, number = divmod(place, PLACES_PER_DAY)
        if day not in self._periods:
            self._periods[day] = self._goals.period_of(f"{self._month}-{day:02d}")
        found = self[place] = self._goals.number_of(self._periods[day], number)
        return found


class _Gathered(NamedTuple):
    """Parts of one list: their columns, packed, and the base of each one's group."""

    places: bytes
    totals: bytes
    bases: Iterable[int]


class _Walk:
    """Walks lists, and keeps where each part goes and its total until they are added up."""

    def __init__(self, wanted: Selection, goals: _Goals) -> None:
        self._wanted = wanted
        self._by_office, self._by_procedure = "o" in wanted.apart, "p" in wanted.apart
        self._goals = goals
        self._bases: dict[tuple[str, str], int] = {}
        # By number.
        self.groups: list[tuple[str, str]] = []
        self._gathered: list[_Gathered] = []
        self._keys: list[int] = []
        self._totals: list[int] = []

    def take(self, month: str, lists: Iterable[Listed]) -> Iterator[None]:
        """Walk the lists of one month, unless nothing of it is asked; pause when much is kept."""
        if not self._goals.are_in(month):
            return
        goal_of = _GoalsOfMonth(self._goals, month).__getitem__
        procedures, waiting = self._wanted.procedures, 0
        for _, office, listed in lists:
            if procedures is not None and procedures.isdisjoint(listed.counts):
                continue
            found = self._parts(listed, office if self._by_office else ALL)
            self._gathered.append(found)
            waiting += len(found.places)
            if waiting > MANY_BYTES:
                self._number(goal_of)
                waiting = 0
                yield
        self._number(goal_of)

    def _number(self, goal_of: Callable[[int], int]) -> None:
        """Give each part that was gathered the number of its group and goal."""
        wanted = self._wanted
        places = unpack_places(b"".join([each.places for each in self._gathered]))
        totals = unpack_totals(b"".join([each.totals for each in self._gathered]))
        numbers = list(map(goal_of, places))
        keys: Iterable[int] = numbers
        if self._by_office or self._by_procedure:
            bases = chain.from_iterable([each.bases for each in self._gathered])
            keys = map(add, numbers, bases)
        # Else hardly any part is left out, and looking for them costs more than adding them up.
        is_sifted = wanted.granularity is Granularity.DAY or wanted.channel is not None
        self._keys.extend(compress(keys, numbers) if is_sifted else keys)
        self._totals.extend(compress(totals, numbers) if is_sifted else totals)
        self._gathered = []

    def _parts(self, listed: StoredList, office: str) -> "_Gathered":
        """Give the columns of what is asked for, and of each part the base of its group."""
        wanted = self._wanted.procedures
        counts: Mapping[str, int] = listed.counts
        places, totals = listed.places, listed.totals
        if wanted is not None:
            places, totals = parts_among(listed, wanted)
            if self._by_procedure:
                counts = {code: counts[code] for code in counts if code in wanted}
        if not self._by_procedure:
            base = self._base(office, ALL) if places else 0
            return _Gathered(places, totals, repeat(base, parts_in(places)))
        stand_in = self._wanted.stand_ins.get
        bases = [self._base(office, stand_in(code, code)) for code in counts]
        return _Gathered(places, totals, chain.from_iterable(map(repeat, bases, counts.values())))

    def _base(self, office: str, procedure: str) -> int:
        group = (office, procedure)
        base = self._bases.get(group)
        if base is None:
            base = self._bases[group] = len(self.groups) * _GOALS_PER_GROUP
            self.groups.append(group)
        return base

    def taken(self) -> tuple[Sequence[int], Sequence[int]]:
        """Give the group and goal of each part, and its total; and forget them."""
        found = self._keys, self._totals
        self._keys, self._totals = [], []
        return found


def cells_of_lists(
    theme: Theme,
    wanted: Selection,
    lists: Iterable[Listed],
    *,
    with_before: bool = True,
    are_few: bool = False,
) -> Iterator[ActCell]:
    """Add up lists, month by month, as they are asked for; a group may come in many parts.

    Stays of the first months, and of each period, come alone, and some thousands at a time: they
    are most of what there is, and whoever has too many figures already reads no further.
    Where these ``are_few`` groups, all come together.
    ``with_before``: of fees also what was owed before the first period.

    Raises:
        StoreCorrupt: a list holds what no part can be.
    """
    goals = _Goals(theme, wanted, takes_before=theme is Theme.FEES and with_before)
    walk = _Walk(wanted, goals)
    summed = _stays if theme is Theme.STEPS else _sums
    for number, (month, found) in enumerate(groupby(lists, key=itemgetter(0))):
        are_first = number < MONTHS_ALONE or wanted.by_period
        are_alone = theme is Theme.STEPS and are_first and not are_few
        for _ in walk.take(month, found):
            if are_alone:
                yield from summed(*walk.taken(), walk.groups, goals.listed)
        if are_alone:
            yield from summed(*walk.taken(), walk.groups, goals.listed)
    yield from summed(*walk.taken(), walk.groups, goals.listed)


_Groups = Sequence[tuple[str, str]]


def _sums(
    keys: Sequence[int], totals: Sequence[int], groups: _Groups, goals: Sequence[Goal | None]
) -> Iterator[ActCell]:
    times, sums = Counter(keys), defaultdict[int, int](int)
    for key, total in zip(keys, totals, strict=True):
        sums[key] += total
    found = defaultdict[tuple[int, str, str], dict[str, Value]](dict)
    for key, often in times.items():
        group, number = divmod(key, _GOALS_PER_GROUP)
        goal = goals[number]
        if goal is not None:
            period, channel, measure, sign = goal
            values = found[group, period, channel]
            before = values.get(measure)
            added = (sign * often, sums[key], b"")
            if before is not None:
                added = (before[0] + added[0], before[1] + added[1], b"")
            # As its own constructor makes it, which takes twice as long.
            values[measure] = tuple.__new__(Value, added)
    for (group, period, channel), values in found.items():
        yield ActCell(*groups[group], channel, period, values)


def _stays(
    keys: Sequence[int], totals: Sequence[int], groups: _Groups, goals: Sequence[Goal | None]
) -> Iterator[ActCell]:
    runs = defaultdict[int, list[int]](list)
    for key, stay in zip(keys, totals, strict=True):
        runs[key].append(stay)
    found = defaultdict[tuple[int, str, str], dict[str, Value]](dict)
    for key, stays in runs.items():
        group, number = divmod(key, _GOALS_PER_GROUP)
        goal = goals[number]
        if goal is not None:
            period, channel, stage, _ = goal
            run = pack_seconds(stays)
            value = (len(stays), seconds_told_by(run, sum(stays)), run)
            found[group, period, channel][stage] = tuple.__new__(Value, value)
    for (group, period, channel), stages in found.items():
        yield ActCell(*groups[group], channel, period, stages)
