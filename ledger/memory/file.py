"""The file of a memory: rows that are as of one place in the ledger, moved in one transaction.

``memory.sqlite3`` is derived and may be deleted. Rows lie in buckets (`ledger.memory.buckets`).
Whoever opens the file compares the codes of all buckets once, with the place; from then on they
are in memory, and each answer, also that there is no row, is compared with the code of its bucket.
What else somebody may have put there does nothing (`ledger.storage.derived`).
"""

import hmac
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from threading import Lock
from typing import Final

from ledger.errors import MemoryUnusable
from ledger.memory.buckets import (
    CODE_BYTES,
    EMPTY,
    PIECE_BYTES,
    BucketCodes,
    BucketRules,
    Part,
    Row,
    buckets_of,
    piece_count,
)
from ledger.storage.derived import (
    FILE_SUFFIXES,
    TimeLimit,
    check_tables,
    connect_derived,
    fetch_within,
)

LOCK_SECONDS: Final = 10.0
# What is written of one bucket is written together; so many rows are sorted for that at a time.
ROWS_AT_ONCE: Final = 250_000
BUCKETS_AT_ONCE: Final = 1_024

# Rows are read some buckets at a time, far below this; the waiting acts stand in the place.
MOST_BYTES: Final = 256 * 1024 * 1024
# What one statement that reads, and one whole step that is written, may take.
READ_SECONDS: Final = 30.0
WRITE_SECONDS: Final = 600.0

_TABLES: Final = {
    "rows": "rows (bucket INTEGER, key BLOB, body BLOB NOT NULL,"
    " PRIMARY KEY (bucket, key)) WITHOUT ROWID",
    "codes": "codes (piece INTEGER PRIMARY KEY, body BLOB NOT NULL)",
    "place": "place (number INTEGER PRIMARY KEY, body BLOB NOT NULL)",
    "steps": "steps (number INTEGER PRIMARY KEY, body BLOB NOT NULL)",
}
_SETTINGS: Final = (
    "journal_mode=WAL",
    # What a power cut takes away is made again.
    "synchronous=NORMAL",
    "secure_delete=ON",
    # `MemoryFile.write` does it: a commit is waited for by whoever reads.
    "wal_autocheckpoint=0",
)
_ROWS: Final = (
    "SELECT bucket, key, body FROM rows WHERE bucket >= ? AND bucket < ? ORDER BY bucket, key"
)
_WITH_BODY: Final = "SELECT bucket, key FROM rows WHERE bucket >= ? AND bucket < ? AND body = ?"

# What any content of the file, and whatever lies in its place, may end in.
_FAILURES: Final = (sqlite3.Error, OSError, MemoryError)

# Part, key, and what packs the body in whichever thread writes it; None takes the row out.
Change = tuple[Part, bytes, Callable[[], bytes] | None]
Changed = dict[bytes, Callable[[], bytes] | None]


@dataclass(frozen=True, slots=True)
class StoredStep:
    """What one transaction writes; rows of ``erased`` parts and bodies are taken out after."""

    place: bytes
    index: bytes
    rows: Iterable[Change]
    erased: Iterable[tuple[Part, bytes]]


