"""Choosing: which kept cells answer what is asked for, by the grain and length of their periods."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, timedelta

from projections.statistics.adding import COARSEST, MONTH_LENGTH
from projections.statistics.asking import BEFORE, WHOLE, Selection
from projections.statistics.by_acts.adding import Theme
from projections.statistics.by_acts.cells import (
    ALL_HISTORY,
    DAY,
    LEVEL_OF,
    LEVELS,
    MONTH,
    QUARTER,
)
from projections.statistics.by_acts.spans import Piece, pieces_of
from projections.statistics.periods import Granularity, first_day, last_day
from projections.statistics.places import Places
from projections.stored.cell_spans import pieces_of as spans_of_days

# Which cells to read, with the name of their period where it is not their own.
Named = tuple[Piece, str | None]


@dataclass(frozen=True, slots=True)
class OfLevel(Selection):
    """A selection of all offices of one level, which stands in their place."""

    @property
    def grain(self) -> str:
        """Give the coarsest grain of cells that can answer."""
        return super(OfLevel, self).grain.replace("o", "l")


def as_kept(wanted: Selection, places: Places) -> Selection:
    """Give what is asked for as cells tell it: all offices of one level by that level."""
    if wanted.offices is None or "o" in wanted.apart:
        return wanted
    level = places.level_of_all(wanted.offices)
    if level is None:
        return wanted
    named = {field.name: getattr(wanted, field.name) for field in fields(wanted)}
    return OfLevel(**{**named, "offices": frozenset({level})})


def tells_channels(wanted: Selection) -> bool:
    """Tell whether channels are told apart, or one of them is asked for."""
    return wanted.grain.endswith("c")


def are_months_quicker(wanted: Selection) -> bool:
    """Tell whether a span of days is read from months, and from lists at its edges alone."""
    return not wanted.by_period and MONTH in LEVELS[grain_of(wanted)]


def cells_to_read(theme: Theme, wanted: Selection) -> list[Named] | None:
    """Say which cells to read, with the name of their period where it is not their own.

    None where the cells are not so fine.
    """
    levels = LEVELS[grain_of(wanted)]
    if wanted.by_period or wanted.granularity is Granularity.DAY:
        is_whole = not wanted.by_period and wanted.first is None and wanted.last is None
        if is_whole and ALL_HISTORY in levels:
            return [(Piece(ALL_HISTORY, None, None), WHOLE)]
        is_long = DAY in levels and MONTH in levels and not wanted.by_period
        pieces = _days_and_months(wanted) if is_long else _by_period(wanted, levels)
    else:
        pieces = _together(wanted, levels)
    if pieces is None:
        return None
    found = [(piece, None if wanted.by_period else WHOLE) for piece in pieces]
    if theme is Theme.FEES and wanted.first is not None:
        found += [(piece, BEFORE) for piece in _before(wanted.first, levels)]
    return found


def _days_and_months(wanted: Selection) -> list[Piece]:
    """Give a span of days as whole months and the days at its edges: fewer and longer runs."""
    return [
        Piece(DAY if each.is_days else MONTH, each.first, each.last)
        for each in spans_of_days(wanted.first, wanted.last)
        if not each.is_before
    ]


def _by_period(wanted: Selection, levels: Iterable[str]) -> list[Piece] | None:
    """Give periods of the granularity asked for, or the months of which they consist."""
    level = LEVEL_OF[wanted.granularity]
    if level in levels:
        return [Piece(level, wanted.first, wanted.last)]
    if level == DAY or MONTH not in levels:
        return None
    return [Piece(MONTH, *months_of(wanted))]


def _together(wanted: Selection, levels: Iterable[str]) -> list[Piece] | None:
    first, last = months_of(wanted)
    if first is None and last is None and ALL_HISTORY in levels:
        return [Piece(ALL_HISTORY, None, None)]
    if MONTH not in levels:
        return None
    if QUARTER not in levels or (first is None and last is None):
        return [Piece(MONTH, first, last)]
    return pieces_of(first, last)


def months_of(wanted: Selection) -> tuple[str | None, str | None]:
    """Give the months of the first and the last period asked for."""
    first, last = wanted.first, wanted.last
    return (
        None if first is None else first_day(first).isoformat()[:MONTH_LENGTH],
        None if last is None else last_day(last, wanted.granularity).isoformat()[:MONTH_LENGTH],
    )


def _before(first: str, levels: Iterable[str]) -> list[Piece]:
    """Give what lies before a period: months as far as these end before it, then days."""
    day = first_day(first).isoformat()
    begin = f"{day[:MONTH_LENGTH]}-01"
    month = (date.fromisoformat(begin) - timedelta(days=1)).isoformat()[:MONTH_LENGTH]
    pieces = pieces_of(None, month) if QUARTER in levels else [Piece(MONTH, None, month)]
    if begin < day:
        before = date.fromisoformat(day) - timedelta(days=1)
        pieces.append(Piece(DAY, begin, before.isoformat()))
    return pieces


def grain_of(wanted: Selection) -> str:
    """Give the grain of cells; channels are told apart within each."""
    return wanted.grain.replace("c", COARSEST)
