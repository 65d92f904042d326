"""The running writer: groups form by themselves and publications follow one another."""

import threading
from collections.abc import Callable, Mapping
from queue import Queue
from typing import Any

import pytest

from ledger.action_notes import SubmittedAction
from ledger.errors import NotTheWriter, StoreCorrupt
from ledger.storage.port import Group, PublishedCheckpoint
from ledger.writing import loop as loop_module
from ledger.writing.frames import (
    Failed,
    HandOver,
    Published,
    RefuseText,
    Reply,
    Verdicts,
)
from ledger.writing.loop import WriterLoop
from tests.support.intake_builders import a_running_loop
from tests.support.ledger_builders import World, a_world, handed, operator_keys
from tests.support.slow_stores import PATIENCE, CountingStore, SlowTiles
from transparency.checkpoints import open_checkpoint
from transparency.hashing import leaf_hash
from transparency.promises import open_refusal
from transparency.proofs import verify_inclusion
from transparency.tile_store import MemoryTileStore


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_module, "RETRY_SECONDS", 0.05)


@pytest.fixture
def world() -> World:
    return a_world(store=CountingStore(), tiles=SlowTiles())


def _submissions(world: World, count: int) -> list[SubmittedAction]:
    return [world.desk.submitted(world.desk.new_stream()) for _ in range(count)]


def _next(replies: "Queue[Reply]", expected: type[Any]) -> Any:
    reply = replies.get(timeout=PATIENCE)
    assert isinstance(reply, expected)
    return reply


def _hand_over(request_id: int, *actions: SubmittedAction) -> HandOver:
    return HandOver(request_id, [handed(action) for action in actions])


def _check_proofs(published: Published, actions: list[SubmittedAction]) -> None:
    log_key = operator_keys().log.verification_key
    checkpoint = open_checkpoint(published.checkpoint_note, log_key).checkpoint
    for proven in published.proven:
        leaf = leaf_hash(actions[proven.position].note)
        proof, size = list(proven.proof), checkpoint.tree_size
        verify_inclusion(proven.entry_index, size, leaf, proof, checkpoint.root_hash)


def test_an_action_is_answered_first_by_its_verdict_and_then_by_its_proof(world: World) -> None:
    replies: Queue[Reply] = Queue()
    actions = _submissions(world, 3)
    with a_running_loop(world) as loop:
        loop.submit(_hand_over(7, *actions), replies.put)

        verdicts, published = _next(replies, Verdicts), _next(replies, Published)

    assert (verdicts.request_id, published.request_id) == (7, 7)
    assert [verdict.code for verdict in verdicts.verdicts] == [""] * 3
    assert [proven.position for proven in published.proven] == [0, 1, 2]
    _check_proofs(published, actions)


def _slow(world: World) -> tuple[SlowTiles, CountingStore]:
    assert isinstance(world.tiles, SlowTiles)
    assert isinstance(world.store, CountingStore)
    return world.tiles, world.store


def test_groups_go_on_while_a_publication_is_under_way_and_the_next_seal_covers_them(
    world: World,
) -> None:
    tiles, store = _slow(world)
    published_before, groups_before = tiles.publications, len(store.groups)
    replies: Queue[Reply] = Queue()
    actions = _submissions(world, 4)
    with a_running_loop(world) as loop:
        tiles.writing.clear()
        tiles.may_write.clear()
        loop.submit(_hand_over(0, actions[0]), replies.put)
        assert tiles.writing.wait(PATIENCE)
        for number in (1, 2, 3):
            loop.submit(_hand_over(number, actions[number]), replies.put)
        verdicts = [_next(replies, Verdicts) for _ in range(4)]
        tiles.may_write.set()
        published = [_next(replies, Published) for _ in range(4)]

    assert [reply.request_id for reply in verdicts] == [0, 1, 2, 3]
    assert [reply.request_id for reply in published] == [0, 1, 2, 3]
    sizes = [
        open_checkpoint(one.checkpoint_note, operator_keys().log.verification_key).checkpoint
        for one in published
    ]
    assert sizes[0].tree_size < sizes[1].tree_size == sizes[2].tree_size == sizes[3].tree_size
    assert tiles.publications - published_before == 2
    assert tiles.most_at_once == 1
    assert sum(len(group.bodies) for group in store.groups[groups_before:]) == 2
    assert world.audit(store).ok


