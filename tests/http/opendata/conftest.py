"""One small ledger with a few dossiers, followed up to its last entry."""

from collections.abc import Iterator

import pytest

from tests.http.world import World, a_world, fill_registry


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_world(tmp_path_factory.mktemp("told")) as world:
        fill_registry(world)
        for _ in range(3):
            world.accept(world.submit())
        world.submit()
        world.settle()
        world.follow()
        yield world
