"""Partial tiles go once the full tile has stood for the grace time; no reader loses anything."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.folder_server import serving_folder
from tests.support.transparency_builders import WrittenLog, a_log
from transparency.errors import TileNotFound, TileStoreUnavailable
from transparency.http_source import HttpTileSource
from transparency.tile_store import (
    FileTileStore,
    MemoryTileStore,
    SupersededPartials,
    TileSource,
)
from transparency.tiles import EntryBundle, Tile, bundle_path, partial_tile_width, tile_path
from transparency.trusted_log import TrustedLog

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
GRACE = timedelta(minutes=10)
SIZES = [1, 100, 200, 256, 300, 511, 700]
# Of two tiles and two bundles: ten files and four folders.
DELETIONS = 14


@pytest.fixture
def log(tmp_path: Path) -> WrittenLog:
    """A log in a folder, published at several sizes long ago."""
    return _in_folder(tmp_path, *SIZES)


def _in_folder(folder: Path, *sizes: int) -> WrittenLog:
    # What is tested here does not hang on the disk's flushes: they would cost seconds.
    in_memory = MemoryTileStore()
    log = a_log(in_memory, *sizes)
    for path, data in in_memory.files().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    _grow_older(folder, NOW - timedelta(days=1))
    log.store = FileTileStore(folder)
    return log


def _grow_older(folder: Path, instant: datetime) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (instant.timestamp(), instant.timestamp()))


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def _partials(folder: Path) -> set[str]:
    return {path for path in _files(folder) if ".p/" in path}


def _partials_of(size: int) -> set[str]:
    """The partial tiles and bundles that a tree of this size is served with."""
    width = size % 256
    paths = {bundle_path(EntryBundle(size // 256, width))} if width else set()
    for level in (0, 1):
        width = partial_tile_width(level, size)
        if width:
            paths.add(tile_path(Tile(level, (size >> 8 * level) // 256, width)))
    return paths


class _WithoutFallback:
    """A source that asks for no full tile in place of a partial one."""

    def __init__(self, source: TileSource) -> None:
        self._source = source
        self.missed: list[str] = []

    def read(self, path: str) -> bytes:
        try:
            return self._source.read(path)
        except TileNotFound:
            self.missed.append(path)
            raise


def test_partials_of_finished_tiles_go_and_those_of_unfinished_ones_stay(
    tmp_path: Path, log: WrittenLog
) -> None:
    before = _partials(tmp_path)

    removed = SupersededPartials(tmp_path).remove(700, NOW - GRACE)

    unfinished = {path for path in before if path.startswith(("tile/1/000.p", "tile/0/002.p"))}
    assert _partials(tmp_path) == unfinished | {"tile/entries/002.p/188"}
    assert removed == len(before) - len(_partials(tmp_path)) == 2 * len([1, 100, 200, 300, 511])
    assert not (tmp_path / "tile/0/000.p").exists()


def test_every_width_of_an_unfinished_tile_is_served_however_old(tmp_path: Path) -> None:
    _in_folder(tmp_path, 3, 5, 9, 250)
    _grow_older(tmp_path, NOW - timedelta(days=365))

    SupersededPartials(tmp_path).remove(250, NOW)

    assert _partials(tmp_path) == set().union(*map(_partials_of, (3, 5, 9, 250)))


def test_reader_under_an_old_checkpoint_within_the_grace_finds_its_very_partials(
    tmp_path: Path, log: WrittenLog
) -> None:
    just_now = (NOW - timedelta(seconds=1)).timestamp()
    for full in ("tile/0/001", "tile/entries/001"):
        os.utime(tmp_path / full, (just_now, just_now))
    source = _WithoutFallback(log.store)
    reader = TrustedLog(source, log.signed_checkpoint(300))
    assert reader.prove_inclusion(299)

    SupersededPartials(tmp_path).remove(700, NOW - GRACE)

    assert [entry for _, entry in reader.replay()] == log.entries[:300]
    assert _partials_of(300) <= _files(tmp_path)
    assert source.missed == []


@pytest.mark.parametrize("size", SIZES)
def test_every_published_checkpoint_is_replayed_after_the_grace_from_full_tiles(
    tmp_path: Path, log: WrittenLog, size: int
) -> None:
    SupersededPartials(tmp_path).remove(700, NOW - GRACE)

    reader = TrustedLog(log.store, log.signed_checkpoint(size))

    assert [entry for _, entry in reader.replay()] == log.entries[:size]


def test_reader_over_http_under_an_old_checkpoint_reads_on_after_the_grace(
    tmp_path: Path, log: WrittenLog
) -> None:
    with serving_folder(tmp_path) as address:
        reader = TrustedLog(HttpTileSource(address), log.signed_checkpoint(300))
        entries = reader.entries(0, 300)
        begun = [next(entries) for _ in range(10)]

        SupersededPartials(tmp_path).remove(700, NOW - GRACE)

        assert [*begun, *entries] == log.entries[:300]


def test_full_tiles_above_the_served_checkpoint_replace_nothing(
    tmp_path: Path, log: WrittenLog
) -> None:
    before = _files(tmp_path)

    assert SupersededPartials(tmp_path).remove(255, NOW) == 0

    assert _files(tmp_path) == before


def test_partials_whose_full_tile_is_lost_stay(tmp_path: Path, log: WrittenLog) -> None:
    (tmp_path / "tile/0/000").unlink()

    SupersededPartials(tmp_path).remove(700, NOW - GRACE)

    assert (tmp_path / "tile/0/000.p/100").exists()
    assert not (tmp_path / "tile/entries/000.p").exists()


def test_later_round_takes_what_the_grace_kept(tmp_path: Path, log: WrittenLog) -> None:
    partials = SupersededPartials(tmp_path)
    replaced_at = (NOW - timedelta(seconds=30)).timestamp()
    os.utime(tmp_path / "tile/0/001", (replaced_at, replaced_at))
    partials.remove(700, NOW - GRACE)
    assert (tmp_path / "tile/0/001.p/44").exists()

    removed = partials.remove(700, NOW)

    assert removed == 2
    assert not (tmp_path / "tile/0/001.p").exists()
    assert partials.remove(700, NOW) == 0


def test_store_reaches_as_far_as_before(tmp_path: Path, log: WrittenLog) -> None:
    SupersededPartials(tmp_path).remove(700, NOW)

    assert FileTileStore(tmp_path).largest_tree_size() == 700


def test_log_grows_on_after_a_round(tmp_path: Path, log: WrittenLog) -> None:
    SupersededPartials(tmp_path).remove(700, NOW)

    signed = log.publish([b"later"] * 500)

    assert len(list(TrustedLog(log.store, signed).replay())) == 1200


@pytest.mark.parametrize("index", [0, 999, 1000, 1001, 999_999, 1_000_000])
def test_partials_are_found_in_every_folder_of_a_large_log(tmp_path: Path, index: int) -> None:
    full = tmp_path / tile_path(Tile(0, index))
    partial = tmp_path / tile_path(Tile(0, index, 5))
    partial.parent.mkdir(parents=True)
    full.write_bytes(b"full")
    partial.write_bytes(b"partial")
    _grow_older(tmp_path, NOW - timedelta(days=1))

    assert SupersededPartials(tmp_path).remove(256 * index, NOW) == 0
    assert SupersededPartials(tmp_path).remove(256 * (index + 1), NOW) == 1

    assert _files(tmp_path) == {tile_path(Tile(0, index))}


def test_half_written_partial_that_a_crash_left_goes_too(tmp_path: Path, log: WrittenLog) -> None:
    (tmp_path / "tile/0/000.p/77.new").write_bytes(b"cut off")

    SupersededPartials(tmp_path).remove(700, NOW)

    assert not (tmp_path / "tile/0/000.p").exists()


class _Disk:
    """Counts deletions and lets one of them fail, before it was done or after."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fails_at: int, *, done: bool) -> None:
        self.steps = 0
        for name in ("unlink", "rmdir"):
            real = getattr(Path, name)

            def stepped(path: Path, *args: object, real: object = real, **named: object) -> None:
                self.steps += 1
                if self.steps == fails_at and not done:
                    raise OSError("the disk does not delete")
                real(path, *args, **named)  # type: ignore[operator]
                if self.steps == fails_at:
                    raise OSError("the disk does not say that it deleted")

            monkeypatch.setattr(Path, name, stepped)


@pytest.mark.parametrize("done", [False, True], ids=["refused", "refused yet done"])
@pytest.mark.parametrize("step", range(1, DELETIONS + 1))
def test_death_at_any_deletion_loses_no_reader_and_the_next_round_finishes(
    tmp_path: Path,
    log: WrittenLog,
    monkeypatch: pytest.MonkeyPatch,
    step: int,
    done: bool,
) -> None:
    with monkeypatch.context() as patch:
        _Disk(patch, step, done=done)
        with pytest.raises(TileStoreUnavailable):
            SupersededPartials(tmp_path).remove(700, NOW)

    for size in SIZES:
        reader = TrustedLog(log.store, log.signed_checkpoint(size))
        assert [entry for _, entry in reader.replay()] == log.entries[:size]
    assert FileTileStore(tmp_path).largest_tree_size() == 700
    SupersededPartials(tmp_path).remove(700, NOW)
    assert not list(tmp_path.glob("tile/*/000.p/100"))
    assert not list(tmp_path.glob("tile/*/001.p/44"))


def test_empty_log_has_nothing_to_remove(tmp_path: Path) -> None:
    assert SupersededPartials(tmp_path / "nowhere").remove(70_000, NOW) == 0
