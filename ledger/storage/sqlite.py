"""The ledger database on SQLite: events by the library's recorder, our own tables beside them."""

import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from eventsourcing.persistence import IntegrityError, PersistenceError
from eventsourcing.sqlite import SQLiteCursor

from ledger.errors import NotTheWriter, StaleVersion, StoreCorrupt, StoreUnavailable
from ledger.storage.application import LedgerApplication, SignedEvent
from ledger.storage.port import (
    EventPlace,
    Group,
    NewBody,
    PublishedCheckpoint,
    StoredEntry,
    StoredEvent,
)

_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS entries ("
    "entry_index INTEGER PRIMARY KEY, "
    "notification_id INTEGER UNIQUE REFERENCES stored_events (rowid), "
    "body BLOB, "
    "CHECK (notification_id IS NOT NULL OR body IS NOT NULL))",
    # Promises that must outlive the process: those of deferred events, for a month.
    "CREATE TABLE IF NOT EXISTS promises ("
    "notification_id INTEGER PRIMARY KEY REFERENCES stored_events (rowid), note BLOB NOT NULL)",
    # Which of them are of veiled dossiers: followers ask after every entry, and ratings are many.
    "CREATE TABLE IF NOT EXISTS veiled ("
    "notification_id INTEGER PRIMARY KEY REFERENCES promises (notification_id))",
    # A database from before this table has none in it.
    "INSERT INTO veiled SELECT promises.notification_id FROM promises "
    "CROSS JOIN stored_events ON stored_events.rowid = promises.notification_id "
    "WHERE substr(originator_id, 1, 8) = 'dossier:' AND NOT EXISTS (SELECT 1 FROM veiled)",
    # By this the entry before a deferred event is found at once, however many lie between.
    "CREATE INDEX IF NOT EXISTS entries_of_notes ON entries (notification_id, entry_index) "
    "WHERE body IS NULL",
    "CREATE TABLE IF NOT EXISTS lease ("
    "id INTEGER PRIMARY KEY CHECK (id = 1), fencing_token INTEGER NOT NULL, holder TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS checkpoint ("
    "id INTEGER PRIMARY KEY CHECK (id = 1), tree_size INTEGER NOT NULL, note BLOB NOT NULL)",
    "INSERT OR IGNORE INTO lease VALUES (1, 0, '')",
    "INSERT OR IGNORE INTO checkpoint VALUES (1, 0, x'')",
)
_DOSSIERS: Final = "dossier:"
_IN_RANGE: Final = (
    "FROM entries LEFT JOIN stored_events ON stored_events.rowid = entries.notification_id "
    "WHERE entries.entry_index >= ? AND entries.entry_index < ? ORDER BY entries.entry_index"
)
_SELECT_ENTRIES: Final = (
    "SELECT entries.entry_index, coalesce(entries.body, stored_events.state) " + _IN_RANGE
)
_SELECT_PLACES: Final = (
    "SELECT entries.entry_index, originator_id, originator_version, topic " + _IN_RANGE
)
_EVENT: Final = (
    "SELECT originator_id, originator_version, topic, state, entries.entry_index, promises.note"
)
_JOINED: Final = (
    " FROM stored_events LEFT JOIN entries ON entries.notification_id = stored_events.rowid "
    "LEFT JOIN promises ON promises.notification_id = stored_events.rowid "
)
_SELECT_EVENTS: Final = _EVENT + _JOINED
_PLACED: Final = (
    ", (SELECT own.entry_index FROM entries AS own WHERE own.body IS NULL "
    "AND own.notification_id < stored_events.rowid ORDER BY own.notification_id DESC LIMIT 1)"
    ", stored_events.rowid"
)
_SELECT_PLACED: Final = _EVENT + _PLACED + _JOINED
_IS_VEILED: Final = "(promises.note IS NOT NULL AND substr(originator_id, 1, 8) = 'dossier:')"
# From the veiled ones on, in the order of their key. CROSS JOIN keeps SQLite from beginning
# elsewhere.
_SELECT_VEILED: Final = (
    _EVENT + _PLACED + " FROM veiled "
    "CROSS JOIN promises ON promises.notification_id = veiled.notification_id "
    "CROSS JOIN stored_events ON stored_events.rowid = veiled.notification_id "
    "LEFT JOIN entries ON entries.notification_id = stored_events.rowid "
    "WHERE veiled.notification_id > ? ORDER BY veiled.notification_id LIMIT ?"
)


