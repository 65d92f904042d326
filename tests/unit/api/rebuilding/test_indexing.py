"""The process that keeps the index of histories notes where it stopped, and that it runs again."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from api.rebuilding.indexing import KeptIndex
from ledger.errors import StoreCorrupt, StoreUnavailable
from ledger.histories.stored_index import StoredIndex
from ledger.storage.memory import MemoryLedgerStore
from projections.parts.registry import Projection
from projections.views import Views, open_views
from tests.support.ledger_builders import World, a_world
from tests.support.rebuilding.worlds import Told


class Faulty(StoredIndex):
    """An index that fails for as long as it has an error."""

    error: Exception | None = None

    def catch_up(self, most_entries: int) -> bool:
        if self.error is not None:
            raise self.error
        return super().catch_up(most_entries)


@pytest.fixture
def world() -> World:
    world = a_world()
    world.a_dossier()
    return world


@pytest.fixture
def views(tmp_path: Path) -> Iterator[Views]:
    with closing(open_views(tmp_path / "views.sqlite3")) as views:
        yield views


def _index(folder: Path, world: World) -> Faulty:
    return Faulty(folder / "index.sqlite3", world.keys.origin, world.store)


def _stops(views: Views) -> dict[Projection, int]:
    with views.reading() as reader:
        return {name: stop.log_position for name, stop in reader.stops().items()}


def test_index_that_fails_is_noted_once_with_its_place_until_it_gets_on(
    tmp_path: Path, world: World, views: Views
) -> None:
    told, index = Told(), _index(tmp_path, world)
    kept = KeptIndex(index, world.store, views, told)
    kept.catch_up()
    stood, error = index.log_position(), StoreCorrupt("the root is another")
    index.error = error
    world.a_dossier()

    kept.catch_up()
    kept.catch_up()
    stopped = _stops(views)
    index.error = None
    kept.catch_up()

    assert stopped == {Projection.HISTORIES: stood}
    assert told.stops == [(Projection.HISTORIES, error)]
    assert _stops(views) == {}
    assert index.log_position() > stood


def test_stop_that_an_earlier_process_noted_ends_when_this_one_gets_on(
    tmp_path: Path, world: World, views: Views
) -> None:
    views.stop(Projection.HISTORIES, StoreCorrupt("once"), 3)

    KeptIndex(_index(tmp_path, world), world.store, views, Told()).catch_up()

    assert _stops(views) == {}


def test_database_that_does_not_answer_is_no_stop(
    tmp_path: Path, world: World, views: Views
) -> None:
    index = _index(tmp_path, world)
    index.error = StoreUnavailable("for a moment")

    with pytest.raises(StoreUnavailable):
        KeptIndex(index, world.store, views, Told()).catch_up()

    assert _stops(views) == {}


def test_nothing_is_done_before_the_first_checkpoint(tmp_path: Path, views: Views) -> None:
    index = _index(tmp_path, World(store=MemoryLedgerStore()))
    index.error = StoreCorrupt("not to be asked")

    assert KeptIndex(index, MemoryLedgerStore(), views, Told()).catch_up() == 0
