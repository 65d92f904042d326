"""The table of datasets, and the rows of each as one consistent read of the views gives them."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from domain.actions import StreamType
from domain.calendars import NATIONAL_CALENDAR, CalendarRecord
from projections.opendata.acts import ActReader, walk_acts, walk_dossier_rows
from projections.opendata.events import EVENTS, event_row
from projections.opendata.figures import (
    COUNTS,
    DURATIONS,
    FoldedFigures,
    count_rows,
    duration_rows,
)
from projections.opendata.findings import FINDINGS, finding_rows
from projections.opendata.registry import OFFICES, PROCEDURES, office_rows, procedure_rows
from projections.opendata.rows.act_times import ACT_TIMES, OfficeHours, act_time_rows
from projections.opendata.rows.dossiers import DOSSIERS, dossier_rows
from projections.opendata.rows.rating_cells import RATING_CELLS, rating_cell_rows
from projections.opendata.shapes import AsOf, Dataset, Rows
from projections.reading import FiguresInViews
from projections.tallies.published import Tallies
from projections.views import Position, ViewReader

RowMaker = Callable[[ViewReader, Position], Rows]


def _events(reader: ViewReader, position: Position) -> Rows:
    zones = reader.zones()
    acts = walk_acts(ActReader.beside(reader), 0, position.log_position)
    return (event_row(act, zones) for act in acts)


def _act_times(reader: ViewReader, position: Position) -> Rows:
    stream = f"{StreamType.CALENDAR}:{NATIONAL_CALENDAR}"
    calendar = reader.states((stream,)).get(stream)
    record = calendar if isinstance(calendar, CalendarRecord) else None
    acts = walk_acts(ActReader.beside(reader), 0, position.log_position)
    return act_time_rows(acts, OfficeHours(reader.offices(), record))


def _dossiers(reader: ViewReader, position: Position) -> Rows:
    rows = walk_dossier_rows(ActReader.beside(reader))
    return dossier_rows(rows, reader.zones(), position.sealed_at)


_ROWS: Final[Mapping[str, RowMaker]] = MappingProxyType(
    {
        EVENTS.name: _events,
        ACT_TIMES.name: _act_times,
        DOSSIERS.name: _dossiers,
        COUNTS.name: lambda reader, _: count_rows(FoldedFigures(reader)),
        DURATIONS.name: lambda reader, _: duration_rows(FoldedFigures(reader)),
        PROCEDURES.name: lambda reader, _: procedure_rows(reader),
        OFFICES.name: lambda reader, _: office_rows(reader),
        FINDINGS.name: lambda reader, _: finding_rows(reader),
    }
)
DATASETS: Final[Mapping[str, Dataset]] = MappingProxyType(
    {
        each.name: each
        for each in (
            EVENTS,
            ACT_TIMES,
            DOSSIERS,
            COUNTS,
            DURATIONS,
            RATING_CELLS,
            PROCEDURES,
            OFFICES,
            FINDINGS,
        )
    }
)


def rows_of(
    dataset: Dataset, reader: ViewReader, position: Position, tallies: Tallies | None = None
) -> Rows:
    """Give the rows of a dataset as of the views' position; read while the reader is open.

    ``tallies`` may be missing where the views name none: they keep no cells themselves.
    """
    if dataset is RATING_CELLS:
        return rating_cell_rows(FiguresInViews(reader, position, tallies).tallies())
    return _ROWS[dataset.name](reader, position)


def as_of(origin: str, position: Position) -> AsOf:
    """Give what files that are made at a position are as of."""
    return AsOf(origin, position.log_position, position.root_base64, position.as_of)
