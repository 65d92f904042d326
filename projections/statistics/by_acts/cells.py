"""Cells of figures made from acts: which are kept, and what parts of dossiers add to them.

A cell is of a theme, of a grain (which of office and procedure it tells apart, or instead of the
office its level in the tree, which then stands in its place) and of a level (how long its periods
are). Whoever asks for a span of months reads whole years and quarters in it; and
all history of an office or a procedure is one cell, with its stays in order. Channels are told
apart within a cell.
"""

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import compress
from typing import Final, NamedTuple

from domain.facts import Channel
from projections.counts import ALL
from projections.statistics.adding import COARSEST, MONTH_LENGTH, YEAR_LENGTH, unpack_seconds
from projections.statistics.by_acts.adding import Part, Theme
from projections.statistics.periods import Granularity, period_at

DAY: Final = "d"
MONTH: Final = "m"
QUARTER: Final = "q"
YEAR: Final = "y"
ALL_HISTORY: Final = "w"

# Months of everything are few and their runs long; an office's, or a procedure's, are many and
# short. Of office and procedure together only all history is kept: finer cells would be as many as
# dossiers, whose parts are read one by one instead (`PairKey`).
LEVELS: Final[Mapping[str, tuple[str, ...]]] = {
    COARSEST: (DAY, MONTH),
    "o": (MONTH, QUARTER, YEAR, ALL_HISTORY),
    "p": (MONTH, QUARTER, YEAR, ALL_HISTORY),
    "op": (ALL_HISTORY,),
    "l": (DAY, MONTH),
    "lp": (MONTH, QUARTER, YEAR, ALL_HISTORY),
}
LEVEL_OF: Final = {
    Granularity.DAY: DAY,
    Granularity.MONTH: MONTH,
    Granularity.QUARTER: QUARTER,
    Granularity.YEAR: YEAR,
}

# A stay in a run: four times its seconds, and the place of its channel; so runs rise by seconds.
CHANNEL_PLACES: Final[Mapping[str, int]] = {
    Channel.COUNTER.value: 0,
    Channel.ONLINE.value: 1,
    Channel.POST.value: 2,
}
_PLACE_BITS: Final = 2
STAY_BYTES: Final = 8
_PLACES: Final = bytes(byte % (1 << _PLACE_BITS) for byte in range(256))
_OF_PLACE: Final = {
    channel: bytes(int(byte % (1 << _PLACE_BITS) == place) for byte in range(256))
    for channel, place in CHANNEL_PLACES.items()
}


def told_stay(seconds: int, channel: str) -> int:
    """Give a stay as runs hold it: with its channel."""
    return (seconds << _PLACE_BITS) + CHANNEL_PLACES[channel]


def seconds_told(stay: int) -> int:
    """Give the seconds of a stay in a run."""
    return stay >> _PLACE_BITS


def seconds_told_in(stays: Collection[int], channel: str) -> int:
    """Add up the seconds of stays that all are of one channel."""
    return (sum(stays) - CHANNEL_PLACES[channel] * len(stays)) >> _PLACE_BITS


def seconds_told_by(packed: bytes, total: int) -> int:
    """Give the sum of the seconds of a run, which all together are ``total``."""
    return (total - sum(packed[::STAY_BYTES].translate(_PLACES))) >> _PLACE_BITS


def told_apart(
    packed: bytes, stays: Collection[int] | None = None
) -> Iterator[tuple[str, int, int]]:
    """Give of each channel that a run tells of how many stays it has, and the sum of seconds.

    ``stays`` are those of the run, in its order, for whoever has them at hand.
    """
    channels = packed[::STAY_BYTES].translate(_PLACES)
    if stays is None:
        stays = unpack_seconds(packed)
    for channel, place in CHANNEL_PLACES.items():
        times = channels.count(place)
        if times == len(stays):
            yield channel, times, seconds_told_in(stays, channel)
        elif times:
            total = sum(compress(stays, channels.translate(_OF_PLACE[channel])))
            yield channel, times, (total - place * times) >> _PLACE_BITS


