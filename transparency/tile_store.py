"""Where tiles, entry bundles and the checkpoint lie: in memory, or as files on a disk.

The files of `FileTileStore` are those that tlog-tiles serves, under the same names, so a
plain web server can serve its folder. Tiles are written once: the same bytes may come again,
other bytes under a known path are an alarm. The checkpoint is replaced in one step.

Everything is durable when a write returns. A file is written beside its place, synced, and
renamed; then each folder that changed is synced. A crash in between leaves whole files and
perhaps a `.new` file, which the next write replaces; nothing ever reads it.

Each publication leaves partial tiles behind. `SupersededPartials` deletes those of a tile that
is full by now: whoever still asks for one is answered from the full tile, which begins with it.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from transparency.errors import (
    MalformedTilePath,
    TileNotFound,
    TileStoreCorrupt,
    TileStoreUnavailable,
)
from transparency.tiles import (
    TILE_HEIGHT,
    TILE_WIDTH,
    EntryBundle,
    Tile,
    bundle_path,
    parse_tile_path,
    tile_path,
)

CHECKPOINT_PATH = "checkpoint"
BUNDLES_PATH = "tile/entries"

_NEW_FILE_SUFFIX = ".new"
_PARTIALS_SUFFIX = ".p"
_PARTIALS_FOLDER = re.compile(r"([0-9]{3})\.p", re.ASCII)
# A thousand tiles share a folder: their numbers differ in the last three digits.
_FOLDER_TILES = 1000


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

    def files(self) -> dict[str, bytes]:
        """Give all tiles and bundles by their paths."""
        return dict(self._files)


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


class SupersededPartials:
    """Deletes the partial tiles and bundles in a log's folder that a full one has replaced.

    SPEC: C2SP tlog-tiles, "Partial Tiles": a log must serve the partial tiles of every size for
    which it made a checkpoint, and may delete one once the full tile is available. So every
    width of an unfinished tile stays, and none outlives the full tile by more than the grace.

    An object remembers how far it has deleted everything, so that only its first round looks at
    the whole log. It may run in another process than the writer's: that one writes to the
    folders of unfinished tiles alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._done: dict[str, int] = {}

    def remove(self, tree_size: int, before: datetime) -> int:
        """Delete what was replaced before an instant of the system's clock; count the files.

        `tree_size` is that of the served checkpoint: a full tile counts only if it lies wholly
        below, and is therefore durable. CRASH: whatever was deleted, the full tile is there; a
        deletion that the disk forgot is done again by the next object.

        Raises:
            TileStoreUnavailable: the disk does not read or delete.
        """
        assert tree_size >= 0

        limit = before.timestamp()
        removed = self._remove_of("entries", tree_size // TILE_WIDTH, limit)
        level, full_count = 0, tree_size // TILE_WIDTH
        while full_count:
            removed += self._remove_of(str(level), full_count, limit)
            level += 1
            full_count >>= TILE_HEIGHT
        return removed

    def _remove_of(self, level: str, full_count: int, limit: float) -> int:
        """Go through the full tiles of one level that may still have partials beside them."""
        removed, first_kept = 0, full_count
        with _disk_errors():
            for index, partials in self._partials(level, full_count):
                if _changed_at(partials.with_suffix("")) < limit:
                    removed += _remove_folder(partials)
                else:
                    first_kept = min(first_kept, index)
        self._done[level] = first_kept
        return removed

    def _partials(self, level: str, full_count: int) -> Iterator[tuple[int, Path]]:
        done = self._done.get(level, 0)
        first_folder = done - done % _FOLDER_TILES
        for start in range(first_folder, full_count, _FOLDER_TILES):
            for name in _names_in((self._folder / _full_path(level, start)).parent):
                match = _PARTIALS_FOLDER.fullmatch(name)
                if match is not None and done <= start + int(match[1]) < full_count:
                    index = start + int(match[1])
                    full = self._folder / _full_path(level, index)
                    yield index, full.with_name(full.name + _PARTIALS_SUFFIX)


def _full_path(level: str, index: int) -> str:
    if level == "entries":
        return bundle_path(EntryBundle(index))
    return tile_path(Tile(int(level), index))


def _names_in(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir())
    except FileNotFoundError:
        return []


def _changed_at(full: Path) -> float:
    # A full tile that is missing has replaced nothing: its partials are all there is.
    try:
        return full.stat().st_mtime
    except FileNotFoundError:
        return datetime.max.replace(tzinfo=UTC).timestamp()


def _remove_folder(partials: Path) -> int:
    names = _names_in(partials)
    for name in names:
        (partials / name).unlink(missing_ok=True)
    partials.rmdir()
    return len(names)


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
