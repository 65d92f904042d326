"""Each file-system call of a publication fails once, or the process dies there; nothing is lost.

One publication is lived through to list its calls: the group's transaction, tiles and bundles that
fill a tile, the checkpoint row and file, the memory, the index of histories, and the deletion of
partial tiles. Then it is lived through again for each call: the call fails before it happened; it
fails after having happened; the process dies before it (and after the one before). A new process
on the same files is judged by the audit, and by the checkpoints that anybody may have seen.
"""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.action_notes import SubmittedAction, open_text
from ledger.auditing import audit_log
from ledger.documents import MemoryDocuments
from ledger.errors import LedgerError
from ledger.histories.stored_index import StoredIndex
from ledger.memory.keeping import KeptMemory
from tests.support.disks.failing import FailingDisk, disk_error
from tests.support.disks.in_turn import InTurn
from tests.support.ledger_builders import ORIGIN, SteppingClock, operator_keys
from tests.support.memory.worlds import RememberingWorld
from tests.support.mortal_stores import Failure, Fate, ProcessDied
from transparency.checkpoints import SignedCheckpoint, open_checkpoint
from transparency.errors import TransparencyError
from transparency.tile_store import SupersededPartials

# Left out of `make check`, which must be quick.
pytestmark = pytest.mark.long

KEYS = operator_keys()
# The publication under test fills the first tile and begins the second.
BEFORE, GROUP = 245, 6
FOREVER = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass
class Ledger:
    """A ledger of one unfinished tile, as another process left it."""

    folder: Path
    documents: MemoryDocuments
    clock: datetime

    def copy_to(self, folder: Path) -> "Publication":
        """A process on a copy of it."""
        shutil.copytree(self.folder, folder)
        return Publication(folder, self.documents, self.clock)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.memory.keeping.STEP_CHANGES", 1)
        folder = tmp_path_factory.mktemp("whole") / "data"
        folder.mkdir()
        world = RememberingWorld(folder=folder)
        world.open()
        desk = world.desk
        world.record(*(desk.submitted(desk.new_stream()) for _ in range(BEFORE)))
        StoredIndex(folder / "index.sqlite3", ORIGIN, world.store).catch_up(10_000)
        world.rest()
        world.store.close()
        yield Ledger(folder, world.documents, world.clock.now)


class Publication:
    """One publication by a process of its own, and the process that comes after it."""

    def __init__(self, folder: Path, documents: MemoryDocuments, now: datetime) -> None:
        self.folder, self.documents, self.now = folder, documents, now
        self.world = self._start(seed=1)
        desk = self.world.desk
        self.group = [desk.submitted(desk.new_stream()) for _ in range(GROUP)]
        self.seen = [self.served()]

    def _start(self, seed: int) -> RememberingWorld:
        clock = SteppingClock(self.now)
        world = RememberingWorld(
            folder=self.folder, documents=self.documents, clock=clock, seed=seed
        )
        world.writer.take_over("a process")
        return world

    def served(self) -> SignedCheckpoint:
        """The checkpoint that anybody may see now."""
        return open_checkpoint(self.world.tiles.read_checkpoint(), KEYS.log.verification_key)

    def live(self) -> None:
        """Record, publish, remember, index, and delete what was replaced."""
        world = self.world
        world.record(*self.group)
        memory = world.writer.memory
        assert isinstance(memory, KeptMemory)
        memory._wait()
        StoredIndex(self.folder / "index.sqlite3", ORIGIN, world.store).catch_up(10_000)
        size = world.writer.published_size
        SupersededPartials(self.folder / "log").remove(size, FOREVER)
        world.rest()

    def start_again(self) -> None:
        """Another process on the same files."""
        self.seen.append(self.served())
        self.world = self._start(seed=2)

    def check(self) -> None:
        """No promise and no checkpoint was lost; all files agree."""
        world = self.world
        log = world.log()
        *_, report = audit_log(
            log, KEYS.anchors, self.documents, now=world.clock.latest, stored=world.store
        )
        assert report.problems == []
        assert log.tree_size == world.store.sequenced_size()
        for seen in self.seen:
            log.check_extends(seen)
        self._check_memory()
        self._check_repeats()
        self._check_index(self.group[0])

    def _check_memory(self) -> None:
        recalled, reading = self.world.writer, self.world.reading_all()
        streams = sorted(reading._state.streams())
        heads = [recalled._state.head(stream) for stream in streams]
        assert heads == [reading._state.head(stream) for stream in streams]
        assert recalled._log.index_root_hash() == reading._log.index_root_hash()

    def _check_repeats(self) -> None:
        """Whoever lost the answer asks again, and has one entry."""
        first, second = (self.world.record(*self.group) for _ in range(2))
        assert [verdict.code for verdict in (*first, *second)] == [""] * 2 * GROUP
        assert all(verdict.repeated for verdict in second)
        entries = self.world.entries()
        assert all(entries.count(one.note) == 1 for one in self.group)
        self._check_deleted()
        assert self.world.entries() == entries

    def _check_deleted(self) -> None:
        """Deleting goes on where it was interrupted, and leaves nothing behind."""
        log = self.folder / "log"
        SupersededPartials(log).remove(self.world.writer.published_size, FOREVER)
        for level in ("0", "entries"):
            assert (log / "tile" / level / "000").exists()
            assert not (log / "tile" / level / "000.p").exists()

    def _check_index(self, submitted: SubmittedAction) -> None:
        index = StoredIndex(self.folder / "index.sqlite3", ORIGIN, self.world.store)
        index.catch_up(10_000)
        stream = open_text(submitted.note, ORIGIN).action.stream
        with index.reading() as reading:
            positions, _ = reading.prove(stream)
        assert [self.world.entries()[at] for at in positions] == [submitted.note]

    def end(self) -> None:
        """Close what is open."""
        self.world.store.close()


