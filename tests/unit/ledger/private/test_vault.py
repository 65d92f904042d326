"""The vault: details open again only in their place and with their key, and are never in clear."""

import random
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from ledger.errors import StoreCorrupt, StoreUnavailable
from ledger.private.schema import details_table, keys_table
from ledger.private.vault import Keyring, PrivatePart, Vault

LEDGER = "localhost/0a1b2c3d"
NOW = "2026-03-02T01:00:00Z"
MARKER = "Nguyễn Thị Minh Khai, 012345678901".encode()
RIGHT_KEY = bytes(range(32))

PART = PrivatePart("dossier:1", 1, b"1" * 32, b"s" * 32, MARKER)
OTHER = PrivatePart("dossier:2", 1, b"2" * 32, b"t" * 32, b'{"code":"2"}')
LATER = PrivatePart("dossier:1", 2, b"3" * 32, b"u" * 32, b'{"code":"3"}')


@contextmanager
def _a_vault(
    folder: Path, key_encryption_key: bytes = RIGHT_KEY, ledger: str = LEDGER, seed: int = 1
) -> Iterator[Vault]:
    random_bytes = random.Random(seed).randbytes
    keyring = Keyring(folder / "keyring.sqlite3", key_encryption_key, random_bytes)
    vault = Vault(folder / "vault.sqlite3", keyring, ledger, random_bytes)
    try:
        yield vault
    finally:
        vault.close()
        keyring.close()


def _change(path: Path, statement: sa.Executable) -> None:
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(statement)
    engine.dispose()


def _rows(path: Path, table: sa.Table) -> list[sa.Row[tuple[object, ...]]]:
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        rows = list(connection.execute(sa.select(table)).all())
    engine.dispose()
    return rows


def test_what_was_stored_opens_again(tmp_path: Path) -> None:
    with _a_vault(tmp_path) as vault:
        vault.store([PART, OTHER, LATER], NOW)

        opened = [vault.open(part.text_hash) for part in (PART, OTHER, LATER)]

    assert opened == [PART, OTHER, LATER]


def test_another_process_opens_what_this_one_stored(tmp_path: Path) -> None:
    with _a_vault(tmp_path) as vault:
        vault.store([PART], NOW)

    with _a_vault(tmp_path, seed=2) as again:
        assert again.open(PART.text_hash) == PART
        assert again.places("2026", "2027") == [(PART.text_hash, "dossier:1", 1)]


def test_what_was_never_stored_opens_to_nothing(tmp_path: Path) -> None:
    with _a_vault(tmp_path) as vault:
        vault.store([], NOW)

        assert vault.open(PART.text_hash) is None
        assert vault.places("2026", "2027") == []


def test_storing_again_changes_nothing_but_the_age(tmp_path: Path) -> None:
    with _a_vault(tmp_path) as vault:
        vault.store([PART, PART], NOW)
        before = _rows(tmp_path / "vault.sqlite3", details_table)

        vault.store([PART], "2026-03-03T01:00:00Z")
        assert vault.places("2026", "2026-03-03") == []
        vault.store([replace(PART, details=b"other")], NOW)

        assert _rows(tmp_path / "vault.sqlite3", details_table) == before
        assert len(before) == 1
        assert vault.open(PART.text_hash) == PART


def test_one_stream_has_one_key_and_two_have_two(tmp_path: Path) -> None:
    with _a_vault(tmp_path) as vault:
        vault.store([PART, OTHER, LATER], NOW)

    streams = [row.stream for row in _rows(tmp_path / "keyring.sqlite3", keys_table)]

    assert sorted(streams) == ["dossier:1", "dossier:2"]


@pytest.mark.parametrize(
    "moved",
    [{"stream": "dossier:2"}, {"version": 2}],
    ids=["to another stream", "to another version"],
)
def test_a_ciphertext_that_was_moved_does_not_open(
    tmp_path: Path, moved: dict[str, object]
) -> None:
    with _a_vault(tmp_path) as vault:
        vault.store([PART, OTHER], NOW)

        change = sa.update(details_table).where(details_table.c.text_hash == PART.text_hash)
        _change(tmp_path / "vault.sqlite3", change.values(moved))

        with pytest.raises(StoreCorrupt):
            vault.open(PART.text_hash)


def test_a_ciphertext_that_was_exchanged_does_not_open(tmp_path: Path) -> None:
    with _a_vault(tmp_path) as vault:
        vault.store([PART, LATER], NOW)
        later = next(
            row
            for row in _rows(tmp_path / "vault.sqlite3", details_table)
            if row.text_hash == LATER.text_hash
        )
        exchanged = {"nonce": later.nonce, "ciphertext": later.ciphertext}

        change = sa.update(details_table).where(details_table.c.text_hash == PART.text_hash)
        _change(tmp_path / "vault.sqlite3", change.values(exchanged))

        with pytest.raises(StoreCorrupt):
            vault.open(PART.text_hash)


def test_one_changed_bit_does_not_open(tmp_path: Path) -> None:
    with _a_vault(tmp_path) as vault:
        vault.store([PART], NOW)
        (row,) = _rows(tmp_path / "vault.sqlite3", details_table)
        changed = bytes([row.ciphertext[0] ^ 1]) + row.ciphertext[1:]

        _change(tmp_path / "vault.sqlite3", sa.update(details_table).values(ciphertext=changed))

        with pytest.raises(StoreCorrupt):
            vault.open(PART.text_hash)


