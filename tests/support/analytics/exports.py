"""Exported folders made of rows alone, and figures computed over them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from domain.dossiers import Dossier
from projections.analytics.names import EngineName, FigureName
from projections.dossier_rows import row_of
from projections.opendata.exporting import write_dataset
from projections.opendata.files import DataFile, Form
from projections.opendata.rows.dossiers import DOSSIERS, dossier_rows
from projections.opendata.shapes import AsOf, Dataset, Row

MADE = AsOf("ledger.example", 1000, "AAAA", "2026-04-15T09:30:00.000Z")
Found = dict[tuple[str, ...], dict[str, int]]


def write_parquet(folder: Path, dataset: Dataset, rows: Iterable[Row], made: AsOf = MADE) -> None:
    """Write the rows of a dataset as an export does."""
    write_dataset([DataFile(dataset, Form.PARQUET)], iter(rows), folder, made)


def numbered(found: Iterable[Dossier]) -> list[Dossier]:
    """Give each dossier a stream of its own."""
    return [
        msgspec.structs.replace(dossier, stream=f"dossier:{number:032x}")
        for number, dossier in enumerate(found)
    ]


def rows_of_dossiers(
    found: Sequence[Dossier], zones: Mapping[str, str], as_of: datetime
) -> list[Row]:
    """Give the rows of the dataset of dossiers."""
    return list(dossier_rows(map(row_of, found), zones, as_of))


def figure_of_dossiers(
    name: FigureName, found: Sequence[Dossier], zones: Mapping[str, str], as_of: datetime
) -> list[dict[str, Any]]:
    """Compute a figure that asks for dossiers alone."""
    return figure(name, {DOSSIERS: rows_of_dossiers(found, zones, as_of)})


def figure(name: FigureName, datasets: Mapping[Dataset, Iterable[Row]]) -> list[dict[str, Any]]:
    """Compute a figure over datasets, by way of their Parquet files."""
    from projections.analytics.running import analyse

    with TemporaryDirectory() as folder:
        for dataset, rows in datasets.items():
            write_parquet(Path(folder), dataset, rows)
        return [dict(row) for row in analyse(name, Path(folder), EngineName.DUCKDB).rows]
