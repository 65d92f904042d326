"""Seeding: what follows from the core's rows is made from a copy of them, without the log.

The copy is of one moment: a read of the stored views is one transaction. From there the follower's
own code goes on as it does from any stored views.
"""

import sqlite3
from collections.abc import Collection, Iterable
from contextlib import closing
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from domain.actions import StreamType
from domain.decisions import StreamState
from ledger.errors import StoreUnavailable
from projections.dossier_rows import Act
from projections.folding.uncollected import uncollected
from projections.parts.registry import CORE, Projection, tables_of
from projections.parts.writers import PART_WRITERS, DividedUpdate
from projections.rebuilding.folding import raise_stopped
from projections.stored.rows import decode_state
from projections.stored.steps import Position, ViewUpdate
from projections.stored.tuples.acts import open_act
from projections.tables import BESIDE_PRAGMAS, acts_table, open_engine, position_table, states_table

# Whose states the projections are made from that follow from the core, beside its rows.
_TYPES: Final = (StreamType.OFFICE, StreamType.PROCEDURE, StreamType.PETITION)
# A position that nothing stands at: so nothing is a step from there, and all is counted.
NOWHERE: Final = -1


def copy_core(stored: Path, copy: Path) -> None:
    """Copy the core's rows and the position into views that are empty.

    Raises:
        StoreUnavailable: one of the two does not read or write.
    """
    try:
        with closing(sqlite3.connect(copy, uri=True, isolation_level=None)) as connection:
            for pragma in BESIDE_PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
            address = f"{stored.absolute().as_uri()}?mode=ro"
            connection.execute("ATTACH DATABASE ? AS stored", (address,))
            connection.execute("BEGIN")
            for table in (*tables_of((CORE,)), position_table):
                rows = f'SELECT * FROM stored."{table.name}"'  # noqa: S608 - our own tables
                connection.execute(f'INSERT INTO main."{table.name}" {rows}')
            connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise StoreUnavailable(f"the views cannot be copied: {error}") from error


def make_from_core(copy: Path, wanted: Collection[Projection], position: Position) -> None:
    """Make what follows from the core's rows, as one step that counts everything.

    Raises:
        ProjectionStopped: one of them fails, also because the core's rows do not go together.
        StoreCorrupt: a row of the core cannot be read.
        StoreUnavailable: the database failed.
    """
    engine = open_engine(copy, is_beside=True)
    try:
        with uncollected(when=True), engine.begin() as connection:
            states = _states(connection)
            update = ViewUpdate(
                old_log_position=NOWHERE,
                position=position,
                states=states,
                acts=_last_acts(connection),
                holder_marks=(),
                old_veiled_position=NOWHERE,
            )
            for projection in PART_WRITERS:
                if projection in wanted:
                    _make(projection, connection, DividedUpdate(update, states, None))
    except sa.exc.SQLAlchemyError as error:
        raise StoreUnavailable(f"the views database failed: {error}") from error
    finally:
        engine.dispose()


def _make(projection: Projection, connection: sa.Connection, divided: DividedUpdate) -> None:
    try:
        PART_WRITERS[projection](connection, divided)
    except (sa.exc.SQLAlchemyError, StoreUnavailable, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - the edge of a projection: it fails again
        raise_stopped(projection, error)


def _states(connection: sa.Connection) -> dict[str, StreamState]:
    query = sa.select(states_table).where(_of(states_table.c.stream, _TYPES))
    return {
        stream: decode_state(stream, state)
        for stream, state in connection.execute(query.order_by(states_table.c.stream))
    }


def _last_acts(connection: sa.Connection) -> list[Act]:
    """Give the last act on each procedure: whose office published its newest version."""
    query = sa.select(acts_table).where(_of(acts_table.c.stream, (StreamType.PROCEDURE,)))
    ordered = query.order_by(acts_table.c.stream, acts_table.c.version)
    last = {row.stream: row for row in connection.execute(ordered)}
    return [open_act(row) for row in last.values()]


def _of(column: sa.Column[str], types: Iterable[StreamType]) -> sa.ColumnElement[bool]:
    return sa.or_(*(sa.and_(column >= f"{each}:", column < f"{each};") for each in types))