class SqliteLedgerReader:
    """Reads a ledger database; any number of processes may, while the writer writes.

    A connection belongs to the thread that opened it.
    """

    def __init__(self, path: Path):
        self._path = path
        self._local = threading.local()

    def _rows(
        self, statement: str, parameters: tuple[object, ...] = ()
    ) -> list[tuple[object, ...]]:
        try:
            if not hasattr(self._local, "connection"):
                self._local.connection = _open_for_reading(self._path)
            rows: list[tuple[object, ...]] = self._local.connection.execute(
                statement, parameters
            ).fetchall()
        except sqlite3.Error as error:
            raise StoreUnavailable(f"the ledger database cannot be read: {error}") from error
        return rows

    def sequenced_size(self) -> int:
        """Count the entries that have an index, published or not."""
        ((last,),) = self._rows("SELECT max(entry_index) FROM entries")
        return 0 if last is None else int(str(last)) + 1

    def entries(self, start_index: int, end_index: int) -> Sequence[StoredEntry]:
        """Give the entries [start, end) in order."""
        rows = self._rows_in_range(_SELECT_ENTRIES, start_index, end_index)
        return [StoredEntry(int(str(index)), _as_bytes(body)) for index, body in rows]

    def event_places(self, start_index: int, end_index: int) -> Sequence[EventPlace | None]:
        """Give where the events of the entries [start, end) are stored; None for a seal."""
        rows = self._rows_in_range(_SELECT_PLACES, start_index, end_index)
        return [_place(stream, version, kind) for _, stream, version, kind in rows]

    def _rows_in_range(
        self, statement: str, start_index: int, end_index: int
    ) -> list[tuple[object, ...]]:
        assert 0 <= start_index <= end_index
        rows = self._rows(statement, (start_index, end_index))
        if [int(str(row[0])) for row in rows] != list(range(start_index, end_index)):
            raise StoreCorrupt(f"entries {start_index} to {end_index} are not all stored")
        return rows

    def find(self, stream: str, version: int) -> StoredEvent | None:
        """Give the action recorded under one version of a stream."""
        rows = self._rows(
            _SELECT_EVENTS + "WHERE originator_id = ? AND originator_version = ?", (stream, version)
        )
        return _event(rows[0]) if rows else None

    def stream_events(self, stream: str) -> Sequence[StoredEvent]:
        """Give all recorded actions of a stream, by version."""
        rows = self._rows(
            _SELECT_EVENTS + "WHERE originator_id = ? ORDER BY originator_version", (stream,)
        )
        return [_event(row) for row in rows]

    def deferred_events(self) -> Sequence[StoredEvent]:
        """Give the recorded actions that have no entry yet, in order of recording."""
        rows = self._rows(
            _SELECT_PLACED
            + "WHERE entries.entry_index IS NULL AND NOT "
            + _IS_VEILED
            + " ORDER BY stored_events.rowid"
        )
        return [_placed_event(row) for row in rows]

    def enveloped_events(self, start_index: int = 0) -> Sequence[StoredEvent]:
        """Give the deferred actions whose envelope has an entry, in order of recording."""
        # The sign keeps SQLite from walking through all events, in an order that it has already.
        rows = self._rows(
            _SELECT_PLACED
            + "WHERE entries.body IS NOT NULL AND entries.entry_index >= ? AND NOT "
            + _IS_VEILED
            + " ORDER BY +stored_events.rowid",
            (start_index,),
        )
        return [_placed_event(row) for row in rows]

    def veiled_events(self, after_notification_id: int, limit: int) -> Sequence[StoredEvent]:
        """Give the next acts of veiled dossiers after one, in order of recording."""
        assert limit > 0
        rows = self._rows(_SELECT_VEILED, (after_notification_id, limit))
        return [_placed_event(row) for row in rows]

    def recorded_until(self) -> int:
        """Give the notification id of the act recorded last; 0 before the first."""
        ((last,),) = self._rows("SELECT max(rowid) FROM stored_events")
        return 0 if last is None else int(str(last))

    def recorded_note(self, notification_id: int) -> bytes | None:
        """Give the note of an act by its notification id."""
        rows = self._rows("SELECT state FROM stored_events WHERE rowid = ?", (notification_id,))
        return _as_bytes(rows[0][0]) if rows else None

    def withheld_after(self, notification_id: int) -> Sequence[StoredEvent]:
        """Give the acts recorded after one whose notes are no entries, in order of recording."""
        rows = self._rows(
            _SELECT_PLACED + "WHERE stored_events.rowid > ? AND "
            "(entries.entry_index IS NULL OR entries.body IS NOT NULL) "
            "ORDER BY stored_events.rowid",
            (notification_id,),
        )
        return [_placed_event(row) for row in rows]

    def checkpoint(self) -> PublishedCheckpoint | None:
        """Give the published checkpoint, or None before the first."""
        ((tree_size, note),) = self._rows("SELECT tree_size, note FROM checkpoint WHERE id = 1")
        if tree_size == 0:
            return None
        return PublishedCheckpoint(int(str(tree_size)), _as_bytes(note))


