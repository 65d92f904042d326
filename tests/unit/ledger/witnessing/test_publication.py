"""Publishing with witnesses: a crash delays, never un-publishes; the next seal embeds what was."""

from collections.abc import Callable
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from ledger.storage.memory import MemoryLedgerStore
from ledger.storage.port import PublishedCheckpoint
from ledger.witnessing.client import AskingRules, Witnesses
from ledger.witnessing.desk import ToCosign
from ledger.writing.frames import HandOver, Published, Reply, Verdicts
from ledger.writing.loop import WriterLoop
from ledger.writing.publishing import NoCosigners
from tests.support.ledger_builders import World, a_world, handed
from tests.support.witnesses.simulated import SimulatedWitness, a_client, a_policy, dead
from transparency.checkpoints import open_checkpoint, parse_checkpoint_text
from transparency.notes import parse_note
from transparency.policies import check_quorum
from transparency.seals import is_seal, parse_seal
from transparency.tile_store import MemoryTileStore

PATIENCE = 10.0


class Died(BaseException):
    """The process ends here."""


class Dying:
    """Ends the process before or after one named step, once."""

    def __init__(self) -> None:
        self.at = ""

    def step(self, name: str, do: Callable[[], Any]) -> Any:
        self.die(f"before {name}")
        done = do()
        self.die(f"after {name}")
        return done

    def die(self, name: str) -> None:
        if self.at == name:
            self.at = ""
            raise Died


class DyingTiles(MemoryTileStore):
    def __init__(self, dying: Dying) -> None:
        super().__init__()
        self._dying = dying

    def write_all(self, files: Any) -> None:
        self._dying.step("files", lambda: super(DyingTiles, self).write_all(files))

    def write_checkpoint(self, note: bytes) -> None:
        self._dying.step("file", lambda: super(DyingTiles, self).write_checkpoint(note))


class DyingStore(MemoryLedgerStore):
    def __init__(self, dying: Dying) -> None:
        super().__init__()
        self._dying = dying

    def swap_checkpoint(self, checkpoint: PublishedCheckpoint, **given: int) -> None:
        swap = super().swap_checkpoint
        self._dying.step("row", lambda: swap(checkpoint, **given))


class DyingWitnesses(NoCosigners):
    """Asks for real, and may not live to tell."""

    def __init__(self, dying: Dying, client: Witnesses) -> None:
        self._dying, self._client = dying, client

    def cosign(self, wanted: ToCosign) -> bytes:
        note: bytes = self._dying.step("witnesses", lambda: self._client.cosign(wanted))
        return note


STEPS = [
    f"{when} {what}"
    for what in ("files", "witnesses", "row", "file")
    for when in ("before", "after")
]


def seals_of(world: World) -> list[bytes]:
    return [entry for entry in world.entries() if is_seal(entry)]


@pytest.fixture
def witnesses() -> list[SimulatedWitness]:
    return [SimulatedWitness(name) for name in ("w1", "w2")]


def check_every_embedded_checkpoint_is_witnessed(
    world: World, witnesses: list[SimulatedWitness], seen: set[int]
) -> None:
    policy = a_policy(witnesses, 2)
    embedded = [parse_seal(seal).previous_checkpoint for seal in seals_of(world)]
    notes = [*filter(None, embedded), world.tiles.read_checkpoint()]
    for note in notes:
        assert len(check_quorum(policy, note)) == 2
    sizes = {parse_checkpoint_text(parse_note(note).text).tree_size for note in notes}
    # Whatever a witness has cosigned was published, and nothing else was.
    assert sizes == seen


@pytest.mark.parametrize("step", STEPS)
def test_crash_at_any_step_delays_and_never_unpublishes(
    step: str, tmp_path: Path, witnesses: list[SimulatedWitness]
) -> None:
    dying = Dying()
    client = a_client(witnesses, 2, tmp_path)
    world = World(
        store=DyingStore(dying), tiles=DyingTiles(dying), cosigners=DyingWitnesses(dying, client)
    ).open()
    before = world.writer.published_size
    dying.at = step
    with pytest.raises(Died):
        world.record(world.desk.submitted(world.desk.new_stream()))
    # Another group had been recorded by then: it must not end up under a seal of its own first.
    world.writer.record([handed(world.desk.submitted(world.desk.new_stream()))], with_seal=False)

    world.writer = world.new_writer()
    world.writer.take_over("the next process")
    assert world.writer.published_size >= before
    while world.writer.has_unpublished:
        assert world.writer.record([], with_seal=True).sealed
        world.writer.publish()

    row = world.store.checkpoint()
    assert row is not None
    assert row.note == world.tiles.read_checkpoint()
    assert world.audit(world.store).problems == []
    seen = {size for witness in witnesses for _, size in witness.asked}
    check_every_embedded_checkpoint_is_witnessed(world, witnesses, seen)
    client.close()


