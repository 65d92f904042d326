"""Exporting: all datasets in a folder, in one pass over each, with their descriptions.

At most one group of rows is in memory, however long the ledger is. A file gets its name when it
is whole, and the descriptions come last: they name each file's length and hash.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from ledger.errors import StoreUnavailable
from projections.opendata.datasets import DATASETS, as_of, rows_of
from projections.opendata.descriptions import (
    WrittenFile,
    catalogue,
    csvw_metadata,
    data_package,
    render,
)
from projections.opendata.files import (
    CATALOGUE,
    DATA_FILES,
    DATA_PACKAGE,
    DataFile,
    Form,
    metadata_name,
)
from projections.opendata.parquet import ParquetFile
from projections.opendata.shapes import AsOf, Dataset, Row, Rows
from projections.opendata.text_forms import csv_head, csv_rows, json_rows
from projections.tallies.published import Tallies
from projections.views import ViewReader

ROWS_PER_GROUP: Final = 20_000
UNFINISHED: Final = ".part"
_HASHED_AT_ONCE_BYTES: Final = 1024 * 1024


class Sink(Protocol):
    """A file that takes rows."""

    def write(self, rows: Sequence[Row]) -> None:
        """Write rows."""

    def close(self) -> None:
        """End the file."""


class TextSink:
    """A CSV or JSON Lines file that takes rows."""

    def __init__(self, file: DataFile, path: Path) -> None:
        self._dataset = file.dataset
        self._render = csv_rows if file.form is Form.CSV else json_rows
        self._stream: BinaryIO = path.open("wb")
        if file.form is Form.CSV:
            self._stream.write(csv_head(file.dataset))

    def write(self, rows: Sequence[Row]) -> None:
        """Write rows."""
        self._stream.write(self._render(self._dataset, rows))

    def close(self) -> None:
        """End the file."""
        self._stream.close()


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote, as of what; ``rows`` by dataset."""

    made: AsOf
    files: dict[str, WrittenFile]
    rows: dict[str, int]


def open_sink(file: DataFile, path: Path, made: AsOf) -> Sink:
    """Begin a file of a dataset.

    Raises:
        FormNotInstalled: the form's library is not there.
    """
    if file.form is Form.PARQUET:
        return ParquetFile(file.dataset, path, made)
    return TextSink(file, path)


def export_folder(
    reader: ViewReader,
    origin: str,
    folder: Path,
    forms: Iterable[Form],
    tallies: Tallies | None = None,
) -> Exported:
    """Write all datasets as of a reader's checkpoint into a folder.

    ``tallies`` may be missing where the views name none: they keep no cells themselves.

    Raises:
        FormNotInstalled: a form's library is not there.
        StoreUnavailable: the views stand at no checkpoint yet, the database failed, or the document
            of a tally is missing.
    """
    wanted = frozenset(forms)
    files = tuple(file for file in DATA_FILES if file.form in wanted)
    folder.mkdir(parents=True, exist_ok=True)
    position = reader.position()
    if position is None:
        raise StoreUnavailable("nothing is published yet")
    made = as_of(origin, position)
    rows = {
        name: write_dataset(
            [file for file in files if file.dataset is dataset],
            rows_of(dataset, reader, position, tallies),
            folder,
            made,
        )
        for name, dataset in DATASETS.items()
    }
    written = {file.name: _measure(folder / file.name) for file in files}
    _describe(folder, made, files, written)
    return Exported(made, written, rows)


def write_dataset(files: Sequence[DataFile], rows: Rows, folder: Path, made: AsOf) -> int:
    """Write one dataset in several forms at once, and count its rows.

    Raises:
        FormNotInstalled: a form's library is not there.
    """
    written = 0
    with ExitStack() as stack:
        sinks = []
        for file in files:
            sinks.append(open_sink(file, folder / f"{file.name}{UNFINISHED}", made))
            stack.callback(sinks[-1].close)
        for group in _groups(rows):
            written += len(group)
            for sink in sinks:
                sink.write(group)
    for file in files:
        (folder / f"{file.name}{UNFINISHED}").replace(folder / file.name)
    return written


def _groups(rows: Rows) -> Iterator[list[Row]]:
    while group := list(islice(rows, ROWS_PER_GROUP)):
        yield group


def _measure(path: Path) -> WrittenFile:
    digest, length = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while part := stream.read(_HASHED_AT_ONCE_BYTES):
            digest.update(part)
            length += len(part)
    return WrittenFile(length, digest.hexdigest())


def _describe(
    folder: Path, made: AsOf, files: Sequence[DataFile], written: dict[str, WrittenFile]
) -> None:
    described: list[Dataset] = [file.dataset for file in files if file.form is Form.CSV]
    for dataset in described:
        _write(folder / metadata_name(dataset), csvw_metadata(dataset, made))
    _write(folder / CATALOGUE, catalogue(made, files=files, written=written))
    _write(folder / DATA_PACKAGE, data_package(made, files=files, written=written))


def _write(path: Path, document: dict[str, object]) -> None:
    unfinished = path.with_name(f"{path.name}{UNFINISHED}")
    unfinished.write_bytes(render(document))
    unfinished.replace(path)