class SqliteLedgerStore(SqliteLedgerReader):
    """The writer's side: one transaction a group, through the library's recorder."""

    def __init__(self, path: Path):
        super().__init__(path)
        try:
            self._application = LedgerApplication.on_sqlite(path)
            self._recorder = self._application.ledger_recorder
            with self._recorder.datastore.transaction(commit=True) as cursor:
                for statement in _TABLES:
                    cursor.execute(statement)
        except PersistenceError as error:
            raise StoreUnavailable(f"the ledger database cannot be opened: {error}") from error

    def claim_lease(self, holder: str) -> int:
        """Take the lease and give its fencing token."""
        try:
            with self._recorder.datastore.transaction(commit=True) as cursor:
                cursor.execute(
                    "UPDATE lease SET fencing_token = fencing_token + 1, holder = ? WHERE id = 1 "
                    "RETURNING fencing_token",
                    (holder,),
                )
                token: int = cursor.fetchone()[0]
        except PersistenceError as error:
            raise StoreUnavailable(f"the lease was not confirmed: {error}") from error
        return token

    def record_group(self, group: Group, *, fencing_token: int) -> None:
        """Record a group in one durable transaction: all of it or nothing."""
        mapper = self._application.mapper
        stored = [
            mapper.to_stored_event(SignedEvent(event.stream, event.version, event.kind, event.note))
            for event in group.events
        ]

        def step(cursor: SQLiteCursor, notification_ids: Sequence[int]) -> None:
            _confirm_token(cursor, fencing_token)
            _confirm_next_indexes(cursor, group)
            _insert_entries(cursor, group, notification_ids)

        try:
            self._recorder.insert_events(stored, step=step)
        except IntegrityError as error:
            raise StaleVersion("a version or an entry index of this group is taken") from error
        except PersistenceError as error:
            raise StoreUnavailable(f"the group was not confirmed: {error}") from error

    def swap_checkpoint(
        self, checkpoint: PublishedCheckpoint, *, expected_tree_size: int, fencing_token: int
    ) -> None:
        """Move the published checkpoint forward from ``expected_tree_size`` (0: none yet)."""
        assert checkpoint.tree_size > expected_tree_size >= 0
        try:
            with self._recorder.datastore.transaction(commit=True) as cursor:
                _confirm_token(cursor, fencing_token)
                cursor.execute(
                    "UPDATE checkpoint SET tree_size = ?, note = ? "
                    "WHERE id = 1 AND tree_size = ? RETURNING tree_size",
                    (checkpoint.tree_size, checkpoint.note, expected_tree_size),
                )
                if cursor.fetchone() is None:
                    raise NotTheWriter("the checkpoint moved while this writer was publishing")
        except PersistenceError as error:
            raise StoreUnavailable(f"the checkpoint was not confirmed: {error}") from error

    def close(self) -> None:
        """Give back files and connections."""
        self._application.close()


