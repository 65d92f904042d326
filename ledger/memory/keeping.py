"""The memory beside the writer: read at its start, moved on in the background as it goes.

A step is taken where a seal has just been recorded, by the thread that records: there what is
in memory is what is stored, to the entry and to the act. Another thread packs and writes it, in
one transaction. CRASH: the file stays at the step before, and the tail is read from the ledger.
"""

import hmac
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Final, Protocol

import msgspec
import structlog

from ledger.errors import LedgerError, MemoryUnusable, StoreUnavailable
from ledger.memory.buckets import Part
from ledger.memory.file import MemoryFile, StoredStep
from ledger.memory.layout import Layout, noted_changes
from ledger.memory.places import FORMAT, MemoryPlace, note_hash, program_hash
from ledger.memory.recalling import Parts, Recall, Recalled, use_layout
from ledger.memory.tails import RecallingReader
from ledger.storage.port import LedgerReader
from ledger.writing.reading import BEGINNING, read_store
from transparency.errors import TransparencyError
from transparency.tile_store import TileSource

SECRET_USE: Final = b"dossier-ledger/memory@v1"
# What a start reads again is at most about so much, and what was recorded while it was written.
STEP_CHANGES: Final = 20_000
STEP_SECONDS: Final = 60.0

MakeParts = Callable[[], Parts]

_log: Final = structlog.get_logger("dossier_ledger")


class Memory(Protocol):
    """Where the writer's knowledge comes from at its start."""

    def read(self, store: LedgerReader, make_parts: MakeParts) -> tuple[Parts, datetime]:
        """Give parts that know everything recorded, and the latest instant of its clock.

        Raises:
            StoreUnavailable, StoreCorrupt: the ledger cannot be read, or contradicts itself.
        """
        ...

    def note_seal(self, latest: datetime) -> None:
        """Hear that a seal was recorded: what the parts know is what is stored."""
        ...

    def rest(self) -> None:
        """Write down what there is; nothing is recorded any more."""
        ...


class NoMemory:
    """Every start reads the whole ledger."""

    def read(self, store: LedgerReader, make_parts: MakeParts) -> tuple[Parts, datetime]:
        """Read it."""
        parts = make_parts()
        latest = read_store(store, parts.state, parts.log, parts.withheld)
        parts.state.learn_codes()
        return parts, latest

    def note_seal(self, latest: datetime) -> None:
        """Nothing is kept."""

    def rest(self) -> None:
        """Nothing is kept."""


class KeptMemory:
    """The memory in a file."""

    def __init__(self, path: Path, reader: RecallingReader, tiles: TileSource, seed: bytes):
        """``seed`` is secret and stays the same; what the file's rows are coded with follows."""
        self._secret = hmac.digest(seed, SECRET_USE, "sha256")
        self._path = path
        self._reader = reader
        self._tiles = tiles
        self._file = MemoryFile(path, self._secret)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="memory")
        self._written: Future[None] | None = None
        self._layout = Layout(self._secret, None)
        self._parts: Parts | None = None
        self._latest = BEGINNING
        self._stopped = False
        self._next_at = 0.0
        # What whoever opens private parts must look through: after a start, not the whole ledger.
        self.shown: LedgerReader = reader

    def read(self, store: LedgerReader, make_parts: MakeParts) -> tuple[Parts, datetime]:
        """Go on from the file, or read everything and begin the file anew."""
        self._wait()
        self._stopped = False
        found = None if self._file.is_unusable else self._recalled(make_parts)
        if found is None:
            found = self._read_all(store, make_parts)
        self._parts, self._latest = found
        self._next_at = time.monotonic() + STEP_SECONDS
        return found

    def _recalled(self, make_parts: MakeParts) -> tuple[Parts, datetime] | None:
        parts = make_parts()
        self._file.close()
        self._file = MemoryFile(self._path, self._secret)
        layout = Layout(self._secret, self._file)
        try:
            recalled: Recalled = Recall(self._file, self._reader, self._tiles, parts).run(layout)
            self._layout, self.shown = layout, recalled.shown
            parts.state.learn_codes()
        except (LedgerError, TransparencyError, MemoryError) as error:
            if isinstance(error, StoreUnavailable) and not isinstance(error, MemoryUnusable):
                raise
            # Whatever is wrong, the ledger itself says; if it is the ledger, it says that too.
            return None
        return parts, recalled.latest

    def _read_all(self, store: LedgerReader, make_parts: MakeParts) -> tuple[Parts, datetime]:
        self._begin_anew()
        parts, self._layout, self.shown = make_parts(), Layout(self._secret, None), self._reader
        use_layout(parts, self._layout)
        parts.log.keep_index_steps()
        latest = read_store(store, parts.state, parts.log, parts.withheld)
        parts.state.learn_codes()
        return parts, latest

    def _begin_anew(self) -> None:
        try:
            self._file.delete()
        except OSError as error:
            _log.warning("nothing can be remembered: the file's place is taken", error=str(error))
            self._stopped = True
        self._file = MemoryFile(self._path, self._secret)

    def note_seal(self, latest: datetime) -> None:
        """Take a step if enough has changed and the last one is written."""
        self._latest = latest
        changes = self._layout.heads.changes
        is_due = changes >= STEP_CHANGES or (changes and time.monotonic() >= self._next_at)
        if is_due and not self._stopped and (self._written is None or self._written.done()):
            self._take_step()

    def _take_step(self) -> None:
        self._wait()
        if self._stopped or self._parts is None:
            return
        self._next_at = time.monotonic() + STEP_SECONDS
        try:
            step = self._step(self._parts)
        except StoreUnavailable:
            # What was recorded is recorded: the next start reads a longer tail.
            self._stopped = True
            return
        self._written = self._thread.submit(lambda: self._file.write(step()))

    def _step(self, parts: Parts) -> Callable[[], StoredStep]:
        place = self._place(parts)
        rows = self._layout.take_rows()
        noted, no_longer_noted, erased = parts.state.noted.take_changes()
        index = parts.log.take_index_step()

        def packed() -> StoredStep:
            return StoredStep(
                msgspec.msgpack.encode(place),
                index,
                chain(rows(), noted_changes(noted, no_longer_noted)),
                [(Part.CODES, stream.encode()) for stream in erased],
            )

        return packed

    def _place(self, parts: Parts) -> MemoryPlace:
        size, until = parts.log.tree_size, self._reader.recorded_until()
        assert size == parts.log.sealed_size
        return MemoryPlace(
            format=FORMAT,
            program=program_hash(),
            origin=parts.log.origin,
            tree_size=size,
            root_hash=parts.log.root_hash(size),
            notification_id=until,
            note_hash=note_hash(self._reader.recorded_note(until)),
            latest=self._latest,
            counts=parts.state.counts,
            waiting=tuple(parts.withheld.waiting()),
        )

    def _wait(self) -> None:
        if self._written is not None:
            try:
                self._written.result()
            except LedgerError:
                # The file stays where it was; what is missing in it would be missing for good.
                self._stopped = True
            self._written = None

    def rest(self) -> None:
        """Write down what changed, if the last entry is a seal, and close the file."""
        self._wait()
        parts, changes = self._parts, self._layout.heads.changes
        is_sealed = parts is not None and parts.log.tree_size == parts.log.sealed_size
        if is_sealed and changes and not self._stopped:
            self._take_step()
        self._wait()
        self._thread.shutdown(wait=True)
        self._file.close()
