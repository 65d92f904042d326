"""Stores of a running writer that can be slow, that count, and that fail as often as asked."""

import threading
from collections.abc import Mapping

from ledger.errors import StoreUnavailable
from ledger.storage.memory import MemoryLedgerStore
from ledger.storage.port import Group
from transparency.tile_store import MemoryTileStore

PATIENCE = 10.0


class SlowTiles(MemoryTileStore):
    """Tiles whose writing waits until it is let go; counts those who write at once."""

    def __init__(self) -> None:
        super().__init__()
        self.may_write = threading.Event()
        self.may_write.set()
        self.writing = threading.Event()
        self.most_at_once = 0
        self.publications = 0
        self._at_once = 0

    def write_all(self, files: Mapping[str, bytes]) -> None:
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        self.writing.set()
        assert self.may_write.wait(PATIENCE)
        super().write_all(files)
        self.publications += 1
        self._at_once -= 1


class CountingStore(MemoryLedgerStore):
    """A store that remembers its groups, and fails as often as it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.groups: list[Group] = []
        self.failures_before = 0
        self.failures_after = 0
        self.attempts = 0

    def record_group(self, group: Group, *, fencing_token: int) -> None:
        self.attempts += 1
        if self.failures_before:
            self.failures_before -= 1
            raise StoreUnavailable("the disk is away")
        super().record_group(group, fencing_token=fencing_token)
        self.groups.append(group)
        if self.failures_after:
            self.failures_after -= 1
            raise StoreUnavailable("the disk went away")
