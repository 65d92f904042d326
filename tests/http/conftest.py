"""One world for all tests of a module that only add to it; a fresh one for those that need it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.http.world import World, a_world, fill_registry


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_world(tmp_path_factory.mktemp("world")) as made:
        fill_registry(made)
        yield made


@pytest.fixture
def empty_world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made
