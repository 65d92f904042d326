"""The process dies at every durable step of publications, and nothing promised is ever lost.

One life of a writer is run once to list its durable steps; then it is run again for each of them,
dying just before it and just after it. A new writer takes over the same stores, and may die at
every step of its recovery too. The judge is the auditor.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from ledger.action_notes import SubmittedAction, open_text
from ledger.storage.memory import MemoryLedgerStore
from ledger.storage.port import StoredEvent
from ledger.storage.sqlite import SqliteLedgerStore
from ledger.writing.frames import Verdict
from tests.support.ledger_builders import ORIGIN, a_world, operator_keys
from tests.support.mortal_stores import Fate, MortalStore, MortalTiles, ProcessDied
from transparency.checkpoints import open_checkpoint
from transparency.promises import open_promise
from transparency.tile_store import FileTileStore, MemoryTileStore

# The first group ends in the middle of a bundle, the last one in the next bundle.
LONG = (3, 2, 249, 1)
SHORT = (3, 2, 4, 1)


class Life:
    """A world under a fate, what it is asked to record, and what it promised."""

    def __init__(self, folder: Path | None = None, sizes: tuple[int, ...] = LONG) -> None:
        self.fate = Fate()
        store = MemoryLedgerStore() if folder is None else SqliteLedgerStore(folder / "l.sqlite3")
        tiles = MemoryTileStore() if folder is None else FileTileStore(folder / "log")
        self.world = a_world(
            store=MortalStore(store, self.fate), tiles=MortalTiles(tiles, self.fate)
        )
        self.promised: list[bytes] = []
        desk = self.world.desk
        self.groups = [[desk.submitted(desk.new_stream()) for _ in range(count)] for count in sizes]

    def live(self, die_at: int | None, *, done: bool) -> None:
        """Record and publish all groups; the second is sealed only with the third."""
        self.fate.strike(die_at, done=done)
        with suppress(ProcessDied):
            for number, group in enumerate(self.groups):
                self._keep(self.world.record(*group, with_seal=number != 1))

    def _keep(self, verdicts: list[Verdict]) -> None:
        assert [verdict.code for verdict in verdicts] == [""] * len(verdicts)
        self.promised += [verdict.note for verdict in verdicts]

    def restart(self, die_at: int | None = None, *, done: bool = False) -> None:
        """Start a new process on the same stores."""
        self.fate.strike(die_at, done=done)
        self.world.writer = self.world.new_writer()
        with suppress(ProcessDied):
            self.world.writer.take_over("successor")
        self.fate.spare()

    def check(self) -> None:
        """Everything that must be true after a recovery."""
        world = self.world
        report = world.audit(world.store)
        assert report.problems == []
        assert world.log().tree_size == world.store.sequenced_size()
        self._check_promises()
        self._check_checkpoints()
        self._check_repeats()

    def _check_promises(self) -> None:
        recorded = {
            (event.stream, event.version)
            for group in self.groups
            for event in self._events(group)
            if event.entry_index is not None
        }
        for note in self.promised:
            promise = open_promise(note, operator_keys().promise.verification_key)
            assert (promise.stream, promise.version) in recorded

    def _events(self, group: list[SubmittedAction]) -> Iterator[StoredEvent]:
        for action in group:
            stream = open_text(action.note, ORIGIN).action.stream
            yield from self.world.store.stream_events(stream)

    def _check_checkpoints(self) -> None:
        log = self.world.log()
        key = operator_keys().log.verification_key
        served = [open_checkpoint(note, key) for note in self.fate.served]
        for checkpoint in served:
            log.check_extends(checkpoint)
        sizes = [checkpoint.checkpoint.tree_size for checkpoint in served]
        assert sizes == sorted(sizes)

    def _check_repeats(self) -> None:
        world = self.world
        for group in self.groups:
            verdicts = world.record(*group)
            assert [verdict.code for verdict in verdicts] == [""] * len(group)
        again = [verdict for group in self.groups for verdict in world.record(*group)]
        assert all(verdict.repeated for verdict in again)
        for group in self.groups:
            assert len(list(self._events(group))) == len(group)
        assert world.log().tree_size == world.store.sequenced_size()


def _steps_of_a_life(sizes: tuple[int, ...]) -> list[str]:
    life = Life(sizes=sizes)
    life.live(None, done=False)
    return life.fate.steps


STEPS = _steps_of_a_life(LONG)
SHORT_STEPS = _steps_of_a_life(SHORT)
DEATHS = [(number, done) for number in range(len(STEPS)) for done in (False, True)]
NAMES = [f"{'after' if done else 'before'} {n} {STEPS[n].replace('/', '.')}" for n, done in DEATHS]


def test_a_life_has_every_kind_of_durable_step() -> None:
    kinds = {step.split(" ")[0] for step in STEPS}

    assert kinds == {"record_group", "write", "swap_checkpoint", "write_checkpoint"}
    assert any(step.startswith("write tile/1/") for step in STEPS)
    assert "write tile/entries/000" in STEPS


@pytest.mark.parametrize(("step", "done"), DEATHS, ids=NAMES)
def test_a_death_at_any_step_loses_no_promise_and_no_checkpoint(step: int, *, done: bool) -> None:
    life = Life()
    life.live(step, done=done)

    life.restart()

    life.check()


@pytest.mark.parametrize(("step", "done"), DEATHS[::3], ids=NAMES[::3])
def test_a_death_at_any_step_on_files_loses_no_promise_and_no_checkpoint(
    tmp_path: Path, step: int, *, done: bool
) -> None:
    life = Life(tmp_path)
    life.live(step, done=done)
    assert isinstance(life.world.store, MortalStore)
    life.world.store.close()
    life.world.store = MortalStore(SqliteLedgerStore(tmp_path / "l.sqlite3"), life.fate)

    life.restart()

    life.check()
    life.world.store.close()


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("first", range(len(SHORT_STEPS)))
def test_a_death_at_any_step_of_the_recovery_is_recovered_from(first: int, *, done: bool) -> None:
    died = Life(sizes=SHORT)
    died.live(first, done=done)
    died.restart()
    recovery_steps = len(died.fate.steps)

    for step in range(recovery_steps):
        life = Life(sizes=SHORT)
        life.live(first, done=done)
        life.restart(step, done=done)
        life.restart()
        life.check()


def test_deaths_at_one_step_after_another_lose_nothing() -> None:
    life = Life(sizes=SHORT)
    life.live(4, done=True)
    for step in range(12):
        life.restart(step % 7, done=step % 2 == 0)

    life.restart()

    life.check()
