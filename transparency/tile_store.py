"""Where tiles, entry bundles and the checkpoint lie: in memory, or as files on a disk.

The files of `FileTileStore` are those that tlog-tiles serves, under the same names, so a
plain web server can serve its folder. Tiles are written once: the same bytes may come again,
other bytes under a known path are an alarm. The checkpoint is replaced in one step.

Everything is durable when a write returns. A file is written beside its place, synced, and
renamed; then each folder that changed is synced. A crash in between leaves whole files and
perhaps a `.new` file, which the next write replaces; nothing ever reads it.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from transparency.errors import (
    MalformedTilePath,
    TileNotFound,
    TileStoreCorrupt,
    TileStoreUnavailable,
)
from transparency.tiles import TILE_WIDTH, EntryBundle, parse_tile_path

CHECKPOINT_PATH = "checkpoint"
BUNDLES_PATH = "tile/entries"

_NEW_FILE_SUFFIX = ".new"


class TileSource(Protocol):
    """Whatever gives the bytes of tiles and bundles; none of them is to be believed."""

    def read(self, path: str) -> bytes:
        """Give the bytes at a path of tlog-tiles, or raise `TileNotFound`."""
        ...


class LogSource(TileSource, Protocol):
    """A tile source that has the log's newest checkpoint as well."""

    def read_checkpoint(self) -> bytes:
        """Give the note of the newest checkpoint, or raise `TileNotFound`."""
        ...


class TileStore(LogSource, Protocol):
    """Where the one writer puts the log."""

    def write(self, path: str, data: bytes) -> None:
        """Store one tile or bundle; it is durable when this returns."""
        ...

    def write_all(self, files: Mapping[str, bytes]) -> None:
        """Store tiles and bundles together; all are durable when this returns."""
        ...

    def write_checkpoint(self, note: bytes) -> None:
        """Replace the checkpoint in one step; it is durable when this returns."""
        ...

    def largest_tree_size(self) -> int:
        """Tell how far the stored entry bundles reach, full or partial; 0 where there are none.

        A bundle counts by its path alone. After a crash, or where the checkpoint is lost, this
        may be more than any checkpoint in the store says.
        """
        ...


class MemoryTileStore:
    """A tile store that ends with the process."""

    def __init__(self) -> None:
        self._files: dict[str, bytes] = {}
        self._checkpoint: bytes | None = None

    def read(self, path: str) -> bytes:
        """Give the bytes at a path of tlog-tiles, or raise `TileNotFound`."""
        parse_tile_path(path)
        try:
            return self._files[path]
        except KeyError as error:
            raise TileNotFound(path) from error

    def write(self, path: str, data: bytes) -> None:
        """Store one tile or bundle."""
        self.write_all({path: data})

    def write_all(self, files: Mapping[str, bytes]) -> None:
        """Store tiles and bundles; none of them if one is refused."""
        for path, data in files.items():
            parse_tile_path(path)
            _check_unchanged(path, self._files.get(path, data), data)
        self._files.update(files)

    def read_checkpoint(self) -> bytes:
        """Give the note of the newest checkpoint, or raise `TileNotFound`."""
        if self._checkpoint is None:
            raise TileNotFound(CHECKPOINT_PATH)
        return self._checkpoint

    def write_checkpoint(self, note: bytes) -> None:
        """Replace the checkpoint."""
        self._checkpoint = note

    def largest_tree_size(self) -> int:
        """Tell how far the stored entry bundles reach."""
        return _reach(self._files)


class FileTileStore:
    """A tile store in a folder, which is made when the first file is written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, path: str) -> bytes:
        """Give the bytes at a path of tlog-tiles, or raise `TileNotFound`."""
        parse_tile_path(path)
        return self._read_file(path)

    def write(self, path: str, data: bytes) -> None:
        """Store one tile or bundle; it is durable when this returns."""
        self.write_all({path: data})

    def write_all(self, files: Mapping[str, bytes]) -> None:
        """Store tiles and bundles; each file and each folder is synced once."""
        missing = {path: data for path, data in files.items() if not self._holds(path, data)}
        with _disk_errors():
            # A file found in place may have been renamed just before a crash, its folder
            # never synced: so folders are synced even where nothing new is written.
            changed = {(self._folder / path).parent for path in files}
            for folder in list(changed):
                changed |= _make_folder(folder)
            for path, data in missing.items():
                _write_beside(self._folder / path, data)
            # CRASH: until here, only files that nobody reads.
            for path in missing:
                _move_into_place(self._folder / path)
            for folder in changed:
                _sync_folder(folder)

    def read_checkpoint(self) -> bytes:
        """Give the note of the newest checkpoint, or raise `TileNotFound`."""
        return self._read_file(CHECKPOINT_PATH)

    def write_checkpoint(self, note: bytes) -> None:
        """Replace the checkpoint in one step; it is durable when this returns."""
        with _disk_errors():
            changed = {self._folder} | _make_folder(self._folder)
            _write_beside(self._folder / CHECKPOINT_PATH, note)
            # CRASH: the old checkpoint stands until the rename, the new one from then on.
            _move_into_place(self._folder / CHECKPOINT_PATH)
            for folder in changed:
                _sync_folder(folder)

    def largest_tree_size(self) -> int:
        """Tell how far the stored entry bundles reach; files under other names do not count."""
        with _disk_errors():
            return _reach(self._paths_below(BUNDLES_PATH))

    def _paths_below(self, path: str) -> Iterator[str]:
        # Without `onerror` a folder that cannot be read would pass for an empty one.
        for folder, _, names in os.walk(self._folder / path, onerror=_raise_unless_missing):
            place = Path(folder).relative_to(self._folder).as_posix()
            yield from (f"{place}/{name}" for name in names)

    def _read_file(self, path: str) -> bytes:
        with _disk_errors():
            try:
                return (self._folder / path).read_bytes()
            except FileNotFoundError as error:
                raise TileNotFound(path) from error

    def _holds(self, path: str, data: bytes) -> bool:
        try:
            stored = self.read(path)
        except TileNotFound:
            return False
        _check_unchanged(path, stored, data)
        return True


def _check_unchanged(path: str, stored: bytes, data: bytes) -> None:
    if stored != data:
        raise TileStoreCorrupt(f"{path} holds other bytes than those to be written")


def _reach(paths: Iterable[str]) -> int:
    return max((_end_of_bundle(path) for path in paths), default=0)


def _end_of_bundle(path: str) -> int:
    try:
        place = parse_tile_path(path)
    except MalformedTilePath:
        return 0
    return place.index * TILE_WIDTH + place.width if isinstance(place, EntryBundle) else 0


def _raise_unless_missing(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise TileStoreUnavailable("the disk does not read or write") from error


def _make_folder(folder: Path) -> set[Path]:
    """Make a folder and those above it; give the folders that got a new name inside."""
    changed = set()
    missing = folder
    while not missing.is_dir():
        missing = missing.parent
        changed.add(missing)
    folder.mkdir(parents=True, exist_ok=True)
    return changed


def _write_beside(path: Path, data: bytes) -> None:
    with _new_file(path).open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _move_into_place(path: Path) -> None:
    _new_file(path).replace(path)


def _new_file(path: Path) -> Path:
    return path.with_name(path.name + _NEW_FILE_SUFFIX)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
