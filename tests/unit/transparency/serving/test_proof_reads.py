"""How much a proof reads: one hash for each of its own, and few tiles, whatever the log's size."""

import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.transparency_builders import WrittenLog, a_log, a_tree, some_entries
from transparency.checkpoints import SignedCheckpoint
from transparency.errors import ProofInvalid
from transparency.proofs import prove_consistency, prove_inclusion, verify_inclusion
from transparency.tile_store import MemoryTileStore, TileSource
from transparency.trusted_log import FullTiles, ProvenHashes, TileTree, TrustedLog

MOST_HASHES = 40
SEED = 20261122


class CountedHashes(ProvenHashes):
    """Proven hashes that count how many they were asked for."""

    asked = 0

    def subtree_hash(self, level: int, index: int) -> bytes:
        self.asked += 1
        return super().subtree_hash(level, index)


class CountedTiles:
    """A source that counts the files that were read from it."""

    def __init__(self, source: TileSource) -> None:
        self._source = source
        self.files: list[str] = []

    def read(self, path: str) -> bytes:
        self.files.append(path)
        return self._source.read(path)


def _opened(log: WrittenLog, signed: SignedCheckpoint) -> CountedHashes:
    """The hashes of one checkpoint, its tails looked up once as by the first proofs under it."""
    hashes = CountedHashes(log.store, signed)
    size = signed.checkpoint.tree_size
    for bit in range(size.bit_length()):
        if (size - 1) >> bit & 1:
            hashes.tail_hash(((size - 1) >> bit) << bit)
    return hashes


def _proofs(hashes: CountedHashes, size: int, indexes: list[int]) -> Iterator[int]:
    """Make proofs; give how many hashes each asked for."""
    for entry_index in indexes:
        before = hashes.asked
        prove_inclusion(entry_index, size, hashes, hashes.tail_hash)
        yield hashes.asked - before
        before = hashes.asked
        prove_consistency(entry_index + 1, size, hashes, hashes.tail_hash)
        yield hashes.asked - before


def test_every_proof_of_every_size_to_300_reads_no_more_hashes_than_it_has() -> None:
    store = MemoryTileStore()
    log = WrittenLog(store)
    for entry in some_entries(300):
        log.publish([entry])
    for size in range(1, 301):
        hashes = _opened(log, log.signed_checkpoint(size))

        most = max(_proofs(hashes, size, list(range(size))))

        assert most <= size.bit_length() <= MOST_HASHES


def test_random_proofs_of_larger_sizes_read_no_more_hashes_than_they_have() -> None:
    chance = random.Random(SEED)
    sizes = sorted({65_536, 70_000, *chance.sample(range(301, 70_000), 8)})
    log = a_log(MemoryTileStore(), *sizes)
    for size in sizes:
        signed = log.signed_checkpoint(size)
        hashes = _opened(log, signed)
        indexes = [0, size - 1, *(chance.randrange(size) for _ in range(60))]

        assert max(_proofs(hashes, size, indexes)) <= size.bit_length() <= MOST_HASHES
        for entry_index in indexes:
            proof = prove_inclusion(entry_index, size, hashes, hashes.tail_hash)
            leaf = log.tree.leaf_hash_at(entry_index)
            verify_inclusion(entry_index, size, leaf, proof, signed.checkpoint.root_hash)


