"""The vault of private details: XChaCha20-Poly1305 under one key per stream, erasable by that key.

What is encrypted is ``salt || details``; the associated data are ledger, stream and version, so a
ciphertext moved to another place does not open. The stream's key is wrapped by the operator's
key-encryption key and kept in the keyring, a database of its own: who copies one of the two files
has nothing.

Erasure destroys key and ciphertext of a stream and remembers its name, so that nothing private is
ever stored for it again: a client may send an old action twice, and a source be imported twice.
A key that some process still has in memory opens nothing, and whatever it encrypts is not stored.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import sqlalchemy as sa
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError

from ledger.bodies import SALT_BYTES
from ledger.errors import StoreCorrupt, StoreUnavailable
from ledger.private.remains import LARGEST_REWRITTEN_BYTES, wipe_remains
from ledger.private.schema import (
    destroyed_table,
    details_table,
    erased_table,
    keyring_progress_table,
    keys_table,
    open_engine,
    vault_progress_table,
)

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 24
MAX_CACHED_KEYS: Final = 20_000
HASHES_PER_QUERY: Final = 500


_YOUNG_AGAIN: Final = "(text_hash) DO UPDATE SET stored_at = excluded.stored_at"

RandomBytes = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class PrivatePart:
    """The details of one action with the salt of their commitment, in clear."""

    stream: str
    version: int
    text_hash: bytes
    salt: bytes
    details: bytes


class Keyring:
    """One key per stream, wrapped by the key-encryption key."""

    def __init__(self, path: Path, key_encryption_key: bytes, random_bytes: RandomBytes):
        assert len(key_encryption_key) == KEY_BYTES
        self._engine = open_engine(path, "keyring")
        self._key_encryption_key = key_encryption_key
        self._random_bytes = random_bytes
        self._cache: dict[str, bytes] = {}

    def keys_for(self, streams: Iterable[str]) -> dict[str, bytes]:
        """Give the keys of these streams, making and storing those that do not exist yet.

        Those that were destroyed are left out, and not made again.
        """
        wanted = set(streams)
        cache = self._cache
        found = {stream: cache[stream] for stream in wanted if stream in cache}
        missing = wanted - found.keys()
        if missing:
            made = self._insert(missing)
            found |= self._remember(made) if made else self._select(missing)
        return found

    def find(self, stream: str) -> bytes | None:
        """Give the key of a stream, or None where it never existed or was destroyed."""
        return self.find_many({stream}).get(stream)

    def find_many(self, streams: set[str]) -> dict[str, bytes]:
        """Give the keys of these streams that exist."""
        cache = self._cache
        found = {stream: cache[stream] for stream in streams if stream in cache}
        missing = streams - found.keys()
        return found | self._select(missing) if missing else found

    def _insert(self, streams: set[str]) -> dict[str, bytes]:
        """Make and store keys; none is given where one of them may not be stored."""
        keys = {stream: self._random_bytes(KEY_BYTES) for stream in sorted(streams)}
        rows = [self._wrapped(stream, key) for stream, key in keys.items()]
        # Another worker may have been first, or the key was destroyed: ours is forgotten unused.
        stored = _insert_missing(self._engine, keys_table, destroyed_table, rows)
        return keys if stored == len(rows) else {}

    def _wrapped(self, stream: str, key: bytes) -> tuple[object, ...]:
        nonce = self._random_bytes(NONCE_BYTES)
        wrapped = crypto_aead_xchacha20poly1305_ietf_encrypt(
            key, stream.encode(), nonce, self._key_encryption_key
        )
        return stream, nonce, wrapped

    def _remember(self, keys: dict[str, bytes]) -> dict[str, bytes]:
        if len(self._cache) > MAX_CACHED_KEYS:
            self._cache = {}
        self._cache |= keys
        return keys

    def destroy(self, streams: Sequence[str]) -> None:
        """Destroy the keys of these streams for ever.

        Raises:
            StoreUnavailable: it has to be done again.
        """
        _delete_streams(self._engine, keys_table, destroyed_table, streams)
        wipe_remains(self._engine, largest_bytes=None)
        self._cache = {}

    def erasure_position(self) -> int:
        """Tell up to which entry index this file's erasures are carried out."""
        return _position(self._engine, keyring_progress_table)

    def move_erasure_position(self, log_position: int) -> None:
        """Note up to which entry index erasures are carried out."""
        _move_position(self._engine, keyring_progress_table, log_position)

    def _select(self, streams: set[str]) -> dict[str, bytes]:
        query = sa.select(keys_table).where(keys_table.c.stream.in_(streams))
        with _reading(self._engine) as connection:
            rows = connection.execute(query).all()
        found = {
            row.stream: _unseal(
                row.wrapped_key, row.stream.encode(), row.nonce, self._key_encryption_key
            )
            for row in rows
        }
        return self._remember(found)

    def close(self) -> None:
        """Give back the connections."""
        self._engine.dispose()


