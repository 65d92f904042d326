"""Periods: days, months, quarters and years by their names, and the sequences that they form.

A day is `2026-11-21`, a month `2026-11`, a quarter `2026-Q4`, a year `2026`. Names of one
granularity sort as the periods follow one another.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

from domain.errors import MalformedMoment
from domain.moments import FIRST_YEAR, LAST_YEAR

MONTHS_PER_QUARTER: Final = 3
MONTHS_PER_YEAR: Final = 12


class Granularity(StrEnum):
    """How long the periods are."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_FORMS: Final = {
    Granularity.DAY: re.compile(r"([0-9]{4})-[0-9]{2}-[0-9]{2}", re.ASCII),
    Granularity.MONTH: re.compile(r"([0-9]{4})-(?:0[1-9]|1[0-2])", re.ASCII),
    Granularity.QUARTER: re.compile(r"([0-9]{4})-Q[1-4]", re.ASCII),
    Granularity.YEAR: re.compile(r"([0-9]{4})", re.ASCII),
}


def granularity_of(name: str) -> Granularity:
    """Tell of what granularity a period is.

    Raises:
        MalformedMoment: the text names no period, or one outside of the years of moments.
    """
    for granularity, form in _FORMS.items():
        match = form.fullmatch(name)
        if match is not None and FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
            if granularity is Granularity.DAY:
                _check_day(name)
            return granularity
    raise MalformedMoment


def _check_day(name: str) -> None:
    try:
        date.fromisoformat(name)
    except ValueError as error:
        raise MalformedMoment from error


def period_at(day: date | str, granularity: Granularity) -> str:
    """Give the period in which a day lies; the day may be its text."""
    text = day if isinstance(day, str) else day.isoformat()
    match granularity:
        case Granularity.DAY:
            return text
        case Granularity.MONTH:
            return text[:7]
        case Granularity.QUARTER:
            return f"{text[:4]}-Q{(int(text[5:7]) + 2) // MONTHS_PER_QUARTER}"
        case Granularity.YEAR:
            return text[:4]


def first_day(name: str) -> date:
    """Give the first day of a period."""
    if "Q" in name:
        return date(int(name[:4]), int(name[-1]) * MONTHS_PER_QUARTER - 2, 1)
    return date.fromisoformat(f"{name}-01-01"[:10])


# Each group of a list walks the same periods.
@lru_cache(maxsize=4_096)
def period_after(name: str, granularity: Granularity) -> str:
    """Give the period that follows."""
    day = first_day(name)
    if granularity is Granularity.DAY:
        return (day + timedelta(days=1)).isoformat()
    months = {
        Granularity.MONTH: 1,
        Granularity.QUARTER: MONTHS_PER_QUARTER,
        Granularity.YEAR: MONTHS_PER_YEAR,
    }[granularity]
    number = day.year * MONTHS_PER_YEAR + day.month - 1 + months
    following = f"{number // MONTHS_PER_YEAR:04d}-{number % MONTHS_PER_YEAR + 1:02d}-01"
    return period_at(following, granularity)


def last_day(name: str, granularity: Granularity) -> date:
    """Give the last day of a period."""
    return first_day(period_after(name, granularity)) - timedelta(days=1)


def periods_between(first: str, last: str, granularity: Granularity) -> Iterator[str]:
    """Give the periods from one to another, both included; none where the first comes later."""
    name = first
    while name <= last:
        yield name
        name = period_after(name, granularity)