def test_what_waited_while_a_group_was_recorded_becomes_one_group() -> None:
    world = a_world(store=CountingStore())
    store = world.store
    assert isinstance(store, CountingStore)
    may_record, recording = threading.Event(), threading.Event()
    record_group = store.record_group

    def slowly(group: Group, *, fencing_token: int) -> None:
        recording.set()
        assert may_record.wait(PATIENCE)
        record_group(group, fencing_token=fencing_token)

    store.record_group = slowly  # type: ignore[method-assign]
    replies: Queue[Reply] = Queue()
    actions = _submissions(world, 21)
    before = len(store.groups)
    with a_running_loop(world) as loop:
        loop.submit(_hand_over(0, actions[0]), replies.put)
        assert recording.wait(PATIENCE)
        for number in range(1, 21):
            loop.submit(_hand_over(number, actions[number]), replies.put)
        may_record.set()
        answered = [reply for reply in _drain(replies, 42) if isinstance(reply, Verdicts)]

    assert [reply.request_id for reply in answered] == list(range(21))
    sizes = [len(group.events) for group in store.groups[before:] if group.events]
    assert sizes == [1, 20]


def _drain(replies: "Queue[Reply]", count: int) -> list[Reply]:
    return [replies.get(timeout=PATIENCE) for _ in range(count)]


def test_a_group_takes_at_most_512_actions_of_several_requests() -> None:
    world = a_world()
    loop = WriterLoop(world.writer, lambda error: None)
    for number in range(3):
        loop.submit(HandOver(number, [handed(_submissions(world, 1)[0])] * 256), lambda reply: None)

    sizes = []
    while group := loop._take_group():
        sizes.append([request.request_id for request, _ in group])

    assert sizes == [[0, 1], [2]]


def test_a_repeat_of_a_published_action_is_proven_at_once(world: World) -> None:
    replies: Queue[Reply] = Queue()
    (action,) = _submissions(world, 1)
    world.record(action)
    size = world.store.sequenced_size()
    with a_running_loop(world) as loop:
        loop.submit(_hand_over(1, action), replies.put)

        verdicts, published = _next(replies, Verdicts), _next(replies, Published)

    assert verdicts.verdicts[0].repeated
    _check_proofs(published, [action])
    assert world.store.sequenced_size() == size


def test_a_refused_and_a_deferred_action_get_a_verdict_and_no_publication(world: World) -> None:
    dossier = world.a_dossier("dossier.accepted")
    rating = world.desk.rating(world.desk.new_stream("rating"), dossier)
    stale = world.desk.act("dossier.accepted", dossier, world.next_place("dossier:none"))
    replies: Queue[Reply] = Queue()
    with a_running_loop(world) as loop:
        loop.submit(_hand_over(1, rating, stale), replies.put)
        verdicts = _next(replies, Verdicts)

    assert [verdict.code for verdict in verdicts.verdicts] == ["", "stale_version"]
    assert replies.empty()


@pytest.mark.parametrize("done", [False, True], ids=["refused and not done", "refused yet done"])
def test_actions_of_a_group_that_failed_are_recorded_by_a_repeat_and_published_without_others(
    world: World, done: bool
) -> None:
    _, store = _slow(world)
    replies: Queue[Reply] = Queue()
    actions = _submissions(world, 2)
    with a_running_loop(world) as loop:
        store.failures_before, store.failures_after = int(not done), int(done)
        loop.submit(_hand_over(1, *actions), replies.put)
        failed = _next(replies, Failed)

        loop.submit(_hand_over(2, *actions), replies.put)
        verdicts, published = _next(replies, Verdicts), _next(replies, Published)

    assert failed.code == "store_unavailable"
    assert [verdict.repeated for verdict in verdicts.verdicts] == [done, done]
    _check_proofs(published, actions)
    assert world.audit(store).ok


