"""The stored index follows the published log, and proves what the seal's root says, or nothing."""

import random
import sqlite3
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.errors import HistoryNotReady, StoreCorrupt, StoreUnavailable, UnknownEntry
from ledger.histories import stored_index
from ledger.histories.patricia import part_hash, way_to
from ledger.histories.stored_index import StoredIndex
from ledger.storage.memory import MemoryLedgerStore
from ledger.writing.public_log import index_key
from tests.support.ledger_builders import World, a_world
from transparency.hashing import leaf_hash
from transparency.index import PatriciaMap, verify_index_proof
from transparency.seals import parse_seal


def an_index(folder: Path, world: World) -> StoredIndex:
    return StoredIndex(folder / "index.sqlite3", world.keys.origin, world.store)


def check(index: StoredIndex, world: World, *streams: str) -> None:
    """Compare with the seal of the published checkpoint, and with the index in memory."""
    entries = world.entries()
    seal = parse_seal(entries[-1])
    with index.reading() as reading:
        assert reading.checkpoint_note == world.tiles.read_checkpoint()
        for stream in streams:
            positions, proof = reading.prove(stream)
            assert all(stream.encode() in entries[position] for position in positions)
            verify_index_proof(index_key(stream), positions or None, proof, seal.index_root_hash)


def test_proofs_lead_to_the_root_in_the_newest_seal(tmp_path: Path) -> None:
    world = a_world()
    index = an_index(tmp_path, world)

    for _ in range(12):
        stream = world.a_dossier("dossier.accepted")

        check(index, world, stream, f"ledger:{world.keys.origin}", "office:H27", "key:nobody")


def test_another_process_goes_on_where_the_last_one_stood(tmp_path: Path) -> None:
    world = a_world()
    first = world.a_dossier()
    check(an_index(tmp_path, world), world, first)
    second = world.a_dossier()

    check(an_index(tmp_path, world), world, first, second)


def test_index_before_the_first_publication_says_so(tmp_path: Path) -> None:
    world = World(store=MemoryLedgerStore())

    with pytest.raises(UnknownEntry), an_index(tmp_path, world).reading():
        pass


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER planted BEFORE UPDATE ON streams BEGIN SELECT 1; END",
        "CREATE VIEW planted AS SELECT 1",
        "CREATE INDEX planted ON nodes (hash)",
    ],
)
@pytest.mark.parametrize("is_open", [False, True])
def test_what_was_planted_in_the_file_is_not_run(
    tmp_path: Path, statement: str, *, is_open: bool
) -> None:
    world = a_world()
    stream = world.a_dossier()
    index = an_index(tmp_path, world)
    check(index, world, stream)
    if not is_open:
        index = an_index(tmp_path, world)
    with sqlite3.connect(tmp_path / "index.sqlite3") as other:
        other.execute(statement)

    with pytest.raises(StoreUnavailable), index.reading():
        pass


def test_symlink_to_the_ledger_database_gets_no_tables_of_an_index(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.sqlite3"
    ledger.touch()
    (tmp_path / "index.sqlite3").symlink_to(ledger)

    with pytest.raises(StoreUnavailable), an_index(tmp_path, a_world()).reading():
        pass

    assert ledger.read_bytes() == b""


def test_much_at_once_is_taken_in_part_by_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_index, "ENTRIES_AT_ONCE", 10)
    monkeypatch.setattr(stored_index, "BATCH_ENTRIES", 3)
    world = a_world()
    stream = world.a_dossier("dossier.accepted")
    index = an_index(tmp_path, world)

    with pytest.raises(HistoryNotReady), index.reading():
        pass

    assert index.catch_up(1_000)
    check(index, world, stream)


def _of_another_ledger(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE place SET origin = 'other'")


def _ahead(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE place SET taken_in = taken_in + 1000")


def _wrong_node(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE nodes SET hash = zeroblob(32) WHERE number > 1")


def _lost_stream(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM streams")


@pytest.mark.parametrize("harm", [_of_another_ledger, _ahead, _wrong_node, _lost_stream])
def test_file_that_is_not_right_is_made_again(
    tmp_path: Path, harm: Callable[[sqlite3.Connection], None]
) -> None:
    world = a_world()
    stream = world.a_dossier()
    check(an_index(tmp_path, world), world, stream)
    with sqlite3.connect(tmp_path / "index.sqlite3") as connection:
        harm(connection)
    connection.close()
    other = world.a_dossier()
    index = an_index(tmp_path, world)

    for _ in range(2):
        try:
            check(index, world, stream, other)
        except HistoryNotReady:
            continue

    check(index, world, stream, other)


def test_entries_without_the_root_of_their_seal_are_an_alarm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = a_world()
    monkeypatch.setattr(stored_index, "index_key", lambda stream: leaf_hash(stream.encode()))

    with pytest.raises(StoreCorrupt), an_index(tmp_path, world).reading():
        pass


def test_file_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    world = a_world()
    index = StoredIndex(tmp_path / "nowhere" / "index.sqlite3", world.keys.origin, world.store)

    with pytest.raises(StoreUnavailable), index.reading():
        pass


@pytest.mark.parametrize("count", [*range(1, 40), 300])
def test_sorted_leaves_have_the_root_and_the_proofs_of_the_tree(count: int) -> None:
    chosen = random.Random(count)
    tree = PatriciaMap()
    leaves = []
    for _ in range(count):
        key = chosen.randbytes(32)
        tree.set(key, key)
        leaves.append((int.from_bytes(key, "big"), sha256(key + key).digest()))
    leaves.sort()

    assert part_hash(leaves) == tree.root_hash()
    for key in (chosen.randbytes(32), leaves[0][0].to_bytes(32, "big")):
        (found, _), siblings = way_to(leaves, int.from_bytes(key, "big"))
        proof = tree.prove(key)
        assert tuple(siblings) == proof.siblings
        assert found.to_bytes(32, "big") == (proof.other[0] if proof.other else key)


def test_no_leaves_have_no_hash() -> None:
    assert part_hash([]) is None
