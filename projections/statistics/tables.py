"""The tables of the cells, as part of the views database: all of them public.

Years and months are read by what is told apart, days by when: so the keys are in another order.
What adds up to nothing has no row, and changes whose instant has come stand in no table of later
ones; so the tables hold the same, however many steps a follower took.
"""

from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from projections.statistics.measures import MEASURES

# Lines of durations of all history, and those of months.
WHOLE_SPAN: Final = "*"
MONTH_SPAN: Final = "month"
# The index of `month_cells` by which one month of the grain `op` is read.
PAIRS_BY_MONTH: Final = "month_cells_of_pairs"

_KIND: Final = ("office", "procedure", "channel")


@dataclass(frozen=True, slots=True)
class CellTables:
    """Every table that statistics are read from, but the dossiers themselves.

    ``lines`` holds the figures of `counts@v1` as they are published, ``duration_lines`` those of
    `durations@v1`; ``stand`` says up to which log position everything here is counted.
    ``payments`` counts dossiers by how they were paid, and ``payment_marks`` says which those are.

    ``later`` holds the changes still to come, and ``ahead`` the dossiers that came or went after
    the day of the figures.
    """

    years: sa.Table
    months: sa.Table
    days: sa.Table
    year_reasons: sa.Table
    month_reasons: sa.Table
    day_reasons: sa.Table
    year_durations: sa.Table
    month_durations: sa.Table
    day_durations: sa.Table
    lines: sa.Table
    duration_lines: sa.Table
    payments: sa.Table
    payment_marks: sa.Table
    stand: sa.Table
    later: sa.Table
    ahead: sa.Table
    places: sa.Table
    fields: sa.Table


def cell_tables(metadata: sa.MetaData) -> CellTables:
    """Define the tables of cells among the others of a database."""
    return CellTables(
        years=_table(metadata, "year_cells", _month_key(), _values()),
        months=_months_table(metadata),
        days=_table(metadata, "day_cells", _day_key(), _values()),
        year_reasons=_table(metadata, "year_reasons", [*_month_key(), _measure()], _count()),
        month_reasons=_table(metadata, "month_reasons", [*_month_key(), _measure()], _count()),
        day_reasons=_table(metadata, "day_reasons", [*_day_key(), _measure()], _count()),
        year_durations=_table(metadata, "year_durations", _month_key(), _durations()),
        month_durations=_table(metadata, "month_durations", _month_key(), _durations()),
        day_durations=_table(metadata, "day_durations", _day_key(), _durations()),
        lines=_lines_table(metadata),
        duration_lines=_duration_lines_table(metadata),
        payments=_payments_table(metadata),
        payment_marks=_payment_marks_table(metadata),
        stand=_stand_table(metadata),
        later=_table(metadata, "later_changes", _later_key(), _count()),
        ahead=_ahead_table(metadata),
        places=_places_table(metadata),
        fields=_fields_table(metadata),
    )


def _table(
    metadata: sa.MetaData,
    name: str,
    key: list[sa.Column[Any]],
    values: list[sa.Column[Any]],
) -> sa.Table:
    return sa.Table(name, metadata, *key, *values, sqlite_with_rowid=False)


def _months_table(metadata: sa.MetaData) -> sa.Table:
    table = _table(metadata, "month_cells", _month_key(), _values())
    # Of offices and procedures together most cells are of other months than the one asked for.
    sa.Index(PAIRS_BY_MONTH, table.c.period, sqlite_where=sa.text("grain = 'op'"))
    return table


def _key(name: str, length: int) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), primary_key=True)


def _month_key() -> list[sa.Column[Any]]:
    return [_key("grain", 3), *(_key(name, 64) for name in _KIND), _key("period", 7)]


def _day_key() -> list[sa.Column[Any]]:
    return [_key("grain", 3), _key("period", 10), *(_key(name, 64) for name in _KIND)]


def _later_key() -> list[sa.Column[Any]]:
    at: sa.Column[Any] = sa.Column(
        "at_microseconds", sa.BigInteger, primary_key=True, autoincrement=False
    )
    return [at, _key("day", 10), _measure(), *(_key(name, 64) for name in _KIND)]


def _measure() -> sa.Column[Any]:
    return _key("measure", 64)


def _values() -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in MEASURES]


def _count() -> list[sa.Column[Any]]:
    return [sa.Column("count", sa.BigInteger, nullable=False)]


def _durations() -> list[sa.Column[Any]]:
    # Seconds in rising order, each as a signed 64-bit integer with the lowest byte first.
    return [sa.Column(name, sa.LargeBinary, nullable=False) for name in ("gross", "net")]


def _lines_table(metadata: sa.MetaData) -> sa.Table:
    return sa.Table(
        "count_lines",
        metadata,
        _key("office", 64),
        _key("procedure", 64),
        _key("period", 7),
        sa.Column("pending", sa.BigInteger, nullable=False),
        sa.Column("overdue", sa.BigInteger, nullable=False),
        sa.Column("index_overdue", sa.BigInteger, nullable=False),
        *_written(),
        # What stood at the end of a month, without what is written of it.
        sa.Index("count_lines_by_month", "period", "pending", "overdue", "index_overdue"),
        # In the order of the key, in which a list of figures is read.
        sqlite_with_rowid=False,
    )


def _written() -> list[sa.Column[Any]]:
    # A figure as JSON, and as CSV without the line's end (`projections.statistics.lines`).
    return [sa.Column(name, sa.Text, nullable=False) for name in ("line", "csv")]


def _duration_lines_table(metadata: sa.MetaData) -> sa.Table:
    # All history (`*`) apart from its months: either list is then read without the other.
    return sa.Table(
        "duration_lines",
        metadata,
        _key("span", 5),
        _key("office", 64),
        _key("procedure", 64),
        _key("period", 7),
        *_written(),
        sqlite_with_rowid=False,
    )


def _payments_table(metadata: sa.MetaData) -> sa.Table:
    names = ("paid_online", "owing_nothing")
    return sa.Table(
        "payment_cells",
        metadata,
        _key("grain", 2),
        _key("office", 64),
        _key("period", 7),
        _key("procedure", 64),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in names),
        sqlite_with_rowid=False,
    )


def _payment_marks_table(metadata: sa.MetaData) -> sa.Table:
    return sa.Table(
        "payment_marks",
        metadata,
        sa.Column("stream", sa.String(120), primary_key=True),
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("procedure", sa.String(64), nullable=False),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("payment", sa.String(16), nullable=False),
    )


def _stand_table(metadata: sa.MetaData) -> sa.Table:
    position = sa.Column("log_position", sa.BigInteger, primary_key=True, autoincrement=False)
    return sa.Table("cells_stand", metadata, position)


def _ahead_table(metadata: sa.MetaData) -> sa.Table:
    return sa.Table(
        "dossiers_ahead",
        metadata,
        sa.Column("stream", sa.String(120), primary_key=True),
        sa.Column("settled_at_microseconds", sa.BigInteger, nullable=False),
    )


def _places_table(metadata: sa.MetaData) -> sa.Table:
    return sa.Table(
        "office_places",
        metadata,
        sa.Column("office", sa.String(64), primary_key=True),
        sa.Column("parent", sa.String(64)),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("former_parents", sa.Text),
    )


def _fields_table(metadata: sa.MetaData) -> sa.Table:
    return sa.Table(
        "procedure_fields",
        metadata,
        sa.Column("procedure", sa.String(64), primary_key=True),
        sa.Column("field", sa.Text),
        sa.Column("former_fields", sa.Text),
    )
