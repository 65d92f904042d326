"""Nonces: once per key, for as long as they may matter, shared by all workers."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api import nonces
from api.errors import RequestReplayed
from api.nonces import NonceMemory
from ledger.errors import StoreUnavailable

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
KEEP = timedelta(minutes=10)


def test_second_use_is_a_replay_and_another_keys_use_is_not() -> None:
    memory = NonceMemory(None)
    memory.remember("inspector-a", "n", now=NOW, keep=KEEP)

    with pytest.raises(RequestReplayed):
        memory.remember("inspector-a", "n", now=NOW, keep=KEEP)

    memory.remember("inspector-b", "n", now=NOW, keep=KEEP)


def test_another_worker_knows_the_nonce_too(tmp_path: Path) -> None:
    NonceMemory(tmp_path / "nonces").remember("inspector-a", "n", now=NOW, keep=KEEP)

    with pytest.raises(RequestReplayed):
        NonceMemory(tmp_path / "nonces").remember("inspector-a", "n", now=NOW, keep=KEEP)


def test_nonce_is_forgotten_when_no_signature_can_be_that_old() -> None:
    memory = NonceMemory(None)
    memory.remember("inspector-a", "n", now=NOW, keep=KEEP)

    memory.remember("inspector-a", "n", now=NOW + 2 * KEEP, keep=KEEP)


def test_full_memory_refuses_rather_than_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nonces, "MAX_NONCES", 2)
    memory = NonceMemory(None)
    memory.remember("inspector-a", "1", now=NOW, keep=KEEP)
    memory.remember("inspector-a", "2", now=NOW, keep=KEEP)

    with pytest.raises(StoreUnavailable):
        memory.remember("inspector-a", "3", now=NOW, keep=KEEP)

    memory.remember("inspector-a", "3", now=NOW + 2 * KEEP, keep=KEEP)


def test_memory_that_cannot_be_kept_is_unavailable(tmp_path: Path) -> None:
    memory = NonceMemory(tmp_path / "no-folder" / "nonces")

    with pytest.raises(StoreUnavailable):
        memory.remember("inspector-a", "1", now=NOW, keep=KEEP)
