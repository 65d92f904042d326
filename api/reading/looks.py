"""Looks at people and offices, kept so that whoever was looked at learns of it.

No kind of action fits a look that opens nothing private: `access.logged` names one dossier, on its
own access stream. So a look is kept here, before it is answered, as the inspector signed it: the
address that was asked for and the two headers of the request's signature (RFC 9421), which nobody
but the inspector can have made. All web workers of a data folder share one small SQLite file. It is
no part of the log: an operator could delete a row, and could not invent one.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Final

from ledger.errors import StoreUnavailable
from transparency.encoding import render_utc_seconds

MAX_LISTED: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One signed request for a trail or for findings; what it did not name is None.

    ``at`` is the server's time (UTC, to the second). ``order_stream`` is where the inspection order
    was issued under which the look was made, ``order`` its number. ``target``, ``signature_input``
    and ``signature`` are the signed request.
    """

    at: str
    inspector: str
    officer: str | None = None
    office: str | None = None
    unit: str | None = None
    procedure: str | None = None
    dossier: str | None = None
    proxy: str | None = None
    first_day: str | None = None
    last_day: str | None = None
    order: str | None = None
    order_stream: str | None = None
    target: str
    signature_input: str
    signature: str


_COLUMNS: Final = tuple(field.name for field in fields(Look))
_NAMES: Final = ", ".join(f'"{name}"' for name in _COLUMNS)
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS looks (number INTEGER PRIMARY KEY, "
    + ", ".join(f'"{name}" TEXT' for name in _COLUMNS)
    + ")"
)
_INSERT: Final = f"INSERT INTO looks ({_NAMES}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608 - the names are ours


class LookBook:
    """The book of looks."""

    def __init__(self, path: Path):
        self._path = path

    def note(self, *looks: Look) -> None:
        """Keep looks, all or none, before they are answered.

        Raises:
            StoreUnavailable: it could not be kept, so nothing may be shown.
        """
        try:
            with closing(self._open()) as connection, connection:
                connection.executemany(_INSERT, map(astuple, looks))
        except sqlite3.Error as error:
            raise StoreUnavailable(f"looks cannot be kept: {error}") from error

    def at_officers(self, keys: Iterable[str]) -> tuple[Look, ...]:
        """Give the last looks at the holder of these keys, newest first.

        Raises:
            StoreUnavailable: the book cannot be read.
        """
        return self._where(("officer", "proxy"), tuple(keys))

    def at_offices(self, offices: Iterable[str]) -> tuple[Look, ...]:
        """Give the last looks at one of these offices; raises as `at_officers`."""
        return self._where(("office", "unit"), tuple(offices))

    def at_dossier(self, stream: str) -> tuple[Look, ...]:
        """Give the last looks at a dossier; raises as `at_officers`."""
        return self._where(("dossier",), (stream,))

    def _where(self, columns: Sequence[str], wanted: tuple[str, ...]) -> tuple[Look, ...]:
        holes = ", ".join("?" * len(wanted))
        condition = " OR ".join(f'"{column}" IN ({holes})' for column in columns)
        query = f"SELECT {_NAMES} FROM looks WHERE {condition} ORDER BY number DESC LIMIT ?"  # noqa: S608 - the names are ours
        try:
            with closing(self._open()) as connection:
                rows = connection.execute(query, (*wanted * len(columns), MAX_LISTED))
                return tuple(_look(row) for row in rows)
        except sqlite3.Error as error:
            raise StoreUnavailable(f"looks cannot be read: {error}") from error

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=10)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(_TABLE)
        self._path.chmod(0o600)
        return connection


def _look(row: Sequence[str]) -> Look:
    return Look(**dict(zip(_COLUMNS, row, strict=True)))


def render_look_time(now: datetime) -> str:
    """Write when a look was made."""
    return render_utc_seconds(now.replace(microsecond=0))


def are_open(looks: Iterable[Look], open_orders: Iterable[str]) -> Iterator[Look]:
    """Give the looks that are not sealed: made under no order, or under one that has ended.

    ``open_orders`` are the streams of orders that nothing has ended.
    """
    sealing = set(open_orders)
    return (look for look in looks if look.order_stream not in sealing)
