"""One proof for many leaves of a tree: every hash that they need, each once.

A node is named by level and index: node (l, i) is the root of the leaves from i * 2^l on, 2^l of
them or as many as the tree still has. Where the tree ends before a node's right neighbour would
begin, that node's hash is its parent's, too; this is the tree of RFC 6962, section 2.1.

The proof holds exactly the nodes that are neither leaves shown nor follow from these: whoever
verifies names them first, so there is one proof for each set of leaves, and no second spelling.

>>> from transparency.hashing import leaf_hash
>>> from transparency.merkle import MerkleTree
>>> tree = MerkleTree()
>>> tree.extend(leaf_hash(entry) for entry in (b"a", b"b", b"c", b"d", b"e"))
>>> nodes = prove_leaves([0, 4], 5, tree)
>>> sorted(nodes)
[(0, 1), (1, 1)]
>>> root_of_leaves({0: leaf_hash(b"a"), 4: leaf_hash(b"e")}, 5, nodes) == tree.root_hash()
True
"""

from collections.abc import Iterable, Mapping

from transparency.encoding import MAX_TREE_SIZE
from transparency.errors import ProofInvalid
from transparency.hashing import HASH_BYTES, node_hash
from transparency.proofs import HashSource, range_hash

Node = tuple[int, int]


def nodes_needed(leaf_indexes: Iterable[int], tree_size: int) -> list[Node]:
    """Name the nodes that lead from these leaves to the root, by level and index."""
    known = set(leaf_indexes)
    assert known
    assert 0 <= min(known) <= max(known) < tree_size

    needed: list[Node] = []
    level, node_count = 0, tree_size
    while node_count > 1:
        siblings = (index ^ 1 for index in sorted(known))
        needed += [(level, each) for each in siblings if each < node_count and each not in known]
        known = {index >> 1 for index in known}
        level, node_count = level + 1, (node_count + 1) >> 1
    return needed


def prove_leaves(
    leaf_indexes: Iterable[int], tree_size: int, hashes: HashSource
) -> dict[Node, bytes]:
    """Prove that leaves stand at their indexes in the tree of `tree_size` leaves."""
    proof = {}
    for level, index in nodes_needed(leaf_indexes, tree_size):
        start = index << level
        leaf_count = min(start + (1 << level), tree_size) - start
        proof[level, index] = range_hash(start, leaf_count, hashes)
    return proof


def root_of_leaves(
    leaf_hashes: Mapping[int, bytes], tree_size: int, nodes: Mapping[Node, bytes]
) -> bytes:
    """Give the root that leaves and nodes together lead to.

    Raises:
        ProofInvalid: a leaf lies outside the tree, a node is missing, or one is not needed.
    """
    return _levels(leaf_hashes, tree_size, nodes)[-1][0]


def inclusion_proofs(
    leaf_hashes: Mapping[int, bytes], tree_size: int, nodes: Mapping[Node, bytes]
) -> dict[int, list[bytes]]:
    """Give the inclusion proof of each leaf alone (RFC 6962), for verifiers that know no other.

    Raises:
        ProofInvalid: as `root_of_leaves`; whether they lead to any root is for their verifier.
    """
    below_root = _levels(leaf_hashes, tree_size, nodes)[:-1]
    return {
        leaf_index: [
            known[leaf_index >> level ^ 1]
            for level, known in enumerate(below_root)
            if leaf_index >> level ^ 1 in known
        ]
        for leaf_index in leaf_hashes
    }


def _levels(
    leaf_hashes: Mapping[int, bytes], tree_size: int, nodes: Mapping[Node, bytes]
) -> list[dict[int, bytes]]:
    """Give what is known of each level, leaves first; the last one holds the root alone."""
    _check_leaves(leaf_hashes, tree_size)
    if set(nodes) != set(nodes_needed(leaf_hashes, tree_size)):
        raise ProofInvalid("the proof holds other nodes than these leaves need")
    if any(len(each) != HASH_BYTES for each in (*leaf_hashes.values(), *nodes.values())):
        raise ProofInvalid("a hash has 32 bytes")
    levels: list[dict[int, bytes]] = []
    node_count, known = tree_size, dict(leaf_hashes)
    while node_count > 1:
        at = len(levels)
        known |= {index: single for (level, index), single in nodes.items() if level == at}
        levels.append(known)
        known = {
            index >> 1: node_hash(known[index], known[index + 1])
            if index + 1 < node_count
            else known[index]
            for index in known
            if not index & 1
        }
        node_count = (node_count + 1) >> 1
    return [*levels, known]


def _check_leaves(leaf_hashes: Mapping[int, bytes], tree_size: int) -> None:
    if not leaf_hashes or tree_size > MAX_TREE_SIZE:
        raise ProofInvalid("there is at least one leaf, and no tree of 2^63 leaves")
    if not 0 <= min(leaf_hashes) <= max(leaf_hashes) < tree_size:
        raise ProofInvalid("a leaf index lies outside the tree")
