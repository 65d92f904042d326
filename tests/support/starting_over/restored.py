"""A world whose ledger database was put back to yesterday's copy, and what it starts over from."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ledger.documents import MemoryDocuments
from ledger.starting_over.copies import PublishedCopy, mirror_copy, own_copy
from ledger.starting_over.taking_in import LedgerParts, TakenIn, take_in
from ledger.storage.memory import MemoryLedgerStore
from tests.support.ledger_builders import World, a_world
from transparency.tile_store import MemoryTileStore


def copy_of(store: MemoryLedgerStore) -> MemoryLedgerStore:
    """A backup of a store, as it is now."""
    backup = MemoryLedgerStore()
    for name, value in vars(store).items():
        if name != "_lock":
            setattr(backup, name, copy.copy(value))
    return backup


def copy_of_tiles(tiles: MemoryTileStore) -> MemoryTileStore:
    """A copy of a log's files."""
    copied = MemoryTileStore()
    copied._files = dict(tiles._files)
    copied._checkpoint = tiles._checkpoint
    return copied


def memory_store(world: World) -> MemoryLedgerStore:
    """The world's store as what it is."""
    assert isinstance(world.store, MemoryLedgerStore)
    return world.store


def memory_tiles(world: World) -> MemoryTileStore:
    """The world's tiles as what they are."""
    assert isinstance(world.tiles, MemoryTileStore)
    return world.tiles


@dataclass
class Restored:
    """A world of two days: the first day's backup, and everything that the second day published."""

    world: World = field(default_factory=a_world)

    def __post_init__(self) -> None:
        self.world.a_dossier("dossier.accepted")
        self.backup = copy_of(memory_store(self.world))
        self.early_tiles = copy_of_tiles(memory_tiles(self.world))
        self.world.clock.pass_time(days=1)

    def live(self) -> None:
        """Let a second day pass."""
        for _ in range(3):
            self.world.a_dossier("dossier.accepted")

    def restore(self) -> None:
        """Put the ledger database back to the first day's."""
        self.today = memory_store(self.world)
        self.world.store = self.backup

    def copies(self, *mirrors: PublishedCopy) -> list[PublishedCopy]:
        """What the ledger's own folder shows, and these beside it."""
        keys = self.world.keys.anchors.logs
        return [own_copy(self.world.tiles, self.world.documents, keys), *mirrors]

    def a_mirror(self, name: str = "mirror") -> PublishedCopy:
        """A mirror of the log as it is now."""
        world = self.world
        documents = MemoryDocuments()
        documents._documents = dict(world.documents._documents)
        tiles = copy_of_tiles(memory_tiles(world))
        mirror = mirror_copy(name, tiles, documents, world.keys.anchors.logs)
        assert mirror is not None
        return mirror

    def parts(self) -> LedgerParts:
        """What the ledger is made of now."""
        world = self.world
        return LedgerParts(
            world.store, world.tiles, world.documents, world.keys.anchors, world.keys.promise
        )

    def take_in(self, copies: Sequence[PublishedCopy] | None = None) -> TakenIn | None:
        """Start over, from these copies or the ledger's own files."""
        found = self.copies() if copies is None else copies
        return take_in(self.parts(), found, lambda: self.world.clock.latest)

    def start(self) -> None:
        """Let a writer take over, as after the start of the process."""
        self.world.writer = self.world.new_writer()
        self.world.writer.take_over("after the restore")


def a_restored_world() -> Restored:
    """Yesterday's database under today's tiles."""
    restored = Restored()
    restored.live()
    restored.restore()
    return restored


def without_tiles(restored: Restored) -> None:
    """Lose the log's folder, checkpoint and all."""
    restored.world.tiles = MemoryTileStore()


def named(copy_: PublishedCopy, name: str) -> PublishedCopy:
    """The same under another name."""
    return replace(copy_, name=name)


def all_bodies(store: MemoryLedgerStore) -> list[bytes]:
    """Every stored entry."""
    return [entry.body for entry in store.entries(0, store.sequenced_size())]


def assert_goes_on(restored: Restored) -> None:
    """The ledger is what it was, and another act is accepted under the same log."""
    world = restored.world
    size = restored.today.sequenced_size()
    store = world.store
    assert store.sequenced_size() == size
    assert [e.body for e in store.entries(0, size)] == all_bodies(restored.today)
    assert store.event_places(0, size) == restored.today.event_places(0, size)
    assert store.checkpoint() == restored.today.checkpoint()
    restored.start()
    world.a_dossier("dossier.accepted")
    assert world.audit(world.store).ok
