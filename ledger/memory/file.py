"""The file of a memory: rows that are as of one place in the ledger, moved in one transaction.

``memory.sqlite3`` is derived and may be deleted. Each row bears a code under a key of the
operator, with its table and key in it: what somebody wrote in, or moved, is not read.
"""

import hmac
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

from ledger.errors import MemoryUnusable

CODE_BYTES: Final = 16
LOCK_SECONDS: Final = 10.0
PLACE: Final = "place"

_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS rows (part TEXT, key BLOB, body BLOB NOT NULL,"
    " PRIMARY KEY (part, key)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS heads (stream TEXT PRIMARY KEY, body BLOB NOT NULL,"
    " runs INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS running ON heads (stream) WHERE runs = 1",
    "CREATE TABLE IF NOT EXISTS noted (stream TEXT, version INTEGER,"
    " PRIMARY KEY (stream, version)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS steps (number INTEGER PRIMARY KEY, body BLOB NOT NULL)",
)
_RUNNING: Final = "SELECT stream, body FROM heads INDEXED BY running WHERE runs = 1"


@dataclass(frozen=True, slots=True)
class StoredStep:
    """What one transaction writes; ``rows`` are part, key and body."""

    place: bytes
    index: bytes
    heads: Iterable[tuple[str, bytes, bool]]
    rows: Iterable[tuple[str, bytes, bytes]]
    noted: Iterable[tuple[str, int]]
    no_longer_noted: Iterable[tuple[str, int]]
    erased: Iterable[tuple[str, bytes]]


class MemoryFile:
    """One connection to the file; a thread has its own."""

    def __init__(self, path: Path, secret: bytes):
        self._path = path
        self._secret = secret
        self._connection: sqlite3.Connection | None = None
        # Once something could not be read, nothing of this file is believed any more.
        self.is_unusable = False

    def unusable(self, reason: str) -> MemoryUnusable:
        """Give the error to raise, and remember that there was one."""
        self.is_unusable = True
        return MemoryUnusable(reason)

    def row(self, part: str, key: bytes) -> bytes | None:
        """Give one row.

        Raises:
            MemoryUnusable: the file cannot be read, or somebody else wrote the row.
        """
        found = self._all("SELECT body FROM rows WHERE part = ? AND key = ?", (part, key))
        return self._opened(part, key, found[0][0]) if found else None

    def head(self, stream: str) -> bytes | None:
        """Give the head of a stream.

        Raises:
            MemoryUnusable: as `row`.
        """
        found = self._all("SELECT body FROM heads WHERE stream = ?", (stream,))
        return self._opened("heads", stream.encode(), found[0][0]) if found else None

    def running_heads(self) -> Iterator[tuple[str, bytes]]:
        """Give the heads that other streams' acts may move.

        Raises:
            MemoryUnusable: as `row`.
        """
        for stream, body in self._all(_RUNNING):
            yield str(stream), self._opened("heads", str(stream).encode(), body)

    def place(self) -> bytes | None:
        """Give what the file is as of; None where nothing was written.

        Raises:
            MemoryUnusable: as `row`.
        """
        return self.row(PLACE, b"")

    def noted(self) -> list[tuple[str, int]]:
        """Give the places that were noted.

        Raises:
            MemoryUnusable: the file cannot be read.
        """
        rows = self._all("SELECT stream, version FROM noted ORDER BY stream, version")
        return [(str(stream), int(str(version))) for stream, version in rows]

    def index_steps(self) -> list[bytes]:
        """Give the steps of the index in their order.

        Raises:
            MemoryUnusable: the file cannot be read.
        """
        steps = [row[0] for row in self._all("SELECT body FROM steps ORDER BY number")]
        if not all(isinstance(step, bytes) for step in steps):
            raise self.unusable("a step of the remembered index is not bytes")
        return [step for step in steps if isinstance(step, bytes)]

    def write(self, step: StoredStep) -> None:
        """Move the file to another place, in one transaction.

        Raises:
            MemoryUnusable: it could not be written; it stays at the place before.
        """
        try:
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE")
            try:
                self._write(connection, step)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise MemoryUnusable(f"the memory cannot be written: {error}") from error

    def _write(self, connection: sqlite3.Connection, step: StoredStep) -> None:
        connection.executemany(
            "INSERT OR REPLACE INTO heads VALUES (?, ?, ?)",
            (
                (stream, self._closed("heads", stream.encode(), body), runs)
                for stream, body, runs in step.heads
            ),
        )
        rows = (*step.rows, (PLACE, b"", step.place))
        connection.executemany(
            "INSERT OR REPLACE INTO rows VALUES (?, ?, ?)",
            ((part, key, self._closed(part, key, body)) for part, key, body in rows),
        )
        connection.executemany("INSERT OR IGNORE INTO noted VALUES (?, ?)", step.noted)
        connection.executemany(
            "DELETE FROM noted WHERE stream = ? AND version = ?", step.no_longer_noted
        )
        for part, body in step.erased:
            self._erase(connection, part, body)
        connection.execute("INSERT INTO steps (body) VALUES (?)", (step.index,))

    @staticmethod
    def _erase(connection: sqlite3.Connection, part: str, body: bytes) -> None:
        connection.execute(
            "DELETE FROM rows WHERE part = ? AND substr(body, ?) = ?", (part, CODE_BYTES + 1, body)
        )

    def _all(self, statement: str, parameters: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        try:
            return self._open().execute(statement, parameters).fetchall()
        except sqlite3.Error as error:
            raise self.unusable(f"the memory cannot be read: {error}") from error

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            # Whoever calls does not do so from two threads at once.
            connection = sqlite3.connect(
                self._path, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA journal_mode=WAL")
            # What a power cut takes away is made again.
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA secure_delete=ON")
            for statement in _TABLES:
                connection.execute(statement)
            self._connection = connection
            self._path.chmod(0o600)
        return self._connection

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def delete(self) -> None:
        """Remove the file with what belongs to it."""
        self.close()
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    def _closed(self, part: str, key: bytes, body: bytes) -> bytes:
        return self._code(part, key, body) + body

    def _opened(self, part: str, key: bytes, row: object) -> bytes:
        if not isinstance(row, bytes):
            raise self.unusable("a row of the memory is not bytes")
        code, body = row[:CODE_BYTES], row[CODE_BYTES:]
        if not hmac.compare_digest(code, self._code(part, key, body)):
            raise self.unusable("somebody else wrote into the memory")
        return body

    def _code(self, part: str, key: bytes, body: bytes) -> bytes:
        head = b"%s\n%d\n" % (part.encode(), len(key))
        return blake2b(head + key + body, key=self._secret, digest_size=CODE_BYTES).digest()