class Vault:
    """Stores and opens private details of one ledger."""

    def __init__(self, path: Path, keyring: Keyring, ledger: str, random_bytes: RandomBytes):
        self._engine = open_engine(path, "vault")
        self._keyring = keyring
        self._ledger = ledger
        self._random_bytes = random_bytes

    def store(self, parts: Sequence[PrivatePart], stored_at: str) -> None:
        """Store several private parts in one durable transaction.

        A part that is stored already stays as it is, and is young again for those who sweep:
        whoever hands it in once more may have it recorded now. Parts of an erased stream are
        dropped: their actions are repeats, or will be refused.

        Raises:
            StoreUnavailable: nothing may be handed over on the strength of this call.
        """
        if not parts:
            return
        keys = self._keyring.keys_for(part.stream for part in parts)
        kept = [part for part in parts if part.stream in keys]
        rows = [self._row(part, keys[part.stream], stored_at) for part in kept]
        if rows:
            _insert_missing(self._engine, details_table, erased_table, rows, _YOUNG_AGAIN)

    def _row(self, part: PrivatePart, key: bytes, stored_at: str) -> tuple[object, ...]:
        nonce = self._random_bytes(NONCE_BYTES)
        ciphertext = crypto_aead_xchacha20poly1305_ietf_encrypt(
            part.salt + part.details, self._associated_data(part.stream, part.version), nonce, key
        )
        return part.text_hash, part.stream, part.version, stored_at, nonce, ciphertext

    def open(self, text_hash: bytes) -> PrivatePart | None:
        """Open the private part of one action; None where it has none or its key was destroyed.

        Raises:
            StoreCorrupt: the ciphertext is not the one that was stored.
        """
        return self.open_many([text_hash]).get(text_hash)

    def open_many(self, text_hashes: Sequence[bytes]) -> dict[bytes, PrivatePart]:
        """Open the private parts of several actions; those without one are left out.

        Raises:
            StoreCorrupt: a ciphertext is not the one that was stored.
        """
        opened: dict[bytes, PrivatePart] = {}
        for start in range(0, len(text_hashes), HASHES_PER_QUERY):
            opened |= self._open_some(text_hashes[start : start + HASHES_PER_QUERY])
        return opened

    def _open_some(self, text_hashes: Sequence[bytes]) -> dict[bytes, PrivatePart]:
        query = sa.select(details_table).where(details_table.c.text_hash.in_(text_hashes))
        with _reading(self._engine) as connection:
            rows = connection.execute(query).all()
        keys = self._keyring.find_many({row.stream for row in rows})
        return {
            row.text_hash: self._part(row, keys[row.stream]) for row in rows if row.stream in keys
        }

    def _part(self, row: "sa.Row[tuple[object, ...]]", key: bytes) -> PrivatePart:
        data = self._associated_data(row.stream, row.version)
        clear = _unseal(row.ciphertext, data, row.nonce, key)
        return PrivatePart(
            row.stream, row.version, row.text_hash, clear[:SALT_BYTES], clear[SALT_BYTES:]
        )

    def places(self, stored_from: str, stored_before: str) -> list[tuple[bytes, str, int]]:
        """Give text hash, stream and version of the parts stored between two instants."""
        columns = (details_table.c.text_hash, details_table.c.stream, details_table.c.version)
        stored_at = details_table.c.stored_at
        query = sa.select(*columns).where(stored_at >= stored_from, stored_at < stored_before)
        with _reading(self._engine) as connection:
            return [(row.text_hash, row.stream, row.version) for row in connection.execute(query)]

    def discard(self, text_hashes: Sequence[bytes], stored_before: str) -> int:
        """Delete parts whose action was never recorded; give how many.

        One that was stored again at ``stored_before`` or later stays: its action may be on its
        way to the writer.
        """
        column, deleted = details_table.c, 0
        for start in range(0, len(text_hashes), HASHES_PER_QUERY):
            some = text_hashes[start : start + HASHES_PER_QUERY]
            is_orphan = column.text_hash.in_(some) & (column.stored_at < stored_before)
            with _writing(self._engine) as connection:
                deleted += connection.execute(sa.delete(details_table).where(is_orphan)).rowcount
        return deleted

    def erase(self, streams: Sequence[str]) -> None:
        """Destroy ciphertexts, salts and keys of these streams for ever; again is fine.

        CRASH: after any step, erasing the same streams again finishes the work.

        Raises:
            StoreUnavailable: it has to be done again.
        """
        _delete_streams(self._engine, details_table, erased_table, streams)
        # The keys before the long cleaning: from here on nothing that is left can be read.
        self._keyring.destroy(streams)
        wipe_remains(self._engine, largest_bytes=LARGEST_REWRITTEN_BYTES)

    def is_erased(self, stream: str) -> bool:
        """Tell whether the private parts of a stream were erased for ever.

        Raises:
            StoreUnavailable: the vault cannot be read.
        """
        query = sa.select(erased_table.c.stream).where(erased_table.c.stream == stream)
        with _reading(self._engine) as connection:
            return connection.execute(query).first() is not None

    def erased(self, among: Collection[str] | None = None) -> set[str]:
        """Give the streams whose private parts were erased for ever: of these, or all of them.

        Raises:
            StoreUnavailable: the vault cannot be read.
        """
        query = sa.select(erased_table.c.stream)
        if among is not None:
            listed = sa.func.json_each(msgspec.json.encode(sorted(among)).decode())
            query = query.where(
                erased_table.c.stream.in_(sa.select(listed.table_valued("value").c.value))
            )
        with _reading(self._engine) as connection:
            return set(connection.scalars(query))

    def is_destroyed(self, stream: str) -> bool:
        """Tell whether a stream was erased, and no older copy of the keyring brought its key back.

        Raises:
            StoreUnavailable: vault or keyring cannot be read.
        """
        return self.is_erased(stream) and self._keyring.find(stream) is None

    def erasure_position(self) -> int:
        """Tell up to which entry index erasures are carried out in vault and keyring alike."""
        own = _position(self._engine, vault_progress_table)
        return min(own, self._keyring.erasure_position())

    def move_erasure_position(self, log_position: int) -> None:
        """Note up to which entry index erasures are carried out."""
        _move_position(self._engine, vault_progress_table, log_position)
        self._keyring.move_erasure_position(log_position)

    def _associated_data(self, stream: str, version: int) -> bytes:
        return f"{self._ledger}\n{stream}\n{version}".encode()

    def close(self) -> None:
        """Give back the connections."""
        self._engine.dispose()


