"""Spans of days as cells hold them: whole years and months from theirs, and days at their edges.

There are many more cells of days, and those in between are kept in few grains. What can be taken
off again is read from whichever side of an edge is shorter: most of a month is the month, less the
days before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

from projections.statistics.adding import MONTH_LENGTH, YEAR_LENGTH
from projections.statistics.periods import (
    MONTHS_PER_YEAR,
    Granularity,
    first_day,
    last_day,
    period_after,
)


class Piece(NamedTuple):
    """Cells of days or of months, both ends included; None leaves that side open.

    ``is_before``: what they hold came before the span, and counts as carried into it.
    """

    is_days: bool
    first: str | None
    last: str | None
    is_before: bool = False


def pieces_of(first: str | None, last: str | None) -> Iterator[Piece]:
    """Give what a span of days is made of, and what came before it; no day is in two pieces."""
    begin, end = _first_whole_month(first), _last_whole_month(last)
    if first is not None:
        yield from _before(first)
    if first is not None and last is not None and _month(first) == _month(last) and begin != end:
        yield Piece(is_days=True, first=first, last=last)
        return
    if first is not None and begin != _month(first):
        yield Piece(is_days=True, first=first, last=_last_day(_month(first)))
    if last is not None and end != _month(last):
        yield Piece(is_days=True, first=f"{_month(last)}-01", last=last)
    if begin is None or end is None or begin <= end:
        yield Piece(is_days=False, first=begin, last=end)


def _before(first: str) -> Iterator[Piece]:
    yield Piece(is_days=False, first=None, last=_month_before(_month(first)), is_before=True)
    if not first.endswith("-01"):
        day_before = (first_day(first) - timedelta(days=1)).isoformat()
        yield Piece(is_days=True, first=f"{_month(first)}-01", last=day_before, is_before=True)


def _first_whole_month(first: str | None) -> str | None:
    if first is None or first.endswith("-01"):
        return None if first is None else _month(first)
    return period_after(_month(first), Granularity.MONTH)


def _last_whole_month(last: str | None) -> str | None:
    if last is None or last == _last_day(_month(last)):
        return None if last is None else _month(last)
    return _month_before(_month(last))


def _month(day: str) -> str:
    return day[:MONTH_LENGTH]


def _last_day(month: str) -> str:
    return last_day(month, Granularity.MONTH).isoformat()


def _month_before(month: str) -> str:
    return _month((first_day(month) - timedelta(days=1)).isoformat())


class Stretch(NamedTuple):
    """Cells of days, months or years, by the length of their names; None leaves a side open.

    ``sign`` is -1 where they are taken off what others hold; ``is_before`` as of a `Piece`.
    """

    length: int
    first: str | None
    last: str | None
    is_before: bool = False
    sign: int = 1


@dataclass(frozen=True, slots=True)
class Reading:
    """Which cells may be read: those of years, and such as are taken off again."""

    has_years: bool
    may_subtract: bool

    def stretches(self, first: str | None, last: str | None) -> Iterator[Stretch]:
        """Give what a span of days is made of, and what came before it."""
        if first is not None:
            before = (first_day(first) - timedelta(days=1)).isoformat()
            for each in self._within(None, before):
                yield each._replace(is_before=True)
        yield from self._within(first, last)

    def _within(self, first: str | None, last: str | None) -> Iterator[Stretch]:
        if first is not None and last is not None and first > last:
            return
        for each in self._edges(first, last, MONTH_LENGTH):
            if self.has_years and each.length == MONTH_LENGTH:
                yield from self._edges(each.first, each.last, YEAR_LENGTH)
            else:
                yield each

    def _edges(self, first: str | None, last: str | None, width: int) -> Iterator[Stretch]:
        """Give whole months, or years, and the days or months at the edges of the span."""
        begin, end = (None if each is None else each[:width] for each in (first, last))
        if first is not None and last is not None and begin == end:
            yield from self._within_one(first[:width], _number(first), _number(last))
            return
        if first is not None and begin is not None and _number(first) > 1:
            number = _number(first)
            if self._is_shorter(number - 1, begin):
                yield _numbered(begin, 1, number - 1, sign=-1)
            else:
                yield _numbered(begin, number, _size(begin))
                begin = period_after(begin, _GRANULARITIES[width])
        if last is not None and end is not None and _number(last) < _size(end):
            number = _number(last)
            if self._is_shorter(_size(end) - number, end):
                yield _numbered(end, number + 1, _size(end), sign=-1)
            else:
                yield _numbered(end, 1, number)
                end = _whole_before(end)
        if begin is None or end is None or begin <= end:
            yield Stretch(width, begin, end)

    def _within_one(self, whole: str, first: int, last: int) -> Iterator[Stretch]:
        size = _size(whole)
        outside = size - (last - first + 1)
        if outside and not self._is_shorter(outside, whole):
            yield _numbered(whole, first, last)
            return
        yield Stretch(len(whole), whole, whole)
        if first > 1:
            yield _numbered(whole, 1, first - 1, sign=-1)
        if last < size:
            yield _numbered(whole, last + 1, size, sign=-1)

    def _is_shorter(self, taken_off: int, whole: str) -> bool:
        return self.may_subtract and taken_off * 2 < _size(whole)


_GRANULARITIES: Final = {MONTH_LENGTH: Granularity.MONTH, YEAR_LENGTH: Granularity.YEAR}


def _numbered(whole: str, first: int, last: int, *, sign: int = 1) -> Stretch:
    """Name some of the days of a month, or of the months of a year."""
    names = (f"{whole}-{first:02d}", f"{whole}-{last:02d}")
    return Stretch(len(names[0]), *names, sign=sign)


def _number(name: str) -> int:
    return int(name[-2:])


def _size(whole: str) -> int:
    is_year = len(whole) == YEAR_LENGTH
    return MONTHS_PER_YEAR if is_year else last_day(whole, Granularity.MONTH).day


def _whole_before(whole: str) -> str:
    return (first_day(whole) - timedelta(days=1)).isoformat()[: len(whole)]
