"""Reads that were made with a slip's secret, kept so that the holder can see who else has it.

All web workers of a data folder share one small SQLite file. It holds streams, minutes and the
first bytes of the secret's keyed hash; no address of a reader and nothing of the dossier.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from ledger.errors import StoreUnavailable
from transparency.encoding import render_utc_seconds

MAX_LISTED: Final = 200
_MARK_BYTES: Final = 8

_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS own_reads ("
    "stream TEXT NOT NULL, minute TEXT NOT NULL, mark BLOB NOT NULL, times INTEGER NOT NULL, "
    "PRIMARY KEY (stream, minute, mark)) WITHOUT ROWID"
)


@dataclass(frozen=True, slots=True)
class OwnRead:
    """How often a dossier was opened with a secret within one minute (UTC)."""

    minute: str
    times: int
    with_present_secret: bool


@dataclass(frozen=True, slots=True)
class Cut:
    """What somebody with a former slip may not see: reads by `hidden` secrets, and later ones.

    Those with a secret of `shown` are shown whenever they were made.
    """

    shown: Sequence[bytes]
    hidden: Sequence[bytes]
    until: str


class OwnReads:
    """The book of reads by secret."""

    def __init__(self, path: Path):
        self._path = path

    def note(self, stream: str, kept_hash: bytes, now: datetime) -> None:
        """Keep that a dossier is being opened with the secret of this keyed hash.

        Raises:
            StoreUnavailable: it could not be kept, so the dossier may not be shown.
        """
        minute = render_utc_seconds(now.replace(second=0, microsecond=0))
        try:
            with closing(self._open()) as connection, connection:
                connection.execute(
                    "INSERT INTO own_reads VALUES (?, ?, ?, 1) "
                    "ON CONFLICT DO UPDATE SET times = times + 1",
                    (stream, minute, kept_hash[:_MARK_BYTES]),
                )
        except sqlite3.Error as error:
            raise StoreUnavailable(f"reads cannot be kept: {error}") from error

    def of(self, stream: str, present_hash: bytes, cut: Cut | None = None) -> tuple[OwnRead, ...]:
        """Give the last reads of a dossier, newest first, as far as ``cut`` lets.

        Raises:
            StoreUnavailable: the book cannot be read.
        """
        try:
            with closing(self._open()) as connection:
                rows = connection.execute(
                    "SELECT minute, times, mark FROM own_reads WHERE stream = ? "
                    "ORDER BY minute DESC",
                    (stream,),
                )
                seen = (row for row in rows if cut is None or _is_seen(row, cut))
                listed = list(islice(seen, MAX_LISTED))
        except sqlite3.Error as error:
            raise StoreUnavailable(f"reads cannot be read: {error}") from error
        return tuple(
            OwnRead(minute, times, mark == present_hash[:_MARK_BYTES])
            for minute, times, mark in listed
        )

    def forget(self, streams: Sequence[str]) -> None:
        """Delete the reads of erased dossiers.

        Raises:
            StoreUnavailable: they could not be deleted.
        """
        try:
            with closing(self._open()) as connection, connection:
                connection.execute("PRAGMA secure_delete=ON")
                connection.executemany(
                    "DELETE FROM own_reads WHERE stream = ?", [(stream,) for stream in streams]
                )
        except sqlite3.Error as error:
            raise StoreUnavailable(f"reads cannot be deleted: {error}") from error

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=10)
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute(_TABLE)
        return connection


def _is_seen(row: tuple[str, int, bytes], cut: Cut) -> bool:
    minute, _, mark = row
    if mark in {each[:_MARK_BYTES] for each in cut.shown}:
        return True
    return minute <= cut.until and mark not in {each[:_MARK_BYTES] for each in cut.hidden}
