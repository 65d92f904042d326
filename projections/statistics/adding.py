"""Adding up: what dossiers that came, went or changed add to every cell that counts them.

A cell is of a grain: which of office, procedure and channel it tells apart (`opc` all three, the
empty grain none; what is not told apart is `*`). Months are kept in all eight grains, so that a
question reads no finer cells than it asks for; days in the finest grain, by channel, and together;
years in the grains that tell two or three apart, of which there are many cells of months.

Changes at instants that have come stand in the cells; those still to come wait outside of them,
each with its instant, and are added once it has come. So what the cells hold depends on the
dossiers and on the instant that they are as of, never on the steps by which they came there.
"""

import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from operator import add
from typing import Final, NamedTuple, TypeVar

from domain.dossiers import Dossier
from domain.moments import time_zone
from projections.counts import ALL
from projections.statistics.measures import (
    MEASURES,
    RESOLVED_PREFIX,
    Contribution,
    Ended,
    Measure,
    contribution_of,
)

FINEST: Final = "opc"
COARSEST: Final = ""
BY_CHANNEL: Final = "c"
MONTH_GRAINS: Final = ("opc", "op", "oc", "pc", "o", "p", "c", "")
# Years only where months are many: one by one they are cells of whatever is told apart together.
YEAR_GRAINS: Final = ("opc", "op", "oc", "pc")
DAY_GRAINS: Final = (FINEST, BY_CHANNEL, COARSEST)
MONTH_LENGTH: Final = len("2026-11")
YEAR_LENGTH: Final = len("2026")
# Durations are never below 0, so this one is none.
NOT_MEASURED: Final = -1

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Kind(NamedTuple):
    """Whose dossiers a cell counts, by the finest grain."""

    office: str
    procedure: str
    channel: str


class CellKey(NamedTuple):
    """One cell: its grain, its office, procedure and channel or `*`, and its month or day."""

    grain: str
    office: str
    procedure: str
    channel: str
    period: str


class LaterKey(NamedTuple):
    """A change still to come: its instant, its local day, its measure, and of which dossiers."""

    at_microseconds: int
    day: str
    measure: str
    office: str
    procedure: str
    channel: str


Part = TypeVar("Part")
Vector = list[int]
Durations = list[tuple[int, int, int]]


