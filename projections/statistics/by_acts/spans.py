"""Spans of months as years, quarters and months: the fewest cells that make them up."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from projections.statistics.by_acts.cells import MONTH, QUARTER, YEAR
from projections.statistics.periods import Granularity, first_day, last_day, period_after, period_at

_LENGTHS: Final = ((YEAR, Granularity.YEAR), (QUARTER, Granularity.QUARTER))
_FIRST_MONTH: Final = "-01"


class Piece(NamedTuple):
    """Periods of one level, from one to another, both included; None leaves that side open."""

    level: str
    first: str | None
    last: str | None


def pieces_of(first: str | None, last: str | None) -> list[Piece]:
    """Divide the months from one to another, both included; None leaves that side open."""
    found: list[Piece] = []
    month = first
    if month is None:
        assert last is not None
        # All years before the last one, which is walked.
        year = last[:4]
        found.append(Piece(YEAR, None, f"{int(year) - 1:04d}"))
        month = f"{year}{_FIRST_MONTH}"
    for piece in _walked(month, last):
        before = found[-1] if found else None
        if before is not None and before.level == piece.level:
            found[-1] = before._replace(last=piece.last)
        else:
            found.append(piece)
    return found


def _walked(month: str, last: str | None) -> Iterator[Piece]:
    while last is None or month <= last:
        level, period = _longest(month, last)
        if last is None and level == YEAR:
            yield Piece(YEAR, period, None)
            return
        yield Piece(level, period, period)
        end = last_day(period, _GRANULARITIES[level])
        month = period_after(period_at(end, Granularity.MONTH), Granularity.MONTH)


_GRANULARITIES: Final = {
    YEAR: Granularity.YEAR,
    QUARTER: Granularity.QUARTER,
    MONTH: Granularity.MONTH,
}


def _longest(month: str, last: str | None) -> tuple[str, str]:
    """Give the longest period that begins with a month and ends by the last one."""
    for level, granularity in _LENGTHS:
        period = period_at(f"{month}-01", granularity)
        begin, end = (
            period_at(day, Granularity.MONTH)
            for day in (first_day(period), last_day(period, granularity))
        )
        if begin == month and (last is None or end <= last):
            return level, period
    return MONTH, month
