"""A disk on which any one call fails once, before it happened or after, or ends the process there.

Every call by which our code changes files is a step of a `Fate`: opening a folder, making one,
each half of a write, syncing a file or a folder, renaming, deleting, and every commit of an SQLite
database. Reading is none. The rest of a database's calls are SQLite's own matter; a commit that
fails either happened or did not, which is what these steps try.
"""

import io
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.mortal_stores import Fate, ProcessDied

_CHANGING = ("fsync", "replace", "rename", "mkdir", "unlink", "rmdir")


def disk_error(name: str) -> OSError:
    """What a disk says that fails."""
    return OSError(5, f"Input/output error: {name}")


class FailingDisk:
    """The file system and SQLite as this process sees them, under a fate while it `is_on`."""

    def __init__(self, folder: Path, fate: Fate, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.fate, self.is_on = folder, fate, False
        self._died: ProcessDied | None = None
        self.connections: list[sqlite3.Connection] = []
        self._files: list[_File] = []
        for call in _CHANGING:
            patch.setattr(os, call, self._under_fate(call, getattr(os, call)))
        self._open, self._open_file = os.open, io.open
        self._connect = sqlite3.connect
        patch.setattr(os, "open", self._opens)
        patch.setattr(io, "open", self._opens_file)
        patch.setattr(sqlite3, "connect", self._connects)

    @contextmanager
    def step(self, call: str, target: Any) -> Iterator[None]:
        """Go through one call, if the disk is under its fate."""
        name = self._name_of(target)
        if not self.is_on or name is None:
            yield
            return
        if self._died is not None:
            # A process that is dead cleans nothing up.
            raise self._died
        try:
            with self.fate.step(f"{call} {name}"):
                yield
        except ProcessDied as death:
            self._died = death
            raise

    def _name_of(self, target: Any) -> str | None:
        """Name a file within the folder; None for any other file."""
        path = f"/proc/self/fd/{target}" if isinstance(target, int) else os.fspath(target)
        place = Path(path).readlink() if isinstance(target, int) else Path(path)
        return place.relative_to(self.folder).as_posix() if self._is_ours(place) else None

    def _is_ours(self, place: Path) -> bool:
        return place.is_relative_to(self.folder)

    def _under_fate(self, call: str, do: Callable[..., Any]) -> Callable[..., Any]:
        def called(target: Any, *given: Any, **named: Any) -> Any:
            with self.step(call, target):
                return do(target, *given, **named)

        return called

    def _opens(self, path: Any, flags: int, *given: Any, **named: Any) -> int:
        if not flags & os.O_DIRECTORY:
            return self._open(path, flags, *given, **named)
        with self.step("open folder", path):
            return self._open(path, flags, *given, **named)

    def _opens_file(self, path: Any, mode: str = "r", *given: Any, **named: Any) -> Any:
        is_ours = not isinstance(path, int) and self._is_ours(Path(path))
        if not is_ours or not set(mode) & set("wxa"):
            return self._open_file(path, mode, *given, **named)
        with self.step("open", path):
            file = _File(self, Path(path), self._open_file(path, mode, *given, **named))
            # Of a call that fails after having happened, nobody gets the file to close it.
            self._files.append(file)
            return file

    def _connects(self, *given: Any, **named: Any) -> sqlite3.Connection:
        disk = self

        class Connection(sqlite3.Connection):
            def commit(self) -> None:
                with disk.committing(self):
                    super().commit()

            def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
                if statement != "COMMIT":
                    return super().execute(statement, *values)
                with disk.committing(self):
                    return super().execute(statement)

        named |= {"factory": Connection, "check_same_thread": False}
        connection: sqlite3.Connection = self._connect(*given, **named)
        self.connections.append(connection)
        return connection

    @contextmanager
    def committing(self, connection: sqlite3.Connection) -> Iterator[None]:
        """Go through the commit of a transaction that changes something."""
        if not connection.in_transaction:
            yield
            return
        try:
            with self.step("commit", self._file_of(connection)):
                yield
        except OSError as error:
            raise sqlite3.OperationalError("disk I/O error") from error

    def _file_of(self, connection: sqlite3.Connection) -> str:
        cursor = sqlite3.Connection.execute(connection, "PRAGMA database_list")
        return str(cursor.fetchone()[2])

    def end_process(self) -> None:
        """Let nothing fail any more; what databases had not committed is gone."""
        self.is_on = False
        for connection in self.connections:
            connection.close()
        for file in self._files:
            file.close()
        self.connections, self._files = [], []


class _File:
    """A file that is written in two halves."""

    def __init__(self, disk: FailingDisk, path: Path, inner: Any) -> None:
        self._disk, self._path, self._inner = disk, path, inner

    def write(self, data: Any) -> int:
        middle = len(data) // 2
        for call, half in (
            ("write a half of", data[:middle]),
            ("write the rest of", data[middle:]),
        ):
            with self._disk.step(call, self._path):
                self._inner.write(half)
                self._inner.flush()
        return len(data)

    def __enter__(self) -> "_File":
        return self

    def __exit__(self, *raised: object) -> None:
        self._inner.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)
