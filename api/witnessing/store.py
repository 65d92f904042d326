"""What a witness keeps, in one SQLite database: its last checkpoint of each log, and a replay.

A checkpoint moves in one transaction that also reads the one before it, and is synced before the
transaction ends: of two requests at once one finds the other's checkpoint there. Any number of
processes may share the file.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ledger.errors import StoreUnavailable
from transparency.checkpoints import Checkpoint
from transparency.errors import SealWrong
from transparency.hashing import HASH_BYTES

BUSY_SECONDS: Final = 10.0

_TABLES: Final = (
    "CREATE TABLE identity (state_id TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE cosigned (origin TEXT NOT NULL PRIMARY KEY, tree_size INTEGER NOT NULL, "
    "root_hash BLOB NOT NULL, posix_seconds INTEGER NOT NULL, note BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE condemned (origin TEXT NOT NULL PRIMARY KEY, reason TEXT NOT NULL, "
    "entry_index INTEGER NOT NULL, index_root_hash BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE replays (origin TEXT NOT NULL PRIMARY KEY, tree_size INTEGER NOT NULL, "
    "subtree_hashes BLOB NOT NULL, ends_in_seal INTEGER NOT NULL, note BLOB NOT NULL) "
    "WITHOUT ROWID",
    "CREATE TABLE replayed_streams (origin TEXT NOT NULL, entry_index INTEGER NOT NULL, "
    "stream_key BLOB NOT NULL, PRIMARY KEY (origin, entry_index)) WITHOUT ROWID",
)


@dataclass(frozen=True, slots=True)
class CosignedCheckpoint:
    """The last checkpoint cosigned of a log: with the log's lines and the witness's own."""

    checkpoint: Checkpoint
    posix_seconds: int
    note: bytes


@dataclass(frozen=True, slots=True)
class KeptReplay:
    """How far a log was replayed, the edge of its tree there, and under which checkpoint."""

    tree_size: int
    subtree_hashes: tuple[bytes, ...]
    ends_in_seal: bool
    note: bytes


class Move:
    """The one step in which a log's last checkpoint is read and replaced."""

    def __init__(self, connection: sqlite3.Connection, last: CosignedCheckpoint | None):
        self._connection = connection
        self.last = last

    def to(self, new: CosignedCheckpoint) -> None:
        """Replace the last checkpoint; nothing is kept if the step ends with an error."""
        checkpoint = new.checkpoint
        self._connection.execute(
            "INSERT OR REPLACE INTO cosigned VALUES (?, ?, ?, ?, ?)",
            (
                checkpoint.origin,
                checkpoint.tree_size,
                checkpoint.root_hash,
                new.posix_seconds,
                new.note,
            ),
        )


class WitnessStore:
    """One open database; threads take turns."""

    def __init__(self, connection: sqlite3.Connection):
        self._connection = connection
        self._turn = threading.Lock()

    @classmethod
    def make(cls, path: Path, state_id: str) -> None:
        """Make an empty state with an identity of its own."""
        store = cls(_connect(path, "rwc"))
        with store._step() as connection:
            for table in _TABLES:
                connection.execute(table)
            connection.execute("INSERT INTO identity VALUES (?)", (state_id,))
        store.close()

    @classmethod
    def open(cls, path: Path) -> "WitnessStore":
        """Open a state that is there; none is ever made by opening.

        Raises:
            StoreUnavailable: it is not there, or no database.
        """
        return cls(_connect(path, "rw"))

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def state_id(self) -> str:
        """Give the identity that the state was made with."""
        rows = self._read("SELECT state_id FROM identity")
        return str(rows[0][0]) if rows else ""

    def last(self, origin: str) -> CosignedCheckpoint | None:
        """Give the last checkpoint that was cosigned of a log."""
        return _last(self._read(_LAST, (origin,)))

    def all_last(self) -> tuple[CosignedCheckpoint, ...]:
        """Give the last checkpoint of every log."""
        rows = self._read("SELECT * FROM cosigned ORDER BY origin")
        return tuple(_cosigned(row) for row in rows)

    @contextmanager
    def moving(self, origin: str) -> Iterator[Move]:
        """Read a log's last checkpoint and replace it, in one step; durable when this ends.

        Raises:
            StoreUnavailable: the disk or the database failed; nothing may be answered.
        """
        with self._step() as connection:
            yield Move(connection, _last(connection.execute(_LAST, (origin,)).fetchall()))

    def condemn(self, origin: str, wrong: SealWrong) -> None:
        """Keep for ever that a log has a wrong seal; the first one found stays."""
        with self._step() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO condemned VALUES (?, ?, ?, ?)",
                (origin, wrong.reason, wrong.entry_index, wrong.index_root_hash),
            )

    def condemned(self, origin: str) -> SealWrong | None:
        """Give what was found wrong with a log, if anything was."""
        query = "SELECT reason, entry_index, index_root_hash FROM condemned WHERE origin = ?"
        rows = self._read(query, (origin,))
        return SealWrong(*rows[0]) if rows else None

    def replay(self, origin: str) -> KeptReplay | None:
        """Give how far a log was replayed."""
        query = "SELECT tree_size, subtree_hashes, ends_in_seal, note FROM replays WHERE origin = ?"
        rows = self._read(query, (origin,))
        if not rows:
            return None
        tree_size, packed, ends_in_seal, note = rows[0]
        hashes = tuple(
            packed[start : start + HASH_BYTES] for start in range(0, len(packed), HASH_BYTES)
        )
        return KeptReplay(tree_size, hashes, bool(ends_in_seal), note)

    def replayed_streams(self, origin: str) -> Iterator[tuple[int, bytes]]:
        """Give the entries that belong to a stream, in order, with its key."""
        query = (
            "SELECT entry_index, stream_key FROM replayed_streams WHERE origin = ? "
            "ORDER BY entry_index"
        )
        with self._turn, _database_errors():
            yield from self._connection.execute(query, (origin,))

    def keep_replay(
        self, origin: str, kept: KeptReplay, streams: Iterable[tuple[int, bytes]]
    ) -> None:
        """Keep a replay, and the streams of the entries taken since it was kept last, together."""
        with self._step() as connection:
            connection.executemany(
                "INSERT INTO replayed_streams VALUES (?, ?, ?)",
                ((origin, entry_index, key) for entry_index, key in streams),
            )
            connection.execute(
                "INSERT OR REPLACE INTO replays VALUES (?, ?, ?, ?, ?)",
                (
                    origin,
                    kept.tree_size,
                    b"".join(kept.subtree_hashes),
                    kept.ends_in_seal,
                    kept.note,
                ),
            )

    def _read(self, query: str, values: tuple[object, ...] = ()) -> list[Any]:
        with self._turn, _database_errors():
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def _step(self) -> Iterator[sqlite3.Connection]:
        with self._turn, _database_errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                # CRASH: until here the old state stands; from here on the new one, on the disk.
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise


_LAST: Final = "SELECT * FROM cosigned WHERE origin = ?"


def _last(rows: list[Any]) -> CosignedCheckpoint | None:
    return _cosigned(rows[0]) if rows else None


def _cosigned(row: tuple[str, int, bytes, int, bytes]) -> CosignedCheckpoint:
    origin, tree_size, root_hash, posix_seconds, note = row
    return CosignedCheckpoint(Checkpoint(origin, tree_size, root_hash), posix_seconds, note)


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    with _database_errors():
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        return connection


@contextmanager
def _database_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreUnavailable(f"the witness's state cannot be read or kept: {error}") from error
