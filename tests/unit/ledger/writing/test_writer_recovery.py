"""The writer when its stores fail, and when it starts again on what it or another left behind."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from domain.moments import Moment
from ledger.action_notes import SubmittedAction, open_text
from ledger.errors import NotTheWriter, StoreCorrupt, StoreUnavailable
from ledger.storage.memory import MemoryLedgerStore
from ledger.storage.port import Group, PublishedCheckpoint, StoredEvent
from tests.support.ledger_builders import ORIGIN, START, SteppingClock, World, a_world, handed
from transparency.errors import TileNotFound
from transparency.notes import SigningKey, parse_note, render_note
from transparency.tile_store import MemoryTileStore


def _codes(world: World, *submitted: SubmittedAction) -> list[str]:
    return [verdict.code for verdict in world.record(*submitted)]


class FailingStore(MemoryLedgerStore):
    """A store that fails where it is told to, once."""

    def __init__(self) -> None:
        super().__init__()
        self.failing: list[str] = []

    def _fail(self, step: str) -> None:
        if step in self.failing:
            self.failing.remove(step)
            raise StoreUnavailable(step)

    def find(self, stream: str, version: int) -> StoredEvent | None:
        self._fail("find")
        return super().find(stream, version)

    def sequenced_size(self) -> int:
        self._fail("sequenced_size")
        return super().sequenced_size()

    def record_group(self, group: Group, *, fencing_token: int) -> None:
        self._fail("before")
        super().record_group(group, fencing_token=fencing_token)
        self._fail("after")


def _failing_world(*steps: str) -> tuple[World, FailingStore, list[SubmittedAction]]:
    store = FailingStore()
    world = a_world(store=store)
    actions = [world.desk.submitted(world.desk.new_stream()) for _ in range(2)]
    store.failing = list(steps)
    return world, store, actions


@pytest.mark.parametrize("step", ["before", "after"])
def test_a_store_that_failed_leaves_nothing_in_memory_and_a_repeat_is_recorded_once(
    step: str,
) -> None:
    world, store, actions = _failing_world(step)

    with pytest.raises(StoreUnavailable):
        world.record(*actions)
    verdicts = world.record(*actions)

    assert [verdict.code for verdict in verdicts] == ["", ""]
    assert [verdict.repeated for verdict in verdicts] == [step == "after"] * 2
    assert len(store.stream_events(open_text(actions[0].note, None).action.stream)) == 1
    assert world.writer.published_size == store.sequenced_size()
    assert world.audit(store).ok


def test_a_store_that_cannot_even_be_read_is_read_again_before_the_next_decision() -> None:
    world, store, actions = _failing_world("before", "sequenced_size")

    with pytest.raises(StoreUnavailable):
        world.record(*actions)
    verdicts = world.record(*actions)

    assert [verdict.code for verdict in verdicts] == ["", ""]
    assert world.audit(store).ok


def test_a_store_that_fails_while_deciding_refuses_nobody_and_records_nothing() -> None:
    world, store, actions = _failing_world()
    world.record(actions[0])
    store.failing = ["find"]

    with pytest.raises(StoreUnavailable):
        world.record(actions[1], actions[0])

    assert [verdict.repeated for verdict in world.record(*actions)] == [True, False]
    assert world.audit(store).ok


def test_a_clock_that_fails_refuses_nobody_and_leaves_nothing_in_memory() -> None:
    world = a_world()
    action = world.desk.submitted(world.desk.new_stream())
    step = world.clock.step
    looks = iter([False])
    is_broken = False

    class FailingClock(SteppingClock):
        def __call__(self) -> datetime:
            if is_broken and next(looks, True) is False:
                raise StoreUnavailable("the simulated clock cannot be read")
            return super().__call__()

    world.clock = FailingClock(world.clock.now, step)
    world.writer = world.new_writer()
    world.writer.take_over("again")
    is_broken = True

    with pytest.raises(StoreUnavailable):
        world.record(action)

    assert _codes(world, action) == [""]
    assert world.audit(world.store).ok


def test_a_deposed_writer_records_nothing_and_publishes_nothing() -> None:
    world = a_world()
    deposed = world.writer
    deposed.record([handed(world.desk.submitted(world.desk.new_stream()))], with_seal=True)
    successor = world.new_writer()
    successor.take_over("second")
    published = world.store.checkpoint()
    action = handed(world.desk.submitted(world.desk.new_stream()))

    with pytest.raises(NotTheWriter):
        deposed.publish()
    with pytest.raises(NotTheWriter):
        deposed.record([action], with_seal=True)

    assert world.store.checkpoint() == published
    assert world.tiles.read_checkpoint() == successor.checkpoint_note
    assert [v.code for v in successor.record([action], with_seal=True).verdicts] == [""]


def test_what_the_last_holder_recorded_before_the_claim_is_not_lost_to_its_successor() -> None:
    world = a_world()
    successor = world.new_writer()
    late = [world.desk.submitted(world.desk.new_stream()) for _ in range(2)]
    world.record(late[0])
    world.record(late[1], with_seal=False)

    successor.take_over("second")

    assert successor.published_size == world.store.sequenced_size()
    assert world.tiles.read_checkpoint() == successor.checkpoint_note
    again = successor.record([handed(action) for action in late], with_seal=True)
    assert [(v.code, v.repeated) for v in again.verdicts] == [("", True)] * 2


def _older_copy(
    store: MemoryLedgerStore, size: int, checkpoint: PublishedCheckpoint | None
) -> None:
    store._bodies = store._bodies[:size]
    store._events = {
        place: event
        for place, event in store._events.items()
        if event.entry_index is None or event.entry_index < size
    }
    kept = [number for number, place in enumerate(store._order) if place in store._events]
    store._order = [store._order[number] for number in kept]
    store._recorded_after = [store._recorded_after[number] for number in kept]
    store._checkpoint = checkpoint


@pytest.mark.parametrize("emptied", [True, False], ids=["emptied", "an older copy"])
def test_a_ledger_database_older_than_what_was_published_is_refused_at_the_start(
    emptied: bool,
) -> None:
    store = MemoryLedgerStore()
    world = a_world(store=store)
    size, checkpoint = store.sequenced_size(), store.checkpoint()
    world.a_dossier("dossier.accepted")
    served = world.tiles.read_checkpoint()
    _older_copy(store, 0 if emptied else size, None if emptied else checkpoint)

    with pytest.raises(StoreCorrupt):
        world.new_writer().take_over("after the restore")

    assert world.tiles.read_checkpoint() == served


def test_another_ledgers_database_is_refused_at_the_start() -> None:
    world = a_world()
    other = a_world(clock=SteppingClock(START + timedelta(days=1)))
    other.a_dossier()
    world.tiles = other.tiles

    with pytest.raises(StoreCorrupt):
        world.new_writer().take_over("on other tiles")


def test_a_stored_entry_that_was_changed_is_found_at_the_start() -> None:
    store = MemoryLedgerStore()
    world = a_world(store=store)
    store._bodies[3], store._bodies[4] = store._bodies[4], store._bodies[3]

    with pytest.raises(StoreCorrupt):
        world.new_writer().take_over("after the change")


def _take_checkpoint_away(world: World) -> None:
    assert isinstance(world.tiles, MemoryTileStore)
    world.tiles._checkpoint = None


@pytest.mark.parametrize("emptied", [True, False], ids=["emptied", "an older copy"])
@pytest.mark.parametrize("served", ["missing", "cut", "an older copy"])
def test_a_database_older_than_the_published_entries_is_refused_whatever_checkpoint_is_left(
    served: str, *, emptied: bool
) -> None:
    store = MemoryLedgerStore()
    world = a_world(store=store)
    size, checkpoint = store.sequenced_size(), store.checkpoint()
    first = world.tiles.read_checkpoint()
    world.a_dossier("dossier.accepted")
    _older_copy(store, 0 if emptied else size, None if emptied else checkpoint)
    note = {"missing": b"", "cut": world.tiles.read_checkpoint()[:-1], "an older copy": first}
    world.tiles.write_checkpoint(note[served])
    if served == "missing":
        _take_checkpoint_away(world)

    with pytest.raises(StoreCorrupt):
        world.new_writer().take_over("after the restore")

    assert store.sequenced_size() == (0 if emptied else size)
    if served == "missing":
        with pytest.raises(TileNotFound):
            world.tiles.read_checkpoint()
    else:
        assert world.tiles.read_checkpoint() == note[served]


def _signed_by_another(note: bytes) -> bytes:
    text = parse_note(note).text
    return render_note(text, [SigningKey(ORIGIN, bytes([8]) * 32).sign(text)])


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda _: b"damaged",
        lambda note: note[:-1],
        lambda note: note[1:],
        lambda note: note.replace(b"\n\n", b"\nextended\n\n"),
        _signed_by_another,
    ],
    ids=["emptied", "no note", "cut", "beheaded", "another text", "another key"],
)
def test_a_served_checkpoint_that_we_did_not_sign_is_an_alarm_and_stays(
    damage: Callable[[bytes], bytes],
) -> None:
    world = a_world()
    damaged = damage(world.tiles.read_checkpoint())
    world.tiles.write_checkpoint(damaged)

    with pytest.raises(StoreCorrupt):
        world.new_writer().take_over("again")

    assert world.tiles.read_checkpoint() == damaged


def test_a_served_checkpoint_that_is_missing_is_made_again() -> None:
    world = a_world()
    right = world.tiles.read_checkpoint()
    _take_checkpoint_away(world)

    world.new_writer().take_over("again")

    assert world.tiles.read_checkpoint() == right


def test_files_of_a_publication_that_a_crash_cut_off_are_no_alarm() -> None:
    world = a_world()
    world.record(world.desk.submitted(world.desk.new_stream()), publish=False)
    world.tiles.write_all(world.writer.prepare_publication().files)
    _take_checkpoint_away(world)

    world.writer = world.new_writer()
    world.writer.take_over("again")

    assert world.log().tree_size == world.tiles.largest_tree_size() == world.store.sequenced_size()
    assert world.audit(world.store).ok


MINUTES_AHEAD = Moment(instant=START + timedelta(minutes=14))
TOMORROW = Moment(day=START.date() + timedelta(days=1))


@pytest.mark.parametrize(
    ("at", "clock_before"),
    [
        (MINUTES_AHEAD, START + timedelta(minutes=10)),
        (TOMORROW, START.replace(hour=10, minute=1)),
    ],
    ids=["to the second", "to the day"],
)
def test_a_clock_that_is_set_back_over_a_restart_never_makes_the_auditor_disagree(
    at: Moment, clock_before: datetime
) -> None:
    world = a_world()
    stream = world.a_dossier()
    world.clock.now = clock_before
    (unsealed,) = world.record(world.act("dossier.accepted", stream, at=at), with_seal=False)
    assert unsealed.code == ""

    world.clock.now = START
    world.writer = world.new_writer()
    world.writer.take_over("after the restart")

    report = world.audit(world.store)
    assert (report.problems, report.tree_size) == ([], world.store.sequenced_size())


def test_a_restart_never_grants_the_tolerance_for_future_actions_once_more() -> None:
    world = a_world(clock=SteppingClock(step=timedelta(0)))
    streams = [world.a_dossier() for _ in range(2)]

    def accepted_after(stream: str, **time: int) -> SubmittedAction:
        return world.act("dossier.accepted", stream, at=Moment(instant=START + timedelta(**time)))

    world.record(accepted_after(streams[0], minutes=5), with_seal=False)
    world.writer = world.new_writer()
    world.writer.take_over("after the restart")

    assert _codes(world, accepted_after(streams[1], minutes=5, seconds=1)) == [
        "acted_in_the_future"
    ]


def test_a_clock_that_is_set_back_over_a_restart_stands_at_the_last_seal() -> None:
    world = a_world(clock=SteppingClock(step=timedelta(0)))
    world.clock.pass_time(hours=1)
    stream = world.a_dossier()
    sealed = Moment(instant=world.clock.now)

    world.clock.now = START
    world.writer = world.new_writer()
    world.writer.take_over("after the restart")

    assert _codes(world, world.act("dossier.accepted", stream, at=sealed)) == [""]
    assert world.audit(world.store).ok


def test_tiles_that_are_gone_are_made_again_byte_for_byte() -> None:
    world = a_world()
    for _ in range(5):
        world.a_dossier("dossier.accepted")
    entries, note = world.entries(), world.tiles.read_checkpoint()

    world.tiles = MemoryTileStore()
    world.writer = world.new_writer()
    world.writer.take_over("again")

    assert (world.entries(), world.tiles.read_checkpoint()) == (entries, note)
    assert world.audit(world.store).ok
