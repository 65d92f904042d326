"""Proofs against the RFC's recursion, and what the verifiers refuse."""

import random

import pytest

from tests.support.references.merkle import ReferenceTree
from tests.support.transparency_builders import a_tree, some_entries
from transparency.encoding import MAX_TREE_SIZE
from transparency.errors import ProofInvalid
from transparency.hashing import leaf_hash
from transparency.proofs import (
    MAX_PROOF_HASHES,
    prove_consistency,
    prove_inclusion,
    verify_consistency,
    verify_inclusion,
)

LARGE_SIZE = 20_000
LEAVES = [leaf_hash(entry) for entry in some_entries(LARGE_SIZE)]
REFERENCE = ReferenceTree(LEAVES)
TREE = a_tree(some_entries(LARGE_SIZE))


def check_inclusion(index: int, size: int) -> None:
    proof = prove_inclusion(index, size, TREE)

    assert proof == REFERENCE.inclusion(index, 0, size)
    verify_inclusion(index, size, LEAVES[index], proof, TREE.root_hash(size))


def check_consistency(old_size: int, new_size: int) -> None:
    proof = prove_consistency(old_size, new_size, TREE)
    roots = TREE.root_hash(old_size), TREE.root_hash(new_size)

    assert proof == REFERENCE.consistency(old_size, new_size)
    verify_consistency(old_size, new_size, *roots, proof)


def test_inclusion_of_every_leaf_of_every_size_to_300_is_the_reference_proof() -> None:
    for size in range(1, 301):
        for index in range(size):
            check_inclusion(index, size)


def test_consistency_of_every_two_sizes_to_300_is_the_reference_proof() -> None:
    for new_size in range(1, 301):
        for old_size in range(1, new_size + 1):
            check_consistency(old_size, new_size)


def test_proofs_of_random_larger_sizes_are_the_reference_proofs() -> None:
    source = random.Random(9162)

    for _ in range(300):
        size = source.randrange(301, LARGE_SIZE + 1)
        check_inclusion(source.randrange(size), size)
        check_consistency(source.randrange(1, size + 1), size)


def an_inclusion() -> tuple[int, int, bytes, list[bytes], bytes]:
    return 5, 13, LEAVES[5], prove_inclusion(5, 13, TREE), TREE.root_hash(13)


@pytest.mark.parametrize(
    ("leaf_index", "tree_size"),
    [(-1, 13), (13, 13), (14, 13), (0, 0), (5, MAX_TREE_SIZE + 1), (4, 13), (5, 12), (5, 14)],
)
def test_inclusion_at_another_place_is_refused(leaf_index: int, tree_size: int) -> None:
    _, _, leaf, proof, root_hash = an_inclusion()
    if (leaf_index, tree_size) in {(5, 14), (5, 12)}:
        proof = proof[:-1]

    with pytest.raises(ProofInvalid):
        verify_inclusion(leaf_index, tree_size, leaf, proof, root_hash)


def test_inclusion_with_a_changed_missing_or_further_hash_is_refused() -> None:
    index, size, leaf, proof, root_hash = an_inclusion()
    changed = [[*proof[:i], LEAVES[0], *proof[i + 1 :]] for i in range(len(proof))]
    short = [[*proof[:i], proof[i][:-1], *proof[i + 1 :]] for i in range(len(proof))]
    other_lengths = [proof[1:], proof[:-1], [*proof, root_hash], [root_hash, *proof], []]

    for wrong in [*changed, *short, *other_lengths]:
        with pytest.raises(ProofInvalid):
            verify_inclusion(index, size, leaf, wrong, root_hash)


def test_inclusion_with_hashes_of_another_length_is_refused() -> None:
    index, size, leaf, proof, root_hash = an_inclusion()

    with pytest.raises(ProofInvalid):
        verify_inclusion(index, size, leaf + b"\x00", proof, root_hash)
    with pytest.raises(ProofInvalid):
        verify_inclusion(index, size, leaf, proof, root_hash[:12])


def test_proof_longer_than_any_tree_needs_is_refused() -> None:
    with pytest.raises(ProofInvalid, match="at most 63"):
        verify_inclusion(0, 2, LEAVES[0], [LEAVES[1]] * (MAX_PROOF_HASHES + 1), LEAVES[0])


def test_deepest_possible_leaf_needs_exactly_63_hashes() -> None:
    proof = [LEAVES[1]] * MAX_PROOF_HASHES

    with pytest.raises(ProofInvalid, match="another root"):
        verify_inclusion(0, MAX_TREE_SIZE, LEAVES[0], proof, LEAVES[0])


@pytest.mark.parametrize(
    ("old_size", "new_size"),
    [(0, 13), (-1, 13), (14, 13), (6, MAX_TREE_SIZE + 1), (5, 13), (6, 17), (8, 13), (13, 13)],
)
def test_consistency_of_other_sizes_is_refused(old_size: int, new_size: int) -> None:
    proof = prove_consistency(6, 13, TREE)

    with pytest.raises(ProofInvalid):
        verify_consistency(old_size, new_size, TREE.root_hash(6), TREE.root_hash(13), proof)


def test_consistency_with_a_changed_missing_or_further_hash_is_refused() -> None:
    old_root, new_root = TREE.root_hash(6), TREE.root_hash(13)
    proof = prove_consistency(6, 13, TREE)
    changed = [[*proof[:i], LEAVES[0], *proof[i + 1 :]] for i in range(len(proof))]
    other_lengths = [proof[1:], proof[:-1], [*proof, new_root], [old_root, *proof], []]

    for wrong in [*changed, *other_lengths]:
        with pytest.raises(ProofInvalid):
            verify_consistency(6, 13, old_root, new_root, wrong)


def test_consistency_with_another_root_is_refused() -> None:
    proof = prove_consistency(6, 13, TREE)

    with pytest.raises(ProofInvalid):
        verify_consistency(6, 13, TREE.root_hash(7), TREE.root_hash(13), proof)
    with pytest.raises(ProofInvalid):
        verify_consistency(6, 13, TREE.root_hash(6), TREE.root_hash(12), proof)
    with pytest.raises(ProofInvalid):
        verify_consistency(6, 6, TREE.root_hash(6), TREE.root_hash(7), [])
    with pytest.raises(ProofInvalid):
        verify_consistency(6, 6, TREE.root_hash(6), TREE.root_hash(6), [LEAVES[0]])
