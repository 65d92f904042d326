"""Making the index and the report of a public record, in the server as in recompute."""

from datetime import date

from domain.errors import MalformedMoment
from domain.index766 import FormulaSet
from projections.counts import CheckpointReference
from projections.index766.answers import AsOf, IndexStatistics, publish_index
from projections.index766.inputs import Asked, PublicRecord, inputs_of
from projections.index766.report import Report, report_of
from projections.statistics.asking import CellSource
from projections.statistics.periods import Granularity, first_day, granularity_of, period_at
from transparency.encoding import render_utc_milliseconds


def make_index(
    record: PublicRecord,
    formulas: FormulaSet,
    unit: str | None,
    period: str | None,
    checkpoint: CheckpointReference,
) -> IndexStatistics:
    """Give the index of a unit by one wording; without a period, of the last quarter that is over.

    Raises:
        MalformedMoment: the period is no month, quarter or year.
        StoreCorrupt, StoreUnavailable: the record cannot be read.
    """
    stand = _stand(record.cells, checkpoint)
    asked = Asked(unit, _checked(period, stand.today))
    return publish_index(formulas, inputs_of(formulas, record, asked), asked, stand)


def make_report(
    cells: CellSource, unit: str | None, period: str | None, checkpoint: CheckpointReference
) -> Report:
    """Give the report of a unit; periods and errors are as in `make_index`."""
    stand = _stand(cells, checkpoint)
    return report_of(cells, Asked(unit, _checked(period, stand.today)), stand)


def last_quarter(today: date) -> str:
    """Name the last quarter that was over on a day."""
    this = first_day(period_at(today, Granularity.QUARTER))
    return period_at(date.fromordinal(this.toordinal() - 1), Granularity.QUARTER)


def _stand(cells: CellSource, checkpoint: CheckpointReference) -> AsOf:
    as_of = cells.as_of()
    return AsOf(checkpoint, render_utc_milliseconds(as_of), cells.places().latest_day(as_of))


def _checked(period: str | None, today: date) -> str:
    if period is None:
        return last_quarter(today)
    if granularity_of(period) is Granularity.DAY:
        raise MalformedMoment(period)
    return period