def test_another_ledgers_vault_does_not_open(tmp_path: Path) -> None:
    with _a_vault(tmp_path) as vault:
        vault.store([PART], NOW)

    with _a_vault(tmp_path, ledger="localhost/ffffffff") as other, pytest.raises(StoreCorrupt):
        other.open(PART.text_hash)


def test_another_key_encryption_key_opens_nothing_and_stores_nothing(tmp_path: Path) -> None:
    with _a_vault(tmp_path) as vault:
        vault.store([PART], NOW)

    with _a_vault(tmp_path, key_encryption_key=bytes(32)) as other:
        with pytest.raises(StoreCorrupt):
            other.open(PART.text_hash)
        with pytest.raises(StoreCorrupt):
            other.store([LATER], NOW)


def test_a_wrapped_key_moved_to_another_stream_does_not_open(tmp_path: Path) -> None:
    with _a_vault(tmp_path) as vault:
        vault.store([PART, OTHER], NOW)
    rows = {row.stream: row for row in _rows(tmp_path / "keyring.sqlite3", keys_table)}
    moved = rows["dossier:2"]

    change = sa.update(keys_table).where(keys_table.c.stream == "dossier:1")
    values = {"nonce": moved.nonce, "wrapped_key": moved.wrapped_key}
    _change(tmp_path / "keyring.sqlite3", change.values(values))

    with _a_vault(tmp_path) as again, pytest.raises(StoreCorrupt):
        again.open(PART.text_hash)


def test_a_stream_whose_key_was_destroyed_opens_to_nothing(tmp_path: Path) -> None:
    with _a_vault(tmp_path) as vault:
        vault.store([PART, OTHER], NOW)

    _change(
        tmp_path / "keyring.sqlite3",
        sa.delete(keys_table).where(keys_table.c.stream == "dossier:1"),
    )

    with _a_vault(tmp_path) as again:
        assert again.open(PART.text_hash) is None
        assert again.open(OTHER.text_hash) == OTHER


def test_no_file_holds_details_salt_or_key_in_clear(tmp_path: Path) -> None:
    with _a_vault(tmp_path) as vault:
        vault.store([PART], NOW)
        keys = vault._keyring.keys_for(["dossier:1"])
        during = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    after = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    for clear in (MARKER, PART.salt, keys["dossier:1"], RIGHT_KEY):
        assert clear not in during
        assert clear not in after


def test_discarded_parts_leave_no_ciphertext(tmp_path: Path) -> None:
    with _a_vault(tmp_path) as vault:
        vault.store([PART, OTHER], NOW)
        discarded = next(
            row
            for row in _rows(tmp_path / "vault.sqlite3", details_table)
            if row.text_hash == PART.text_hash
        )

        vault.discard([PART.text_hash], stored_before="2026-03-04")

        assert vault.open(PART.text_hash) is None
        assert vault.open(OTHER.text_hash) == OTHER
    assert discarded.ciphertext not in (tmp_path / "vault.sqlite3").read_bytes()


def test_a_part_that_was_sent_again_while_it_was_swept_stays(tmp_path: Path) -> None:
    """Nineteen of sixty citizens' details were lost: recorded while the sweep ran."""
    with _a_vault(tmp_path) as vault:
        vault.store([PART, OTHER], NOW)
        orphans = [text_hash for text_hash, _, _ in vault.places("2026", "2026-03-03")]

        vault.store([PART], "2026-03-03T01:00:00Z")

        assert vault.discard(orphans, stored_before="2026-03-03") == 1
        assert vault.open(PART.text_hash) == PART
        assert vault.open(OTHER.text_hash) is None


def test_more_orphans_are_discarded_than_one_statement_takes(tmp_path: Path) -> None:
    with _a_vault(tmp_path) as vault:
        hashes = [number.to_bytes(32, "big") for number in range(40_000)]

        assert vault.discard(hashes, stored_before="2027") == 0


def test_hashes_stored_before_an_instant_are_found_for_the_sweep(tmp_path: Path) -> None:
    with _a_vault(tmp_path) as vault:
        vault.store([PART], "2026-03-01T00:00:00Z")
        vault.store([OTHER], "2026-03-02T00:00:00Z")

        assert vault.places("2026", "2026-03-02T00:00:00Z") == [(PART.text_hash, "dossier:1", 1)]


def test_files_are_readable_by_their_owner_alone_while_they_are_used(tmp_path: Path) -> None:
    with _a_vault(tmp_path) as vault:
        vault.store([PART], NOW)

        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}

    assert len(modes) >= 2
    assert set(modes.values()) == {0o600}


def test_a_broken_database_is_unavailable_for_reading_and_writing(tmp_path: Path) -> None:
    with _a_vault(tmp_path) as vault:
        vault.store([PART], NOW)
        _change(tmp_path / "vault.sqlite3", sa.text("DROP TABLE details"))

        for use in (
            lambda: vault.store([OTHER], NOW),
            lambda: vault.open(PART.text_hash),
            lambda: vault.places("2026", NOW),
            lambda: vault.discard([PART.text_hash], stored_before="2027"),
        ):
            with pytest.raises(StoreUnavailable):
                use()


def test_a_broken_keyring_is_unavailable(tmp_path: Path) -> None:
    with _a_vault(tmp_path) as vault:
        _change(tmp_path / "keyring.sqlite3", sa.text("DROP TABLE dossier_keys"))

        with pytest.raises(StoreUnavailable):
            vault.store([PART], NOW)
        with pytest.raises(StoreUnavailable):
            vault._keyring.find("dossier:1")


def test_a_folder_that_does_not_exist_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        Keyring(tmp_path / "none" / "keyring.sqlite3", RIGHT_KEY, bytes)
