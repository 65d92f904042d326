"""Shapes of datasets: columns with type and meaning, from which every description is made.

A cell is a plain Python value; each type says how it stands in CSV, in JSON and in Parquet::

    type      Python           CSV                         JSON             Parquet
    text      str              as it is                    string           string
    integer   int              decimal                     number           int64
    boolean   bool             true or false               true or false    bool
    instant   datetime (UTC)   2026-11-21T08:03:11.000Z    string           timestamp[ms, UTC]
    day       date             2026-11-21                  string           date32
    month     str              2026-11                     string           string
    moment    str              an instant to the second    string           string
                               or a day
    words     tuple of str     parted by spaces            array            list<string>
    indexes   tuple of int     parted by spaces            array            list<int64>

What is not on record is an empty cell, ``null``, or null. In CSV a text that a spreadsheet would
take for a formula has an apostrophe before it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.errors import Sentence

Cell = str | int | bool | datetime | date | tuple[str, ...] | tuple[int, ...] | None
Row = Mapping[str, Cell]
Rows = Iterator[Row]


class ColumnType(StrEnum):
    """What the cells of a column are; the module's head says how each is written."""

    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    INSTANT = "instant"
    DAY = "day"
    MONTH = "month"
    MOMENT = "moment"
    WORDS = "words"
    INDEXES = "indexes"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its type, what it means, and whether every row has a value."""

    name: str
    type: ColumnType
    meaning: Sentence
    required: bool = True


@dataclass(frozen=True, slots=True)
class Dataset:
    """One dataset: its name in addresses, what it is, and its columns.

    ``definition`` names the meaning of its columns; a change of meaning is another one. ``key``
    are the columns that together name a row, none where several do not; ``order`` says in words
    how rows follow one another.
    """

    name: str
    definition: str
    title: Sentence
    meaning: Sentence
    order: Sentence
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """Give the names of the columns, in order."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True, slots=True)
class AsOf:
    """As of what a dataset was made: the ledger, and the size, root and time of its checkpoint.

    ``root`` is base64, ``sealed_at`` the time of the seal as figures carry it.
    """

    origin: str
    tree_size: int
    root: str
    sealed_at: str


def column(name: str, kind: ColumnType, vi: str, en: str) -> Column:
    """Give a column that every row has a value in."""
    return Column(name, kind, Sentence(vi, en))


def optional(name: str, kind: ColumnType, vi: str, en: str) -> Column:
    """Give a column that may be empty."""
    return Column(name, kind, Sentence(vi, en), required=False)
