"""Replacing the rows of projections by others that were made beside, in one transaction.

Whoever reads the views goes on reading the old rows until it commits, and sees the new ones from
then on. CRASH: before the commit the old rows are there, after it the new ones; never both.
"""

import sqlite3
from collections.abc import Collection, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from ledger.errors import StoreUnavailable
from projections.holders import ErasedAmong
from projections.parts.registry import CORE, IN_VIEWS, PRIVATE, Projection, tables_of
from projections.tables import (
    holders_table,
    position_table,
    rebuilds_table,
    stopped_projections_table,
)

# How long the follower's own transaction may take before ours.
LOCK_SECONDS: Final = 60.0


def replace_projections(
    stored: Path,
    remade: Path,
    wanted: Collection[Projection],
    erased_among: ErasedAmong | None = None,
) -> bool:
    """Put the rows made beside in the place of the stored ones; False where these have moved on.

    Where the stored views stand nowhere, all of them must be wanted: they stand then where those
    beside do. Marks of what was erased meanwhile do not come back.

    Raises:
        StoreUnavailable: one of the two databases failed; nothing was replaced.
    """
    try:
        with closing(
            sqlite3.connect(stored, uri=True, isolation_level=None, timeout=LOCK_SECONDS)
        ) as connection:
            address = f"{remade.absolute().as_uri()}?mode=ro"
            connection.execute("ATTACH DATABASE ? AS remade", (address,))
            if PRIVATE & frozenset(wanted):
                # What an erasure took away must not stay readable in freed pages.
                connection.execute("PRAGMA main.secure_delete=ON")
            replaced = _replace_all(connection, wanted, erased_among)
            if replaced:
                # The log of the database holds the old pages until it is cut; readers may keep it
                # from that, and are not waited for.
                connection.execute("PRAGMA busy_timeout=0")
                connection.execute("PRAGMA main.wal_checkpoint(TRUNCATE)")
            return replaced
    except sqlite3.Error as error:
        raise StoreUnavailable(f"the rows cannot be replaced: {error}") from error


def _replace_all(
    connection: sqlite3.Connection,
    wanted: Collection[Projection],
    erased_among: ErasedAmong | None,
) -> bool:
    # The write lock first: from here on the stored views stand still.
    connection.execute("BEGIN IMMEDIATE")
    try:
        names = _to_replace(connection, wanted)
        if names is not None:
            for name in names:
                _replace_rows(connection, name)
            if PRIVATE & frozenset(wanted) and erased_among is not None:
                _forget_marks(connection, erased_among(None))
            _end_stops(connection, wanted)
            _count_rebuild(connection)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("ROLLBACK" if names is None else "COMMIT")
    return names is not None


def _to_replace(
    connection: sqlite3.Connection, wanted: Collection[Projection]
) -> Sequence[str] | None:
    """Name the tables to replace; None where the views do not stand where those beside do."""
    stands = [
        connection.execute(f"SELECT * FROM {database}.{position_table.name}").fetchall()  # noqa: S608 - two names of ours
        for database in ("main", "remade")
    ]
    names = [table.name for table in tables_of(wanted)]
    if stands[0] == stands[1]:
        return names
    stand_nowhere = not stands[0] and frozenset(IN_VIEWS) <= frozenset(wanted)
    return [*names, position_table.name] if stand_nowhere else None


def _replace_rows(connection: sqlite3.Connection, name: str) -> None:
    rows = f'SELECT * FROM remade."{name}"'  # noqa: S608 - our own tables
    connection.execute(f'DELETE FROM main."{name}"')  # noqa: S608 - our own tables
    connection.execute(f'INSERT INTO main."{name}" {rows}')


def _forget_marks(connection: sqlite3.Connection, streams: Collection[str]) -> None:
    # Whoever erases waits for our lock, or has taken out of the old rows what was opened before.
    delete = f"DELETE FROM main.{holders_table.name} WHERE stream = ?"  # noqa: S608 - our own table
    connection.executemany(delete, [(stream,) for stream in streams])


def _end_stops(connection: sqlite3.Connection, wanted: Collection[Projection]) -> None:
    # The stop of the core is ended by the follower, once it gets on.
    table = f"main.{stopped_projections_table.name}"
    ended = [(projection.value,) for projection in wanted if projection is not CORE]
    connection.executemany(f"DELETE FROM {table} WHERE projection = ?", ended)  # noqa: S608 - our own table


def _count_rebuild(connection: sqlite3.Connection) -> None:
    table = f"main.{rebuilds_table.name}"
    row = connection.execute(f"SELECT number FROM {table}").fetchone()  # noqa: S608 - our own table
    connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own table
    number = 1 if row is None else int(row[0]) + 1
    connection.execute(f"INSERT INTO {table} VALUES (?)", (number,))  # noqa: S608 - our own table
