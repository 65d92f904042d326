"""Opening a database whose content follows from the ledger: nothing in it does anything by itself.

Whoever can write such a file could plant a view that never ends in the place of a table, a trigger,
a row that fills the memory, or another file under its name. So a file is opened if it is a regular
one under no other name, and read or written while its schema is, to the letter, the one that we
make; each piece of work has a limit of seconds, each reading one of bytes. A schema that is another
is a `sqlite3.DatabaseError`, like a file that is none: what follows from the ledger is made again.
"""

import sqlite3
import stat
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

# SQLite's own instructions between two looks at the clock: far less than a second's work.
INSTRUCTIONS: Final = 100_000
FILE_SUFFIXES: Final = ("", "-wal", "-shm", "-journal")

# By name, what stands after ``CREATE TABLE``.
Tables = Mapping[str, str]


class TimeLimit:
    """Ends what a connection does when its seconds are over, with `sqlite3.OperationalError`."""

    def __init__(self, connection: sqlite3.Connection, seconds: float):
        self._until = 0.0
        self.begin(seconds)
        connection.set_progress_handler(self._is_over, INSTRUCTIONS)

    def begin(self, seconds: float) -> None:
        """Let something begin that may take so long."""
        self._until = time.monotonic() + seconds

    def _is_over(self) -> bool:
        return time.monotonic() > self._until


def connect_derived(
    path: Path,
    tables: Tables,
    settings: Sequence[str],
    *,
    lock_seconds: float,
    check_same_thread: bool = True,
) -> sqlite3.Connection:
    """Open a derived database, or make it; ``settings`` are pragmas.

    Raises:
        sqlite3.Error: it cannot be opened, or something else lies there.
    """
    # Never by opening it: closing a file again would drop the locks that SQLite has on it.
    _check_files(path)
    connection = sqlite3.connect(
        path, timeout=lock_seconds, isolation_level=None, check_same_thread=check_same_thread
    )
    try:
        connection.execute("PRAGMA trusted_schema=OFF")
        _check_ours(connection, tables)
        for setting in settings:
            connection.execute(f"PRAGMA {setting}")
        for text in tables.values():
            connection.execute(f"CREATE TABLE IF NOT EXISTS {text}")
    except BaseException:
        connection.close()
        raise
    return connection


def _check_ours(connection: sqlite3.Connection, tables: Tables) -> None:
    # CRASH: tables are made one by one, so the first ones may stand there alone.
    if not _schema(connection) <= _expected(tables):
        raise sqlite3.DatabaseError("the file holds other tables than are made here")


def check_tables(connection: sqlite3.Connection, tables: Tables) -> None:
    """Check within a transaction that a database holds our tables as we make them, and no more.

    Raises:
        sqlite3.Error: there is another table, a view, a trigger or an index.
    """
    if _schema(connection) != _expected(tables):
        raise sqlite3.DatabaseError("somebody changed the tables of the file")


def fetch_within(
    connection: sqlite3.Connection,
    statement: str,
    parameters: Sequence[object] = (),
    *,
    most_bytes: int,
) -> list[tuple[Any, ...]]:
    """Read rows of at most so many bytes together; a larger field is not even read.

    Raises:
        sqlite3.Error: they have more, or cannot be read.
    """
    found, left = list[tuple[Any, ...]](), most_bytes
    before = connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, most_bytes)
    try:
        for row in connection.execute(statement, parameters):
            left -= sum(len(field) for field in row if isinstance(field, bytes | str)) + len(row)
            if left < 0:
                raise sqlite3.DataError("the file holds more than was written")
            found.append(row)
    finally:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, before)
    return found


def _check_files(path: Path) -> None:
    for suffix in FILE_SUFFIXES:
        place = path.with_name(path.name + suffix)
        try:
            found = place.lstat()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise sqlite3.OperationalError(f"{place.name} cannot be looked at: {error}") from error
        if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
            raise sqlite3.OperationalError(f"{place.name} is no file, or has another name too")


def _expected(tables: Tables) -> set[tuple[str, ...]]:
    return {("table", name, name, f"CREATE TABLE {text}") for name, text in tables.items()}


def _schema(connection: sqlite3.Connection) -> set[tuple[Any, ...]]:
    return set(connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master"))
