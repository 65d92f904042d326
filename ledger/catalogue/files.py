"""Reading a catalogue's files: the portal's JSON, our own documents as JSON, and CSV.

A file that cannot be read is set down with its reason; the others are read all the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from domain.errors import MalformedDocument
from domain.offices import MAX_DOCUMENT_BYTES
from domain.procedures import LimitUnit, parse_procedure
from ledger.catalogue.csv_file import read_rows
from ledger.catalogue.mapping import read_page
from ledger.catalogue.portal import parse_portal_procedure
from ledger.catalogue.readings import MalformedCatalogue, ReadProcedure, Warned, checked

SUFFIXES: Final = (".json", ".csv")
MAX_CSV_BYTES: Final = 16 * 1024 * 1024
# The member by which a page of the portal is told from a document of ours.
PORTAL_MARK: Final = b'"thu_tuc_id"'
LIMIT_IN_PROSE: Final = "limit_in_prose"


@dataclass(frozen=True, slots=True)
class UnreadFile:
    """A file that is no catalogue, and why."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What was read from files: procedures by the order of files, and files that failed."""

    files: int
    procedures: tuple[ReadProcedure, ...]
    failed: tuple[UnreadFile, ...]


def read_catalogue(path: Path) -> Catalogue:
    """Read one file, or every JSON and CSV file of a folder, by name.

    Raises:
        OSError: the path cannot be read.
    """
    paths = _paths_of(path)
    procedures: dict[str, ReadProcedure] = {}
    failed: list[UnreadFile] = []
    for file in paths:
        try:
            read = list(_read_file(file))
            _check_new(read, procedures)
        except MalformedCatalogue as error:
            failed.append(UnreadFile(file.name, str(error)))
            continue
        procedures |= {each.procedure.code: each for each in read}
    return Catalogue(len(paths), tuple(procedures.values()), tuple(failed))


def _paths_of(path: Path) -> Sequence[Path]:
    if not path.is_dir():
        return (path,)
    return sorted(each for each in path.iterdir() if each.suffix in SUFFIXES)


def _read_file(path: Path) -> Iterator[ReadProcedure]:
    most = MAX_CSV_BYTES if path.suffix == ".csv" else MAX_DOCUMENT_BYTES
    if path.stat().st_size > most:
        raise MalformedCatalogue(f"more than {most} bytes")
    data = path.read_bytes()
    if path.suffix == ".csv":
        yield from read_rows(data)
    elif PORTAL_MARK in data:
        yield read_page(parse_portal_procedure(data))
    else:
        yield _read_document(data)


def _read_document(data: bytes) -> ReadProcedure:
    try:
        procedure = parse_procedure(data)
    except MalformedDocument as error:
        raise MalformedCatalogue(f"no procedure: {error.detail or error.__cause__}") from error
    channels = procedure.channels or (None,)
    limits = [procedure.limit_for(channel) for channel in channels]
    in_prose = [limit.prose for limit in limits if limit.unit is LimitUnit.UNKNOWN]
    return checked(
        procedure,
        (Warned(LIMIT_IN_PROSE, procedure.code, "limit", prose or "") for prose in in_prose),
        limits_parsed=len(limits) - len(in_prose),
        limits_prose=len(in_prose),
    )


def _check_new(read: Sequence[ReadProcedure], known: dict[str, ReadProcedure]) -> None:
    codes = [each.procedure.code for each in read]
    twice = sorted({code for code in codes if code in known or codes.count(code) > 1})
    if twice:
        raise MalformedCatalogue(f"stands twice in this catalogue: {', '.join(twice)}")
