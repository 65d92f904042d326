"""Reading what an office's evaluation is made from: views, and the tallies in the ledger."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from domain.evaluation import CIRCULAR_2018
from domain.facts import Channel
from domain.moments import Moment
from domain.offices import OfficeRecord
from domain.oversight.petitions import PetitionTrack
from domain.tallies import Cell
from projections.counts import Span
from projections.evaluating.office import Inputs, OfficeEvaluation, indicators_of, summed
from projections.evaluating.periods import day_after, last_quarter, months_of_period
from projections.petitions.figures import PetitionFigure, count_petitions
from projections.petitions.groups import filed_about
from projections.reading import read_counts, read_petition_world, reference_to
from projections.statistics.asking import CellSource, Query
from projections.statistics.judging import resolved_without_due
from projections.statistics.walking import sums_by_group, total_of, whole_stand
from projections.tallies.published import Tallies, published_tallies
from projections.views import ViewReader


def read_evaluation(
    reader: ViewReader, office: OfficeRecord, period: str | None, tallies: Tallies
) -> OfficeEvaluation | None:
    """Give an office's evaluation as of the views' checkpoint; None before the first checkpoint.

    Without a period it is the last quarter that is over there.

    Raises:
        MalformedMoment: the period is neither a quarter nor a year.
        StoreCorrupt, StoreUnavailable: views or ledger cannot be read.
    """
    position = reader.position()
    if position is None:
        return None
    name, zone = office.office.id, office.office.time_zone
    today = Moment(instant=position.sealed_at).day_in(zone)
    period = period or last_quarter(today)
    months = months_of_period(period)
    counts = read_counts(reader, Span(months[0], months[-1]), name)
    assert counts is not None
    documents, cells = _cells_of(tallies, months, position.log_position)
    counted = reader.cells(position)
    whole = Query(office=name, first=months[0], last=months[-1])
    indicators = indicators_of(
        Inputs(
            office=name,
            figures=counts.figures,
            feedback=tuple(_feedback(reader, months)),
            cells=cells,
            online_received=_online_received(counted, name, months),
            without_due=resolved_without_due(counted, whole).by_law,
            procedures=reader.procedures(),
        )
    )
    tenths, most, band = summed(indicators)
    law, end = CIRCULAR_2018, day_after(period)
    return OfficeEvaluation(
        office=name,
        period=period,
        months=months,
        is_over=today >= end,
        indicators=indicators,
        tenths=tenths,
        most_tenths=most,
        band=band,
        law=law.id,
        law_source=law.source,
        verified=law.verified_until is None or end - timedelta(days=1) <= law.verified_until,
        least_ratings=law.least_ratings_office,
        tallies=documents,
        checkpoint=reference_to(position),
        as_of=position.as_of,
    )


def _feedback(reader: ViewReader, months: Sequence[str]) -> Iterator[PetitionFigure]:
    world = read_petition_world(reader)
    assert world is not None
    rows = filed_about(reader.petition_rows(), PetitionTrack.FEEDBACK, months)
    return (each for each in count_petitions(rows, world).figures if each.period in months)


def _online_received(cells: CellSource, office: str, months: Sequence[str]) -> int:
    query = Query(office=office, channel=Channel.ONLINE, first=months[0], last=months[-1])
    return whole_stand(total_of(sums_by_group(cells, query)), query.period).received


def _cells_of(
    tallies: Tallies, months: Sequence[str], tree_size: int
) -> tuple[tuple[str, ...], tuple[Cell, ...]]:
    """Give the documents of the months' tallies of ratings, and all their cells."""
    found = published_tallies(tallies, months, tree_size)
    documents = tuple(each.facts.document for each in found)
    return documents, tuple(cell for each in found for cell in each.cells)
