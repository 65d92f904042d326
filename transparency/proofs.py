"""Inclusion and consistency proofs of RFC 6962 section 2.1: made from any source of hashes.

A proof is a list of hashes, the one nearest to the leaf first. The verifiers are told what
they check against (sizes, hashes, roots) and believe nothing else. They raise, and never
answer with a boolean. The empty tree is consistent with every tree and needs no proof, so
`verify_consistency` refuses an old size of zero: whoever starts from nothing must know it.

>>> from transparency.hashing import leaf_hash, node_hash
>>> leaves = [leaf_hash(b"a"), leaf_hash(b"b")]
>>> verify_inclusion(1, 2, leaves[1], [leaves[0]], node_hash(*leaves))
>>> verify_consistency(1, 2, leaves[0], node_hash(*leaves), [leaves[1]])
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Protocol

from transparency.encoding import MAX_TREE_SIZE
from transparency.errors import ProofInvalid
from transparency.hashing import EMPTY_ROOT_HASH, HASH_BYTES, node_hash

MAX_PROOF_HASHES = 63

# Gives the hash over the leaves from an index to the end of one tree. Whoever makes many proofs
# under one checkpoint remembers them: there are as many as the size has bits.
TailHash = Callable[[int], bytes]


class HashSource(Protocol):
    """Whatever knows the hashes of complete subtrees."""

    def subtree_hash(self, level: int, index: int) -> bytes:
        """Give the root of the 2^level leaves that begin at leaf index * 2^level."""
        ...


def range_hash(start_index: int, leaf_count: int, hashes: HashSource) -> bytes:
    """Hash the subtree over `leaf_count` leaves from `start_index`.

    The start must be a place where the RFC's recursion cuts: a multiple of the smallest
    power of two that is not below the count. With a start of 0 it is the root of a tree.
    """
    assert leaf_count >= 0

    if leaf_count == 0:
        return EMPTY_ROOT_HASH
    level = (leaf_count & -leaf_count).bit_length() - 1
    end_index = start_index + leaf_count
    combined = hashes.subtree_hash(level, (end_index >> level) - 1)
    # The complete subtrees stand left to right by falling size; fold them from the right.
    end_index -= 1 << level
    while end_index > start_index:
        left_count = end_index - start_index
        level = (left_count & -left_count).bit_length() - 1
        combined = node_hash(hashes.subtree_hash(level, (end_index >> level) - 1), combined)
        end_index -= 1 << level
    return combined


def prove_inclusion(
    leaf_index: int, tree_size: int, hashes: HashSource, tail_hash: TailHash | None = None
) -> list[bytes]:
    """Prove that a leaf stands at its index in the tree of `tree_size` leaves.

    With `tail_hash` it asks for as many hashes as the proof has.
    """
    assert 0 <= leaf_index < tree_size

    subtree_hash = hashes.subtree_hash
    # Where the paths of this leaf and of the last one part, the sibling may be incomplete;
    # below, all siblings are complete; above, only those on the left exist.
    parting_level = (leaf_index ^ (tree_size - 1)).bit_length()
    proof = [subtree_hash(level, (leaf_index >> level) ^ 1) for level in range(parting_level - 1)]
    if parting_level:
        start_index = ((leaf_index >> (parting_level - 1)) + 1) << (parting_level - 1)
        if tail_hash is None:
            proof.append(range_hash(start_index, tree_size - start_index, hashes))
        else:
            proof.append(tail_hash(start_index))
    for level in range(parting_level, tree_size.bit_length()):
        if (leaf_index >> level) & 1:
            proof.append(subtree_hash(level, (leaf_index >> level) - 1))
    return proof


def prove_consistency(
    old_size: int, new_size: int, hashes: HashSource, tail_hash: TailHash | None = None
) -> list[bytes]:
    """Prove that the tree of `new_size` leaves begins with the tree of `old_size` leaves.

    With `tail_hash` it asks for as many hashes as the proof has.
    """
    assert 0 < old_size <= new_size

    parts = []
    start, end = 0, new_size
    # SPEC: RFC 9162 2.1.4.1, SUBPROOF written as a walk down to the end of the old tree.
    while old_size != end:
        middle = start + (1 << ((end - start - 1).bit_length() - 1))
        if old_size <= middle:
            parts.append((middle, end))
            end = middle
        else:
            parts.append((start, middle))
            start = middle
    if start > 0:
        parts.append((start, end))
    return [
        tail_hash(first)
        if tail_hash is not None and last == new_size
        else range_hash(first, last - first, hashes)
        for first, last in reversed(parts)
    ]


def verify_inclusion(
    leaf_index: int, tree_size: int, leaf_hash: bytes, proof: Sequence[bytes], root_hash: bytes
) -> None:
    """Check that a leaf stands at its index in the tree with this root.

    Raises:
        ProofInvalid: it does not, as far as this proof shows.
    """
    if not 0 <= leaf_index < tree_size <= MAX_TREE_SIZE:
        raise ProofInvalid("the leaf index lies outside the tree")
    _check_hashes([leaf_hash, *proof, root_hash])
    inner_length = (leaf_index ^ (tree_size - 1)).bit_length()
    border_length = (leaf_index >> inner_length).bit_count()
    if len(proof) != inner_length + border_length:
        raise ProofInvalid("the inclusion proof has another length")

    combined = leaf_hash
    for level, sibling in enumerate(proof):
        if level >= inner_length or (leaf_index >> level) & 1:
            combined = sha256(b"\x01" + sibling + combined).digest()
        else:
            combined = sha256(b"\x01" + combined + sibling).digest()
    if combined != root_hash:
        raise ProofInvalid("the inclusion proof leads to another root")


def verify_consistency(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the tree with the new root begins with the tree with the old root.

    Raises:
        ProofInvalid: it does not, as far as this proof shows, or the old size is zero.
    """
    if not 0 < old_size <= new_size <= MAX_TREE_SIZE:
        raise ProofInvalid("consistency needs 0 < old size <= new size")
    _check_hashes([old_root, *proof, new_root])
    if old_size == new_size:
        if proof or old_root != new_root:
            raise ProofInvalid("trees of one size need one root and no proof")
        return
    if _consistent_roots(old_size, new_size, old_root, proof) != (old_root, new_root):
        raise ProofInvalid("the consistency proof leads to other roots")