def run_of_channel(packed: bytes, channel: str) -> bytes:
    """Give the stays of one channel in a run of 64-bit integers, lowest byte first; in order."""
    # Their lowest bytes tell the channel.
    wanted = packed[::STAY_BYTES].translate(_OF_PLACE[channel])
    stays = array("q")
    stays.frombytes(packed)
    return array("q", compress(stays, wanted)).tobytes()


class ActKey(NamedTuple):
    """One cell: theme, grain with level, office and procedure or `*`, and period or `*`."""

    theme: str
    grain: str
    office: str
    procedure: str
    period: str


class PairKey(NamedTuple):
    """One office and procedure in one month, whose parts are listed."""

    theme: str
    office: str
    procedure: str
    month: str


class PairPart(NamedTuple):
    """A part among those of its office and procedure."""

    day: str
    channel: str
    measure: str
    times: int
    total: int


# By stage, each as `told_stay` gives it.
Stays = defaultdict[str, list[int]]


@dataclass(slots=True)
class Sums:
    """What parts add up to.

    Of stays it is the stays alone, by stage, to put in and to take out; of all else how many and a
    total, by channel and measure.
    """

    sums: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    more: Stays = field(default_factory=lambda: defaultdict(list))
    less: Stays = field(default_factory=lambda: defaultdict(list))

    def add(self, name: tuple[str, str], times: int, total: int) -> None:
        """Add to what a channel has of a measure."""
        known = self.sums.get(name)
        if known is None:
            self.sums[name] = [times, total]
        else:
            known[0] += times
            known[1] += total

    def add_stay(self, stage: str, stay: int, sign: int = 1) -> None:
        """Put a stay of `told_stay` in, or with ``sign`` -1 take it out."""
        (self.more if sign > 0 else self.less)[stage].append(stay)

    def merge(self, other: "Sums") -> None:
        """Add other sums."""
        for name, (times, total) in other.sums.items():
            self.add(name, times, total)
        for stays, others in ((self.more, other.more), (self.less, other.less)):
            for stage, found in others.items():
                stays[stage] += found

    def put_in_order(self) -> None:
        """Let the stays rise, as they are packed: what is made of them is then nearly in order."""
        for stays in (self.more, self.less):
            for found in stays.values():
                found.sort()


@dataclass(slots=True)
class PairChange:
    """Parts to be listed, and no more to be listed, at one office and procedure in one month."""

    more: list[PairPart] = field(default_factory=list)
    less: list[PairPart] = field(default_factory=list)


Cells = defaultdict[ActKey, Sums]


@dataclass(slots=True)
class Changes:
    """What is to be added to lists of parts, and so to all cells; with the levels of offices."""

    levels: Mapping[str, str] = field(default_factory=dict)
    pairs: dict[PairKey, PairChange] = field(default_factory=dict)

    def add(self, parts: Iterable[Part], of_row: tuple[str, str], sign: int = 1) -> None:
        """Add parts of a dossier, or with ``sign`` -1 take them out.

        ``of_row`` are the dossier's procedure and channel.
        """
        procedure, channel = of_row
        of_theme = of_office = of_day = ""
        listed: list[PairPart] = []
        for theme, office, day, measure, times, total in parts:
            # Nearly every part is listed where the one before it is.
            if day is not of_day or office is not of_office or theme is not of_theme:
                of_theme, of_office, of_day = theme, office, day
                listed = self._listed(PairKey(theme, office, procedure, day[:MONTH_LENGTH]), sign)
            # Plainly: as members of their class they take twice as long, and nobody names them.
            listed.append((day, channel, measure, times, total))  # type: ignore[arg-type]

    def _listed(self, key: PairKey, sign: int) -> list[PairPart]:
        change = self.pairs.get(key)
        if change is None:
            change = self.pairs[key] = PairChange()
        return change.more if sign > 0 else change.less

    def all_cells(self) -> Iterator[tuple[ActKey, Sums]]:
        """Give the changes of all cells: the finest ones first, and then others made of them."""
        months: Cells = defaultdict(Sums)
        days: Cells = defaultdict(Sums)
        for key, change in self.pairs.items():
            level = self.levels.get(key.office, key.office)
            _add_parts((months, days), key, level, change.more, +1)
            _add_parts((months, days), key, level, change.less, -1)
        _put_in_order(months)
        _put_in_order(days)
        yield from days.items()
        by_grain = {_FINEST: months, _FINEST_DAY: days}
        for grain, finer in _MADE_FROM:
            by_grain[grain] = _coarser(by_grain[finer], grain, self.levels)
            _put_in_order(by_grain[grain])
            yield from by_grain[grain].items()


