"""The nonces of signed requests, remembered for as long as a signature may be young enough.

All web workers of a data folder share one small SQLite file: a request that one worker answered
is a replay for every other. Losing the file forgets at most a few minutes of nonces.
"""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from api.errors import RequestReplayed
from ledger.errors import StoreUnavailable

MAX_NONCES: Final = 100_000
"""Above this many live nonces signed requests are refused rather than one nonce forgotten."""

_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS nonces ("
    "key_name TEXT NOT NULL, nonce TEXT NOT NULL, forget_at REAL NOT NULL, "
    "PRIMARY KEY (key_name, nonce)) WITHOUT ROWID"
)


class NonceMemory:
    """Remembers which nonce a key has used; ``:memory:`` is for one process alone."""

    def __init__(self, path: Path | None):
        self._path = ":memory:" if path is None else str(path)
        self._connection: sqlite3.Connection | None = None

    def remember(self, key_name: str, nonce: str, *, now: datetime, keep: timedelta) -> None:
        """Take a nonce in; it is forgotten after ``keep``.

        Raises:
            RequestReplayed: the key has used the nonce before.
            StoreUnavailable: the nonce could not be kept, so the request may not be answered.
        """
        try:
            connection = self._open()
            with connection:
                connection.execute("DELETE FROM nonces WHERE forget_at < ?", (now.timestamp(),))
                ((live,),) = connection.execute("SELECT count(*) FROM nonces")
                if live >= MAX_NONCES:
                    raise StoreUnavailable("too many signed requests at a time")
                connection.execute(
                    "INSERT INTO nonces VALUES (?, ?, ?)",
                    (key_name, nonce, (now + keep).timestamp()),
                )
        except sqlite3.IntegrityError as error:
            raise RequestReplayed from error
        except sqlite3.Error as error:
            raise StoreUnavailable(f"the nonces cannot be kept: {error}") from error

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            # One event loop uses the connection; it is opened in the worker that uses it.
            connection = sqlite3.connect(self._path, timeout=10, check_same_thread=False)
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute(_TABLE)
            self._connection = connection
        return self._connection
