"""The follower's process makes editions beside the views, unless the settings switch them off."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from api.data_folder import DataFolder
from cli.commands import processes
from ledger.documents import DocumentFolder
from ledger.sweeping import DocumentSweeper
from projections.editions.contents import FILES
from projections.editions.folder import EditionFolder
from tests.http.world import a_world, fill_registry
from transparency.tile_store import FileTileStore, SupersededPartials

FAR_AHEAD = datetime(2030, 1, 1, tzinfo=UTC)


@dataclass
class Rounds(threading.Event):
    """A stop that comes after some waits, and remembers for how long each was."""

    last: int
    between: Callable[[], None]
    waited: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        threading.Event.__init__(self)

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout or 0.0)
        self.between()
        if len(self.waited) >= self.last:
            self.set()
        return self.is_set()


@pytest.mark.parametrize("editions", [True, False], ids=["switched on", "switched off"])
def test_editions_are_made_while_a_ledger_is_served(tmp_path: Path, *, editions: bool) -> None:
    with a_world(tmp_path) as world:
        fill_registry(world)
        world.settle()

        def a_day_passes() -> None:
            world.wait(days=1)
            world.submit()
            world.settle()

        rounds = Rounds(4, a_day_passes)
        settings = msgspec.structs.replace(world.settings, editions=editions)
        processes._make_editions(settings, rounds)

    made = EditionFolder(DataFolder(settings.data).editions).days()
    if editions:
        assert [day.isoformat() for day in made] == ["2026-11-20", "2026-11-21"]
        # Between two rounds, and after each edition as long as it took.
        pauses = [each for each in rounds.waited if each != processes.EDITION_SECONDS]
        assert len(pauses) == len(made)
        assert all(0 < each < processes.EDITION_SECONDS for each in pauses)
    else:
        assert (made, rounds.waited) == ([], [])


def test_what_tidies_the_log_up_leaves_editions_alone(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        fill_registry(world)
        world.settle()
        world.wait(days=2)
        world.submit()
        world.settle()
        processes._make_editions(world.settings, Rounds(2, lambda: None))
        folder = DataFolder(world.settings.data)
        before = {path: path.read_bytes() for path in folder.editions.rglob("*.*")}
        served = DocumentFolder(folder.published_documents)

        FileTileStore(folder.log).largest_tree_size()
        SupersededPartials(folder.log).remove(world.parts.reader.sequenced_size(), FAR_AHEAD)
        kept = DocumentFolder(folder.documents)
        DocumentSweeper(kept, served, world.parts.reader).sweep(FAR_AHEAD)

        assert len(before) > len(FILES)
        assert {path: path.read_bytes() for path in folder.editions.rglob("*.*")} == before


def test_failure_of_editions_is_said_and_tried_again(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with a_world(tmp_path) as world:
        fill_registry(world)
        world.settle()
        folder = DataFolder(world.settings.data)
        folder.editions.parent.mkdir(exist_ok=True)
        folder.editions.write_bytes(b"no folder")
        world.wait(days=2)
        world.submit()
        world.settle()
        rounds = Rounds(3, lambda: None)

        processes._make_editions(world.settings, rounds)

    assert len(rounds.waited) == 3
    assert capfd.readouterr().err.count("store_unavailable: ") == 3
