"""What every tile store promises, held over each of them; and what only files can break."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.transparency_builders import a_log
from transparency.errors import (
    MalformedTilePath,
    TileNotFound,
    TileStoreCorrupt,
    TileStoreUnavailable,
)
from transparency.tile_store import FileTileStore, MemoryTileStore, TileStore
from transparency.trusted_log import TrustedLog

FILES = {
    "tile/0/000.p/5": b"five hashes",
    "tile/0/x001/234": b"many hashes",
    "tile/entries/000": b"entries",
}


@pytest.fixture(params=["memory", "files"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> TileStore:
    """An empty store of each kind."""
    return MemoryTileStore() if request.param == "memory" else FileTileStore(tmp_path / "log")


class TestEveryTileStore:
    def test_written_tile_is_read_back(self, store: TileStore) -> None:
        store.write("tile/0/000.p/5", b"five hashes")

        assert store.read("tile/0/000.p/5") == b"five hashes"

    def test_files_written_together_are_read_back(self, store: TileStore) -> None:
        store.write_all(FILES)

        assert {path: store.read(path) for path in FILES} == FILES

    def test_writing_nothing_is_fine(self, store: TileStore) -> None:
        store.write_all({})

    def test_unknown_tile_is_not_found(self, store: TileStore) -> None:
        store.write("tile/0/000", b"a tile")

        for path in ("tile/0/001", "tile/0/000.p/5", "tile/1/000", "tile/entries/000"):
            with pytest.raises(TileNotFound):
                store.read(path)

    def test_path_that_names_no_tile_is_refused(self, store: TileStore) -> None:
        for path in ("checkpoint", "../secret", "tile/0/../../x", "/etc/passwd", ""):
            with pytest.raises(MalformedTilePath):
                store.read(path)
            with pytest.raises(MalformedTilePath):
                store.write(path, b"data")

    def test_writing_the_same_bytes_again_changes_nothing(self, store: TileStore) -> None:
        store.write_all(FILES)

        store.write_all(FILES)

        assert store.read("tile/entries/000") == b"entries"

    def test_other_bytes_under_a_known_path_are_an_alarm_and_are_not_stored(
        self, store: TileStore
    ) -> None:
        store.write_all(FILES)

        with pytest.raises(TileStoreCorrupt):
            store.write_all({"tile/0/777": b"new", "tile/entries/000": b"other entries"})

        assert store.read("tile/entries/000") == b"entries"
        with pytest.raises(TileNotFound):
            store.read("tile/0/777")

    def test_store_without_checkpoint_says_so(self, store: TileStore) -> None:
        with pytest.raises(TileNotFound):
            store.read_checkpoint()

    def test_newest_checkpoint_replaces_the_one_before(self, store: TileStore) -> None:
        store.write_checkpoint(b"first")
        store.write_checkpoint(b"second")

        assert store.read_checkpoint() == b"second"

    def test_empty_store_reaches_nowhere(self, store: TileStore) -> None:
        assert store.largest_tree_size() == 0

        store.write_checkpoint(b"note")
        store.write("tile/0/999", b"hashes")

        assert store.largest_tree_size() == 0

    @pytest.mark.parametrize(
        ("paths", "tree_size"),
        [
            (["tile/entries/000.p/1"], 1),
            (["tile/entries/000.p/9", "tile/entries/000.p/10", "tile/entries/000.p/2"], 10),
            (["tile/entries/000", "tile/entries/000.p/255"], 256),
            (["tile/entries/000", "tile/entries/001.p/7"], 263),
            (["tile/entries/999", "tile/entries/x001/000.p/3"], 256_003),
            (["tile/entries/x001/x234/067", "tile/entries/x999/999"], 1_234_068 * 256),
        ],
    )
    def test_store_reaches_as_far_as_its_last_bundle(
        self, store: TileStore, paths: list[str], tree_size: int
    ) -> None:
        for path in paths:
            store.write(path, b"entries")

        assert store.largest_tree_size() == tree_size

    def test_log_reaches_its_size_with_and_without_its_checkpoint(self, store: TileStore) -> None:
        log = a_log(store, 1, 255, 256, 600)

        assert store.largest_tree_size() == log.signed_checkpoint().checkpoint.tree_size == 600

    def test_log_of_several_publications_is_replayed_from_it(self, store: TileStore) -> None:
        log = a_log(store, 1, 255, 256, 600)

        replayed = list(TrustedLog(store, log.signed_checkpoint()).replay())

        assert [entry for _, entry in replayed] == log.entries
        assert store.read_checkpoint() == log.signed_checkpoint().note


class DiskFailure(OSError):
    """The disk fails, as our own fault injection asked it to."""


class FailingDisk:
    """Lets some durable steps pass and fails the next one, before it or after it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.steps = 0
        self._fail_at = -1
        self._after = False
        self._wrap(monkeypatch, os, "fsync")
        self._wrap(monkeypatch, Path, "replace")

    def fail_at(self, step: int, *, after: bool) -> None:
        self.steps, self._fail_at, self._after = 0, step, after

    def _wrap(self, monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> None:
        real = getattr(owner, name)

        def stepped(*args: object) -> object:
            self.steps += 1
            if self.steps == self._fail_at and not self._after:
                raise DiskFailure(name)
            result = real(*args)
            if self.steps == self._fail_at:
                raise DiskFailure(name)
            return result

        monkeypatch.setattr(owner, name, stepped)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[FailingDisk]:
    """A disk that fails when told to."""
    yield FailingDisk(monkeypatch)
    monkeypatch.undo()


class TestFileTileStore:
    def test_each_file_and_each_folder_is_synced_once(
        self, tmp_path: Path, disk: FailingDisk
    ) -> None:
        store = FileTileStore(tmp_path)
        store.write_all({"tile/0/000": b"a", "tile/entries/000": b"b"})
        disk.fail_at(-1, after=False)

        store.write_all({"tile/0/001": b"a", "tile/0/002": b"b", "tile/entries/001": b"c"})

        assert disk.steps == 3 + 3 + 2  # files synced, files renamed, folders synced

    def test_files_lie_where_a_web_server_looks_for_them(self, tmp_path: Path) -> None:
        store = FileTileStore(tmp_path / "deep" / "log")

        store.write("tile/0/x001/234", b"hashes")
        store.write_checkpoint(b"note")

        assert (tmp_path / "deep/log/tile/0/x001/234").read_bytes() == b"hashes"
        assert (tmp_path / "deep/log/checkpoint").read_bytes() == b"note"

    @pytest.mark.parametrize("after", [False, True], ids=["refused", "refused yet done"])
    def test_failure_at_any_step_leaves_whole_files_and_writing_again_mends_it(
        self, tmp_path: Path, disk: FailingDisk, *, after: bool
    ) -> None:
        disk.fail_at(-1, after=after)
        FileTileStore(tmp_path / "whole").write_all(FILES)
        all_steps = disk.steps

        for step in range(1, all_steps + 1):
            store = FileTileStore(tmp_path / str(step))
            disk.fail_at(step, after=after)
            with pytest.raises(TileStoreUnavailable):
                store.write_all(FILES)
            disk.fail_at(-1, after=after)

            found = {path: (tmp_path / str(step) / path) for path in FILES}
            assert all(p.read_bytes() == FILES[path] for path, p in found.items() if p.exists())
            store.write_all(FILES)
            assert {path: store.read(path) for path in FILES} == FILES

    @pytest.mark.parametrize("after", [False, True], ids=["refused", "refused yet done"])
    def test_failure_at_any_step_leaves_the_old_checkpoint_or_the_new_one(
        self, tmp_path: Path, disk: FailingDisk, *, after: bool
    ) -> None:
        for step in range(1, 4):
            store = FileTileStore(tmp_path / str(step))
            store.write_checkpoint(b"old")
            disk.fail_at(step, after=after)
            with pytest.raises(TileStoreUnavailable):
                store.write_checkpoint(b"new")
            disk.fail_at(-1, after=after)

            assert store.read_checkpoint() in (b"old", b"new")
            store.write_checkpoint(b"new")
            assert store.read_checkpoint() == b"new"

    def test_folders_are_synced_even_when_the_files_are_there_already(
        self, tmp_path: Path, disk: FailingDisk
    ) -> None:
        store = FileTileStore(tmp_path)
        store.write("tile/0/000", b"a")
        disk.fail_at(-1, after=False)

        store.write("tile/0/000", b"a")

        assert disk.steps == 1

    def test_files_that_are_no_bundles_do_not_count(self, tmp_path: Path) -> None:
        FileTileStore(tmp_path).write("tile/entries/000.p/5", b"entries")
        (tmp_path / "tile/entries/000.p/9.new").write_bytes(b"cut off by a crash")
        (tmp_path / "tile/entries/1").write_bytes(b"another spelling")

        assert FileTileStore(tmp_path).largest_tree_size() == 5

    def test_bundles_that_cannot_be_listed_are_unavailable_and_not_missing(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / "tile").mkdir()
        (tmp_path / "tile/entries").write_bytes(b"no folder")

        with pytest.raises(TileStoreUnavailable):
            FileTileStore(tmp_path).largest_tree_size()

    def test_disk_that_does_not_read_is_unavailable_and_not_empty(self, tmp_path: Path) -> None:
        (tmp_path / "tile/0/000").mkdir(parents=True)

        with pytest.raises(TileStoreUnavailable):
            FileTileStore(tmp_path).read("tile/0/000")
