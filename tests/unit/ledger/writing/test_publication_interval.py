"""When the running writer publishes: never without anything new, and not oftener than it may."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, Queue
from typing import Any

import pytest

from ledger.writing import loop as loop_module
from ledger.writing.frames import HandOver, Published, Reply, Verdicts
from ledger.writing.loop import WriterLoop
from tests.support.ledger_builders import World, a_world, handed
from tests.support.slow_stores import PATIENCE, CountingStore, SlowTiles

LONG = 500.0


@pytest.fixture
def world() -> World:
    return a_world(store=CountingStore(), tiles=SlowTiles())


@contextmanager
def _running(world: World, interval_seconds: float) -> Iterator[WriterLoop]:
    fatal: list[BaseException] = []
    loop = WriterLoop(world.writer, fatal.append, interval_seconds)
    loop.start()
    try:
        yield loop
    finally:
        loop.stop()
        assert fatal == []


def _hand_over(loop: WriterLoop, world: World, number: int, replies: "Queue[Reply]") -> None:
    """Hand one submission over and wait until it is recorded."""
    action = world.desk.submitted(world.desk.new_stream())
    recorded: Queue[Reply] = Queue()

    def answer(reply: Reply) -> None:
        (recorded if isinstance(reply, Verdicts) else replies).put(reply)

    loop.submit(HandOver(number, [handed(action)]), answer)
    reply = recorded.get(timeout=PATIENCE)
    assert isinstance(reply, Verdicts)
    assert reply.verdicts[0].code == ""


def _published(replies: "Queue[Reply]") -> Any:
    reply = replies.get(timeout=PATIENCE)
    assert isinstance(reply, Published)
    return reply


def _publications(world: World) -> int:
    assert isinstance(world.tiles, SlowTiles)
    return world.tiles.publications


def test_loop_that_has_nothing_new_publishes_nothing_however_often_it_looks(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop_module, "CALENDAR_SECONDS", 0.005)
    before, checkpoint = _publications(world), world.store.checkpoint()
    size = world.store.sequenced_size()

    with _running(world, 0.01):
        threading.Event().wait(0.2)

    assert _publications(world) == before
    assert world.store.checkpoint() == checkpoint
    assert world.store.sequenced_size() == size


def test_first_action_after_a_silence_is_published_at_once(world: World) -> None:
    replies: Queue[Reply] = Queue()

    with _running(world, LONG) as loop:
        _hand_over(loop, world, 1, replies)

        assert _published(replies).request_id == 1


def test_actions_within_the_interval_are_recorded_at_once_and_published_together(
    world: World,
) -> None:
    replies: Queue[Reply] = Queue()
    before = _publications(world)
    with _running(world, 1.0) as loop:
        for number in range(6):
            _hand_over(loop, world, number, replies)
        published = [_published(replies) for _ in range(6)]

    assert _publications(world) - before == 2
    assert len({one.checkpoint_note for one in published}) == 2
    assert world.log().tree_size == world.store.sequenced_size()
    assert world.audit(world.store).ok


def test_loop_that_stops_publishes_what_waits_for_the_interval(world: World) -> None:
    replies: Queue[Reply] = Queue()
    with _running(world, LONG) as loop:
        _hand_over(loop, world, 1, replies)
        _published(replies)
        _hand_over(loop, world, 2, replies)
        with pytest.raises(Empty):
            replies.get(timeout=0.1)

    assert _published(replies).request_id == 2
    assert world.log().tree_size == world.store.sequenced_size()


def test_without_an_interval_each_action_alone_is_published_alone(world: World) -> None:
    replies: Queue[Reply] = Queue()
    before = _publications(world)
    with _running(world, 0.0) as loop:
        for number in range(4):
            _hand_over(loop, world, number, replies)
            _published(replies)

    assert _publications(world) - before == 4
