"""Reading the index and the report from the views, as of their checkpoint."""

from domain.index766 import FormulaSet
from projections.index766.answers import IndexStatistics
from projections.index766.inputs import PublicRecord
from projections.index766.making import make_index, make_report
from projections.index766.payments import Accepted, Payments
from projections.index766.report import Report
from projections.reading import read_petition_world, reference_to
from projections.views import ViewReader


def read_index(
    reader: ViewReader, formulas: FormulaSet, unit: str | None, period: str | None
) -> IndexStatistics | None:
    """Give the index of a unit as `make_index` does; None before the first checkpoint.

    Raises:
        MalformedMoment: the period is no month, quarter or year.
        StoreCorrupt, StoreUnavailable: the views cannot be read.
    """
    position, record = reader.position(), read_record(reader)
    if position is None or record is None:
        return None
    return make_index(record, formulas, unit, period, reference_to(position))


def read_record(reader: ViewReader) -> PublicRecord | None:
    """Give what the index is made from; None before the first checkpoint."""
    position, world = reader.position(), read_petition_world(reader)
    if position is None or world is None:
        return None
    return PublicRecord(
        cells=reader.cells(position),
        procedures=reader.procedures(),
        petitions=reader.petition_rows(),
        petition_world=world,
        payments=lambda wanted: _payments(reader, wanted),
    )


def _payments(reader: ViewReader, wanted: Accepted) -> Payments:
    counts = reader.payments(wanted.months, wanted.offices)
    return Payments(
        {each.procedure: each.paid_online for each in counts if each.paid_online},
        {each.procedure: each.owing_nothing for each in counts if each.owing_nothing},
    )


def read_report(reader: ViewReader, unit: str | None, period: str | None) -> Report | None:
    """Give the report of a unit as `make_report` does; None before the first checkpoint.

    Raises:
        MalformedMoment: the period is no month, quarter or year.
        StoreCorrupt, StoreUnavailable: the views cannot be read.
    """
    position = reader.position()
    if position is None:
        return None
    return make_report(reader.cells(position), unit, period, reference_to(position))
