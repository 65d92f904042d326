"""CSV logs, read case by case with the limits of ``sources``.

UTF-8 (a byte order mark is allowed), one header line, one row per event, RFC 4180 quoting. The
attributes of a case are the values of its first row. Two ways of lying in the file:

- ``contiguous``: the rows of a case stand together; the file streams, and a case that comes
  back later is an error;
- ``scattered``: they do not; all rows go once through a temporary database on disk that gives
  them back case by case, cases in the order of their first row, rows in the order of the file.
"""

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from ledger.importing.errors import MalformedSource
from ledger.importing.sources import (
    MAX_ATTRIBUTES,
    MAX_CASE_CHARACTERS,
    MAX_EVENTS_PER_CASE,
    CaseIds,
    Columns,
    ForeignCase,
    ForeignEvent,
    check_name,
    check_value,
    foreign_event,
    open_source,
    reading,
)

MAX_LINE_BYTES = 1 << 20
MAX_ROW_BYTES = 1 << 20
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class _Row(NamedTuple):
    case_id: str
    line: int
    values: dict[str, str]


def read_csv(
    path: Path, columns: Columns, *, delimiter: str = ",", scattered: bool = False
) -> Iterator[ForeignCase]:
    """Read the cases of a CSV file, packed or not, in the order of their first rows.

    Raises:
        MalformedSource: the file is not such a CSV, is damaged, or passes a limit. Cases that
            were already given out are whole.
    """
    with open_source(path) as stream:
        yield from read_csv_stream(stream, columns, delimiter=delimiter, scattered=scattered)


def read_csv_stream(
    stream: BinaryIO, columns: Columns, *, delimiter: str = ",", scattered: bool = False
) -> Iterator[ForeignCase]:
    """Read the cases of an open CSV stream; the same as ``read_csv`` otherwise."""
    rows = _rows(stream, columns, delimiter)
    if scattered:
        yield from _gathered_cases(rows, columns)
        return
    case_ids = CaseIds()
    for case_id, case_rows in groupby(rows, key=lambda row: row.case_id):
        case = _case(case_id, case_rows, columns)
        case_ids.add(case_id, case.line, '; its rows are scattered: say rows = "scattered"')
        yield case


def _gathered_cases(rows: Iterator[_Row], columns: Columns) -> Iterator[ForeignCase]:
    case_indexes: dict[str, int] = {}
    packed = (
        (
            case_indexes.setdefault(row.case_id, len(case_indexes)),
            row.line,
            msgspec.msgpack.encode(row.values),
        )
        for row in rows
    )
    with closing(sqlite3.connect("")) as database:
        database.execute("CREATE TABLE row (case_index INTEGER, line INTEGER, packed BLOB)")
        database.executemany("INSERT INTO row VALUES (?, ?, ?)", packed)
        ordered = database.execute("SELECT * FROM row ORDER BY case_index, rowid")
        unpack = msgspec.msgpack.Decoder(dict[str, str]).decode
        for case_id, (_, case_rows) in zip(
            case_indexes, groupby(ordered, key=itemgetter(0)), strict=True
        ):
            unpacked = (_Row(case_id, line, unpack(values)) for _, line, values in case_rows)
            yield _case(case_id, unpacked, columns)


def _case(case_id: str, rows: Iterator[_Row], columns: Columns) -> ForeignCase:
    first = next(rows)
    events: list[ForeignEvent] = []
    characters = 0
    for row in chain((first,), rows):
        characters += sum(map(len, row.values.values()))
        if len(events) >= MAX_EVENTS_PER_CASE:
            raise MalformedSource(f"a case of over {MAX_EVENTS_PER_CASE} events", line=row.line)
        if characters > MAX_CASE_CHARACTERS:
            raise MalformedSource(f"a case of over {MAX_CASE_CHARACTERS} characters", line=row.line)
        events.append(foreign_event(row.values, columns, row.line, case_id))
    return ForeignCase(case_id, first.values, tuple(events), first.line)


def _rows(stream: BinaryIO, columns: Columns, delimiter: str) -> Iterator[_Row]:
    lines = _Lines(stream)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    header = _header(_next(reader, lines), columns, lines.line)
    width = len(header)
    case_column = header.index(columns.case_id)
    while (row := _next(reader, lines)) is not None:
        if not row:
            continue
        if len(row) != width:
            raise MalformedSource(f"{len(row)} fields instead of {width}", line=lines.line)
        case_id = check_name(row[case_column], f"the case in {columns.case_id!r}", lines.line)
        for value in row:
            check_value(value, lines.line)
        yield _Row(case_id, lines.line, dict(zip(header, row, strict=True)))


def _next(reader: Iterator[list[str]], lines: "_Lines") -> list[str] | None:
    lines.begin_row()
    try:
        return next(reader, None)
    except csv.Error as error:
        raise MalformedSource(f"not CSV: {error}", line=lines.line) from error


def _header(header: list[str] | None, columns: Columns, line: int) -> list[str]:
    if not header:
        raise MalformedSource("the header line is missing", line=line)
    if len(header) > MAX_ATTRIBUTES:
        raise MalformedSource(f"over {MAX_ATTRIBUTES} columns", line=line)
    for name in header:
        check_name(name, "the name of a column", line)
    if len(set(header)) != len(header):
        raise MalformedSource("two columns of one name", line=line)
    wanted = (columns.case_id, columns.activity, columns.timestamp, columns.resource)
    for column in wanted:
        if column is not None and column not in header:
            raise MalformedSource(f"the column {column!r} is missing", line=line)
    return header


class _Lines(Iterator[str]):
    """The stream's lines as text, each within its limit; ``line`` is the last one's number.

    The lines of one row have a limit of their own: a quote that is never closed makes one row of
    the whole file, and the limit of the csv module belongs to the process, where any library may
    raise it.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._row_bytes = 0
        self.line = 0

    def begin_row(self) -> None:
        """Count the bytes of a new row from here."""
        self._row_bytes = 0

    def __next__(self) -> str:
        with reading(self.line):
            data = self._stream.readline(MAX_LINE_BYTES + 1)
        if not data:
            raise StopIteration
        self.line += 1
        if len(data) > MAX_LINE_BYTES:
            raise MalformedSource(f"a line over {MAX_LINE_BYTES} bytes", line=self.line)
        self._row_bytes += len(data)
        if self._row_bytes > MAX_ROW_BYTES:
            raise MalformedSource(f"a row over {MAX_ROW_BYTES} bytes", line=self.line)
        if self.line == 1:
            data = data.removeprefix(BYTE_ORDER_MARK)
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            raise MalformedSource("not UTF-8", line=self.line) from error