def _lived(
    ledger: Ledger, step: int | None, *, done: bool = False, failure: Failure = ProcessDied
) -> list[str]:
    """Live through it, with one call that fails; then start again, and check everything."""
    # Always in one place, so that folders are synced in one order.
    folder = ledger.folder.with_name("copy")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.memory.keeping.STEP_CHANGES", 1)
        patch.setattr("ledger.memory.keeping.ThreadPoolExecutor", lambda **_given: InTurn())
        fate = Fate(failure=failure)
        disk = FailingDisk(folder, fate, patch)
        publication = ledger.copy_to(folder)
        fate.strike(step, done=done)
        disk.is_on = True
        # What a store says when its disk fails, and nothing else, may leave it; then the process
        # ends, as `ledger.writing.loop` and the follower have it.
        with suppress(ProcessDied, LedgerError, TransparencyError):
            publication.live()
        steps = list(fate.steps)
        disk.end_process()
        publication.start_again()
        publication.check()
        publication.end()
        disk.end_process()
        shutil.rmtree(folder)
    return steps


@pytest.fixture(scope="module")
def calls(ledger: Ledger) -> list[str]:
    """The calls of a publication in which nothing fails."""
    return _lived(ledger, None)


def test_a_publication_has_every_kind_of_call(calls: list[str]) -> None:
    for call in (
        "commit ledger.sqlite3",
        "commit memory.sqlite3",
        "commit index.sqlite3",
        "mkdir log/tile/1",
        "write a half of log/tile/entries/000.new",
        "write the rest of log/tile/0/000.new",
        "fsync log/tile/0/001.p/5.new",
        "replace log/tile/1/000.p/1.new",
        "open folder log/tile/0/001.p",
        "fsync log/tile/0/001.p",
        "fsync log/checkpoint.new",
        "replace log/checkpoint.new",
        "fsync log",
        "unlink log/tile/entries/000.p/254",
        "rmdir log/tile/0/000.p",
    ):
        assert call in calls
    assert calls.count("commit ledger.sqlite3") == 2


@pytest.mark.parametrize("quarter", range(4))
@pytest.mark.parametrize(
    ("done", "failure"),
    [(False, disk_error), (True, disk_error), (False, ProcessDied)],
    ids=["fails before", "fails after", "dies before"],
)
def test_nothing_is_lost_whichever_call(
    ledger: Ledger, calls: list[str], quarter: int, done: bool, failure: Failure
) -> None:
    for step in range(quarter, len(calls), 4):
        try:
            lived = _lived(ledger, step, done=done, failure=failure)
        except BaseException as error:
            error.add_note(f"call {step}: {calls[step]}")
            raise
        assert lived[: step + 1] == calls[: step + 1]


def test_a_death_after_the_last_call_loses_nothing(ledger: Ledger, calls: list[str]) -> None:
    assert _lived(ledger, len(calls) - 1, done=True) == calls
