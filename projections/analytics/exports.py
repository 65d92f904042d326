"""An exported folder as analyses read it: the Parquet files that a figure needs, of one export."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyarrow import ArrowInvalid
from pyarrow.parquet import read_schema

from projections.analytics.errors import ExportUnusable
from projections.opendata.files import DataFile, Form
from projections.opendata.shapes import AsOf, Dataset

_MADE: Final = (b"ledger", b"checkpoint_size", b"checkpoint_root", b"as_of")


@dataclass(frozen=True, slots=True)
class Export:
    """The files of some datasets, all as of one checkpoint."""

    files: Mapping[str, Path]
    made: AsOf


def find_export(folder: Path, datasets: Sequence[Dataset]) -> Export:
    """Find the Parquet files of datasets and check that they belong together.

    Raises:
        ExportUnusable: one is not there or no Parquet file, its columns have other meanings, or
            two are as of different checkpoints.
    """
    files = {each.name: folder / DataFile(each, Form.PARQUET).name for each in datasets}
    made = {files[each.name].name: _made(files[each.name], each) for each in datasets}
    if len(set(made.values())) != 1:
        named = ", ".join(f"{name} ({each.tree_size})" for name, each in made.items())
        raise ExportUnusable(f"these files are as of different checkpoints: {named}")
    return Export(files, next(iter(made.values())))


def _made(path: Path, dataset: Dataset) -> AsOf:
    metadata = _metadata(path)
    definition = metadata.get(b"definition", b"").decode()
    if definition != dataset.definition:
        raise ExportUnusable(f"{path.name} holds {definition or 'no dataset'}, not this ledger's")
    origin, size, root, as_of = (metadata.get(name, b"").decode() for name in _MADE)
    return AsOf(origin, int(size), root, as_of)


def _metadata(path: Path) -> Mapping[bytes, bytes]:
    try:
        return read_schema(path).metadata or {}
    except FileNotFoundError as error:
        wanted = f"dossier-ledger export --format parquet --to {path.parent}"
        raise ExportUnusable(f"{path.name} is not there: {wanted}") from error
    except (ArrowInvalid, OSError) as error:
        raise ExportUnusable(f"{path.name} is no Parquet file") from error