def _open_for_reading(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30, check_same_thread=False
    )
    connection.execute("PRAGMA query_only=ON")
    return connection


def _confirm_token(cursor: SQLiteCursor, fencing_token: int) -> None:
    # Read in the writing transaction: after this line no other writer can take the lease before
    # we commit, so a deposed writer never gets its group in.
    cursor.execute("SELECT fencing_token FROM lease WHERE id = 1")
    if cursor.fetchone()[0] != fencing_token:
        raise NotTheWriter("another writer took the lease")


def _confirm_next_indexes(cursor: SQLiteCursor, group: Group) -> None:
    # The table alone would let an index be left out, and the log could never be read past it.
    indexes = [event.entry_index for event in group.events if event.entry_index is not None]
    indexes += [body.entry_index for body in group.bodies]
    cursor.execute("SELECT coalesce(max(entry_index) + 1, 0) FROM entries")
    size: int = cursor.fetchone()[0]
    if sorted(indexes) != list(range(size, size + len(indexes))):
        raise StaleVersion("an entry index of this group is taken, or leaves a gap")


def _insert_entries(cursor: SQLiteCursor, group: Group, notification_ids: Sequence[int]) -> None:
    rows = [
        (event.entry_index, notification_id)
        for event, notification_id in zip(group.events, notification_ids, strict=True)
        if event.entry_index is not None
    ]
    cursor.executemany("INSERT INTO entries (entry_index, notification_id) VALUES (?,?)", rows)
    promised = [
        (notification_id, event)
        for event, notification_id in zip(group.events, notification_ids, strict=True)
        if event.promise
    ]
    if promised:
        promises = [(notification_id, event.promise) for notification_id, event in promised]
        cursor.executemany("INSERT INTO promises VALUES (?,?)", promises)
        veiled = [(number,) for number, event in promised if event.stream.startswith(_DOSSIERS)]
        cursor.executemany("INSERT INTO veiled VALUES (?)", veiled)
    for body in group.bodies:
        _insert_body(cursor, body)


def _insert_body(cursor: SQLiteCursor, body: NewBody) -> None:
    cursor.execute(
        "INSERT INTO entries VALUES (?, (SELECT rowid FROM stored_events "
        "WHERE originator_id = ? AND originator_version = ?), ?)",
        (body.entry_index, body.stream, body.version, body.body),
    )


def _event(row: tuple[object, ...]) -> StoredEvent:
    stream, version, kind, note, entry_index, promise = row
    return StoredEvent(
        str(stream),
        int(str(version)),
        str(kind),
        _as_bytes(note),
        None if entry_index is None else int(str(entry_index)),
        b"" if promise is None else _as_bytes(promise),
    )


def _placed_event(row: tuple[object, ...]) -> StoredEvent:
    *event, recorded_after, notification_id = row
    return replace(
        _event(tuple(event)),
        recorded_after=-1 if recorded_after is None else int(str(recorded_after)),
        notification_id=int(str(notification_id)),
    )


def _place(stream: object, version: object, kind: object) -> EventPlace | None:
    if stream is None:
        return None
    if not isinstance(version, int):
        raise StoreCorrupt(f"the stored version of {stream} is not a number")
    return EventPlace(str(stream), version, str(kind))


def _as_bytes(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise StoreCorrupt("a stored note is not bytes")
    return value
