"""Datasets as Parquet: typed columns, each with its meaning, in row groups.

The library is an extra (`analytics`). The bytes are the same for the same rows and the same
version of the library, which stands in the file as its writer.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, Final

from projections.opendata.errors import FormNotInstalled
from projections.opendata.shapes import AsOf, Cell, Column, ColumnType, Dataset, Row

# By column type: the name of the library's function, and what it is called with.
_SCALARS: Final[Mapping[ColumnType, str]] = MappingProxyType(
    {
        ColumnType.TEXT: "string",
        ColumnType.INTEGER: "int64",
        ColumnType.BOOLEAN: "bool_",
        ColumnType.DAY: "date32",
        ColumnType.MONTH: "string",
        ColumnType.MOMENT: "string",
    }
)


def is_installed() -> bool:
    """Tell whether Parquet can be written here."""
    try:
        _library("pyarrow")
    except FormNotInstalled:
        return False
    return True


class ParquetFile:
    """A Parquet file that is being written; at most what is handed over at once is in memory."""

    def __init__(self, dataset: Dataset, path: Path, made: AsOf) -> None:
        """Begin the file.

        Raises:
            FormNotInstalled: the library is not there.
        """
        self._arrow, parquet = _library("pyarrow"), _library("pyarrow.parquet")
        self._names = dataset.column_names
        self._schema = _schema(self._arrow, dataset, made)
        self._writer = parquet.ParquetWriter(path, self._schema, compression="zstd")

    def write(self, rows: Sequence[Row]) -> None:
        """Write rows as one row group."""
        columns: list[list[Cell]] = [[row[name] for row in rows] for name in self._names]
        arrays = [
            self._arrow.array(cells, type=field.type)
            for cells, field in zip(columns, self._schema, strict=True)
        ]
        self._writer.write_table(self._arrow.Table.from_arrays(arrays, schema=self._schema))

    def close(self) -> None:
        """Write the end of the file."""
        self._writer.close()


def _library(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError as error:
        wanted = "pip install 'dossier-ledger[analytics]'"
        raise FormNotInstalled(f"{name} is not installed: {wanted}") from error


def _schema(arrow: Any, dataset: Dataset, made: AsOf) -> Any:  # noqa: ANN401 - the library has no types
    return arrow.schema(
        [_field(arrow, column) for column in dataset.columns],
        metadata={
            "dataset": dataset.name,
            "definition": dataset.definition,
            "ledger": made.origin,
            "checkpoint_size": str(made.tree_size),
            "checkpoint_root": made.root,
            "as_of": made.sealed_at,
        },
    )


def _field(arrow: Any, column: Column) -> Any:  # noqa: ANN401 - the library has no types
    meaning = {"meaning_vi": column.meaning.vi, "meaning_en": column.meaning.en}
    return arrow.field(
        column.name, _type(arrow, column.type), nullable=not column.required, metadata=meaning
    )


def _type(arrow: Any, kind: ColumnType) -> Any:  # noqa: ANN401 - the library has no types
    if kind is ColumnType.INSTANT:
        return arrow.timestamp("ms", tz="UTC")
    if kind is ColumnType.WORDS:
        return arrow.list_(arrow.string())
    if kind is ColumnType.INDEXES:
        return arrow.list_(arrow.int64())
    return getattr(arrow, _SCALARS[kind])()
