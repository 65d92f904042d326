"""The index over streams as of a published checkpoint, kept in a file for whoever serves proofs.

The writer's own index runs ahead of what is published, and a proof must lead to the root in the
published checkpoint's seal. So this file follows: whoever wants a proof first takes in what was
published since, under the file's write lock, and compares the root with the seal's. A proof then
reads sixteen pairs of hashes and one bucket of streams, however many there are.

    streams   index key, all its entry indexes as big-endian u64
    nodes     hash by number: 1 is the root, n has the children 2n and 2n+1, and the buckets are
              the numbers from 2^16 on, one for each of the first sixteen bits of a key
    place     the ledger's origin, how many entries were taken in, the checkpoint's note; the note
              is empty where more than one call is needed to reach a checkpoint

Everything here follows from the ledger database. A file of another ledger, one that is ahead of the
database, and one whose root is not the seal's are emptied and made again; nothing is proven from
them. CRASH: each call is one transaction, so the file stands at one place or at the next.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Final

from ledger.bodies import ACTION_TYPE_LINE
from ledger.errors import HistoryNotReady, StoreCorrupt, StoreUnavailable, UnknownEntry
from ledger.histories.patricia import (
    Leaf,
    Sibling,
    branch_hash,
    is_right,
    part_hash,
    way_to,
)
from ledger.storage.derived import TimeLimit, check_tables, connect_derived
from ledger.storage.port import LedgerReader, PublishedCheckpoint
from ledger.writing.public_log import index_key
from transparency.encoding import U64_BYTES, encode_u64
from transparency.errors import MalformedSeal, ProofInvalid
from transparency.hashing import EMPTY_ROOT_HASH
from transparency.index import KEY_BITS, KEY_BYTES, IndexProof, verify_index_proof
from transparency.seals import parse_seal

BUCKET_BITS: Final = 16
FIRST_BUCKET: Final = 1 << BUCKET_BITS
BATCH_ENTRIES: Final = 10_000
# What one call takes in: about a second's work, so that no request waits for a whole ledger.
ENTRIES_AT_ONCE: Final = 20_000
LOCK_SECONDS: Final = 10.0

# What one transaction may take, and the most that one stream's entry indexes have.
TRANSACTION_SECONDS: Final = 60.0
MOST_BYTES: Final = 64 * 1024 * 1024

_TABLES: Final = {
    "streams": "streams (key BLOB PRIMARY KEY, positions BLOB NOT NULL) WITHOUT ROWID",
    "nodes": "nodes (number INTEGER PRIMARY KEY, hash BLOB NOT NULL)",
    "place": "place (id INTEGER PRIMARY KEY CHECK (id = 1),"
    " origin TEXT NOT NULL, taken_in INTEGER NOT NULL, note BLOB NOT NULL)",
}
# What a power cut takes away is made again.
_SETTINGS: Final = ("journal_mode=WAL", "synchronous=NORMAL")


class SealedIndex:
    """The index as of one published checkpoint, read within one transaction."""

    def __init__(self, connection: sqlite3.Connection, tree_size: int, note: bytes):
        self._connection = connection
        self.tree_size = tree_size
        self.checkpoint_note = note

    def prove(self, stream: str) -> tuple[tuple[int, ...], IndexProof]:
        """Give all entries of a stream with the proof of it; none with the proof of absence.

        Raises:
            StoreCorrupt: the file was damaged after its root was compared.
        """
        key = index_key(stream)
        row = self._connection.execute(
            "SELECT positions FROM streams WHERE key = ?", (key,)
        ).fetchone()
        positions = () if row is None else unpack_positions(row[0])
        root = self._hash(1) or EMPTY_ROOT_HASH
        try:
            proof = self._prove_key(key)
            verify_index_proof(key, positions or None, proof, root)
        except ProofInvalid as error:
            raise StoreCorrupt("the stored index contradicts itself") from error
        return positions, proof

    def _prove_key(self, key: bytes) -> IndexProof:
        key_number = int.from_bytes(key, "big")
        number, above = 1, list[Sibling]()
        for bit in range(BUCKET_BITS):
            left, right = self._hash(2 * number), self._hash(2 * number + 1)
            goes_right = is_right(key_number, bit)
            if left is not None and right is not None:
                above.append((bit, left if goes_right else right))
            elif left is None and right is None:
                return IndexProof(())
            else:
                # No branch here: the only way on is the one that is there.
                goes_right = right is not None
            number = 2 * number + goes_right
        bucket = _bucket(self._connection, number)
        if not bucket:
            raise ProofInvalid("a bucket that has a hash is empty")
        (found_number, _), below = way_to(bucket, key_number)
        found = found_number.to_bytes(KEY_BYTES, "big")
        siblings = (*below, *reversed(above))
        return IndexProof(siblings, None if found == key else (found, self._value(found)))

    def _hash(self, number: int) -> bytes | None:
        return _node(self._connection, number)

    def _value(self, key: bytes) -> bytes:
        ((positions,),) = self._connection.execute(
            "SELECT positions FROM streams WHERE key = ?", (key,)
        )
        return sha256(positions).digest()


class StoredIndex:
    """Follows a ledger's published log in a file; any number of processes may share it."""

    def __init__(self, path: Path, origin: str, reader: LedgerReader):
        self._path = path
        self._origin = origin
        self._reader = reader
        self._local = threading.local()

    @contextmanager
    def reading(self) -> Iterator[SealedIndex]:
        """Give the index as of the checkpoint that it stands at, brought up to date before.

        Raises:
            HistoryNotReady: too much was published since; part of it is taken in, ask again.
            UnknownEntry: nothing is published yet.
            StoreUnavailable: the file cannot be read or written.
            StoreCorrupt: the stored entries do not have the root that their seal names.
        """
        self.catch_up(ENTRIES_AT_ONCE)
        try:
            with self._transaction("BEGIN") as connection:
                origin, taken_in, note = _place(connection)
                if origin != self._origin or not note:
                    raise HistoryNotReady
                yield SealedIndex(connection, taken_in, note)
        except StoreCorrupt as error:
            # What follows from the ledger is made again from it; nothing was proven from this.
            with self._transaction("BEGIN IMMEDIATE") as connection:
                _empty(connection)
            raise HistoryNotReady from error

    def catch_up(self, most_entries: int) -> bool:
        """Take in what was published; tell whether that reached the published checkpoint.

        Raises:
            UnknownEntry, StoreUnavailable, StoreCorrupt: as `reading`.
        """
        published = self._reader.checkpoint()
        if published is None or published.tree_size == 0:
            raise UnknownEntry
        if self._stands_at(published):
            return True
        with self._transaction("BEGIN IMMEDIATE") as connection:
            return self._advance(connection, published, most_entries)

    def log_position(self) -> int:
        """Give how many entries were taken in; none of a file that is another ledger's.

        Raises:
            StoreUnavailable: the file cannot be read.
        """
        with self._transaction("BEGIN") as connection:
            origin, taken_in, _ = _place(connection)
        return taken_in if origin == self._origin else 0

    def replace_by(self, remade: Path) -> bool:
        """Put the rows of an index made beside in the place of these; False where these lead.

        CRASH: it is one transaction, and whoever proves from the file sees the old rows until its
        end.

        Raises:
            StoreUnavailable: one of the two files does not read or write; nothing was replaced.
        """
        try:
            self._connection().execute("ATTACH DATABASE ? AS remade", (str(remade),))
        except sqlite3.Error as error:
            raise StoreUnavailable(f"the index made beside does not read: {error}") from error
        try:
            with self._transaction("BEGIN IMMEDIATE") as connection:
                published = self._reader.checkpoint()
                return _replace_rows(connection, 0 if published is None else published.tree_size)
        finally:
            with suppress(sqlite3.Error):
                self._connection().execute("DETACH DATABASE remade")

    def _stands_at(self, published: PublishedCheckpoint) -> bool:
        with self._transaction("BEGIN") as connection:
            return _place(connection) == (self._origin, published.tree_size, published.note)

    def _advance(
        self, connection: sqlite3.Connection, published: PublishedCheckpoint, most_entries: int
    ) -> bool:
        origin, taken_in, _ = _place(connection)
        if origin != self._origin or taken_in > published.tree_size:
            taken_in = _empty(connection)
        start, end = taken_in, min(published.tree_size, taken_in + most_entries)
        self._take_in(connection, start, end)
        is_there = end == published.tree_size
        if is_there and not self._is_sealed(connection, published):
            if start == 0:
                raise StoreCorrupt("the stored entries do not have the index root of their seal")
            end, is_there = _empty(connection), False
        _move(connection, self._origin, end, published.note if is_there else b"")
        return is_there

    def _take_in(self, connection: sqlite3.Connection, start: int, end: int) -> None:
        for first in range(start, end, BATCH_ENTRIES):
            last = min(end, first + BATCH_ENTRIES)
            entries = self._reader.entries(first, last)
            places = self._reader.event_places(first, last)
            changed: dict[bytes, bytes] = {}
            for entry, place in zip(entries, places, strict=True):
                # What stands for a withheld act has a place too, and no stream in the index.
                if place is None or not entry.body.startswith(ACTION_TYPE_LINE):
                    continue
                key = index_key(place.stream)
                changed[key] = changed.get(key, b"") + encode_u64(entry.entry_index)
            _append(connection, changed.items())
            _hash_again(connection, changed)

    def _is_sealed(self, connection: sqlite3.Connection, published: PublishedCheckpoint) -> bool:
        last = published.tree_size - 1
        (entry,) = self._reader.entries(last, last + 1)
        try:
            seal = parse_seal(entry.body)
        except MalformedSeal as error:
            raise StoreCorrupt("the last published entry is no seal") from error
        root = _node(connection, 1) or EMPTY_ROOT_HASH
        return (seal.covers, seal.index_root_hash) == (last, root)

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._connection()
            self._local.time_limit.begin(TRANSACTION_SECONDS)
            connection.execute(begin)
            try:
                # What was planted meanwhile is not run.
                check_tables(connection, _TABLES)
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise StoreUnavailable(f"the stored index does not read or write: {error}") from error

    def _connection(self) -> sqlite3.Connection:
        # A connection belongs to the thread that opened it.
        if not hasattr(self._local, "connection"):
            connection = connect_derived(self._path, _TABLES, _SETTINGS, lock_seconds=LOCK_SECONDS)
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_BYTES)
            self._local.time_limit = TimeLimit(connection, TRANSACTION_SECONDS)
            self._local.connection = connection
        connection = self._local.connection
        assert isinstance(connection, sqlite3.Connection)
        return connection


