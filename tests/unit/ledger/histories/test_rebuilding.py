"""The index of histories is made again beside, and put in place while it is proven from."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ledger.errors import StoreUnavailable
from ledger.histories import rebuilding
from ledger.histories.rebuilding import rebuild_index
from ledger.histories.stored_index import StoredIndex
from tests.support.ledger_builders import World, a_world
from tests.support.planted.changes import plant

TABLES = ("streams", "nodes", "place")
CHANGES = {
    "a stream was taken out": "DELETE FROM streams",
    "a hash was changed": "UPDATE nodes SET hash = zeroblob(32)",
    "it is of another ledger": "UPDATE place SET origin = 'other'",
    "it claims more than was published": "UPDATE place SET taken_in = taken_in + 1000",
    "its place was taken away": "DELETE FROM place",
}


def _rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as connection:
        return {name: sorted(connection.execute(f"SELECT * FROM {name}")) for name in TABLES}


def _rebuild(world: World, path: Path) -> int:
    beside = path.with_name("beside.sqlite3")
    return rebuild_index(path, beside, world.keys.origin, world.store, lambda _entries: None)


def _stood(world: World, path: Path) -> StoredIndex:
    index = StoredIndex(path, world.keys.origin, world.store)
    index.catch_up(1_000)
    return index


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_wrong_rows_are_gone_after_a_rebuild(tmp_path: Path, change: str) -> None:
    path, world = tmp_path / "index.sqlite3", a_world()
    stream = world.a_dossier("dossier.accepted")
    index = _stood(world, path)
    right = _rows(path)
    plant(path, change)

    size = _rebuild(world, path)

    assert _rows(path) == right
    assert size == index.log_position() == len(world.entries())
    with index.reading() as reading:
        assert reading.prove(stream)[0]


def test_whoever_proves_meanwhile_goes_on_with_the_old_rows(tmp_path: Path) -> None:
    path, world = tmp_path / "index.sqlite3", a_world()
    stream = world.a_dossier("dossier.accepted")
    index = _stood(world, path)

    with index.reading() as reading:
        before = reading.prove(stream)
        _rebuild(world, path)
        during = reading.prove(stream)

    assert during == before


def test_index_that_moved_on_meanwhile_is_caught_up_with(tmp_path: Path) -> None:
    path, world = tmp_path / "index.sqlite3", a_world()
    world.a_dossier("dossier.accepted")
    index = _stood(world, path)
    remade = StoredIndex(tmp_path / "beside.sqlite3", world.keys.origin, world.store)
    remade.catch_up(1_000)
    world.a_dossier()
    index.catch_up(1_000)

    was_replaced = index.replace_by(tmp_path / "beside.sqlite3")
    _rebuild(world, path)

    assert not was_replaced
    assert index.log_position() == len(world.entries())


def test_index_that_always_leads_is_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, world = tmp_path / "index.sqlite3", a_world()
    _stood(world, path)
    before = _rows(path)
    monkeypatch.setattr(StoredIndex, "replace_by", lambda _self, _path: False)
    monkeypatch.setattr(rebuilding, "MOST_ATTEMPTS", 2)

    with pytest.raises(StoreUnavailable, match="moved on"):
        _rebuild(world, path)

    assert _rows(path) == before
