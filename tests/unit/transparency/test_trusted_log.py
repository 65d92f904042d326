"""Reading a log through a source that may lie, lag or lose files."""

from collections.abc import Callable

import pytest

from tests.support.transparency_builders import (
    WrittenLog,
    a_log,
    some_entries,
    with_one_bit_flipped,
)
from transparency.checkpoints import Checkpoint, SignedCheckpoint
from transparency.errors import (
    LogMisbehaviour,
    MalformedBundle,
    ProofInvalid,
    TileNotFound,
    TransparencyError,
)
from transparency.hashing import leaf_hash
from transparency.proofs import verify_consistency, verify_inclusion
from transparency.tile_store import MemoryTileStore
from transparency.tiles import pack_bundle
from transparency.trusted_log import TrustedLog

SIZES = [0, 1, 2, 255, 256, 257, 300, 512, 700]


class BentSource:
    """A source that changes what a store gives for one path, or forgets it."""

    def __init__(
        self, store: MemoryTileStore, path: str, bend: Callable[[bytes], bytes] | None
    ) -> None:
        self._store = store
        self._path = path
        self._bend = bend

    def read(self, path: str) -> bytes:
        if path != self._path:
            return self._store.read(path)
        if self._bend is None:
            raise TileNotFound(path)
        return self._bend(self._store.read(path))


def a_trusted_log(
    path: str, bend: Callable[[bytes], bytes] | None, *sizes: int
) -> tuple[TrustedLog, WrittenLog]:
    store = MemoryTileStore()
    log = a_log(store, *sizes)
    return TrustedLog(BentSource(store, path, bend), log.signed_checkpoint()), log


@pytest.mark.parametrize("size", SIZES)
def test_replay_gives_every_entry_with_its_index(size: int) -> None:
    store = MemoryTileStore()
    log = a_log(store, size)
    trusted = TrustedLog(store, log.signed_checkpoint())

    assert list(trusted.replay()) == list(enumerate(some_entries(size)))
    assert trusted.tree_size == size
    assert trusted.signed_checkpoint == log.signed_checkpoint()


def test_large_log_is_read_through_three_levels_of_tiles() -> None:
    store = MemoryTileStore()
    log = a_log(store, 65_536 + 300)
    trusted = TrustedLog(store, log.signed_checkpoint())

    for entry_index in (0, 255, 256, 65_535, 65_536, 65_835):
        proof = trusted.prove_inclusion(entry_index)
        (entry,) = trusted.entries(entry_index, entry_index + 1)
        checkpoint = trusted.signed_checkpoint.checkpoint
        verify_inclusion(
            entry_index, checkpoint.tree_size, leaf_hash(entry), proof, checkpoint.root_hash
        )


@pytest.mark.parametrize(
    ("start", "end"), [(0, 0), (0, 1), (250, 260), (255, 256), (256, 513), (699, 700), (700, 700)]
)
def test_any_range_of_entries_can_be_read(start: int, end: int) -> None:
    trusted, log = a_trusted_log("none", None, 700)

    assert list(trusted.entries(start, end)) == log.entries[start:end]


def test_every_entry_and_every_older_size_is_proven() -> None:
    trusted, log = a_trusted_log("none", None, 300)
    root_hash = log.tree.root_hash()

    for index in range(300):
        leaf = leaf_hash(log.entries[index])
        verify_inclusion(index, 300, leaf, trusted.prove_inclusion(index), root_hash)
    for old_size in range(1, 301):
        old_root = log.tree.root_hash(old_size)
        verify_consistency(old_size, 300, old_root, root_hash, trusted.prove_consistency(old_size))


@pytest.mark.parametrize("old_size", [1, 100, 256, 300, 400])
def test_older_checkpoint_is_read_from_a_log_that_has_grown(old_size: int) -> None:
    store = MemoryTileStore()
    log = a_log(store, old_size, 700)
    trusted = TrustedLog(store, log.signed_checkpoint(old_size))

    assert [entry for _, entry in trusted.replay()] == log.entries[:old_size]


