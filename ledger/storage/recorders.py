"""The persistence module of the event store: `eventsourcing`'s SQLite recorders, made ours.

Three things differ from the library's (reference: event store pitfalls):

- the notification id is an explicit ``rowid INTEGER PRIMARY KEY AUTOINCREMENT``, so that no id is
  ever issued twice and a dump keeps them. The library selects it by that name;
- a writing transaction begins with ``BEGIN IMMEDIATE``, because it reads (the fencing token)
  before it writes; the library's deferred BEGIN could then fail with SQLITE_BUSY_SNAPSHOT;
- `insert_events` takes a *step* that runs in the same transaction, with the new notification
  ids: the ledger's own tables (entry indexes, lease) move with the events or not at all.

The module names exactly one factory, as the library's ``PERSISTENCE_MODULE`` wants it (so the
library's own is not imported by name).
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import cast
from uuid import UUID

from eventsourcing import sqlite
from eventsourcing.persistence import OperationalError, StoredEvent
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteProcessRecorder,
    SQLiteTransaction,
)
from eventsourcing.utils import Environment, EnvType

Step = Callable[[SQLiteCursor, Sequence[int]], None]


class ImmediateTransaction(SQLiteTransaction):
    """A transaction that takes the write lock first, when it means to commit."""

    def __enter__(self) -> SQLiteCursor:
        cursor = self.connection.cursor()
        try:
            cursor.execute("BEGIN IMMEDIATE" if self.commit else "BEGIN")
        except sqlite3.Error as error:
            # The library translates only what fails after BEGIN. A COMMIT that failed may have
            # left this connection inside its transaction; it gets out of it here.
            self.connection.rollback()
            raise OperationalError(error) from error
        return cursor


class LedgerConnection(SQLiteConnection):
    """A connection whose writing transactions are immediate."""

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        """Open one transaction and give its cursor."""
        with ImmediateTransaction(self, commit=commit) as cursor, cursor:
            yield cursor


class LedgerConnectionPool(SQLiteConnectionPool):
    """Connections in WAL mode that wait for the disk at every commit."""

    def _create_connection(self) -> SQLiteConnection:
        plain = super()._create_connection()._sqlite_conn
        # FULL is the library's silent default; we state it, since a receipt promises durability.
        plain.execute("PRAGMA synchronous=FULL")
        plain.execute("PRAGMA foreign_keys=ON")
        return LedgerConnection(sqlite_conn=plain, max_age=self.max_age)


class LedgerRecorder(SQLiteApplicationRecorder):
    """Records signed notes under (stream, version), with ids that are never issued twice."""

    def __init__(self, datastore: SQLiteDatastore, events_table_name: str = "stored_events"):
        super().__init__(datastore, events_table_name)
        self.insert_events_statement = (
            f"INSERT INTO {events_table_name} "  # noqa: S608 - the table's name is a constant
            "(originator_id, originator_version, topic, state) VALUES (?,?,?,?)"
        )

    def construct_create_table_statements(self) -> list[str]:
        """Give the table with an explicit rowid (see the module's first lines)."""
        return [
            f"CREATE TABLE IF NOT EXISTS {self.events_table_name} ("
            "rowid INTEGER PRIMARY KEY AUTOINCREMENT, "
            "originator_id TEXT NOT NULL, "
            "originator_version INTEGER NOT NULL, "
            "topic TEXT NOT NULL, "
            "state BLOB NOT NULL, "
            "UNIQUE (originator_id, originator_version))"
        ]

    def _insert_events(
        self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **kwargs: object
    ) -> Sequence[int] | None:
        rows = [
            (_id_text(event.originator_id), event.originator_version, event.topic, event.state)
            for event in stored_events
        ]
        c.executemany(self.insert_events_statement, rows)
        notification_ids = _last_ids(c, len(rows))
        step = kwargs.get("step")
        if step is not None:
            cast("Step", step)(c, notification_ids)
        return notification_ids


class LedgerProcessRecorder(SQLiteProcessRecorder, LedgerRecorder):
    """The same, for library code that records its position together with new events."""


class LedgerFactory(sqlite.SQLiteFactory):
    """Makes the recorders above; found by the library through ``PERSISTENCE_MODULE``."""

    application_recorder_class = LedgerRecorder
    process_recorder_class = LedgerProcessRecorder

    def __init__(self, env: Environment | EnvType | None):
        super().__init__(env)
        stock = self.datastore
        pool = stock.pool
        stock.pool = LedgerConnectionPool(db_name=pool.db_name, lock_timeout=pool.lock_timeout)
        pool.close()


def _id_text(originator_id: UUID | str) -> str:
    return originator_id.hex if isinstance(originator_id, UUID) else originator_id


def _last_ids(cursor: SQLiteCursor, count: int) -> list[int]:
    if count == 0:
        return []
    # One writer inside one transaction: AUTOINCREMENT gives the rows of one executemany
    # neighbouring ids.
    cursor.execute("SELECT last_insert_rowid()")
    last: int = cursor.fetchone()[0]
    return list(range(last - count + 1, last + 1))
