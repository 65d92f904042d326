"""Exporting: the open dossiers of the views as one event log in a file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from ledger.errors import StoreUnavailable
from projections.eventlogs.ocel import ocel_parts
from projections.eventlogs.xes import xes_parts
from projections.opendata.acts import ActReader
from projections.opendata.datasets import as_of
from projections.opendata.exporting import UNFINISHED
from projections.opendata.shapes import AsOf
from projections.views import ViewReader


class LogFormat(StrEnum):
    """Formats of event logs; the value is what the command line calls them."""

    XES = "xes"
    OCEL = "ocel"


FILE_NAMES: Final = {LogFormat.XES: "dossiers.xes", LogFormat.OCEL: "dossiers.ocel.json"}
_PARTS: Final[dict[LogFormat, Callable[[ActReader, AsOf], Iterator[bytes]]]] = {
    LogFormat.XES: xes_parts,
    LogFormat.OCEL: ocel_parts,
}


@dataclass(frozen=True, slots=True)
class ExportedLog:
    """What was written: as of what, and how many dossiers and acts on them there are."""

    made: AsOf
    path: Path
    cases: int
    events: int


def export_event_log(
    views_reader: ViewReader, origin: str, folder: Path, format_: LogFormat
) -> ExportedLog:
    """Write the open dossiers as of a reader's checkpoint.

    Raises:
        StoreUnavailable: the views stand at no checkpoint yet, or the database failed.
        StoreCorrupt: an act names an office that is not registered.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAMES[format_]
    unfinished = path.with_name(f"{path.name}{UNFINISHED}")
    position = views_reader.position()
    if position is None:
        raise StoreUnavailable("nothing is published yet")
    made = as_of(origin, position)
    reader = ActReader.beside(views_reader)
    with unfinished.open("wb") as stream:
        for part in _PARTS[format_](reader, made):
            stream.write(part)
    cases, events = reader.count_cases()
    unfinished.replace(path)
    return ExportedLog(made, path, cases, events)