def test_what_was_recorded_although_the_store_failed_is_published_without_any_repeat(
    world: World,
) -> None:
    tiles, store = _slow(world)
    before = world.log().tree_size
    replies: Queue[Reply] = Queue()
    with a_running_loop(world) as loop:
        store.failures_after = 1
        loop.submit(_hand_over(1, *_submissions(world, 2)), replies.put)
        _next(replies, Failed)
        deadline = threading.Event()
        for _ in range(200):
            if world.log().tree_size > before:
                break
            deadline.wait(0.02)

    assert world.log().tree_size == store.sequenced_size() == before + 3
    assert tiles.most_at_once == 1


def test_a_store_that_is_away_is_asked_again_now_and_then_and_not_without_pause(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiles, store = _slow(world)
    replies: Queue[Reply] = Queue()
    actions = _submissions(world, 2)
    with a_running_loop(world) as loop:
        tiles.writing.clear()
        tiles.may_write.clear()
        loop.submit(_hand_over(1, actions[0]), replies.put)
        assert tiles.writing.wait(PATIENCE)
        loop.submit(_hand_over(2, actions[1]), replies.put)
        _drain(replies, 2)
        store.failures_before, attempts = 10**9, store.attempts
        tiles.may_write.set()
        threading.Event().wait(0.5)
        tried = store.attempts - attempts
        store.failures_before = 0
        published = [reply for reply in _drain(replies, 2) if isinstance(reply, Published)]

    assert 1 <= tried <= 15
    assert [reply.request_id for reply in published] == [1, 2]


def test_a_refusal_decided_elsewhere_is_signed(world: World) -> None:
    replies: Queue[Reply] = Queue()
    with a_running_loop(world) as loop:
        loop.submit(RefuseText(3, bytes(32), "details_mismatch"), replies.put)
        verdicts = _next(replies, Verdicts)

    refusal = open_refusal(verdicts.verdicts[0].note, operator_keys().promise.verification_key)
    assert (refusal.text_hash, refusal.code) == (bytes(32), "details_mismatch")


def test_stopping_finishes_what_is_queued_and_publishes_it(world: World) -> None:
    replies: Queue[Reply] = Queue()
    with a_running_loop(world) as loop:
        for number, action in enumerate(_submissions(world, 5)):
            loop.submit(_hand_over(number, action), replies.put)

    assert replies.qsize() == 10
    assert world.log().tree_size == world.store.sequenced_size()


def _fatal_errors(world: World, act: Callable[[WriterLoop], None]) -> list[BaseException]:
    fatal: Queue[BaseException] = Queue()
    loop = WriterLoop(world.writer, fatal.put)
    loop.start()
    act(loop)
    error = fatal.get(timeout=PATIENCE)
    loop.stop()
    return [error, *fatal.queue]


def test_a_writer_that_was_deposed_ends(world: World) -> None:
    def act(loop: WriterLoop) -> None:
        world.store.claim_lease("another")
        loop.submit(_hand_over(1, *_submissions(world, 1)), lambda reply: None)

    (error,) = _fatal_errors(world, act)

    assert isinstance(error, NotTheWriter)


class BrokenTiles(MemoryTileStore):
    """Tiles that hold other bytes than they must."""

    broken = False

    def write_all(self, files: Mapping[str, bytes]) -> None:
        if self.broken:
            raise StoreCorrupt("another tile lies there")
        super().write_all(files)


def test_a_publication_that_fails_ends_the_writer_and_stopping_does_not_wait_for_it() -> None:
    tiles = BrokenTiles()
    world = a_world(tiles=tiles)
    served = tiles.read_checkpoint()
    tiles.broken = True

    (error,) = _fatal_errors(
        world,
        lambda loop: loop.submit(_hand_over(1, *_submissions(world, 1)), lambda reply: None),
    )

    assert isinstance(error, StoreCorrupt)
    assert tiles.read_checkpoint() == served


def test_a_checkpoint_row_that_another_moved_ends_the_writer(world: World) -> None:
    def act(loop: WriterLoop) -> None:
        row = world.store.checkpoint()
        assert row is not None
        moved = PublishedCheckpoint(row.tree_size + 1, b"another's")
        token = world.writer._fencing_token
        world.store.swap_checkpoint(moved, expected_tree_size=row.tree_size, fencing_token=token)
        loop.submit(_hand_over(1, *_submissions(world, 1)), lambda reply: None)

    (error,) = _fatal_errors(world, act)

    assert isinstance(error, NotTheWriter)
