"""A cosignature that comes after the quorum is served soon, and nothing else changes."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.storage.port import PublishedCheckpoint
from ledger.witnessing.client import Witnesses
from ledger.writing.publishing import ServedCheckpoint
from tests.support.ledger_builders import World
from tests.support.witnesses.simulated import QUICK, SimulatedWitness, a_client, a_policy
from transparency.checkpoints import parse_checkpoint_text
from transparency.cosignatures import cosign
from transparency.notes import SigningKey, parse_note, render_note
from transparency.policies import check_quorum
from transparency.seals import is_seal, parse_seal
from transparency.tile_store import MemoryTileStore
from transparency.witnessing.answers import HttpAnswer
from transparency.witnessing.requests import AddCheckpoint

PATIENCE_SECONDS = 10.0
A_LINE = SigningKey("x.example", bytes(32)).sign(b"hello\n")


class SlowAuditor(SimulatedWitness):
    """Reads the log before it cosigns: it answers when it is told that it has."""

    def __init__(self) -> None:
        super().__init__("auditor")
        self.has_read = threading.Event()

    def ask(self, request: AddCheckpoint) -> HttpAnswer:
        assert self.has_read.wait(PATIENCE_SECONDS)
        return super().ask(request)


@pytest.fixture(name="auditor")
def slow_auditor() -> SlowAuditor:
    return SlowAuditor()


@pytest.fixture(name="witnesses")
def three_witnesses(auditor: SlowAuditor) -> list[SimulatedWitness]:
    return [SimulatedWitness("w1"), SimulatedWitness("w2"), auditor]


@pytest.fixture(name="client")
def patient_client(witnesses: list[SimulatedWitness], tmp_path: Path) -> Witnesses:
    return a_client(witnesses, 2, tmp_path, replace(QUICK, request_seconds=PATIENCE_SECONDS))


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def cosigners(witnesses: list[SimulatedWitness], note: bytes) -> set[str]:
    return {each.key.name for each in check_quorum(a_policy(witnesses, 2), note)}


def row_of(world: World) -> PublishedCheckpoint:
    row = world.store.checkpoint()
    assert row is not None
    return row


def test_cosignature_of_a_slow_auditor_is_served_without_a_refresh(
    client: Witnesses, witnesses: list[SimulatedWitness], auditor: SlowAuditor
) -> None:
    world = World(cosigners=client).open()
    row = row_of(world)
    assert cosigners(witnesses, row.note) == {"w1.example/w1", "w2.example/w1"}

    auditor.has_read.set()

    wait_until(lambda: world.tiles.read_checkpoint() != row.note)
    served = world.tiles.read_checkpoint()
    # The bytes that were published, and one line more.
    assert served.startswith(row.note)
    assert cosigners(witnesses, served) == {each.key.name for each in witnesses}
    assert client.standing().refreshed == 0
    assert row_of(world) == row
    client.close()


def test_late_cosignature_stands_in_no_seal_and_outlives_a_refresh_without_the_auditor(
    client: Witnesses, witnesses: list[SimulatedWitness], auditor: SlowAuditor
) -> None:
    world = World(cosigners=client).open()
    row = row_of(world)
    auditor.has_read.set()
    wait_until(lambda: world.tiles.read_checkpoint() != row.note)
    auditor.behaviour = lambda _witness, _request: HttpAnswer(503, "text/plain", b"")

    world.writer.refresh_cosignatures(row.note)
    served = world.tiles.read_checkpoint()
    world.a_dossier()

    assert cosigners(witnesses, served) == {each.key.name for each in witnesses}
    embedded = [parse_seal(each).previous_checkpoint for each in world.entries() if is_seal(each)]
    assert row.note in embedded
    assert served not in embedded
    client.close()


def test_cosignature_of_an_older_checkpoint_withdraws_no_newer_one(
    client: Witnesses, auditor: SlowAuditor
) -> None:
    world = World(cosigners=client).open()
    world.a_dossier()
    newest = world.tiles.read_checkpoint()
    assert not auditor.asked

    auditor.has_read.set()
    wait_until(lambda: len(auditor.asked) > 0)
    client.close()

    # It was asked about the first checkpoint alone, being under way with that.
    assert auditor.asked[0][1] < row_of(world).tree_size
    assert parse_note(world.tiles.read_checkpoint()).text == parse_note(newest).text


def test_answer_that_came_while_the_row_moved_is_served_with_it() -> None:
    world = World().open()
    first = row_of(world)
    world.a_dossier()
    second = row_of(world)
    files = MemoryTileStore()
    served, key = ServedCheckpoint(files), SlowAuditor().key
    served.replace(first.note)

    text = parse_note(second.note).text
    served.add_late(text, cosign(text, key, 1))
    assert files.read_checkpoint() == first.note
    served.replace(second.note)

    assert files.read_checkpoint().startswith(second.note)
    assert len(parse_note(files.read_checkpoint()).signatures) == 2
    old_text = parse_note(first.note).text
    served.add_late(old_text, cosign(old_text, key, 2))
    shown = parse_checkpoint_text(parse_note(files.read_checkpoint()).text)
    assert shown.tree_size == second.tree_size


def _published_twice() -> tuple[bytes, bytes]:
    world = World().open()
    first = row_of(world).note
    world.a_dossier()
    return first, row_of(world).note


def test_deposed_writer_serves_no_older_checkpoint_by_a_refresh() -> None:
    first, second = _published_twice()
    files, key = MemoryTileStore(), SlowAuditor().key
    deposed = ServedCheckpoint(files)
    deposed.replace(first)
    # Another writer took over and published.
    files.write_checkpoint(second)

    deposed.add(first, [cosign(parse_note(first).text, key, 1)])

    assert files.read_checkpoint() == second


def test_deposed_writer_serves_no_older_checkpoint_by_a_late_publication() -> None:
    first, second = _published_twice()
    files = MemoryTileStore()
    files.write_checkpoint(second)

    ServedCheckpoint(files).replace(first)

    assert files.read_checkpoint() == second


@pytest.mark.parametrize("served", [b"", b"garbage", render_note(b"hello\n", [A_LINE])])
def test_served_file_that_is_no_checkpoint_is_replaced_by_the_next(served: bytes) -> None:
    first, _ = _published_twice()
    files = MemoryTileStore()
    files.write_checkpoint(served)

    ServedCheckpoint(files).replace(first)

    assert files.read_checkpoint() == first


def test_answer_of_an_earlier_round_counts_for_the_quorum(
    tmp_path: Path, witnesses: list[SimulatedWitness], auditor: SlowAuditor
) -> None:
    client = a_client(witnesses, 3, tmp_path)
    threading.Timer(3 * QUICK.request_seconds, auditor.has_read.set).start()

    world = World(cosigners=client).open()

    assert cosigners(witnesses, row_of(world).note) == {each.key.name for each in witnesses}
    assert len(auditor.asked) == 1
    client.close()
