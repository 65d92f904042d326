"""Sources of a log for those who copy or follow it: honest, cut off, lying, and forked ones."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ledger.documents import MemoryDocuments
from ledger.mirroring.copying import MirrorSource
from tests.support.transparency_builders import WrittenLog, some_entries
from transparency.errors import TileStoreUnavailable
from transparency.tile_store import LogSource, MemoryTileStore

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


@dataclass
class FaultySource:
    """A log whose answers can be changed, and which can go silent after some of them."""

    tiles: LogSource
    changes: dict[str, Callable[[bytes], bytes]] = field(default_factory=dict)
    answers_left: int | None = None
    asked: list[str] = field(default_factory=list)

    def read(self, path: str) -> bytes:
        """Give a tile or a bundle, changed where a change is planned."""
        return self._answer(path, self.tiles.read)

    def read_checkpoint(self) -> bytes:
        """Give the checkpoint, changed where a change is planned."""
        return self._answer("checkpoint", lambda _path: self.tiles.read_checkpoint())

    def _answer(self, path: str, read: Callable[[str], bytes]) -> bytes:
        if self.answers_left is not None:
            if self.answers_left == 0:
                raise TileStoreUnavailable("the source went silent")
            self.answers_left -= 1
        self.asked.append(path)
        change = self.changes.get(path)
        return read(path) if change is None else change(read(path))


@dataclass
class SomeLog:
    """A log of made-up entries that grows, with a source to read it from."""

    written: WrittenLog = field(default_factory=lambda: WrittenLog(MemoryTileStore()))
    documents: MemoryDocuments = field(default_factory=MemoryDocuments)

    def __post_init__(self) -> None:
        self.faulty = FaultySource(self.written.store)

    @property
    def source(self) -> MirrorSource:
        """The log as it is copied."""
        return MirrorSource(self.faulty, self.documents)

    def grow_to(self, tree_size: int, word: str = "") -> "SomeLog":
        """Publish made-up entries up to a size; another word makes others of them."""
        more = some_entries(tree_size)[self.written.tree.tree_size :]
        self.written.publish([entry + word.encode() for entry in more])
        return self


def a_fork(tree_size: int, forked_at: int) -> SomeLog:
    """A log that is the same up to a size, and another one from there."""
    return SomeLog().grow_to(forked_at).grow_to(tree_size, " (another)")
