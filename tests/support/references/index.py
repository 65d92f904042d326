"""The index's Merkle Patricia tree written out from its definition: no nodes, no memory."""

from hashlib import sha256

KEY_BITS = 256


def reference_root(values: dict[bytes, bytes]) -> bytes:
    """The root over all keys and values."""
    found = _subtree_hash(values, 0)
    return sha256(b"").digest() if found is None else found


def reference_proof(
    values: dict[bytes, bytes], key: bytes
) -> tuple[list[tuple[int, bytes]], tuple[bytes, bytes] | None]:
    """The siblings of a key, leaf first, and the leaf that stands in its place."""
    siblings: list[tuple[int, bytes]] = []
    below = values
    for bit in range(KEY_BITS):
        near = {other: below[other] for other in below if _bit(other, bit) == _bit(key, bit)}
        far = {other: below[other] for other in below if _bit(other, bit) != _bit(key, bit)}
        # Only where both sides hold keys is there a branch; else this bit decides nothing.
        if near and far:
            sibling = _subtree_hash(far, bit + 1)
            assert sibling is not None
            siblings.insert(0, (bit, sibling))
            below = near
    if not below or key in below:
        return siblings, None
    (found,) = below.items()
    return siblings, found


def _subtree_hash(values: dict[bytes, bytes], bit: int) -> bytes | None:
    if not values:
        return None
    if len(values) == 1:
        ((key, value),) = values.items()
        return sha256(key + value).digest()
    left = _subtree_hash({key: values[key] for key in values if _bit(key, bit) == 0}, bit + 1)
    right = _subtree_hash({key: values[key] for key in values if _bit(key, bit) == 1}, bit + 1)
    if left is None or right is None:
        return right if left is None else left
    return sha256(left + right + bytes([bit])).digest()


def _bit(key: bytes, bit: int) -> int:
    return (int.from_bytes(key, "big") >> (KEY_BITS - 1 - bit)) & 1
