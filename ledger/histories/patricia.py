"""The index tree over leaves that lie sorted in a list: its root, and the way to one leaf.

A part of the tree is a list of (key as a number, leaf hash), sorted and without repeats. Nothing is
kept: what a bucket of a few dozen leaves needs is hashed anew. `transparency.index` defines the
tree and checks what is made here.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from transparency.index import KEY_BITS

Leaf = tuple[int, bytes]
Sibling = tuple[int, bytes]

BIT_BYTES: Final = [bytes([bit]) for bit in range(KEY_BITS)]


def is_right(key_number: int, bit: int) -> bool:
    """Tell whether a key goes right at a branch; the highest bit of the key is 0."""
    return bool(key_number >> (KEY_BITS - 1 - bit) & 1)


def branch_hash(left: bytes | None, right: bytes | None, bit: int) -> bytes | None:
    """Give the hash over two sides; where one is empty there is no branch."""
    if left is None or right is None:
        return right if left is None else left
    return sha256(left + right + BIT_BYTES[bit]).digest()


def part_hash(leaves: Sequence[Leaf]) -> bytes | None:
    """Give the hash of a part of the tree; None for an empty one."""
    if len(leaves) <= 1:
        return leaves[0][1] if leaves else None
    bit, middle = _parting(leaves)
    return branch_hash(part_hash(leaves[:middle]), part_hash(leaves[middle:]), bit)


def way_to(leaves: Sequence[Leaf], key_number: int) -> tuple[Leaf, list[Sibling]]:
    """Give the leaf that a key leads to, its own or another's, and the siblings, lowest first."""
    if len(leaves) == 1:
        return leaves[0], []
    bit, middle = _parting(leaves)
    left, right = leaves[:middle], leaves[middle:]
    near, far = (right, left) if is_right(key_number, bit) else (left, right)
    found, siblings = way_to(near, key_number)
    sibling = part_hash(far)
    assert sibling is not None
    return found, [*siblings, (bit, sibling)]


def _parting(leaves: Sequence[Leaf]) -> tuple[int, int]:
    """Give the first bit in which the keys differ, and how many of them go left there."""
    # They are sorted: what the first and the last have in common, all have.
    bit = KEY_BITS - (leaves[0][0] ^ leaves[-1][0]).bit_length()
    middle = next(i for i, (key_number, _) in enumerate(leaves) if is_right(key_number, bit))
    return bit, middle
