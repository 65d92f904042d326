"""Lines: one published figure written as JSON or as CSV, so that long lists are joined, not made.

A line of CSV (RFC 4180) stands here without its end, which all lines of one answer share: the
checkpoint that they are as of. No cell of it is taken for a formula by a spreadsheet.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec

# A spreadsheet takes a cell that begins with one of these for a formula.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_LINE_END: Final = "\r\n"
# Cells that are not written as Python spells them.
_SPELT: Final = (str, bool)

_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class LineForm:
    """How lines are joined: as the items of a JSON list, or as CSV with an end for each line."""

    is_csv: bool = False
    csv_end: str = ""

    @property
    def between(self) -> str:
        """Give what stands between two lines."""
        return self.csv_end if self.is_csv else ","

    def whole(self, joined: bytes) -> bytes:
        """Give the list of lines that were joined in UTF-8; nothing joined is an empty list."""
        if not self.is_csv:
            return b"".join((b"[", joined, b"]"))
        return joined + self.csv_end.encode() if joined else b""


AS_JSON: Final = LineForm()


def as_csv(shared: Iterable[object]) -> LineForm:
    """Give the form of CSV lines that all end in the same cells."""
    cells = csv_line(shared)
    return LineForm(is_csv=True, csv_end=f",{cells}{_LINE_END}" if cells else _LINE_END)


def join_lines(figures: Iterable[msgspec.Struct], form: LineForm) -> bytes:
    """Write figures at once, as the views keep them one by one."""
    if not form.is_csv:
        return _encoder.encode(list(figures))
    return form.whole(form.between.join(map(csv_line_of, figures)).encode())


def json_line_of(figure: msgspec.Struct) -> str:
    """Write a figure as JSON."""
    return _encoder.encode(figure).decode()


def csv_line_of(figure: msgspec.Struct) -> str:
    """Write the members of a figure as cells of CSV."""
    return csv_line(msgspec.structs.astuple(figure))


def csv_line(values: Iterable[object]) -> str:
    """Write cells of CSV, without the line's end."""
    buffer = io.StringIO(newline="")
    # Numbers and nothing are written as they are; most cells are one of them.
    cells = [csv_cell(value) if isinstance(value, _SPELT) else value for value in values]
    csv.writer(buffer, lineterminator=_LINE_END).writerow(cells)
    return buffer.getvalue().removesuffix(_LINE_END)


def csv_cell(value: object) -> str:
    """Write one cell; a text that could be a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        # As open data and JSON spell it.
        return "true" if value else "false"
    text = str(value)
    if isinstance(value, str) and text.startswith(_FORMULA_STARTS):
        return "'" + text
    return text
