"""One proof for many leaves: against a slow reference, against single proofs, and when changed."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.references.merkle import ReferenceTree
from tests.support.transparency_builders import a_tree, some_entries
from transparency.encoding import MAX_TREE_SIZE
from transparency.errors import ProofInvalid
from transparency.hashing import leaf_hash
from transparency.histories.multiproofs import (
    Node,
    inclusion_proofs,
    nodes_needed,
    prove_leaves,
    root_of_leaves,
)
from transparency.proofs import prove_inclusion, verify_inclusion

HASHES = [leaf_hash(entry) for entry in some_entries(700)]


def slow_nodes(leaf_indexes: set[int], start: int, end: int) -> dict[tuple[int, int], bytes]:
    """The subtrees without a leaf of ours beside those with one, by the RFC's own recursion."""
    if end - start == 1:
        return {}
    tree = ReferenceTree(HASHES)
    middle = start + (1 << ((end - start - 1).bit_length() - 1))
    nodes: dict[tuple[int, int], bytes] = {}
    for low, high in ((start, middle), (middle, end)):
        if any(low <= index < high for index in leaf_indexes):
            nodes |= slow_nodes(leaf_indexes, low, high)
        else:
            nodes[low, high] = tree.range_hash(low, high)
    return nodes


def spans(nodes: dict[Node, bytes], tree_size: int) -> dict[tuple[int, int], bytes]:
    return {
        (index << level, min((index + 1) << level, tree_size)): single
        for (level, index), single in nodes.items()
    }


def leaves_at(indexes: set[int]) -> dict[int, bytes]:
    return {index: HASHES[index] for index in indexes}


@pytest.mark.parametrize("tree_size", range(1, 301))
def test_proof_is_that_of_the_slow_reference_at_every_size(tree_size: int) -> None:
    chosen = random.Random(tree_size)
    tree = a_tree(some_entries(tree_size))
    for count in {1, 2, min(7, tree_size), tree_size}:
        indexes = set(chosen.sample(range(tree_size), min(count, tree_size))) | {tree_size - 1}

        nodes = prove_leaves(indexes, tree_size, tree)

        assert spans(nodes, tree_size) == slow_nodes(indexes, 0, tree_size)
        assert root_of_leaves(leaves_at(indexes), tree_size, nodes) == tree.root_hash()


@given(st.data())
def test_single_proofs_follow_from_the_one_for_many(data: st.DataObject) -> None:
    tree_size = data.draw(st.integers(1, 700))
    indexes = data.draw(st.sets(st.integers(0, tree_size - 1), min_size=1, max_size=20))
    tree = a_tree(some_entries(tree_size))

    proofs = inclusion_proofs(leaves_at(indexes), tree_size, prove_leaves(indexes, tree_size, tree))

    for index, proof in proofs.items():
        assert proof == prove_inclusion(index, tree_size, tree)
        verify_inclusion(index, tree_size, HASHES[index], proof, tree.root_hash())


@given(st.data())
def test_any_changed_byte_leads_to_another_root_or_to_none(data: st.DataObject) -> None:
    tree_size = data.draw(st.integers(2, 300))
    indexes = data.draw(st.sets(st.integers(0, tree_size - 1), min_size=1, max_size=5))
    tree = a_tree(some_entries(tree_size))
    nodes = prove_leaves(indexes, tree_size, tree)
    leaves = leaves_at(indexes)
    changes_node: bool = data.draw(st.booleans())
    if nodes and changes_node:
        changed = data.draw(st.sampled_from(sorted(nodes)))
        nodes = nodes | {changed: leaf_hash(nodes[changed])}
    else:
        leaf = data.draw(st.sampled_from(sorted(leaves)))
        leaves = leaves | {leaf: leaf_hash(leaves[leaf])}

    assert root_of_leaves(leaves, tree_size, nodes) != tree.root_hash()


def test_missing_and_needless_nodes_are_refused() -> None:
    tree = a_tree(some_entries(9))
    nodes = prove_leaves({3}, 9, tree)
    missing = dict(list(nodes.items())[1:])
    needless = nodes | {(3, 0): tree.subtree_hash(3, 0)}

    for wrong in (missing, needless, {}):
        with pytest.raises(ProofInvalid):
            root_of_leaves(leaves_at({3}), 9, wrong)


@pytest.mark.parametrize(
    ("leaves", "tree_size", "nodes"),
    [
        ({}, 4, {}),
        ({4: HASHES[0]}, 4, {}),
        ({-1: HASHES[0]}, 4, {}),
        ({0: HASHES[0]}, MAX_TREE_SIZE + 1, {}),
        ({0: b"short"}, 1, {}),
        ({0: HASHES[0]}, 2, {(0, 1): b"short"}),
    ],
    ids=["none", "beyond the end", "below zero", "size too large", "short leaf", "short node"],
)
def test_impossible_proofs_are_refused(
    leaves: dict[int, bytes], tree_size: int, nodes: dict[Node, bytes]
) -> None:
    with pytest.raises(ProofInvalid):
        root_of_leaves(leaves, tree_size, nodes)


def test_shared_nodes_stand_there_once() -> None:
    neighbours = nodes_needed({0, 1, 2, 3, 7}, 8)

    assert neighbours == [(0, 6), (1, 2)]