class MemoryFile:
    """The file, for one thread that reads and one that writes."""

    def __init__(self, path: Path, secret: bytes):
        self._path = path
        self._rules = BucketRules(secret)
        self._reading: sqlite3.Connection | None = None
        self._writing: sqlite3.Connection | None = None
        self._time_limits: dict[sqlite3.Connection, TimeLimit] = {}
        self._codes = BucketCodes()
        # Whoever reads sees rows and codes of one step, whichever is being written.
        self._lock = Lock()
        # Once something could not be read, nothing of this file is believed any more.
        self.is_unusable = False

    def unusable(self, reason: str) -> MemoryUnusable:
        """Give the error to raise, and remember that there was one."""
        self.is_unusable = True
        return MemoryUnusable(reason)

    def place(self) -> bytes | None:
        """Give what the file is as of, and take in what its buckets hold; None where it is empty.

        Raises:
            MemoryUnusable: the file cannot be read, or somebody else wrote the place or a code.
        """
        found = self._all("SELECT body FROM place WHERE number = 0")
        if not found:
            return None
        (stored,) = self._bytes(found[0])
        codes = self._stored_codes()
        code, place = stored[:CODE_BYTES], stored[CODE_BYTES:]
        if not hmac.compare_digest(code, self._rules.place_code(bytes(codes), place)):
            raise self.unusable("somebody else wrote into the memory")
        self._codes = codes
        return place

    def _stored_codes(self) -> BucketCodes:
        codes = BucketCodes()
        for number, *row in self._all("SELECT piece, body FROM codes"):
            (piece,) = self._bytes(row)
            is_piece = isinstance(number, int) and 0 <= number < piece_count()
            if not is_piece or len(piece) != PIECE_BYTES:
                raise self.unusable("the codes of the memory are none")
            codes.put_piece(int(str(number)), piece)
        return codes

    def row(self, part: Part, key: bytes) -> bytes | None:
        """Give one row, or that there is none; `place` was called before.

        Raises:
            MemoryUnusable: the file cannot be read, or does not hold what was written last.
        """
        number = self._rules.number(part, key)
        return dict(self._compared(range(number, number + 1))).get(key)

    def rows(self, part: Part) -> Iterator[Row]:
        """Give all rows of a part; `place` was called before.

        Raises:
            MemoryUnusable: as `row`.
        """
        numbers = buckets_of(part)
        for start in range(0, len(numbers), BUCKETS_AT_ONCE):
            yield from self._compared(numbers[start : start + BUCKETS_AT_ONCE])

    def index_steps(self, most_bytes: int = MOST_BYTES) -> list[bytes]:
        """Give the steps of the index in their order; the root must be compared.

        Raises:
            MemoryUnusable: the file cannot be read, or they have more bytes.
        """
        found = self._all("SELECT body FROM steps ORDER BY number", most_bytes=most_bytes)
        return [step for row in found for step in self._bytes(row)]

    def write(self, step: StoredStep) -> None:
        """Move the file to another place, in one transaction.

        Raises:
            MemoryUnusable: it could not be written; it stays at the place before.
        """
        try:
            connection = self._writing = self._writing or self._connect()
            self._begin(connection, WRITE_SECONDS)
            connection.execute("BEGIN IMMEDIATE")
            try:
                # Nobody plants a trigger from here on.
                check_tables(connection, _TABLES)
                codes = self._write(connection, step)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            with self._lock:
                connection.execute("COMMIT")
                self._codes = codes
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        except _FAILURES as error:
            raise MemoryUnusable(f"the memory cannot be written: {error}") from error

    def _write(self, connection: sqlite3.Connection, step: StoredStep) -> BucketCodes:
        codes, changes = BucketCodes(bytes(self._codes)), iter(step.rows)
        while batch := list(islice(changes, ROWS_AT_ONCE)):
            self._put(connection, codes, batch)
        for part, body in step.erased:
            self._erase(connection, codes, part, body)
        connection.executemany("INSERT OR REPLACE INTO codes VALUES (?, ?)", codes.changed_pieces())
        place = self._rules.place_code(bytes(codes), step.place) + step.place
        connection.execute("INSERT OR REPLACE INTO place VALUES (0, ?)", (place,))
        connection.execute("INSERT INTO steps (body) VALUES (?)", (step.index,))
        return codes

    def _put(
        self, connection: sqlite3.Connection, codes: BucketCodes, changes: Sequence[Change]
    ) -> None:
        placed = ((self._rules.number(part, key), key, pack) for part, key, pack in changes)
        by_bucket = groupby(sorted(placed, key=itemgetter(0)), key=itemgetter(0))
        for number, group in by_bucket:
            changed = {key: pack for _, key, pack in group}
            self._put_bucket(connection, codes, number, changed)

    def _put_bucket(
        self, connection: sqlite3.Connection, codes: BucketCodes, number: int, changed: Changed
    ) -> None:
        rows = dict(self._held(connection, codes, number))
        for key, pack in changed.items():
            if pack is not None:
                rows[key] = pack()
            elif rows.pop(key, None) is not None:
                connection.execute("DELETE FROM rows WHERE bucket = ? AND key = ?", (number, key))
        written = ((number, key, rows[key]) for key in changed if key in rows)
        connection.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, ?)", written)
        codes[number] = self._rules.code(number, sorted(rows.items()))

    def _held(
        self, connection: sqlite3.Connection, codes: BucketCodes, number: int
    ) -> Sequence[Row]:
        if codes[number] == EMPTY:
            # A row that somebody put here is found by whoever reads the bucket.
            return ()
        found = fetch_within(connection, _ROWS, (number, number + 1), most_bytes=MOST_BYTES)
        # What somebody changed must not get a code by being written again.
        return self._rows_with(codes, range(number, number + 1), found)

    def _erase(
        self, connection: sqlite3.Connection, codes: BucketCodes, part: Part, body: bytes
    ) -> None:
        numbers = buckets_of(part)
        within = (numbers.start, numbers.stop, body)
        found = fetch_within(connection, _WITH_BODY, within, most_bytes=MOST_BYTES)
        for number, key in found:
            self._put_bucket(connection, codes, number, {key: None})

    def _compared(self, numbers: range) -> list[Row]:
        with self._lock:
            found, codes = self._all(_ROWS, (numbers.start, numbers.stop)), self._codes
        return self._rows_with(codes, numbers, found)

    def _rows_with(
        self, codes: BucketCodes, numbers: range, found: Sequence[Sequence[object]]
    ) -> list[Row]:
        held = defaultdict[object, list[Row]](list)
        for number, *row in found:
            key, body = self._bytes(row)
            held[number].append((key, body))
        for number in numbers:
            if not hmac.compare_digest(self._rules.code(number, held[number]), codes[number]):
                raise self.unusable("somebody else wrote into the memory")
        return [row for number in numbers for row in held[number]]

    def _bytes(self, fields: Sequence[object]) -> list[bytes]:
        found = [field for field in fields if isinstance(field, bytes)]
        if len(found) != len(fields):
            raise self.unusable("what the memory holds is not bytes")
        return found

    def _all(
        self,
        statement: str,
        parameters: tuple[object, ...] = (),
        most_bytes: int = MOST_BYTES,
    ) -> list[tuple[object, ...]]:
        try:
            connection = self._reading = self._reading or self._connect()
            self._begin(connection, READ_SECONDS)
            return fetch_within(connection, statement, parameters, most_bytes=most_bytes)
        except _FAILURES as error:
            raise self.unusable(f"the memory cannot be read: {error}") from error

    def _begin(self, connection: sqlite3.Connection, seconds: float) -> None:
        if connection not in self._time_limits:
            self._time_limits[connection] = TimeLimit(connection, seconds)
        self._time_limits[connection].begin(seconds)

    def _connect(self) -> sqlite3.Connection:
        # Whoever calls does not do so from two threads at once.
        connection = connect_derived(
            self._path, _TABLES, _SETTINGS, lock_seconds=LOCK_SECONDS, check_same_thread=False
        )
        self._path.chmod(0o600)
        return connection

    def close(self) -> None:
        """Give the connections back."""
        for connection in (self._reading, self._writing):
            if connection is not None:
                connection.close()
        self._reading = self._writing = None
        self._time_limits.clear()

    def delete(self) -> None:
        """Remove the file with what belongs to it.

        Raises:
            OSError: something lies there that is no file.
        """
        self.close()
        for suffix in FILE_SUFFIXES:
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
