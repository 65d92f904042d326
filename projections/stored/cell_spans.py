"""Spans of days as cells hold them: whole months from cells of months, and days at their edges.

There are many more cells of days, and those in between are kept in few grains.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from projections.statistics.adding import MONTH_LENGTH
from projections.statistics.periods import Granularity, first_day, last_day, period_after


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
