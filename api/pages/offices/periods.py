"""The periods that a page of figures offers: those with acts, none of the future, newest first.

A page opens on the last quarter that is over and has acts; the quarter still running counts only
where a ledger has no other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from api.parts import Parts
from api.resources.index766.answering import KeptAnswers
from projections.statistics.periods import Granularity, period_after, period_at
from projections.views import ViewReader

QUARTER_AND_YEAR: Final = (Granularity.YEAR, Granularity.QUARTER)
ALL_LENGTHS: Final = (*QUARTER_AND_YEAR, Granularity.MONTH)


@dataclass(frozen=True, slots=True)
class MonthsWithActs:
    """The months in which something was counted, ascending, and the month of the checkpoint."""

    months: tuple[str, ...]
    now: str


@dataclass(frozen=True, slots=True)
class YearOfPeriods:
    """One year's periods as a page lists them."""

    year: str
    periods: tuple[str, ...]


def read_months(parts: Parts, kept: KeptAnswers, office: str | None) -> MonthsWithActs | None:
    """Read in which months an office, or any, has acts; None before the first checkpoint.

    Raises:
        LedgerError: the views cannot be read.
    """
    with parts.views.reading() as reader:
        position = reader.position()
        if position is None:
            return None
        return kept.get(position, ("months", office), lambda: _months(reader, office))


def _months(reader: ViewReader, office: str | None) -> MonthsWithActs:
    position = reader.position()
    assert position is not None
    cells = reader.cells(position)
    now = period_at(cells.places().latest_day(cells.as_of()), Granularity.MONTH)
    return MonthsWithActs(tuple(month for month in cells.months(office) if month <= now), now)


def opening_period(found: MonthsWithActs | None) -> str | None:
    """Name the quarter that a page opens on; None where nothing was counted yet."""
    if found is None or not found.months:
        return None
    running = _quarter(found.now)
    over = [month for month in found.months if _quarter(month) < running]
    return _quarter(over[-1] if over else found.months[-1])


def offered_periods(
    found: MonthsWithActs, asked: str, lengths: Sequence[Granularity]
) -> tuple[YearOfPeriods, ...]:
    """Give the periods to choose from, year by year; what is shown now is always among them.

    Years without any act are left out, and of the first and last year what lies outside the
    ledger's time.
    """
    years = {month[:4] for month in found.months} | {found.now[:4], asked[:4]}
    return tuple(
        YearOfPeriods(year, tuple(_of_year(found, year, asked, lengths)))
        for year in sorted(years, reverse=True)
    )


def _of_year(
    found: MonthsWithActs, year: str, asked: str, lengths: Sequence[Granularity]
) -> Iterator[str]:
    first, now = (found.months or (found.now,))[0], found.now
    for length in lengths:
        name, end = period_at(f"{year}-01-01", length), period_at(f"{year}-12-31", length)
        while name <= end:
            within = period_at(f"{first}-01", length) <= name <= period_at(f"{now}-01", length)
            if within or name == asked:
                yield name
            name = period_after(name, length)


def _quarter(month: str) -> str:
    return period_at(f"{month}-01", Granularity.QUARTER)
