"""RFC 6962 by other people's vectors: probes of single proofs, and digests over all trees.

Provenance: transparency-dev/merkle (Apache-2.0), read from the shared folder.
"""

import json
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import pytest

from tests.support.references.merkle import ReferenceTree, is_subtree
from tests.support.transparency_builders import SHARED, a_tree
from transparency.errors import ProofInvalid
from transparency.merkle import MerkleTree
from transparency.proofs import (
    prove_consistency,
    prove_inclusion,
    range_hash,
    verify_consistency,
    verify_inclusion,
)

PROBES = SHARED / "vectors/merkle/testdata"
ACCUMULATED = SHARED / "vectors/rfc6962-accumulated/vectors.json"
LEAVES = 130
HASHES_OF_TWELVE_BYTES = "sizes-are-equal-one-and-proof-is-empty.json"

needs_probes = pytest.mark.skipif(not PROBES.is_dir(), reason="../shared/vectors/merkle is absent")
needs_accumulated = pytest.mark.skipif(
    not ACCUMULATED.is_file(), reason="../shared/vectors/rfc6962-accumulated is absent"
)


def probes(kind: str) -> list[Path]:
    return sorted((PROBES / kind).rglob("*.json"))


def case_id(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@needs_probes
@pytest.mark.parametrize("path", probes("inclusion"), ids=case_id)
def test_inclusion_probe(path: Path) -> None:
    probe = json.loads(path.read_text())
    leaf, root_hash = b64decode(probe["leafHash"]), b64decode(probe["root"] or "")
    proof = [b64decode(each) for each in probe["proof"] or []]

    if probe["wantErr"]:
        with pytest.raises(ProofInvalid):
            verify_inclusion(probe["leafIdx"], probe["treeSize"], leaf, proof, root_hash)
    else:
        verify_inclusion(probe["leafIdx"], probe["treeSize"], leaf, proof, root_hash)


@needs_probes
@pytest.mark.parametrize("path", probes("consistency"), ids=case_id)
def test_consistency_probe(path: Path) -> None:
    probe = json.loads(path.read_text())
    roots = b64decode(probe["root1"] or ""), b64decode(probe["root2"] or "")
    proof = [b64decode(each) for each in probe["proof"] or []]
    # Known edge: one probe that is to be accepted has roots of 12 bytes; ours have 32.
    refused = probe["wantErr"] or path.name == HASHES_OF_TWELVE_BYTES

    if refused:
        with pytest.raises(ProofInvalid):
            verify_consistency(probe["size1"], probe["size2"], *roots, proof)
    else:
        verify_consistency(probe["size1"], probe["size2"], *roots, proof)


@needs_probes
def test_no_probe_is_missing() -> None:
    assert len(probes("inclusion")) == len(probes("consistency")) == 98


class ShiftedTree:
    """A tree's hashes counted from the start of one of its subtrees."""

    def __init__(self, tree: MerkleTree, start: int) -> None:
        self._tree = tree
        self._start = start

    def subtree_hash(self, level: int, index: int) -> bytes:
        return self._tree.subtree_hash(level, index + (self._start >> level))


def digest(lines: list[str]) -> str:
    return sha256("".join(line + "\n" for line in lines).encode()).hexdigest()


def hexes(hashes: list[bytes]) -> str:
    return "".join(" " + each.hex() for each in hashes)


def subtrees(last_end: int) -> list[tuple[int, int]]:
    return [
        (start, end)
        for end in range(last_end + 1)
        for start in range(end + 1)
        if is_subtree(start, end)
    ]


def expected_digest(name: str) -> str:
    vectors = json.loads(ACCUMULATED.read_text())
    found: str = vectors["digests_sha256_hex"][name]["want"]
    return found


@needs_accumulated
def test_hashes_of_all_subtrees_of_trees_to_130() -> None:
    tree = a_tree([bytes([value]) for value in range(LEAVES)])

    lines = [
        f"[{start}, {end}) {range_hash(start, end - start, tree).hex()}"
        for start, end in subtrees(LEAVES)
    ]

    assert digest(lines) == expected_digest("subtree_hash")


@needs_accumulated
def test_inclusion_proofs_of_all_leaves_of_trees_to_130() -> None:
    tree = a_tree([bytes([value]) for value in range(LEAVES)])

    lines = []
    for start, end in subtrees(LEAVES):
        shifted = ShiftedTree(tree, start)
        for index in range(start, end):
            proof = prove_inclusion(index - start, end - start, shifted)
            lines.append(f"{index} [{start}, {end}){hexes(proof)}")

    assert digest(lines) == expected_digest("subtree_inclusion")


@needs_accumulated
def test_consistency_proofs_of_all_trees_to_130() -> None:
    tree = a_tree([bytes([value]) for value in range(LEAVES)])
    reference = ReferenceTree([tree.leaf_hash_at(index) for index in range(LEAVES)])

    lines = []
    for size in range(LEAVES + 1):
        for start, end in subtrees(size):
            proof: list[bytes] = []
            # The digest covers subtrees anywhere; ours are those from the start of the tree.
            if start == 0 < end:
                proof = prove_consistency(end, size, tree)
            elif start < end:
                proof = reference.subtree_consistency(start, end, 0, size, known=True)
            lines.append(f"[{start}, {end}) {size}{hexes(proof)}")

    assert digest(lines) == expected_digest("subtree_consistency")


@needs_accumulated
def test_roots_of_the_eight_classic_leaves() -> None:
    classic = json.loads(ACCUMULATED.read_text())["rfc6962_roots_classic_8_leaves"]
    tree = a_tree([bytes.fromhex(leaf) for leaf in classic["leaves_hex"]])

    roots = [tree.root_hash(size).hex() for size in range(9)]

    assert roots == classic["roots_hex"]