def test_first_proof_under_a_checkpoint_reads_at_most_forty_hashes_up_to_a_million_entries() -> (
    None
):
    asked = _AskedHashes()
    size = 2**20 - 1
    for entry_index in (0, size // 2, size - 1, 2**19 - 1):
        asked.count = 0
        prove_inclusion(entry_index, size, asked)

        assert asked.count <= MOST_HASHES


class _AskedHashes:
    """Hashes of no tree at all, which are counted."""

    def __init__(self) -> None:
        self.count = 0

    def subtree_hash(self, level: int, index: int) -> bytes:
        self.count += 1
        return bytes(32)


@given(st.integers(1, 2**39), st.data())
def test_proof_reads_at_most_forty_hashes_at_any_size(size: int, data: st.DataObject) -> None:
    asked = _AskedHashes()

    def tail_hash(start_index: int) -> bytes:
        return asked.subtree_hash(0, start_index)

    entry_index = data.draw(st.integers(0, size - 1))
    for make, argument in ((prove_inclusion, entry_index), (prove_consistency, entry_index + 1)):
        asked.count = 0
        proof = make(argument, size, asked, tail_hash)

        assert asked.count == len(proof) <= MOST_HASHES


def test_proofs_are_the_same_with_and_without_remembered_tails() -> None:
    entries = some_entries(130)
    tree = a_tree(entries)
    for size in range(1, 131):

        def tail_hash(start_index: int, size: int = size) -> bytes:
            return a_tree(entries[start_index:size]).root_hash()

        for entry_index in {0, size // 3, size // 2, size - 1}:
            expected = prove_inclusion(entry_index, size, tree)
            assert prove_inclusion(entry_index, size, tree, tail_hash) == expected
            consistency = prove_consistency(entry_index + 1, size, tree)
            assert prove_consistency(entry_index + 1, size, tree, tail_hash) == consistency


def test_one_proof_reads_one_tile_of_each_level_besides_the_right_edge() -> None:
    log = a_log(MemoryTileStore(), 70_000)
    tiles = CountedTiles(log.store)
    trusted = TrustedLog(tiles, log.signed_checkpoint())

    trusted.prove_inclusion(12_345)

    edge = ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]
    assert sorted(tiles.files) == sorted([*edge, "tile/0/048", "tile/1/000"])
    tiles.files.clear()
    trusted.prove_inclusion(12_346)
    assert tiles.files == []


def test_new_checkpoint_reads_its_right_edge_alone_where_full_tiles_are_kept() -> None:
    log = a_log(MemoryTileStore(), 1000, 1100)
    tiles = CountedTiles(log.store)
    kept = FullTiles(tiles)
    TrustedLog(tiles, log.signed_checkpoint(1000), kept).prove_inclusion(3)
    tiles.files.clear()

    trusted = TrustedLog(tiles, log.signed_checkpoint(), kept)
    proof = trusted.prove_inclusion(3)

    assert sorted(tiles.files) == ["tile/0/004.p/76", "tile/1/000.p/4"]
    checkpoint = trusted.signed_checkpoint.checkpoint
    leaf = log.tree.leaf_hash_at(3)
    verify_inclusion(3, checkpoint.tree_size, leaf, proof, checkpoint.root_hash)


class _ForgedThenMended:
    """A source that gives another log's tile the first time."""

    def __init__(self, source: TileSource, *, mends: bool) -> None:
        self._source = source
        self._mends = mends
        self._reads = 0

    def read(self, path: str) -> bytes:
        data = self._source.read(path)
        if path != "tile/0/000":
            return data
        self._reads += 1
        return data if self._mends and self._reads > 1 else data[::-1]


def test_kept_tile_that_is_not_under_the_checkpoint_is_read_again() -> None:
    log = a_log(MemoryTileStore(), 300)
    mended = _ForgedThenMended(log.store, mends=True)

    proof = TrustedLog(mended, log.signed_checkpoint()).prove_inclusion(3)

    assert proof == prove_inclusion(3, 300, log.tree)


def test_tile_that_stays_wrong_is_refused_however_often_it_is_asked_for() -> None:
    log = a_log(MemoryTileStore(), 300)
    forged = TrustedLog(_ForgedThenMended(log.store, mends=False), log.signed_checkpoint())

    for _ in range(3):
        with pytest.raises(ProofInvalid):
            forged.prove_inclusion(3)


@pytest.mark.parametrize("width", [1, 2, 3, 17, 255, 256])
def test_tile_knows_the_hash_of_each_complete_subtree(width: int) -> None:
    tree = a_tree(some_entries(width))
    tile = TileTree(b"".join(tree.leaf_hash_at(i) for i in range(width)))

    assert tile.width == width
    for height in range(width.bit_length()):
        for position in range(width >> height):
            assert tile.subtree_hash(height, position) == tree.subtree_hash(height, position)