@pytest.mark.parametrize("path", ["tile/0/000.p/100", "tile/entries/000.p/100"])
def test_partial_file_that_was_dropped_is_read_from_the_full_one(path: str) -> None:
    store = MemoryTileStore()
    log = a_log(store, 100, 700)
    trusted = TrustedLog(BentSource(store, path, None), log.signed_checkpoint(100))

    assert [entry for _, entry in trusted.replay()] == log.entries[:100]


@pytest.mark.parametrize(
    "path", ["tile/0/000", "tile/0/002.p/188", "tile/1/000.p/2", "tile/entries/001"]
)
def test_file_that_is_lost_altogether_is_an_error(path: str) -> None:
    trusted, _ = a_trusted_log(path, None, 700)

    with pytest.raises(TileNotFound):
        list(trusted.replay())


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/000",
        "tile/0/001",
        "tile/0/002.p/188",
        "tile/1/000.p/2",
        "tile/entries/000",
        "tile/entries/002.p/188",
    ],
)
@pytest.mark.parametrize("position", [0, 1, 2, 31, -1])
def test_file_with_one_bit_changed_is_refused(path: str, position: int) -> None:
    def bend(data: bytes) -> bytes:
        return with_one_bit_flipped(data, position % len(data))

    trusted, _ = a_trusted_log(path, bend, 700)

    with pytest.raises((ProofInvalid, MalformedBundle)):
        list(trusted.replay())


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/002.p/188", "tile/1/000.p/2"])
def test_tile_of_another_length_is_refused(path: str) -> None:
    trusted, _ = a_trusted_log(path, lambda data: data[:-1], 700)

    with pytest.raises(ProofInvalid, match="another length"):
        trusted.prove_inclusion(3)


def test_bundle_that_is_too_short_is_refused() -> None:
    trusted, _ = a_trusted_log("tile/entries/000", lambda _: pack_bundle([b"one"]), 700)

    with pytest.raises(ProofInvalid):
        list(trusted.entries(0, 1))


def test_nothing_leaves_before_it_is_proven() -> None:
    trusted, _ = a_trusted_log("tile/0/002.p/188", lambda data: data[::-1], 700)
    readings: list[Callable[[], object]] = [
        lambda: next(trusted.entries(0, 1)),
        lambda: next(trusted.replay()),
        lambda: trusted.prove_inclusion(0),
        lambda: trusted.prove_consistency(5),
        lambda: trusted.hash_source.subtree_hash(0, 0),
    ]

    for reading in readings:
        with pytest.raises(ProofInvalid):
            reading()


def test_replay_of_entries_under_another_root_fails_at_the_end() -> None:
    store = MemoryTileStore()
    log = a_log(store, 3)
    trusted = TrustedLog(store, log.signed_checkpoint())
    replay = trusted.replay()
    next(replay)
    wrong_root = Checkpoint(log.key.name, 3, bytes(32))
    trusted._signed = SignedCheckpoint(wrong_root, b"")

    with pytest.raises(ProofInvalid, match="the entries do not lead"):
        list(replay)


@pytest.mark.parametrize("older_size", [0, 1, 255, 300, 700])
def test_log_extends_its_own_older_checkpoints(older_size: int) -> None:
    trusted, log = a_trusted_log("none", None, 700)

    trusted.check_extends(log.signed_checkpoint(older_size))


@pytest.mark.parametrize("older_size", [5, 700])
def test_checkpoint_of_a_rewritten_log_is_misbehaviour_with_both_notes(older_size: int) -> None:
    trusted, _ = a_trusted_log("none", None, 700)
    forked = WrittenLog(MemoryTileStore())
    older = forked.publish([b"other %d" % index for index in range(older_size)])

    with pytest.raises(LogMisbehaviour) as caught:
        trusted.check_extends(older)

    assert caught.value.first == older.note
    assert caught.value.second == trusted.signed_checkpoint.note


def test_source_that_lies_is_not_taken_for_a_log_that_does() -> None:
    trusted, log = a_trusted_log("tile/0/000", lambda data: data[::-1], 700)

    with pytest.raises(TransparencyError) as caught:
        trusted.check_extends(log.signed_checkpoint(5))

    assert isinstance(caught.value, ProofInvalid)
