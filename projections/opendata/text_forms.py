"""Datasets as CSV (RFC 4180, UTF-8) and as JSON Lines, row by row.

The same rows give the same bytes. Lines of CSV end in CRLF, the first holds the columns' names.
A line of JSON is one object with every column, in their order, ended by LF.
"""

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

import msgspec

from projections.opendata.shapes import Cell, Dataset, Row
from transparency.encoding import render_utc_milliseconds

# A spreadsheet takes a cell that begins with one of these for a formula.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_head(dataset: Dataset) -> bytes:
    """Write the first line of CSV."""
    return _csv_lines([list(dataset.column_names)])


def csv_rows(dataset: Dataset, rows: Iterable[Row]) -> bytes:
    """Write rows as lines of CSV."""
    return _csv_lines([csv_text(row[name]) for name in dataset.column_names] for row in rows)


def _csv_lines(lines: Iterable[list[str]]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(lines)
    return buffer.getvalue().encode("utf-8")


def csv_text(cell: Cell) -> str:
    """Write one cell of CSV."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case str():
            return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
        case tuple():
            return " ".join(map(str, cell))
        case _:
            return str(json_cell(cell))


def json_rows(dataset: Dataset, rows: Iterable[Row]) -> bytes:
    """Write rows as lines of JSON."""
    return b"".join([json_line(dataset, row) for row in rows])


def json_line(dataset: Dataset, row: Row) -> bytes:
    """Write one row as a JSON object on a line."""
    members = {name: json_cell(row[name]) for name in dataset.column_names}
    return msgspec.json.encode(members) + b"\n"


def json_cell(cell: Cell) -> str | int | bool | tuple[str, ...] | tuple[int, ...] | None:
    """Give a cell as JSON holds it."""
    if isinstance(cell, datetime):
        return render_utc_milliseconds(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    return cell
