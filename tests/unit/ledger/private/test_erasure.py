"""Erasure in the vault: no byte stays in any file, nothing comes back, and again is fine."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from ledger.errors import StoreUnavailable
from ledger.private import remains, vault
from ledger.private.schema import details_table, keys_table, open_engine
from ledger.private.vault import Keyring, PrivatePart, Vault

NOW = "2026-03-02T01:00:00Z"
ERASED, KEPT = "dossier:1", "dossier:2"
LONG = bytes(range(256)) * 64


def _part(stream: str, version: int) -> PrivatePart:
    text_hash = f"{stream}/{version}".encode().ljust(32, b"-")
    return PrivatePart(stream, version, text_hash, b"s" * 32, LONG + text_hash)


PARTS = [_part(stream, version) for version in (1, 2) for stream in (ERASED, KEPT)]


@contextmanager
def _a_vault(folder: Path) -> Iterator[Vault]:
    random_bytes = random.Random(7).randbytes
    keyring = Keyring(folder / "keyring.sqlite3", bytes(32), random_bytes)
    made = Vault(folder / "vault.sqlite3", keyring, "localhost/1", random_bytes)
    try:
        yield made
    finally:
        made.close()
        keyring.close()


def _secret_bytes(folder: Path, stream: str) -> list[bytes]:
    """Give what is stored of a stream: pieces of its ciphertexts, nonces and its wrapped key."""
    found: list[bytes] = []
    for name, table in (("vault", details_table), ("keyring", keys_table)):
        with sqlite3.connect(folder / f"{name}.sqlite3") as connection:
            rows = connection.execute(
                f"SELECT * FROM {table.name} WHERE stream = ?", (stream,)
            ).fetchall()
        connection.close()
        blobs = [value for row in rows for value in row[2 if name == "vault" else 0 :]]
        for blob in blobs:
            if isinstance(blob, bytes):
                found += [blob[start : start + 16] for start in range(0, len(blob), 1000)]
    return [piece for piece in found if len(piece) == 16]


def _anywhere(folder: Path, pieces: list[bytes]) -> list[str]:
    return [
        path.name
        for path in sorted(folder.iterdir())
        if any(piece in path.read_bytes() for piece in pieces)
    ]


def test_nothing_of_it_stays_in_any_file_not_even_beside_an_open_reader(tmp_path: Path) -> None:
    with _a_vault(tmp_path) as made, _a_vault(tmp_path) as other:
        made.store(PARTS, NOW)
        pieces = _secret_bytes(tmp_path, ERASED)
        assert len(pieces) > 30
        assert len(_anywhere(tmp_path, pieces)) >= 2
        assert other.open(PARTS[0].text_hash) is not None

        made.erase([ERASED])

        assert _anywhere(tmp_path, pieces) == []
        assert other.open(PARTS[0].text_hash) is None
    assert _anywhere(tmp_path, pieces) == []


def test_others_stay_as_they_are(tmp_path: Path) -> None:
    with _a_vault(tmp_path) as made:
        made.store(PARTS, NOW)

        made.erase([ERASED])

        opened = made.open_many([part.text_hash for part in PARTS])
        assert list(opened.values()) == [part for part in PARTS if part.stream == KEPT]


def test_repeated_submission_brings_nothing_back_whoever_knows_the_old_key(tmp_path: Path) -> None:
    with _a_vault(tmp_path) as made, _a_vault(tmp_path) as other:
        made.store(PARTS, NOW)
        other.open(PARTS[0].text_hash)
        made.erase([ERASED])

        for each in (made, other):
            each.store(PARTS, NOW)

            opened = each.open_many([part.text_hash for part in PARTS])
            assert {part.stream for part in opened.values()} == {KEPT}
    assert _secret_bytes(tmp_path, ERASED) == []


def test_erasing_twice_and_what_was_never_there_is_fine(tmp_path: Path) -> None:
    with _a_vault(tmp_path) as made:
        made.store(PARTS, NOW)

        made.erase([ERASED])
        made.erase([ERASED, "dossier:never"])

        assert made.open(PARTS[1].text_hash) == PARTS[1]


def test_key_that_outlived_its_ciphertext_is_destroyed_by_erasing_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise StoreUnavailable("the disk failed")

    with _a_vault(tmp_path) as made:
        made.store(PARTS, NOW)
        pieces = _secret_bytes(tmp_path, ERASED)
        with monkeypatch.context() as patched, pytest.raises(StoreUnavailable):
            patched.setattr(Keyring, "destroy", fail)
            made.erase([ERASED])
        assert "keyring.sqlite3-wal" in _anywhere(tmp_path, pieces)

        made.erase([ERASED])

        assert _anywhere(tmp_path, pieces) == []


def test_position_is_that_of_the_older_of_both_files(tmp_path: Path) -> None:
    with _a_vault(tmp_path) as made:
        assert made.erasure_position() == 0
        made.move_erasure_position(7)
        assert made.erasure_position() == 7
        made._keyring.move_erasure_position(3)
        assert made.erasure_position() == 3


def test_file_that_is_too_large_to_write_anew_is_zeroed_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault, "LARGEST_REWRITTEN_BYTES", 0)
    with _a_vault(tmp_path) as made:
        made.store(PARTS, NOW)
        pieces = _secret_bytes(tmp_path, ERASED)

        made.erase([ERASED])

        assert _anywhere(tmp_path, pieces) == []


def test_reader_who_never_ends_is_no_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remains, "ATTEMPTS", 2)
    monkeypatch.setattr(remains, "ATTEMPT_SECONDS", 0.01)
    with _a_vault(tmp_path) as made:
        made.store(PARTS, NOW)
        reading = sqlite3.connect(tmp_path / "keyring.sqlite3", isolation_level=None)
        reading.execute("BEGIN")
        reading.execute("SELECT * FROM dossier_keys").fetchall()
        sa.event.listen(made._keyring._engine, "connect", _impatient)
        made._keyring._engine.dispose()

        with pytest.raises(StoreUnavailable):
            made.erase([ERASED])

        reading.close()
        made.erase([ERASED])
        assert made.open(PARTS[0].text_hash) is None


def _impatient(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA busy_timeout=10")


@pytest.mark.parametrize("store", ["vault", "keyring"])
def test_file_of_the_first_version_is_brought_up_to_date(tmp_path: Path, store: str) -> None:
    path = tmp_path / f"{store}.sqlite3"
    open_engine(path, store).dispose()
    barred = "erased_streams" if store == "vault" else "destroyed_keys"
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
        connection.execute(f"DROP TABLE {barred}")
        connection.execute("DROP TABLE erasure_progress")
    connection.close()

    engine = open_engine(path, store)

    assert {barred, "erasure_progress"} <= set(sa.inspect(engine).get_table_names())
    engine.dispose()


def test_vault_names_what_it_has_forgotten_among_some_or_all(tmp_path: Path) -> None:
    with _a_vault(tmp_path) as vault:
        vault.store(PARTS, NOW)
        vault.erase([ERASED, "petition:'1"])

        assert vault.erased({ERASED, KEPT}) == {ERASED}
        assert vault.erased(set()) == set()
        assert vault.erased() == {ERASED, "petition:'1"}
