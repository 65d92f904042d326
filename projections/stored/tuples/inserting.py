"""Inserting: rows as plain tuples, in the order of a table's columns, many with one statement.

Every step of the follower writes through here, and a rebuild does it by the hundred thousand; the
statements are spelt once for each table and handed to the driver as they are, since binding each
row by its names costs more than writing it. Of values that many rows share (a seal's instant, a
day) the text is made once.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Final

import msgspec
import sqlalchemy as sa

from domain.moments import render_day, render_moment
from projections.dossier_rows import Act, DossierRow, render_due
from projections.tables import dossiers_table
from transparency.encoding import render_utc_milliseconds

Row = tuple[object, ...]

# What SQLite stores as NULL, as it does any float that is not a number. The driver asks its
# adapters about every None, at a third of what writing an act costs; a float it takes as it is.
NULL: Final = float("nan")

_signers_encoder = msgspec.json.Encoder()
# Rows of dossiers are written as they are: their members are the columns, in this order.
assert DossierRow.__struct_fields__ == tuple(dossiers_table.columns.keys())


def insert_tuples(connection: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Add rows that are not there yet."""
    if rows:
        connection.exec_driver_sql(_insertion(table), rows)


def replace_tuples(connection: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Add rows, or replace those that have the same primary key."""
    put_tuples(connection, table, table.columns.keys(), rows)


def put_tuples(
    connection: sa.Connection, table: sa.Table, names: Sequence[str], rows: Sequence[Row]
) -> None:
    """Add rows with the columns of these names, or replace those of the same primary key."""
    if rows:
        statement = _replacement(table, tuple(names))
        connection.exec_driver_sql(statement, rows)


def add_tuples(
    connection: sa.Connection, table: sa.Table, names: Sequence[str], rows: Sequence[Row]
) -> None:
    """Add rows with the columns of these names, the key's first; to rows that are there, add up."""
    if rows:
        connection.exec_driver_sql(_addition(table, tuple(names)), rows)


def take_out_tuples(
    connection: sa.Connection,
    table: sa.Table,
    keys: Sequence[str],
    rows: Sequence[Row],
    nothing: Sequence[str] = (),
) -> None:
    """Take out the rows with these keys; with ``nothing``, those in which these are all zero."""
    if rows:
        statement = _removal(table, tuple(keys), tuple(nothing))
        connection.exec_driver_sql(statement, rows)


def act_row(act: Act, nothing: float | None = None) -> Row:
    """Write an act as its row: what `act_columns` writes, in the order of the columns.

    What the act does not say is ``nothing``: `NULL` for whoever hands the row to the driver.
    """
    status, due, appointment, answer_by = act.status, act.due, act.appointment, act.answer_by
    return (
        act.entry_index,
        act.stream,
        act.version,
        act.kind,
        render_moment(act.at),
        _recorded_text(act.recorded_at),
        nothing if act.office is None else act.office,
        _signers_encoder.encode(act.signers).decode(),
        nothing if act.performer is None else act.performer,
        nothing if status is None else int(status),
        nothing if due is None else render_due(due),
        nothing if appointment is None else render_due(appointment),
        nothing if act.amount_vnd is None else act.amount_vnd,
        nothing if act.to_office is None else act.to_office,
        nothing if answer_by is None else render_day(answer_by),
        nothing if act.refers_to is None else act.refers_to,
        nothing if act.payment_method is None else act.payment_method,
        nothing if act.label is None else act.label,
        nothing if act.step is None else act.step,
    )


@lru_cache(maxsize=1024)
def _recorded_text(instant: datetime) -> str:
    return render_utc_milliseconds(instant)


@cache
def _insertion(table: sa.Table) -> str:
    return _insert(table, tuple(table.columns.keys()))


@cache
def _replacement(table: sa.Table, names: tuple[str, ...]) -> str:
    others = [name for name in names if not table.c[name].primary_key]
    changes = ", ".join(f'"{name}" = excluded."{name}"' for name in others)
    return f"{_insert(table, names)} ON CONFLICT ({_key_of(table)}) DO UPDATE SET {changes}"


@cache
def _addition(table: sa.Table, names: tuple[str, ...]) -> str:
    added = [name for name in names if not table.c[name].primary_key]
    sums = ", ".join(f'"{name}" = "{table.name}"."{name}" + excluded."{name}"' for name in added)
    return f"{_insert(table, names)} ON CONFLICT ({_key_of(table)}) DO UPDATE SET {sums}"


@cache
def _removal(table: sa.Table, keys: tuple[str, ...], nothing: tuple[str, ...]) -> str:
    conditions = [*(f'"{name}" = ?' for name in keys), *(f'"{name}" = 0' for name in nothing)]
    return f'DELETE FROM "{table.name}" WHERE {" AND ".join(conditions)}'  # noqa: S608 - our own tables


def _insert(table: sa.Table, names: tuple[str, ...]) -> str:
    listed, places = ", ".join(f'"{name}"' for name in names), ", ".join("?" for _ in names)
    return f'INSERT INTO "{table.name}" ({listed}) VALUES ({places})'  # noqa: S608 - our own tables


def _key_of(table: sa.Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