def test_row_never_holds_what_witnesses_have_not_cosigned(
    tmp_path: Path, witnesses: list[SimulatedWitness]
) -> None:
    dying = Dying()
    client = a_client(witnesses, 2, tmp_path)
    world = World(store=DyingStore(dying), cosigners=client).open()
    published = world.store.checkpoint()
    dying.at = "before row"

    with pytest.raises(Died):
        world.record(world.desk.submitted(world.desk.new_stream()))

    assert world.store.checkpoint() == published
    assert published is not None
    assert world.tiles.read_checkpoint() == published.note
    client.close()


def test_refresh_changes_the_served_file_and_not_what_seals_embed(
    tmp_path: Path, witnesses: list[SimulatedWitness]
) -> None:
    client = a_client(witnesses, 2, tmp_path)
    world = World(cosigners=client).open()
    row = world.store.checkpoint()
    assert row is not None

    world.writer.refresh_cosignatures(row.note)
    served = world.tiles.read_checkpoint()
    world.a_dossier()

    assert served != row.note
    assert open_checkpoint(served, world.keys.anchors.logs).checkpoint.tree_size == row.tree_size
    embedded = [parse_seal(seal).previous_checkpoint for seal in seals_of(world)]
    assert row.note in embedded
    assert served not in embedded
    client.close()


def _started(world: World) -> WriterLoop:
    fatal: list[BaseException] = []
    loop = WriterLoop(world.writer, fatal.append)
    loop.start()
    return loop


def _next(replies: "Queue[Reply]", expected: type[Any]) -> Any:
    reply = replies.get(timeout=PATIENCE)
    assert isinstance(reply, expected)
    return reply


def test_without_a_quorum_groups_commit_and_receipts_wait(
    tmp_path: Path, witnesses: list[SimulatedWitness]
) -> None:
    client = a_client(witnesses, 2, tmp_path)
    world = World(cosigners=client).open()
    published = world.writer.published_size
    witnesses[1].behaviour = dead
    loop = _started(world)
    replies: Queue[Reply] = Queue()
    for number in range(3):
        action = world.desk.submitted(world.desk.new_stream())
        loop.submit(HandOver(number, [handed(action)]), replies.put)
        verdicts = _next(replies, Verdicts)
        assert verdicts.verdicts[0].note, "everything recorded is promised"
    assert world.writer.published_size == published
    assert replies.empty()

    witnesses[1].behaviour = None

    answers = [_next(replies, Published) for _ in range(3)]
    for answer in answers:
        assert len(check_quorum(a_policy(witnesses, 2), answer.checkpoint_note)) == 2
    loop.stop()


def test_stopped_loop_does_not_wait_for_witnesses_and_the_next_one_publishes(
    tmp_path: Path, witnesses: list[SimulatedWitness]
) -> None:
    world = World(cosigners=a_client(witnesses, 2, tmp_path)).open()
    witnesses[1].behaviour = dead
    loop = _started(world)
    replies: Queue[Reply] = Queue()
    action = world.desk.submitted(world.desk.new_stream())
    loop.submit(HandOver(1, [handed(action)]), replies.put)
    _next(replies, Verdicts)
    loop.stop()
    assert world.writer.has_unpublished

    witnesses[1].behaviour = None
    world.cosigners = a_client(witnesses, 2, tmp_path)
    world.writer = world.new_writer()
    world.writer.take_over("the next process")
    loop = _started(world)
    loop.stop()

    assert not world.writer.has_unpublished
    assert world.audit(world.store).problems == []


def test_idle_loop_refreshes_and_makes_no_checkpoint(
    tmp_path: Path, witnesses: list[SimulatedWitness]
) -> None:
    rules = AskingRules(request_seconds=1.0, retry_seconds=0.01, refresh_seconds=0.05)
    client = a_client(witnesses, 2, tmp_path, rules)
    world = a_world(cosigners=client)
    size = world.writer.published_size
    loop = _started(world)
    while client.standing().refreshed < 2:
        witnesses[0].cut_off.wait(0.01)
    loop.stop()

    assert world.writer.published_size == size == world.log().tree_size
    assert client.standing().published == 1