@dataclass(slots=True)
class CellChanges:
    """What is to be added to cells of days in the finest grain, as of one instant.

    Durations are (gross seconds, net seconds, +1 or -1); what ends before its acceptance is not
    measured, and stands among them as `NOT_MEASURED`, so that it can be counted.
    """

    as_of: datetime
    values: defaultdict[tuple[Kind, str], Vector] = field(
        default_factory=lambda: defaultdict(_zeros)
    )
    reasons: defaultdict[tuple[Kind, str], Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    durations: defaultdict[tuple[Kind, str], Durations] = field(
        default_factory=lambda: defaultdict(list)
    )
    later: Counter[LaterKey] = field(default_factory=Counter)

    def add_dossier(self, dossier: Dossier, zone: str, sign: int = 1) -> Contribution | None:
        """Add what a dossier adds, or with ``sign`` -1 take it away."""
        contribution = contribution_of(dossier, zone)
        if contribution is not None:
            kind = Kind(dossier.office, dossier.procedure, dossier.channel.value)
            self._add(kind, contribution, zone, sign)
        return contribution

    def add_due(self, later: Mapping[LaterKey, int]) -> None:
        """Add changes that waited for their instant, which has come."""
        for key, delta in later.items():
            self._add_change(Kind(*key[3:]), key.day, key.measure, delta)

    def _add(self, kind: Kind, contribution: Contribution, zone: str, sign: int) -> None:
        received = self.values[kind, contribution.received_on.isoformat()]
        received[_RECEIVED] += sign
        if contribution.ended is not None:
            self._add_end(kind, contribution.ended, sign)
        for change in contribution.changes:
            day = _day_of(change.at, zone).isoformat()
            if change.at <= self.as_of:
                self._add_change(kind, day, change.measure, sign * change.delta)
            else:
                at = microseconds_of(change.at)
                self.later[LaterKey(at, day, change.measure, *kind)] += sign * change.delta

    def _add_end(self, kind: Kind, ended: Ended, sign: int) -> None:
        day = ended.day.isoformat()
        values = self.values[kind, day]
        for measure in ended.measures:
            values[measure] += sign
        values[_SUPPLEMENT_REQUESTS] += sign * ended.supplement_requests
        self.durations[kind, day].append((*_seconds_of(ended), sign))
        if ended.reason is not None:
            self.reasons[kind, day][f"{RESOLVED_PREFIX}{ended.reason}"] += sign
        for name in ended.without_due:
            self.reasons[kind, day][name] += sign

    def _add_change(self, kind: Kind, day: str, name: str, delta: int) -> None:
        measure = _MEASURE_OF.get(name)
        if measure is None:
            self.reasons[kind, day][name] += delta
        else:
            self.values[kind, day][measure] += delta


def _seconds_of(ended: Ended) -> tuple[int, int]:
    if ended.gross_seconds is None or ended.net_seconds is None:
        return NOT_MEASURED, NOT_MEASURED
    return ended.gross_seconds, ended.net_seconds


_MEASURE_OF: Final = dict(zip(MEASURES, Measure, strict=True))
# A name is found many times faster than a member of its class.
_RECEIVED: Final = Measure.RECEIVED
_SUPPLEMENT_REQUESTS: Final = Measure.SUPPLEMENT_REQUESTS


def _zeros() -> Vector:
    return [0] * len(MEASURES)


def _day_of(instant: datetime, zone: str) -> date:
    return instant.astimezone(time_zone(zone)).date()


def microseconds_of(instant: datetime) -> int:
    """Give an instant as whole microseconds since 1970, so that stores can compare it."""
    return (instant - _EPOCH) // _MICROSECOND


def cells_of(
    by_day: Mapping[tuple[Kind, str], Part],
    grains: Iterable[str],
    period_length: int | None,
    merge: Callable[[Part | None, Part], Part],
) -> dict[CellKey, Part]:
    """Bring days together into cells of other grains; into months with `MONTH_LENGTH`.

    ``merge`` adds a part to what a cell has, or begins with it where it has nothing. The grains
    begin with the finest, and each comes after those that it is made of.
    """
    by_period: Mapping[tuple[Kind, str], Part] = by_day
    if period_length is not None:
        by_period = _by_period(by_day, period_length, merge)
    finest = {CellKey(FINEST, *kind, period): part for (kind, period), part in by_period.items()}
    made: dict[str, dict[CellKey, Part]] = {}
    for grain in grains:
        # Each from one that is finer, of which there are fewer than of the finest.
        finer = next((each for each in reversed(made) if set(grain) <= set(each)), None)
        made[grain] = finest if finer is None else _coarser(made[finer], grain, merge)
    return {key: part for cells in made.values() for key, part in cells.items()}


def years_of(
    months: Mapping[CellKey, Part], merge: Callable[[Part | None, Part], Part]
) -> dict[CellKey, Part]:
    """Bring cells of months together into those of years, of the grains that have them."""
    cells: dict[CellKey, Part] = {}
    for key, part in months.items():
        if key.grain in YEAR_GRAINS:
            of_year = key._replace(period=key.period[:YEAR_LENGTH])
            cells[of_year] = merge(cells.get(of_year), part)
    return cells


def _by_period(
    by_day: Mapping[tuple[Kind, str], Part],
    period_length: int,
    merge: Callable[[Part | None, Part], Part],
) -> dict[tuple[Kind, str], Part]:
    found: dict[tuple[Kind, str], Part] = {}
    for (kind, day), part in by_day.items():
        place = (kind, day[:period_length])
        found[place] = merge(found.get(place), part)
    return found


def _coarser(
    finer: Mapping[CellKey, Part], grain: str, merge: Callable[[Part | None, Part], Part]
) -> dict[CellKey, Part]:
    by_office, by_procedure, by_channel = (letter in grain for letter in FINEST)
    cells: dict[CellKey, Part] = {}
    for (_, office, procedure, channel, period), part in finer.items():
        key = CellKey(
            grain,
            office if by_office else ALL,
            procedure if by_procedure else ALL,
            channel if by_channel else ALL,
            period,
        )
        cells[key] = merge(cells.get(key), part)
    return cells


def key_of(grain: str, kind: Kind, period: str) -> CellKey:
    """Name the cell of a grain that counts dossiers of a kind."""
    return CellKey(
        grain,
        kind.office if "o" in grain else ALL,
        kind.procedure if "p" in grain else ALL,
        kind.channel if "c" in grain else ALL,
        period,
    )


def merge_values(total: Vector | None, more: Vector) -> Vector:
    """Add up measures."""
    if total is None:
        return list(more)
    return list(map(add, total, more))


def merge_counts(total: Counter[str] | None, more: Counter[str]) -> Counter[str]:
    """Add up counts by name; what adds up to nothing stays, as zero."""
    total = Counter() if total is None else total
    total.update(more)
    return total


def merge_durations(total: Durations | None, more: Durations) -> Durations:
    """Put durations together."""
    total = [] if total is None else total
    total += more
    return total


def pack_seconds(seconds: Iterable[int]) -> bytes:
    """Write seconds in rising order, each as a signed 64-bit integer, lowest byte first."""
    packed = array("q", sorted(seconds))
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def unpack_seconds(packed: bytes) -> "array[int]":
    """Read what `pack_seconds` writes; several of them after one another, too."""
    seconds = array("q")
    seconds.frombytes(packed)
    if sys.byteorder == "big":
        seconds.byteswap()
    return seconds
