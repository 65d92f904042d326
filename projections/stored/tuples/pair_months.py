"""Pairs of office and procedure, month by month: of one month, and what stood before one.

There are many such cells, and those of a month lie far apart: they are found by an index. What
stood at the end of a month is kept with the lines of `counts@v1`, so that it need not be summed up
from all months before.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final

import sqlalchemy as sa

from projections.counts import ALL
from projections.statistics.adding import MONTH_LENGTH
from projections.statistics.asking import BEFORE, Selection
from projections.statistics.measures import MEASURES, Measure
from projections.statistics.periods import Granularity, first_day, last_day
from projections.statistics.tables import PAIRS_BY_MONTH
from projections.tables import CELLS

PAIRS: Final = "op"
_EARLIEST: Final = "0000-00"
_LATEST: Final = "9999-99"

# SQLite would read all cells of the grain, which lie in the order of offices.
_PAIRS_OF_MONTHS: Final = f"FROM month_cells INDEXED BY {PAIRS_BY_MONTH} WHERE grain = 'op'"
_CELLS_OF_MONTH: Final = sa.text(
    f"SELECT office, procedure, '{ALL}', period, {', '.join(MEASURES)} {_PAIRS_OF_MONTHS}"
    f" AND channel = '{ALL}' AND period = :month"
)
_COUNTED: Final = sa.text(f"SELECT count(*) {_PAIRS_OF_MONTHS} AND period BETWEEN :first AND :last")


def tells_all_pairs(wanted: Selection) -> bool:
    """Tell whether a selection tells all offices and procedures apart, and no channels."""
    is_of_all = wanted.offices is None and wanted.procedures is None
    return is_of_all and wanted.grain == PAIRS and wanted.apart == frozenset(PAIRS)


def is_one_month(wanted: Selection) -> bool:
    """Tell whether a selection is by months, and of one alone."""
    is_by_month = wanted.by_period and wanted.granularity is Granularity.MONTH
    return is_by_month and wanted.first is not None and wanted.first == wanted.last


def cells_of_month(month: str) -> sa.TextClause:
    """Select office, procedure, `*`, month and measures of each pair with a cell of a month."""
    return _CELLS_OF_MONTH.bindparams(month=month)


def cells_counted(wanted: Selection) -> sa.TextClause:
    """Count the cells of months of all pairs that a selection reads, or more; it takes no time."""
    first = _EARLIEST if wanted.first is None else first_day(wanted.first).isoformat()
    last = _LATEST
    if wanted.last is not None:
        last = last_day(wanted.last, wanted.granularity).isoformat()
    return _COUNTED.bindparams(first=first[:MONTH_LENGTH], last=last[:MONTH_LENGTH])


def month_before(wanted: Selection, days: Iterable[date]) -> str | None:
    """Give the month at whose end stood what a selection carries in; None if that is not kept.

    ``days`` are the figures' days in the zones of offices. Lines end with the month of that day.
    """
    if wanted.first is None:
        return None
    begin = first_day(wanted.first)
    before = (begin - timedelta(days=1)).isoformat()[:MONTH_LENGTH]
    is_kept = begin.day == 1 and all(before <= day.isoformat()[:MONTH_LENGTH] for day in days)
    return before if is_kept else None


def stood_query(month: str) -> sa.Select[Any]:
    """Select what stood at a month's end, as sums of what came before: pending as received."""
    lines = CELLS.lines.c
    told = {
        Measure.RECEIVED: lines.pending,
        Measure.OVERDUE: lines.overdue,
        Measure.INDEX_OVERDUE: lines.index_overdue,
    }
    nothing: sa.ColumnElement[int] = sa.literal_column("0")
    values = [told.get(measure, nothing).label(measure.name.lower()) for measure in Measure]
    names: list[sa.ColumnElement[str]] = [sa.literal_column(f"'{name}'") for name in (ALL, BEFORE)]
    query = sa.select(lines.office, lines.procedure, *names, *values)
    return query.where(lines.period == month, lines.pending > 0)
