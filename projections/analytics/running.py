"""Running: one figure from an exported folder to lines of CSV or JSON, the same on every engine."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from projections.analytics.engines import opened
from projections.analytics.exports import find_export
from projections.analytics.expressions.shapes import Figure
from projections.analytics.figures import FIGURES
from projections.analytics.names import AnalysisForm, EngineName, FigureName
from projections.opendata.shapes import AsOf
from projections.opendata.text_forms import csv_text


@dataclass(frozen=True, slots=True)
class Analysed:
    """The rows of a figure in order, each a mapping of its columns, and as of what they are."""

    figure: Figure
    made: AsOf
    rows: tuple[Mapping[str, str | int | None], ...]


def analyse(name: FigureName, folder: Path, engine: EngineName) -> Analysed:
    """Compute a figure over an exported folder.

    Raises:
        EngineNotInstalled: the engine is not there, or does not start.
        ExportUnusable: the folder does not hold the Parquet files that the figure needs.
    """
    figure = FIGURES[name]
    export = find_export(folder, figure.datasets)
    with opened(engine, export.files) as tables:
        found = figure.rows(tables).to_pyarrow()
    assert tuple(found.column_names) == figure.columns
    for measure, column in zip(found.column_names, found.columns, strict=True):
        assert measure in figure.may_be_null or column.null_count == 0, measure
    return Analysed(figure, export.made, tuple(found.to_pylist()))


def render(analysed: Analysed, form: AnalysisForm) -> Iterator[bytes]:
    """Write the rows, line by line; CSV begins with the names of the columns."""
    columns = analysed.figure.columns
    if form is AnalysisForm.CSV:
        yield _csv_line(columns)
        yield from (_csv_line([row[name] for name in columns]) for row in analysed.rows)
    else:
        encode = msgspec.json.Encoder().encode
        yield from (encode({name: row[name] for name in columns}) + b"\n" for row in analysed.rows)


def _csv_line(cells: Iterable[str | int | None]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow([csv_text(cell) for cell in cells])
    return buffer.getvalue().encode("utf-8")
