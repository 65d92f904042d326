"""Reading a log one does not trust: nothing unproven leaves.

The rules, in order:

1. A `SignedCheckpoint` names the size and the root; somebody has opened it before.
2. The partial tiles at the right edge, one for each level that has one, together hash to the
   root. Once they do, every hash in them is proven.
3. A full tile hashes to one hash of the level above, which is proven already.
4. A bundle's entries hash to the hashes of the level 0 tile of the same index.

A source may lie, lag or lose partial tiles (then the full tile is asked for); it can make
reading fail, and cannot make it wrong.

A tile is hashed once, when it is read, and kept with all its inner hashes (16 KiB). So a proof
looks up one hash for each of its own, and reads at most one tile for each level of tiles, if it
is not kept. `FullTiles` may outlive a checkpoint: what is kept is compared with the hash above
it, under each checkpoint anew, before any of it counts as proven.
"""

from collections.abc import Iterator
from functools import cached_property, lru_cache
from hashlib import sha256

from transparency.checkpoints import SignedCheckpoint
from transparency.errors import LogMisbehaviour, ProofInvalid, TileNotFound
from transparency.hashing import HASH_BYTES, leaf_hash
from transparency.merkle import Frontier
from transparency.proofs import prove_consistency, prove_inclusion, range_hash
from transparency.tile_store import TileSource
from transparency.tiles import (
    TILE_HEIGHT,
    TILE_WIDTH,
    EntryBundle,
    Tile,
    bundle_path,
    parse_bundle,
    partial_tile_width,
    tile_path,
)

MAX_CACHED_TILES = 256
# A proof asks for up to eight hashes of one tile in turn, on each of its levels.
_TILES_AT_HAND = 16


class TileTree:
    """One tile with all its inner hashes: row h holds the complete subtrees of 2^h of its own."""

    __slots__ = ("_rows", "width")

    def __init__(self, hashes: bytes) -> None:
        self.width = len(hashes) // HASH_BYTES
        self._rows = [hashes]
        while len(self._rows[-1]) >= 2 * HASH_BYTES:
            self._rows.append(_parents(self._rows[-1]))

    def subtree_hash(self, height: int, position: int) -> bytes:
        """Give the hash over the 2^height hashes that begin at position * 2^height."""
        return self._rows[height][position * HASH_BYTES : (position + 1) * HASH_BYTES]

    def hashes(self) -> list[bytes]:
        """Give the tile's own hashes."""
        return [self.subtree_hash(0, position) for position in range(self.width)]


class FullTiles:
    """The full tiles of one source, hashed when they are read; nothing here is proven yet."""

    def __init__(self, source: TileSource, max_tiles: int = MAX_CACHED_TILES) -> None:
        self._source = source
        self._kept = lru_cache(maxsize=max_tiles)(self.read_again)

    def read(self, level: int, index: int) -> TileTree:
        """Give a tile, perhaps one that was read before."""
        return self._kept(level, index)

    def read_again(self, level: int, index: int) -> TileTree:
        """Give a tile as the source has it now.

        Raises:
            ProofInvalid: it has another length.
            TileNotFound: the source does not have it.
        """
        tile = Tile(level, index)
        data = self._source.read(tile_path(tile))
        if len(data) != TILE_WIDTH * HASH_BYTES:
            raise ProofInvalid(f"{tile_path(tile)} has another length")
        return TileTree(data)

    def forget(self) -> None:
        """Keep nothing of what was read."""
        self._kept.cache_clear()