def _put_in_order(cells: Cells) -> None:
    for sums in cells.values():
        sums.put_in_order()


def _add_parts(
    cells: tuple[Cells, Cells], pair: PairKey, level: str, parts: Collection[PairPart], sign: int
) -> None:
    """Add the parts of one office, procedure and month to it, and to the days of its level."""
    theme, office, procedure, month = pair
    if not parts:
        return
    of_month = cells[0][ActKey(theme, _FINEST, office, procedure, month)]
    of_days = _Days(cells[1], (theme, level))
    if theme == Theme.STEPS:
        _add_stays(of_month, of_days, parts, sign)
    else:
        _add_counts(of_month, of_days, parts, sign)


class _Days(dict[str, Sums]):
    """The cells of one level's days, by day, which are looked for once."""

    def __init__(self, cells: Cells, whose: tuple[str, str]) -> None:
        super().__init__()
        self._cells, self._whose = cells, whose

    def __missing__(self, day: str) -> Sums:
        theme, level = self._whose
        self[day] = found = self._cells[ActKey(theme, _FINEST_DAY, level, ALL, day)]
        return found


def _add_stays(month: Sums, days: _Days, parts: Iterable[PairPart], sign: int) -> None:
    # What `told_stay` says, without a call for each: they are nearly all parts that there are.
    of_month = month.more if sign > 0 else month.less
    known, of_day = "", of_month
    for day, channel, stage, _, seconds in parts:
        if day is not known:
            known, of_day = day, days[day].more if sign > 0 else days[day].less
        stay = (seconds << _PLACE_BITS) + CHANNEL_PLACES[channel]
        of_month[stage].append(stay)
        of_day[stage].append(stay)


def _add_counts(month: Sums, days: _Days, parts: Iterable[PairPart], sign: int) -> None:
    for day, channel, measure, times, total in parts:
        name = (channel, measure)
        month.add(name, sign * times, sign * total)
        days[day].add(name, sign * times, sign * total)


# Months of office and procedure are added up, and not kept.
_FINEST: Final = "opm"
_FINEST_DAY: Final = "ld"
_MADE_FROM: Final = (
    ("d", _FINEST_DAY),
    ("opw", _FINEST),
    ("om", _FINEST),
    ("lpm", _FINEST),
    ("pm", "lpm"),
    *(
        (f"{grain}{level}", f"{grain}{finer}")
        for grain in ("o", "p", "lp")
        for level, finer in ("qm", "yq", "wy")
    ),
    ("lm", "om"),
    ("m", "lm"),
)


def _coarser(finer: Cells, grain: str, levels: Mapping[str, str]) -> Cells:
    found: Cells = defaultdict(Sums)
    for (theme, _, office, procedure, period), sums in finer.items():
        whose = ActKey(
            theme,
            grain,
            _office_in(grain, office, levels),
            procedure if "p" in grain else ALL,
            _longer(period, grain[-1]),
        )
        found[whose].merge(sums)
    return found


def _office_in(grain: str, office: str, levels: Mapping[str, str]) -> str:
    """Give what stands for an office, or for a level already, in cells of a grain."""
    if "o" in grain:
        return office
    return levels.get(office, office) if "l" in grain else ALL


def _longer(period: str, level: str) -> str:
    match level:
        case "q":
            return period_at(period, Granularity.QUARTER)
        case "y":
            return period[:YEAR_LENGTH]
        case "w":
            return ALL
        case _:
            return period