def _consistent_roots(
    old_size: int, new_size: int, old_root: bytes, proof: Sequence[bytes]
) -> tuple[bytes, bytes]:
    # Start at the largest complete subtree that ends where the old tree ends. The old tree's
    # remaining subtrees stand left of it; the new tree has those and inner ones on its right.
    start_level = (old_size & -old_size).bit_length() - 1
    last_old_index = (old_size - 1) >> start_level
    inner_length = (last_old_index ^ ((new_size - 1) >> start_level)).bit_length()
    border_length = (last_old_index >> inner_length).bit_count()
    whole_old_tree = old_size == 1 << start_level
    path = list(proof) if not whole_old_tree else [old_root, *proof]
    if len(path) != 1 + inner_length + border_length:
        raise ProofInvalid("the consistency proof has another length")

    old_combined = new_combined = path[0]
    for level, sibling in enumerate(path[1:]):
        if level >= inner_length or (last_old_index >> level) & 1:
            old_combined = node_hash(sibling, old_combined)
            new_combined = node_hash(sibling, new_combined)
        else:
            new_combined = node_hash(new_combined, sibling)
    return old_combined, new_combined


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if len(hashes) > MAX_PROOF_HASHES + 2:
        raise ProofInvalid(f"a proof has at most {MAX_PROOF_HASHES} hashes")
    if any(len(single) != HASH_BYTES for single in hashes):
        raise ProofInvalid("a hash has 32 bytes")