class ProvenHashes:
    """A `HashSource` over the tiles under one checkpoint; it gives only proven hashes."""

    def __init__(
        self, source: TileSource, signed: SignedCheckpoint, full_tiles: FullTiles | None = None
    ) -> None:
        self._source = source
        self._tree_size = signed.checkpoint.tree_size
        self._root_hash = signed.checkpoint.root_hash
        self._full_tiles = full_tiles or FullTiles(source)
        self.tail_hash = lru_cache(maxsize=None)(self._hash_tail)
        self._tile = lru_cache(maxsize=_TILES_AT_HAND)(self._find_tile)

    def subtree_hash(self, level: int, index: int) -> bytes:
        """Give the root of the 2^level leaves that begin at leaf index * 2^level."""
        assert 0 <= index << level < (index + 1) << level <= self._tree_size

        tile_level, height = divmod(level, TILE_HEIGHT)
        tile_index, position = divmod(index << height, TILE_WIDTH)
        return self._tile(tile_level, tile_index).subtree_hash(height, position >> height)

    def tile_hashes(self, level: int, index: int) -> list[bytes]:
        """Give the hashes of one tile, as wide as it is under this checkpoint."""
        return self._tile(level, index).hashes()

    def _find_tile(self, level: int, index: int) -> TileTree:
        assert 0 <= index * TILE_WIDTH < self._hash_count(level)

        edge = self._edge
        if index == self._hash_count(level) // TILE_WIDTH:
            return edge[level]
        proven = self._tile(level + 1, index // TILE_WIDTH).subtree_hash(0, index % TILE_WIDTH)
        return self._proven_tile(level, index, proven)

    def _proven_tile(self, level: int, index: int, proven: bytes) -> TileTree:
        tile = self._full_tiles.read(level, index)
        if tile.subtree_hash(TILE_HEIGHT, 0) == proven:
            return tile
        # What was kept may be from before the file was mended, or from another log.
        self._full_tiles.forget()
        tile = self._full_tiles.read(level, index)
        if tile.subtree_hash(TILE_HEIGHT, 0) != proven:
            raise ProofInvalid(f"tile {index} of level {level} is not the one under the root")
        return tile

    def _hash_count(self, level: int) -> int:
        return self._tree_size >> (TILE_HEIGHT * level)

    def _hash_tail(self, start_index: int) -> bytes:
        """Give the hash over the leaves from an index, where the tree is cut, to its end."""
        return range_hash(start_index, self._tree_size - start_index, self)

    @cached_property
    def _edge(self) -> dict[int, TileTree]:
        edge: dict[int, TileTree] = {}
        level = 0
        while self._hash_count(level):
            width = partial_tile_width(level, self._tree_size)
            if width:
                edge[level] = self._read_partial(
                    Tile(level, self._hash_count(level) // TILE_WIDTH, width)
                )
            level += 1
        root_hash = range_hash(0, self._tree_size, _EdgeHashes(edge))
        if root_hash != self._root_hash:
            raise ProofInvalid("the tiles at the right edge do not lead to the signed root")
        return edge

    def _read_partial(self, tile: Tile) -> TileTree:
        try:
            data = self._source.read(tile_path(tile))
        except TileNotFound:
            data = self._source.read(tile_path(Tile(tile.level, tile.index)))
        if len(data) not in (tile.width * HASH_BYTES, TILE_WIDTH * HASH_BYTES):
            raise ProofInvalid(f"{tile_path(tile)} has another length")
        return TileTree(data[: tile.width * HASH_BYTES])


class TrustedLog:
    """A log as of one signed checkpoint, read from anywhere."""

    def __init__(
        self, source: TileSource, signed: SignedCheckpoint, full_tiles: FullTiles | None = None
    ) -> None:
        self._source = source
        self._signed = signed
        self._hashes = ProvenHashes(source, signed, full_tiles)

    @property
    def signed_checkpoint(self) -> SignedCheckpoint:
        """The checkpoint that everything is proven against."""
        return self._signed

    @property
    def tree_size(self) -> int:
        """Count the entries under the checkpoint."""
        return self._signed.checkpoint.tree_size

    @property
    def hash_source(self) -> ProvenHashes:
        """The proven hashes, for proofs of all kinds."""
        return self._hashes

    def entries(self, start_index: int, end_index: int) -> Iterator[bytes]:
        """Give the entries from `start_index` up to, and without, `end_index`.

        Raises:
            ProofInvalid: what the source gave is not what the log has signed.
            MalformedBundle: what the source gave is no bundle.
            TileNotFound: the source has neither the partial nor the full file.
        """
        for entry, _ in self.hashed_entries(start_index, end_index):
            yield entry

    def replay(self) -> Iterator[tuple[int, bytes]]:
        """Give all entries with their indexes, and compare the root made from them at the end.

        Raises:
            ProofInvalid: as for `entries`, or the entries together lead to another root.
        """
        frontier = Frontier()
        for entry, entry_hash in self.hashed_entries(0, self.tree_size):
            frontier.append(entry_hash)
            yield frontier.tree_size - 1, entry
        if frontier.root_hash() != self._signed.checkpoint.root_hash:
            raise ProofInvalid("the entries do not lead to the signed root")

    def prove_inclusion(self, entry_index: int) -> list[bytes]:
        """Prove that an entry is under the checkpoint."""
        return prove_inclusion(entry_index, self.tree_size, self._hashes, self._hashes.tail_hash)

    def prove_consistency(self, old_size: int) -> list[bytes]:
        """Prove that the log as of the checkpoint begins with its first `old_size` entries."""
        return prove_consistency(old_size, self.tree_size, self._hashes, self._hashes.tail_hash)

    def check_extends(self, older: SignedCheckpoint) -> None:
        """Check that this log is the one an older checkpoint of the same log was about.

        Raises:
            LogMisbehaviour: both checkpoints are signed, and they cannot both be true.
            ProofInvalid: the source could not prove this log.
        """
        assert older.checkpoint.origin == self._signed.checkpoint.origin
        assert older.checkpoint.tree_size <= self.tree_size

        # Only proven hashes count: a source that lies is no evidence against the log.
        if older.checkpoint.tree_size == self.tree_size:
            proven_root = self._signed.checkpoint.root_hash
        else:
            proven_root = range_hash(0, older.checkpoint.tree_size, self._hashes)
        if proven_root != older.checkpoint.root_hash:
            raise LogMisbehaviour("the log was rewritten", older.note, self._signed.note)

    def hashed_entries(self, start_index: int, end_index: int) -> Iterator[tuple[bytes, bytes]]:
        """Give entries as `entries` does, each with its leaf hash.

        Raises:
            ProofInvalid, MalformedBundle, TileNotFound: as for `entries`.
        """
        assert 0 <= start_index <= end_index <= self.tree_size

        position = start_index
        while position < end_index:
            bundle_index = position // TILE_WIDTH
            bundle_start = bundle_index * TILE_WIDTH
            hashed = self._proven_bundle(bundle_index)[
                position - bundle_start : end_index - bundle_start
            ]
            yield from hashed
            position += len(hashed)

    def _proven_bundle(self, bundle_index: int) -> list[tuple[bytes, bytes]]:
        expected = self._hashes.tile_hashes(0, bundle_index)
        entries = self._read_bundle(EntryBundle(bundle_index, len(expected)))[: len(expected)]
        found = [leaf_hash(entry) for entry in entries]
        if found != expected:
            raise ProofInvalid(f"the entries of bundle {bundle_index} are not those of the log")
        return list(zip(entries, found, strict=True))

    def _read_bundle(self, bundle: EntryBundle) -> list[bytes]:
        try:
            data = self._source.read(bundle_path(bundle))
        except TileNotFound:
            if bundle.width == TILE_WIDTH:
                raise
            data = self._source.read(bundle_path(EntryBundle(bundle.index)))
        return parse_bundle(data)


class _EdgeHashes:
    """The complete subtrees of a tree, all of which lie in its partial tiles."""

    def __init__(self, edge: dict[int, TileTree]) -> None:
        self._edge = edge

    def subtree_hash(self, level: int, index: int) -> bytes:
        tile_level, height = divmod(level, TILE_HEIGHT)
        position = (index << height) % TILE_WIDTH
        return self._edge[tile_level].subtree_hash(height, position >> height)


def _parents(row: bytes) -> bytes:
    pair_bytes = 2 * HASH_BYTES
    whole_bytes = len(row) - len(row) % pair_bytes
    # `node_hash` of two neighbours, who stand side by side already: most of a tile's cost is here.
    return b"".join(
        [
            sha256(b"\x01" + row[start : start + pair_bytes]).digest()
            for start in range(0, whole_bytes, pair_bytes)
        ]
    )
