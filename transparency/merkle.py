"""The tree itself: all hashes of complete subtrees in memory, or only its right edge.

`MerkleTree` is for whoever writes or serves a log. Level k is one bytearray with the roots of
all complete subtrees of 2^k leaves, so appending costs two hashes at most on average, and
every older size of the tree can still be proven. A million leaves take 64 MB.

`Frontier` is for whoever reads a log once from the start: it keeps one hash per bit of the
size, and knows the root.

>>> from transparency.hashing import leaf_hash
>>> tree, frontier = MerkleTree(), Frontier()
>>> for entry in (b"a", b"b", b"c"):
...     tree.append(leaf_hash(entry))
...     frontier.append(leaf_hash(entry))
>>> tree.root_hash() == frontier.root_hash(), tree.root_hash(1) == leaf_hash(b"a")
(True, True)
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from transparency.hashing import EMPTY_ROOT_HASH, HASH_BYTES, node_hash
from transparency.proofs import HashSource, range_hash
from transparency.tiles import TILE_HEIGHT, TILE_WIDTH, Tile

_PAIR_BYTES = 2 * HASH_BYTES


class MerkleTree:
    """An append-only Merkle tree; a `HashSource` for proofs at any size it has had."""

    def __init__(self) -> None:
        self._levels = [bytearray()]
        # How many hashes at the left of each level lie elsewhere.
        self._starts = [0]
        self._older: HashSource | None = None
        self._tree_size = 0

    @classmethod
    def restored(cls, tree_size: int, older: HashSource) -> "MerkleTree":
        """Go on from a tree of full tiles whose hashes lie elsewhere, and are proven there.

        Only what the right edge is made of is read; older hashes are asked for one by one.
        """
        assert tree_size % TILE_WIDTH == 0

        tree = cls()
        tree._older, tree._tree_size = older, tree_size
        tree._levels, tree._starts = [], []
        for level in range(tree_size.bit_length() or 1):
            count = tree_size >> level
            # A tile is published whole; between tiles only an unpaired hash is needed.
            width = TILE_WIDTH if level % TILE_HEIGHT == 0 else 2
            start = count - count % width
            tree._starts.append(start)
            hashes = (older.subtree_hash(level, index) for index in range(start, count))
            tree._levels.append(bytearray().join(hashes))
        return tree

    @property
    def tree_size(self) -> int:
        """Count the leaves."""
        return self._tree_size

    def append(self, leaf_hash: bytes) -> None:
        """Add one leaf at the right."""
        assert len(leaf_hash) == HASH_BYTES

        levels = self._levels
        levels[0] += leaf_hash
        completed = self._tree_size
        self._tree_size += 1
        level = 0
        # Each set bit of the old size is a complete left neighbour waiting for its pair.
        while completed & 1:
            parent = sha256(b"\x01" + levels[level][-_PAIR_BYTES:]).digest()
            level += 1
            if level == len(levels):
                levels.append(bytearray())
                self._starts.append(0)
            levels[level] += parent
            completed >>= 1

    def extend(self, leaf_hashes: Iterable[bytes]) -> None:
        """Add leaves at the right, in order."""
        for leaf_hash in leaf_hashes:
            self.append(leaf_hash)

    def leaf_hash_at(self, entry_index: int) -> bytes:
        """Give the hash of one leaf."""
        return self.subtree_hash(0, entry_index)

    def subtree_hash(self, level: int, index: int) -> bytes:
        """Give the root of the 2^level leaves that begin at leaf index * 2^level."""
        start = (index - self._starts[level]) * HASH_BYTES
        if start < 0:
            assert self._older is not None
            return self._older.subtree_hash(level, index)
        found = bytes(self._levels[level][start : start + HASH_BYTES])

        assert len(found) == HASH_BYTES
        return found

    def root_hash(self, tree_size: int | None = None) -> bytes:
        """Give the root, now or when the tree had `tree_size` leaves."""
        if tree_size is None:
            tree_size = self._tree_size
        assert 0 <= tree_size <= self._tree_size

        return range_hash(0, tree_size, self)

    def tile_bytes(self, tile: Tile) -> bytes:
        """Give the content of a tile, full or partial."""
        level, first = TILE_HEIGHT * tile.level, tile.index * TILE_WIDTH
        if first < self._starts[level]:
            return b"".join(self.subtree_hash(level, first + i) for i in range(tile.width))
        start = (first - self._starts[level]) * HASH_BYTES
        length_bytes = tile.width * HASH_BYTES
        found = bytes(self._levels[level][start : start + length_bytes])

        assert len(found) == length_bytes
        return found


class Frontier:
    """The right edge of a growing tree: enough to know its root, and nothing more."""

    def __init__(self) -> None:
        self._subtree_hashes: list[bytes] = []
        self._tree_size = 0

    @classmethod
    def restored(cls, tree_size: int, subtree_hashes: Sequence[bytes]) -> "Frontier":
        """Go on from what `subtree_hashes` gave when the tree had this size."""
        assert len(subtree_hashes) == tree_size.bit_count()

        frontier = cls()
        frontier._tree_size = tree_size
        frontier._subtree_hashes = list(subtree_hashes)
        return frontier

    @property
    def subtree_hashes(self) -> tuple[bytes, ...]:
        """Give the roots of the complete subtrees that make up the tree, the largest first."""
        return tuple(self._subtree_hashes)

    @property
    def tree_size(self) -> int:
        """Count the leaves."""
        return self._tree_size

    def append(self, leaf_hash: bytes) -> None:
        """Add one leaf at the right."""
        assert len(leaf_hash) == HASH_BYTES

        completed = self._tree_size
        self._tree_size += 1
        subtree_hash = leaf_hash
        while completed & 1:
            subtree_hash = node_hash(self._subtree_hashes.pop(), subtree_hash)
            completed >>= 1
        self._subtree_hashes.append(subtree_hash)

    def root_hash(self) -> bytes:
        """Give the root of the tree so far."""
        if not self._subtree_hashes:
            return EMPTY_ROOT_HASH
        *left_hashes, combined = self._subtree_hashes
        for left_hash in reversed(left_hashes):
            combined = node_hash(left_hash, combined)
        return combined
