"""The index tree and its proofs, to the byte; in memory as a tree of objects.

It is a Merkle Patricia tree from 32-byte keys to 32-byte values, with SHA-256:

- empty tree: SHA-256 of nothing
- leaf: SHA-256(key || value)
- branch: SHA-256(left || right || byte b), where b (0 to 255, the highest bit of the key is
  0) is the first bit in which the keys below differ: 0 goes left, 1 goes right

A stream's value is SHA-256 of all its entry indexes, increasing, as big-endian u64 one after
the other. A proof is written

    [<32-byte other key> <32-byte other value>]                  only if the key is absent
    <byte b> <32-byte sibling hash>                              leaf to root, b falling

and is empty for the only key of a tree, and for any key of the empty tree. Absence is shown
by the one leaf that the key would have to share its path with: the other key goes the same
way at every branch named, and is another key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise

from transparency.encoding import MAX_TREE_SIZE, encode_u64
from transparency.errors import MalformedProof, ProofInvalid
from transparency.hashing import EMPTY_ROOT_HASH, HASH_BYTES

KEY_BYTES = 32
KEY_BITS = 8 * KEY_BYTES

_LEAF_BYTES = KEY_BYTES + HASH_BYTES
_SIBLING_BYTES = 1 + HASH_BYTES
_MAX_PROOF_BYTES = _LEAF_BYTES + KEY_BITS * _SIBLING_BYTES
BIT_BYTES = [bytes([bit]) for bit in range(KEY_BITS)]
_BIT_MASKS = [1 << (KEY_BITS - 1 - bit) for bit in range(KEY_BITS)]


@dataclass(frozen=True, slots=True)
class IndexProof:
    """The way from a leaf to the root; `other` is the leaf found instead of an absent key."""

    siblings: tuple[tuple[int, bytes], ...]
    other: tuple[bytes, bytes] | None = None


@dataclass(slots=True, eq=False)
class _Leaf:
    key_number: int
    key: bytes
    value: bytes
    node_hash: bytes


@dataclass(slots=True, eq=False)
class _Branch:
    bit: int
    mask: int
    left: "_Leaf | _Branch"
    right: "_Leaf | _Branch"
    node_hash: bytes | None = None


class PatriciaMap:
    """The tree written as it is defined; what takes less memory is compared with it."""

    def __init__(self) -> None:
        self._root: _Leaf | _Branch | None = None

    def set(self, key: bytes, value: bytes) -> None:
        """Set the value of a key, new or known."""
        assert len(key) == KEY_BYTES
        assert len(value) == HASH_BYTES

        leaf = _Leaf(int.from_bytes(key, "big"), key, value, sha256(key + value).digest())
        if self._root is None:
            self._root = leaf
            return
        found, path = _descend(self._root, leaf.key_number)
        if found.key == key:
            found.value = value
            found.node_hash = leaf.node_hash
        else:
            self._insert(leaf, found, path)
        # A branch without a hash has only branches without hashes above it.
        for branch in reversed(path):
            if branch.node_hash is None:
                break
            branch.node_hash = None

    def root_hash(self) -> bytes:
        """Give the root over all keys set so far."""
        return EMPTY_ROOT_HASH if self._root is None else _hash_of(self._root)

    def prove(self, key: bytes) -> IndexProof:
        """Prove the value of a key, or that it has none."""
        assert len(key) == KEY_BYTES

        if self._root is None:
            return IndexProof(())
        key_number = int.from_bytes(key, "big")
        found, path = _descend(self._root, key_number)
        siblings = tuple(
            (branch.bit, _hash_of(branch.left if key_number & branch.mask else branch.right))
            for branch in reversed(path)
        )
        other = None if found.key == key else (found.key, found.value)
        return IndexProof(siblings, other)

    def _insert(self, leaf: _Leaf, found: _Leaf, path: list[_Branch]) -> None:
        bit = KEY_BITS - (leaf.key_number ^ found.key_number).bit_length()
        below: _Leaf | _Branch = found
        while path and path[-1].bit > bit:
            below = path.pop()
        goes_right = leaf.key_number & _BIT_MASKS[bit]
        left, right = (below, leaf) if goes_right else (leaf, below)
        branch = _Branch(bit, _BIT_MASKS[bit], left, right)
        if not path:
            self._root = branch
        elif leaf.key_number & path[-1].mask:
            path[-1].right = branch
        else:
            path[-1].left = branch


def render_index_proof(proof: IndexProof) -> bytes:
    """Write a proof as bytes."""
    other = b"" if proof.other is None else b"".join(proof.other)
    return other + b"".join(BIT_BYTES[bit] + sibling for bit, sibling in proof.siblings)


def parse_index_proof(data: bytes) -> IndexProof:
    """Read a proof; whether it proves anything is for `verify_index_proof`.

    Raises:
        MalformedProof: the bytes have the form of no proof.
    """
    start = len(data) % _SIBLING_BYTES
    if start:
        start = _LEAF_BYTES
    if len(data) > _MAX_PROOF_BYTES or (len(data) - start) % _SIBLING_BYTES or start > len(data):
        raise MalformedProof("an index proof is siblings, after the other leaf if there is one")
    siblings = tuple(
        (data[position], data[position + 1 : position + _SIBLING_BYTES])
        for position in range(start, len(data), _SIBLING_BYTES)
    )
    other = (data[:KEY_BYTES], data[KEY_BYTES:_LEAF_BYTES]) if start else None
    return IndexProof(siblings, other)


def verify_index_proof(
    key: bytes, entry_indexes: Sequence[int] | None, proof: IndexProof, root_hash: bytes
) -> None:
    """Check that these are all entries of a key, or with `None` that it has no entry.

    Raises:
        ProofInvalid: the proof does not show that.
    """
    if entry_indexes is None:
        verify_map_proof(key, None, proof, root_hash)
        return
    if not entry_indexes or not 0 <= entry_indexes[0] <= entry_indexes[-1] <= MAX_TREE_SIZE:
        raise ProofInvalid("there is at least one entry index, below 2^63")
    if any(left >= right for left, right in pairwise(entry_indexes)):
        raise ProofInvalid("entry indexes rise")
    value = sha256(b"".join(map(encode_u64, entry_indexes))).digest()
    verify_map_proof(key, value, proof, root_hash)


def verify_map_proof(key: bytes, value: bytes | None, proof: IndexProof, root_hash: bytes) -> None:
    """Check that a key has this value in the map with this root, or with `None` no value.

    Raises:
        ProofInvalid: the proof does not show that.
    """
    if (value is None) == (proof.other is None) and not (value is None and not proof.siblings):
        raise ProofInvalid("the proof shows presence where absence is asked, or the reverse")
    _check_siblings(proof.siblings)
    if value is not None:
        shown = _fold(key, value, proof.siblings)
    elif proof.other is None:
        shown = EMPTY_ROOT_HASH
    else:
        _check_other_key(key, proof.other[0], proof.siblings)
        shown = _fold(*proof.other, proof.siblings)
    if shown != root_hash:
        raise ProofInvalid("the index proof leads to another root")


def _descend(node: _Leaf | _Branch, key_number: int) -> tuple[_Leaf, list[_Branch]]:
    path = []
    while isinstance(node, _Branch):
        path.append(node)
        node = node.right if key_number & node.mask else node.left
    return node, path


def _hash_of(node: _Leaf | _Branch) -> bytes:
    known = node.node_hash
    if known is not None:
        return known
    assert isinstance(node, _Branch)  # leaves always have a hash

    below = _hash_of(node.left) + _hash_of(node.right)
    node.node_hash = made = sha256(below + BIT_BYTES[node.bit]).digest()
    return made


def _check_siblings(siblings: Sequence[tuple[int, bytes]]) -> None:
    bound = KEY_BITS
    for bit, sibling in siblings:
        if not 0 <= bit < bound or len(sibling) != HASH_BYTES:
            raise ProofInvalid("the bits of a proof fall from leaf to root, each with a hash")
        bound = bit


def _check_other_key(key: bytes, other_key: bytes, siblings: Sequence[tuple[int, bytes]]) -> None:
    if len(other_key) != len(key) or other_key == key:
        raise ProofInvalid("absence is shown by another key")
    differing = int.from_bytes(key, "big") ^ int.from_bytes(other_key, "big")
    if any(differing & _BIT_MASKS[bit] for bit, _ in siblings):
        raise ProofInvalid("the other key does not go the way of the absent key")


def _fold(key: bytes, value: bytes, siblings: Sequence[tuple[int, bytes]]) -> bytes:
    if len(key) != KEY_BYTES or len(value) != HASH_BYTES:
        raise ProofInvalid("a key and a value have 32 bytes each")
    key_number = int.from_bytes(key, "big")
    combined = sha256(key + value).digest()
    for bit, sibling in siblings:
        goes_right = key_number & _BIT_MASKS[bit]
        below = sibling + combined if goes_right else combined + sibling
        combined = sha256(below + BIT_BYTES[bit]).digest()
    return combined
