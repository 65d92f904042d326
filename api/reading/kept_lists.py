"""What is being paged through: a whole queue as its first page found it, or a place in a list.

New entries move dossiers within a queue, and out of it; who pages by a list that was kept sees
each of its dossiers once, as of one checkpoint. All web workers of a data folder share one small
SQLite file, which may be lost: then whoever was paging begins anew. It holds no private part, but
veiled dossiers and whom a finding is about, where a page of findings ended: so it is its owner's
alone (0600), keeps nothing for longer than it says, and is emptied by every erasure. What another
program kept, or for another kind of list, leads nowhere.
"""

import re
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Generic, TypeVar

import msgspec

from api.errors import MalformedParameter, QueueCursorEnded
from ledger.errors import StoreUnavailable

KEPT_FOR: Final = timedelta(minutes=15)
MAX_LISTS_OF_ONE: Final = 16
_ID_BYTES: Final = 16
_CURSOR: Final = re.compile(r"([0-9a-f]{32})\.([1-9][0-9]{0,8})", re.ASCII)

KeptT = TypeVar("KeptT")
_FILE_MODE: Final = 0o600

_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS lists ("
    "id TEXT PRIMARY KEY, asker TEXT NOT NULL, kept_until REAL NOT NULL, body BLOB NOT NULL"
    ") WITHOUT ROWID"
)


@dataclass(frozen=True, slots=True)
class KeptPlace:
    """Where a page begins: in which kept list, and how many lines of it were shown before."""

    list_id: str
    position: int

    def __str__(self) -> str:
        """Write it as `parse_cursor` reads it."""
        return f"{self.list_id}.{self.position}"


def parse_cursor(text: str) -> KeptPlace:
    """Read a cursor.

    Raises:
        MalformedParameter: it has another form.
    """
    match = _CURSOR.fullmatch(text)
    if match is None:
        raise MalformedParameter("cursor is what `next` of the page before says")
    return KeptPlace(match[1], int(match[2]))


class KeptShape(Generic[KeptT]):
    """How one kind of list is written; with another number it is another shape."""

    def __init__(self, kind: str, number: int, type_: type[KeptT]):
        self._name = f"{kind} {number}\n".encode()
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(type_)

    def write(self, value: KeptT) -> bytes:
        """Write a list with its kind and number."""
        return self._name + self._encoder.encode(value)

    def read(self, body: bytes) -> KeptT:
        """Read what `write` gives.

        Raises:
            QueueCursorEnded: it is of another kind or shape.
        """
        if not body.startswith(self._name):
            raise QueueCursorEnded
        try:
            return self._decoder.decode(body[len(self._name) :])
        except msgspec.MsgspecError as error:
            raise QueueCursorEnded from error


class KeptLists:
    """The lists that are being paged through, each for the key that asked for it."""

    def __init__(self, path: Path, random_bytes: Callable[[int], bytes]):
        self._path = path
        self._random_bytes = random_bytes

    def keep(self, asker: str, body: bytes, now: datetime) -> str:
        """Keep a list for a quarter of an hour, and give its id.

        Raises:
            StoreUnavailable: it could not be kept.
        """
        list_id = self._random_bytes(_ID_BYTES).hex()
        row = (list_id, asker, (now + KEPT_FOR).timestamp(), zlib.compress(body, 1))
        try:
            with closing(self._open()) as connection, connection:
                _forget_old(connection, now)
                connection.execute(
                    "DELETE FROM lists WHERE id IN (SELECT id FROM lists WHERE asker = ? "
                    "ORDER BY kept_until DESC LIMIT -1 OFFSET ?)",
                    (asker, MAX_LISTS_OF_ONE - 1),
                )
                connection.execute("INSERT INTO lists VALUES (?, ?, ?, ?)", row)
        except (sqlite3.Error, OSError) as error:
            raise StoreUnavailable(f"a list cannot be kept: {error}") from error
        return list_id

    def find(self, list_id: str, asker: str, now: datetime) -> bytes:
        """Give a list that was kept for this key.

        Raises:
            QueueCursorEnded: there is none: it is too old, another key's, or was lost.
            StoreUnavailable: it cannot be read.
        """
        try:
            with closing(self._open()) as connection, connection:
                _forget_old(connection, now)
                row = connection.execute(
                    "SELECT body FROM lists WHERE id = ? AND asker = ?", (list_id, asker)
                ).fetchone()
        except (sqlite3.Error, OSError) as error:
            raise StoreUnavailable(f"a list cannot be read: {error}") from error
        if row is None:
            raise QueueCursorEnded
        try:
            return zlib.decompress(row[0])
        except zlib.error as error:
            raise QueueCursorEnded from error

    def forget(self) -> None:
        """Forget all lists: a dossier in one of them was erased.

        Raises:
            StoreUnavailable: they could not be deleted.
        """
        if not self._path.exists():
            return
        try:
            with closing(self._open()) as connection, connection:
                connection.execute("DELETE FROM lists")
        except (sqlite3.Error, OSError) as error:
            raise StoreUnavailable(f"lists cannot be deleted: {error}") from error

    def _open(self) -> sqlite3.Connection:
        # Before SQLite makes it, which gives its journal the same mode.
        self._path.touch(mode=_FILE_MODE)
        self._path.chmod(_FILE_MODE)
        connection = sqlite3.connect(self._path, timeout=10)
        # Whatever is lost here is asked for again.
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute(_TABLE)
        return connection


def _forget_old(connection: sqlite3.Connection, now: datetime) -> None:
    connection.execute("DELETE FROM lists WHERE kept_until < ?", (now.timestamp(),))
