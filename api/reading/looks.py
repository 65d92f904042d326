"""Looks at people and offices, kept so that whoever was looked at learns of it.

No kind of action fits a look that opens nothing private: `access.logged` names one dossier, on its
own access stream. So a look is kept here, before it is answered, as the inspector signed it: the
address that was asked for and the two headers of the request's signature (RFC 9421), which nobody
but the inspector can have made. All web workers of a data folder share one small SQLite file.

The rows are numbered without gaps and salted: they are the leaves of a tree whose root an entry
commits to (`ledger.looks.leaves`, ADR 0043), so that none can be dropped, changed or put in after.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import astuple, fields
from datetime import datetime
from pathlib import Path
from typing import Final

from domain.facts import ANY_OFFICE
from ledger.errors import StoreUnavailable
from ledger.looks.leaves import SALT_BYTES, KeptLook, Look
from transparency.encoding import render_utc_seconds

MAX_LISTED: Final = 500

_COLUMNS: Final = tuple(field.name for field in fields(Look))
_NAMES: Final = ", ".join(f'"{name}"' for name in _COLUMNS)
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS looks (number INTEGER PRIMARY KEY, salt BLOB, "
    + ", ".join(f'"{name}" TEXT' for name in _COLUMNS)
    + ")"
)
_INSERT: Final = (
    f"INSERT INTO looks (salt, {_NAMES}) VALUES ({', '.join('?' * (1 + len(_COLUMNS)))})"  # noqa: S608 - the names are ours
)
_SELECT: Final = f"SELECT number, salt, {_NAMES} FROM looks"  # noqa: S608 - the names are ours
# A look at somebody in particular is theirs to see, whatever procedure or office it names beside.
_AT_MANY: Final = (
    "reach IS NOT NULL AND officer IS NULL AND unit IS NULL AND dossier IS NULL AND proxy IS NULL"
)


class LookBook:
    """The book of looks; ``random_bytes`` gives the salts."""

    def __init__(self, path: Path, random_bytes: Callable[[int], bytes]):
        self._path = path
        self._random_bytes = random_bytes

    def note(self, *looks: Look) -> None:
        """Keep looks, all or none, before they are answered.

        Raises:
            StoreUnavailable: it could not be kept, so nothing may be shown.
        """
        rows = [(self._random_bytes(SALT_BYTES), *astuple(look)) for look in looks]
        try:
            with closing(self._open()) as connection, connection:
                connection.executemany(_INSERT, rows)
        except sqlite3.Error as error:
            raise StoreUnavailable(f"looks cannot be kept: {error}") from error

    def at_officers(self, keys: Iterable[str]) -> tuple[KeptLook, ...]:
        """Give the last looks at the holder of these keys, newest first.

        Raises:
            StoreUnavailable: the book cannot be read.
        """
        return self._where(("officer", "proxy"), tuple(keys))

    def at_offices(self, offices: Iterable[str]) -> tuple[KeptLook, ...]:
        """Give the last looks at one of these offices; raises as `at_officers`."""
        return self._where(("office", "unit"), tuple(offices))

    def at_dossier(self, stream: str) -> tuple[KeptLook, ...]:
        """Give the last looks at a dossier; raises as `at_officers`."""
        return self._where(("dossier",), (stream,))

    def that_reached(self, offices: Iterable[str]) -> tuple[KeptLook, ...]:
        """Give the last looks at a procedure, or an office above, that reached one of these.

        Raises:
            StoreUnavailable: the book cannot be read.
        """
        wanted = set(offices)
        if not wanted:
            return ()
        found = self._read(f"{_SELECT} WHERE {_AT_MANY} ORDER BY number DESC", ())
        reached = (
            kept
            for kept in found
            if _reaches_all(kept.look) or wanted & set((kept.look.reach or "").split())
        )
        return tuple(kept for kept, _ in zip(reached, range(MAX_LISTED), strict=False))

    def all(self) -> list[KeptLook]:
        """Give every look in the order in which they were kept; raises as `at_officers`."""
        return self._read(f"{_SELECT} ORDER BY number", ())

    @property
    def book(self) -> int:
        """Give the book's number: 1, and more where an earlier one was lost.

        Raises:
            StoreUnavailable: the book cannot be read.
        """
        try:
            with closing(self._open()) as connection:
                (number,) = connection.execute("PRAGMA user_version").fetchone()
        except sqlite3.Error as error:
            raise StoreUnavailable(f"looks cannot be read: {error}") from error
        return int(number) or 1

    def call_itself(self, book: int) -> None:
        """Take the place of a book that was lost, under the next number.

        Raises:
            StoreUnavailable: the book cannot be written.
        """
        try:
            with closing(self._open()) as connection, connection:
                connection.execute(f"PRAGMA user_version = {int(book)}")
        except sqlite3.Error as error:
            raise StoreUnavailable(f"looks cannot be kept: {error}") from error

    def _where(self, columns: Sequence[str], wanted: tuple[str, ...]) -> tuple[KeptLook, ...]:
        holes = ", ".join("?" * len(wanted))
        condition = " OR ".join(f'"{column}" IN ({holes})' for column in columns)
        query = f"{_SELECT} WHERE {condition} ORDER BY number DESC LIMIT ?"
        return tuple(self._read(query, (*wanted * len(columns), MAX_LISTED)))

    def _read(self, query: str, values: Sequence[str | int]) -> list[KeptLook]:
        try:
            with closing(self._open()) as connection:
                return [_kept(row) for row in connection.execute(query, values)]
        except sqlite3.Error as error:
            raise StoreUnavailable(f"looks cannot be read: {error}") from error

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=10)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(_TABLE)
        self._path.chmod(0o600)
        self._bring_up_to_date(connection)
        return connection

    def _bring_up_to_date(self, connection: sqlite3.Connection) -> None:
        """Give a book that was begun by an earlier release its columns and its salts."""
        if not _missing_columns(connection):
            return
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            # Another worker may have been first.
            for name in _missing_columns(connection):
                kind = "BLOB" if name == "salt" else "TEXT"
                connection.execute(f'ALTER TABLE looks ADD COLUMN "{name}" {kind}')
            unsalted = connection.execute("SELECT number FROM looks WHERE salt IS NULL").fetchall()
            salts = [(self._random_bytes(SALT_BYTES), number) for (number,) in unsalted]
            connection.executemany("UPDATE looks SET salt = ? WHERE number = ?", salts)


def _reaches_all(look: Look) -> bool:
    # Beside an office an earlier release wrote what the grants reached, not what was shown.
    return look.reach == ANY_OFFICE and look.office is None


def _missing_columns(connection: sqlite3.Connection) -> list[str]:
    present = {row[1] for row in connection.execute("PRAGMA table_info(looks)")}
    return [name for name in ("salt", *_COLUMNS) if name not in present]


def _kept(row: Sequence[object]) -> KeptLook:
    number, salt, *members = row
    assert isinstance(number, int)
    assert isinstance(salt, bytes)
    named = dict(zip(_COLUMNS, members, strict=True))
    return KeptLook(number - 1, salt, Look(**named))  # type: ignore[arg-type] # text columns


def render_look_time(now: datetime) -> str:
    """Write when a look was made."""
    return render_utc_seconds(now.replace(microsecond=0))


def are_open(looks: Iterable[KeptLook], open_orders: Iterable[str]) -> Iterator[KeptLook]:
    """Give the looks that are not sealed: made under no order, or under one that has ended.

    ``open_orders`` are the streams of orders that nothing has ended.
    """
    sealing = set(open_orders)
    return (kept for kept in looks if kept.look.order_stream not in sealing)