def _insert_missing(
    engine: sa.Engine,
    table: sa.Table,
    barred: sa.Table,
    rows: Sequence[tuple[object, ...]],
    on_conflict: str = "DO NOTHING",
) -> int:
    """Insert rows that are not there yet, durably; columns in the table's order; give how many.

    Rows of streams that stand in ``barred`` are left out.

    Raises:
        StoreUnavailable: nothing may be taken for stored.
    """
    # One statement for all rows: beside a busy event loop, each step that a thread of SQLite's
    # makes is a wait for the interpreter's lock (row by row: four times the time).
    names = table.columns.keys()
    values = ",".join([f"({','.join('?' * len(names))})"] * len(rows))
    stream = f"column{names.index('stream') + 1}"
    statement = (
        f"INSERT INTO {table.name} SELECT * FROM (VALUES {values}) AS given "  # noqa: S608
        f"WHERE NOT EXISTS (SELECT 1 FROM {barred.name} WHERE stream = given.{stream}) "
        f"ON CONFLICT {on_conflict}"
    )
    parameters = tuple(value for row in rows for value in row)
    with _writing(engine) as connection:
        return connection.exec_driver_sql(statement, parameters).rowcount


def _delete_streams(
    engine: sa.Engine, table: sa.Table, barred: sa.Table, streams: Sequence[str]
) -> None:
    """Delete the rows of streams and bar them from coming back, in one transaction."""
    bar = f"INSERT INTO {barred.name} (stream) VALUES (?) ON CONFLICT DO NOTHING"  # noqa: S608
    delete = f"DELETE FROM {table.name} WHERE stream = ?"  # noqa: S608
    named = [(stream,) for stream in streams]
    with _writing(engine) as connection:
        connection.exec_driver_sql(bar, named)
        connection.exec_driver_sql(delete, named)


def _position(engine: sa.Engine, progress: sa.Table) -> int:
    with _reading(engine) as connection:
        return int(connection.execute(sa.select(progress.c.log_position)).scalar_one())


def _move_position(engine: sa.Engine, progress: sa.Table, log_position: int) -> None:
    with _writing(engine) as connection:
        connection.execute(sa.update(progress).values(log_position=log_position))


@contextmanager
def _writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    try:
        with engine.begin() as connection:
            yield connection
    except sa.exc.SQLAlchemyError as failure:
        raise StoreUnavailable(f"the private store failed: {failure}") from failure


@contextmanager
def _reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    try:
        with engine.connect() as connection:
            yield connection
    except sa.exc.SQLAlchemyError as failure:
        raise StoreUnavailable(f"the private store cannot be read: {failure}") from failure


def _unseal(ciphertext: bytes, associated_data: bytes, nonce: bytes, key: bytes) -> bytes:
    try:
        clear: bytes = crypto_aead_xchacha20poly1305_ietf_decrypt(
            ciphertext, associated_data, nonce, key
        )
    except CryptoError as error:
        raise StoreCorrupt("a private part does not open: ciphertext or key was changed") from error
    return clear