def unpack_positions(packed: bytes) -> tuple[int, ...]:
    """Read entry indexes that stand one after the other."""
    return tuple(
        int.from_bytes(packed[start : start + U64_BYTES], "big")
        for start in range(0, len(packed), U64_BYTES)
    )


def _place(connection: sqlite3.Connection) -> tuple[str, int, bytes]:
    row = connection.execute("SELECT origin, taken_in, note FROM place").fetchone()
    return ("", 0, b"") if row is None else (str(row[0]), int(row[1]), bytes(row[2]))


def _move(connection: sqlite3.Connection, origin: str, taken_in: int, note: bytes) -> None:
    connection.execute("INSERT OR REPLACE INTO place VALUES (1, ?, ?, ?)", (origin, taken_in, note))


def _empty(connection: sqlite3.Connection) -> int:
    for table in ("streams", "nodes", "place"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - one of three names
    return 0


def _replace_rows(connection: sqlite3.Connection, published_size: int) -> bool:
    (taken_in,) = connection.execute("SELECT taken_in FROM remade.place").fetchone() or (0,)
    # One that claims more than is published leads nowhere.
    if taken_in < _place(connection)[1] <= published_size:
        return False
    _empty(connection)
    for table in _TABLES:
        connection.execute(f"INSERT INTO main.{table} SELECT * FROM remade.{table}")  # noqa: S608 - one of three names
    return True


def _append(connection: sqlite3.Connection, changed: Iterable[tuple[bytes, bytes]]) -> None:
    connection.executemany(
        "INSERT INTO streams VALUES (?, ?) ON CONFLICT (key)"
        " DO UPDATE SET positions = CAST(positions || excluded.positions AS BLOB)",
        changed,
    )


def _hash_again(connection: sqlite3.Connection, changed: Iterable[bytes]) -> None:
    """Hash the buckets of changed keys and everything above them, each node once."""
    numbers = {FIRST_BUCKET + int.from_bytes(key[:2], "big") for key in changed}
    hashes = {number: part_hash(_bucket(connection, number)) for number in numbers}
    _store(connection, hashes)
    for bit in reversed(range(BUCKET_BITS)):
        above = {}
        for parent, children in groupby(sorted(hashes), lambda number: number >> 1):
            known = {number: hashes[number] for number in children}
            left, right = (
                known[each] if each in known else _node(connection, each)
                for each in (2 * parent, 2 * parent + 1)
            )
            above[parent] = branch_hash(left, right, bit)
        hashes = above
        _store(connection, hashes)


def _store(connection: sqlite3.Connection, hashes: dict[int, bytes | None]) -> None:
    connection.executemany("INSERT OR REPLACE INTO nodes VALUES (?, ?)", sorted(hashes.items()))


def _node(connection: sqlite3.Connection, number: int) -> bytes | None:
    row = connection.execute("SELECT hash FROM nodes WHERE number = ?", (number,)).fetchone()
    return None if row is None else bytes(row[0])


def _bucket(connection: sqlite3.Connection, number: int) -> Sequence[Leaf]:
    low = (number - FIRST_BUCKET) << (KEY_BITS - BUCKET_BITS)
    high = low + (1 << (KEY_BITS - BUCKET_BITS)) - 1
    rows = connection.execute(
        "SELECT key, positions FROM streams WHERE key BETWEEN ? AND ? ORDER BY key",
        (low.to_bytes(KEY_BYTES, "big"), high.to_bytes(KEY_BYTES, "big")),
    )
    return [
        (int.from_bytes(key, "big"), sha256(key + sha256(positions).digest()).digest())
        for key, positions in rows
    ]
