"""Recorded erasures are carried out once each, and again where a file fell behind."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import pytest

from domain.facts.integrity import ErasureGround, PersonalDataErased
from domain.roles import Role
from ledger.erasing import carrying_out
from ledger.erasing.carrying_out import ERASURE, Eraser
from ledger.private.vault import Keyring, PrivatePart, Vault
from tests.support.paper_ledger import ORIGIN, PaperLedger

AT = "2036-03-02T02:00:00Z"
FILES = ("keyring.sqlite3", "vault.sqlite3")
STREAMS = [f"dossier:{digit * 32}" for digit in "123"]


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with _opened(tmp_path) as made:
        made.store([_part(stream) for stream in STREAMS], "2026-03-02T01:00:00Z")
        yield made


@contextmanager
def _opened(folder: Path) -> Iterator[Vault]:
    random_bytes = random.Random(3).randbytes
    of_keys, of_parts = (folder / name for name in FILES)
    with (
        closing(Keyring(of_keys, bytes(32), random_bytes)) as keyring,
        closing(Vault(of_parts, keyring, ORIGIN, random_bytes)) as opened,
    ):
        yield opened


def _copy(original: Path, copy: Path) -> None:
    """Copy a database as a backup does, while others have it open."""
    with closing(sqlite3.connect(original)) as read, closing(sqlite3.connect(copy)) as written:
        read.backup(written)


def _part(stream: str) -> PrivatePart:
    return PrivatePart(stream, 1, stream[-32:].encode(), b"s" * 32, b"{}")


def _erase(paper: PaperLedger, stream: str) -> None:
    facts = PersonalDataErased(
        ground=ErasureGround.RETENTION_PASSED, last_backup_until=date(2036, 4, 1)
    )
    paper.act(ERASURE, stream, AT, Role.APPROVER, paper.head, facts=facts)


def _kept(vault: Vault) -> list[str]:
    return [stream for stream in STREAMS if vault.open(_part(stream).text_hash) is not None]


def test_each_is_carried_out_once_and_the_codes_are_forgotten(vault: Vault) -> None:
    paper, forgotten = PaperLedger(), list[str]()
    eraser = Eraser(paper.store, vault, forgotten.extend)
    assert eraser.carry_out() == []
    _erase(paper, STREAMS[0])
    _erase(paper, STREAMS[2])

    assert eraser.carry_out() == [STREAMS[0], STREAMS[2]]

    assert _kept(vault) == [STREAMS[1]]
    assert forgotten == [STREAMS[0], STREAMS[2]]
    assert eraser.carry_out() == []
    assert Eraser(paper.store, vault, forgotten.extend).carry_out() == []


def test_file_that_fell_behind_is_brought_up_by_the_next_start(vault: Vault) -> None:
    paper = PaperLedger()
    _erase(paper, STREAMS[0])
    Eraser(paper.store, vault, lambda _streams: None).carry_out()
    vault._keyring.move_erasure_position(0)

    assert Eraser(paper.store, vault, lambda _streams: None).carry_out() == [STREAMS[0]]


def test_position_of_another_ledgers_files_is_not_believed(vault: Vault) -> None:
    paper = PaperLedger()
    vault.move_erasure_position(1_000)
    _erase(paper, STREAMS[0])

    assert Eraser(paper.store, vault, lambda _streams: None).carry_out() == [STREAMS[0]]
    assert vault.erasure_position() == 1


def test_position_is_noted_now_and_then_where_nothing_is_erased(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying_out, "NOTED_EVERY", 2)
    paper = PaperLedger()
    eraser = Eraser(paper.store, vault, lambda _streams: None)
    for count, noted in ((1, 0), (2, 2), (3, 2)):
        paper.append_body(b"not an action")

        eraser.carry_out()

        assert (paper.store.sequenced_size(), vault.erasure_position()) == (count, noted)


def test_veiled_dossier_is_erased_though_no_entry_says_so(vault: Vault) -> None:
    paper = PaperLedger()
    paper.open_registry()
    paper.veiled.add(STREAMS[1])
    _erase(paper, STREAMS[1])
    eraser = Eraser(paper.store, vault, lambda _streams: None)

    assert eraser.carry_out() == [STREAMS[1]]

    assert _kept(vault) == [STREAMS[0], STREAMS[2]]
    assert eraser.carry_out() == []
    # A new process looks at all of them once, and finds nothing left to destroy.
    assert Eraser(paper.store, vault, lambda _streams: None).carry_out() == []


def test_veiled_dossier_that_an_older_copy_brings_back_is_erased_again(
    vault: Vault, tmp_path: Path
) -> None:
    paper = PaperLedger()
    paper.open_registry()
    paper.veiled.add(STREAMS[1])
    (tmp_path / "copy").mkdir()
    for name in FILES:
        _copy(tmp_path / name, tmp_path / "copy" / name)
    _erase(paper, STREAMS[1])
    Eraser(paper.store, vault, lambda _streams: None).carry_out()

    with _opened(tmp_path / "copy") as older:
        assert _kept(older) == STREAMS
        assert Eraser(paper.store, older, lambda _streams: None).carry_out() == [STREAMS[1]]
        assert _kept(older) == [STREAMS[0], STREAMS[2]]
