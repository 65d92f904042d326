"""Reading any supported log by what its mapping says about it."""

from collections.abc import Iterator
from pathlib import Path
from typing import assert_never

from ledger.importing.csv_log import read_csv
from ledger.importing.mapping import SourceTable
from ledger.importing.sources import ForeignCase
from ledger.importing.xes import read_xes


def read_cases(path: Path, source: SourceTable) -> Iterator[ForeignCase]:
    """Read the cases of a log one by one, in the order of the file.

    Raises:
        MalformedSource: the file is not what the mapping says, is damaged, or passes a limit.
            Cases that were already given out are whole.
        OSError: the file cannot be read.
    """
    match source.format:
        case "xes":
            return read_xes(path, source.columns)
        case "csv":
            scattered = source.rows == "scattered"
            return read_csv(path, source.columns, delimiter=source.delimiter, scattered=scattered)
        case _:
            assert_never(source.format)
