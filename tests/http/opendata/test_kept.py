"""Files that are kept: made once for many, fresh after a minute, the same while nothing is new."""

import asyncio
from pathlib import Path

import pytest
from falcon.testing import TestClient

from api.app import create_app
from api.errors import ServiceStarting
from api.resources.opendata.kept import FRESH_SECONDS, KeptFile, KeptFiles
from projections.opendata.files import DataFile, data_file
from tests.http.world import World, a_world, fill_registry


class Seconds:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _counts() -> DataFile:
    file = data_file("counts.csv")
    assert file is not None
    return file


async def _whole(kept: KeptFile) -> bytes:
    return b"".join([part async for part in kept.file.parts()])


def test_many_who_ask_at_once_get_one_file(told: World) -> None:
    async def ask() -> list[KeptFile]:
        files = KeptFiles(told.parts.views, told.parts.origin)
        return list(await asyncio.gather(*(files.get(_counts()) for _ in range(8))))

    kept = asyncio.run(ask())

    assert len({id(each) for each in kept}) == 1
    assert len(asyncio.run(_whole(kept[0]))) == kept[0].file.length_bytes > 0


def test_file_is_made_again_once_it_is_old_and_something_is_new(tmp_path: Path) -> None:
    seconds = Seconds()
    with a_world(tmp_path) as world:
        fill_registry(world)
        world.settle()
        world.follow()
        files = KeptFiles(world.parts.views, world.parts.origin, seconds)
        first = asyncio.run(files.get(_counts()))
        seconds.now += 2 * FRESH_SECONDS
        unchanged = asyncio.run(files.get(_counts()))
        world.accept(world.submit())
        world.settle()
        world.follow()
        seconds.now = FRESH_SECONDS - 1
        young = asyncio.run(files.get(_counts()))
        seconds.now = FRESH_SECONDS
        made_again = asyncio.run(files.get(_counts()))

    assert unchanged is young is first
    assert made_again.made.tree_size > first.made.tree_size
    # Whoever reads the old one still can.
    assert asyncio.run(_whole(first)) != asyncio.run(_whole(made_again))


def test_nothing_is_made_before_the_first_checkpoint(empty_world: World) -> None:
    files = KeptFiles(empty_world.parts.views, empty_world.parts.origin)

    with pytest.raises(ServiceStarting):
        asyncio.run(files.get(_counts()))


@pytest.mark.parametrize("name", ["counts.csv", "findings.jsonl", "counts.parquet"])
def test_file_that_finds_no_room_is_an_unavailable_store_and_no_failure(
    told: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    client = TestClient(create_app(told.parts))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))

    answer = client.simulate_get(f"/v1/open-data/{name}")

    assert (answer.status_code, answer.json["code"]) == (503, "store_unavailable")
