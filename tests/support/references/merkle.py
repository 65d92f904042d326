"""RFC 6962 section 2.1 written out as its definitions stand: slow, and hard to get wrong."""

from hashlib import sha256


class ReferenceTree:
    """A Merkle tree by recursion; hashes of ranges are remembered, nothing else is clever."""

    def __init__(self, leaf_hashes: list[bytes]) -> None:
        self.leaf_hashes = leaf_hashes
        self._known: dict[tuple[int, int], bytes] = {}

    def range_hash(self, start: int, end: int) -> bytes:
        """MTH(D[start:end])."""
        if (start, end) not in self._known:
            self._known[start, end] = self._make_range_hash(start, end)
        return self._known[start, end]

    def _make_range_hash(self, start: int, end: int) -> bytes:
        if end == start:
            return sha256(b"").digest()
        if end - start == 1:
            return self.leaf_hashes[start]
        middle = start + split(end - start)
        left, right = self.range_hash(start, middle), self.range_hash(middle, end)
        return sha256(b"\x01" + left + right).digest()

    def inclusion(self, index: int, start: int, end: int) -> list[bytes]:
        """PATH of the leaf with this index in D[start:end], leaf first."""
        if end - start == 1:
            return []
        middle = start + split(end - start)
        if index < middle:
            return [*self.inclusion(index, start, middle), self.range_hash(middle, end)]
        return [*self.inclusion(index, middle, end), self.range_hash(start, middle)]

    def consistency(self, old_size: int, new_size: int) -> list[bytes]:
        """PROOF(old, D[0:new])."""
        return self.subtree_consistency(0, old_size, 0, new_size, known=True)

    def subtree_consistency(
        self, start: int, end: int, first: int, last: int, *, known: bool
    ) -> list[bytes]:
        """SUBPROOF of the subtree [start, end) within D[first:last]."""
        if (start, end) == (first, last):
            return [] if known else [self.range_hash(first, last)]
        middle = first + split(last - first)
        left, right = self.range_hash(first, middle), self.range_hash(middle, last)
        if end <= middle:
            return [*self.subtree_consistency(start, end, first, middle, known=known), right]
        if start >= middle:
            return [*self.subtree_consistency(start, end, middle, last, known=known), left]
        return [*self.subtree_consistency(middle, end, middle, last, known=False), left]


def split(count: int) -> int:
    """The largest power of two below the count."""
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def is_subtree(start: int, end: int) -> bool:
    """Whether [start, end) is a place where the recursion may cut."""
    power = 1
    while power < end - start:
        power *= 2
    return start == end or start % power == 0
