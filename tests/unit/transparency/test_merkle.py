"""The tree in memory against the RFC's recursion, at every size up to 300 and larger ones."""

import copy
import random
from hashlib import sha256

import pytest

from tests.support.references.merkle import ReferenceTree
from tests.support.transparency_builders import a_tree, some_entries
from transparency.hashing import EMPTY_ROOT_HASH, leaf_hash
from transparency.merkle import Frontier, MerkleTree
from transparency.proofs import prove_inclusion
from transparency.tiles import Tile, tiles_between

LEAVES = [leaf_hash(entry) for entry in some_entries(70_000)]


def test_root_of_every_size_to_300_is_the_reference_root() -> None:
    reference = ReferenceTree(LEAVES[:300])
    tree, frontier = MerkleTree(), Frontier()

    for size in range(301):
        expected = reference.range_hash(0, size)
        assert tree.root_hash() == frontier.root_hash() == expected
        assert tree.tree_size == frontier.tree_size == size
        if size < 300:
            tree.append(LEAVES[size])
            frontier.append(LEAVES[size])


def test_root_of_every_earlier_size_stays_known() -> None:
    reference = ReferenceTree(LEAVES[:300])
    tree = a_tree(some_entries(300))

    assert all(tree.root_hash(size) == reference.range_hash(0, size) for size in range(301))


def test_root_of_random_larger_sizes_is_the_reference_root() -> None:
    source = random.Random(6962)
    tree = MerkleTree()
    tree.extend(LEAVES)
    reference = ReferenceTree(LEAVES)

    for size in [source.randrange(301, 70_000) for _ in range(50)]:
        assert tree.root_hash(size) == reference.range_hash(0, size)


def test_empty_tree_has_the_empty_root() -> None:
    assert MerkleTree().root_hash() == Frontier().root_hash() == EMPTY_ROOT_HASH


def test_leaves_are_found_by_index() -> None:
    tree = a_tree(some_entries(10))

    assert [tree.leaf_hash_at(index) for index in range(10)] == LEAVES[:10]


def test_subtree_that_is_not_complete_is_our_mistake() -> None:
    tree = a_tree(some_entries(3))

    with pytest.raises(AssertionError):
        tree.subtree_hash(1, 1)


def test_tiles_hold_the_roots_of_complete_subtrees() -> None:
    tree = MerkleTree()
    tree.extend(LEAVES)
    reference = ReferenceTree(LEAVES)

    for tile in tiles_between(69_000, 70_000):
        span = 256**tile.level
        first = 256 * tile.index
        expected = [
            reference.range_hash(position * span, (position + 1) * span)
            for position in range(first, first + tile.width)
        ]
        assert tree.tile_bytes(tile) == b"".join(expected)


def test_tile_beyond_the_tree_is_our_mistake() -> None:
    with pytest.raises(AssertionError):
        a_tree(some_entries(5)).tile_bytes(Tile(0, 0, 6))


@pytest.mark.parametrize("base", [0, 256, 512, 768, 65_536, 65_792])
def test_a_tree_restored_over_its_older_hashes_is_the_same_tree(base: int) -> None:
    whole = MerkleTree()
    whole.extend(sha256(b"%d" % number).digest() for number in range(base))
    restored = MerkleTree.restored(base, whole)
    older = copy.deepcopy(whole)
    restored = MerkleTree.restored(base, older)
    for number in range(base, base + 700):
        for tree in (whole, restored):
            tree.append(sha256(b"%d" % number).digest())

    assert restored.root_hash() == whole.root_hash()
    for size in {1, base // 2 or 1, base or 1, base + 1, base + 255, base + 700}:
        assert restored.root_hash(size) == whole.root_hash(size)
    for tile in tiles_between(0, base + 700)[-40:]:
        assert restored.tile_bytes(tile) == whole.tile_bytes(tile)
    for entry_index in (0, base // 2, base, base + 300, base + 699):
        proof = prove_inclusion(entry_index, base + 700, restored)
        assert proof == prove_inclusion(entry_index, base + 700, whole)
