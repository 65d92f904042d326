"""Stores that end the process before or after any one of their durable steps.

A `Fate` counts the steps of ledger store and tile store together, and names them. Where it says
so, a step fails: as the death of the process (`ProcessDied`, which no code of ours catches) or as
a store that is away for a moment.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from ledger.storage.port import (
    EventPlace,
    Group,
    LedgerStore,
    PublishedCheckpoint,
    StoredEntry,
    StoredEvent,
)
from transparency.tile_store import TileStore


class ProcessDied(BaseException):
    """The process is gone; only its stores are left."""


Failure = Callable[[str], BaseException]


class Fate:
    """Which step fails, before it was done or after, and what happened until then."""

    def __init__(
        self, step: int | None = None, *, done: bool = False, failure: Failure = ProcessDied
    ) -> None:
        self.steps: list[str] = []
        self.served: list[bytes] = []
        self._fails_at = step
        self._fails_done = done
        self._failure = failure

    def spare(self) -> None:
        """Let nothing fail any more."""
        self._fails_at = None

    def strike(self, step: int | None, *, done: bool) -> None:
        """Count from here, and let this step fail."""
        self.steps = []
        self._fails_at, self._fails_done = step, done

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Go through one durable step."""
        is_last = len(self.steps) == self._fails_at
        self.steps.append(name)
        if is_last and not self._fails_done:
            raise self._failure(name)
        yield
        if is_last:
            raise self._failure(name)


class MortalStore:
    """A ledger store under a fate."""

    def __init__(self, inner: LedgerStore, fate: Fate) -> None:
        self.inner = inner
        self._fate = fate

    def claim_lease(self, holder: str) -> int:
        """Take the lease: one durable step."""
        with self._fate.step("claim_lease"):
            token = self.inner.claim_lease(holder)
            assert token > 0
        return token

    def record_group(self, group: Group, *, fencing_token: int) -> None:
        """Record a group: one durable step."""
        with self._fate.step("record_group"):
            self.inner.record_group(group, fencing_token=fencing_token)

    def swap_checkpoint(
        self, checkpoint: PublishedCheckpoint, *, expected_tree_size: int, fencing_token: int
    ) -> None:
        """Move the checkpoint: one durable step."""
        with self._fate.step("swap_checkpoint"):
            self.inner.swap_checkpoint(
                checkpoint, expected_tree_size=expected_tree_size, fencing_token=fencing_token
            )

    def sequenced_size(self) -> int:
        """Read, as the store inside."""
        return self.inner.sequenced_size()

    def entries(self, start_index: int, end_index: int) -> Sequence[StoredEntry]:
        """Read, as the store inside."""
        return self.inner.entries(start_index, end_index)

    def event_places(self, start_index: int, end_index: int) -> Sequence[EventPlace | None]:
        """Read, as the store inside."""
        return self.inner.event_places(start_index, end_index)

    def find(self, stream: str, version: int) -> StoredEvent | None:
        """Read, as the store inside."""
        return self.inner.find(stream, version)

    def stream_events(self, stream: str) -> Sequence[StoredEvent]:
        """Read, as the store inside."""
        return self.inner.stream_events(stream)

    def deferred_events(self) -> Sequence[StoredEvent]:
        """Read, as the store inside."""
        return self.inner.deferred_events()

    def enveloped_events(self, start_index: int = 0) -> Sequence[StoredEvent]:
        """Read, as the store inside."""
        return self.inner.enveloped_events(start_index)

    def veiled_events(self, after_notification_id: int, limit: int) -> Sequence[StoredEvent]:
        """Read, as the store inside."""
        return self.inner.veiled_events(after_notification_id, limit)

    def checkpoint(self) -> PublishedCheckpoint | None:
        """Read, as the store inside."""
        return self.inner.checkpoint()

    def close(self) -> None:
        """Close the store inside."""
        self.inner.close()


class MortalTiles:
    """A tile store under a fate: each file is a step of its own."""

    def __init__(self, inner: TileStore, fate: Fate) -> None:
        self.inner = inner
        self._fate = fate

    def write(self, path: str, data: bytes) -> None:
        """Write one file: one durable step."""
        with self._fate.step(f"write {path}"):
            self.inner.write(path, data)

    def write_all(self, files: Mapping[str, bytes]) -> None:
        """Write files one after another."""
        for path, data in files.items():
            self.write(path, data)

    def write_checkpoint(self, note: bytes) -> None:
        """Serve a checkpoint: one durable step."""
        with self._fate.step("write_checkpoint"):
            self.inner.write_checkpoint(note)
            self._fate.served.append(note)

    def read(self, path: str) -> bytes:
        """Read, as the store inside."""
        return self.inner.read(path)

    def read_checkpoint(self) -> bytes:
        """Read, as the store inside."""
        return self.inner.read_checkpoint()

    def largest_tree_size(self) -> int:
        """Read, as the store inside."""
        return self.inner.largest_tree_size()
