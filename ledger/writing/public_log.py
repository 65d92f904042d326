"""The public log as the writer holds it: tree and sealed index in memory, and publications.

The writer appends entries in order, seals what has no seal yet, and makes each publication's
files. Everything here is derived from the ledger database and rebuilt from it at start; the tile
store then receives byte for byte the same files again.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from transparency.checkpoints import Checkpoint, sign_checkpoint
from transparency.hashing import leaf_hash
from transparency.index import StreamIndex
from transparency.merkle import MerkleTree
from transparency.notes import SigningKey
from transparency.proofs import prove_inclusion
from transparency.seals import Seal, render_seal
from transparency.tiles import (
    TILE_WIDTH,
    EntryBundle,
    bundle_path,
    bundles_between,
    pack_bundle,
    tile_path,
    tiles_between,
)

STREAM_KEY_PREFIX: Final = b"dossier-ledger/stream@v1\n"

Bodies = Callable[[int, int], Sequence[bytes]]


def index_key(stream: str) -> bytes:
    """Give the index key of a stream (formats.md, "Seal entry")."""
    return hashlib.sha256(STREAM_KEY_PREFIX + stream.encode()).digest()


@dataclass(frozen=True, slots=True)
class Publication:
    """What one publication writes: files by path, then the checkpoint of the new size."""

    old_tree_size: int
    tree_size: int
    files: Mapping[str, bytes]
    checkpoint_note: bytes


class PublicLog:
    """Tree, index and the bodies not yet in a full bundle of one log.

    One thread appends and seals; another may prove and make publications of sizes already
    reached, since a hash that exists never changes.
    """

    def __init__(self, origin: str, key: SigningKey):
        self._origin = origin
        self._key = key
        self._tree = MerkleTree()
        self._index = StreamIndex()
        self._recent: dict[int, bytes] = {}
        self._sealed_size = 0
        self._sealed_at: datetime | None = None

    @property
    def origin(self) -> str:
        """Give the log's name, which is the ledger's."""
        return self._origin

    @property
    def tree_size(self) -> int:
        """Count the entries appended so far."""
        return self._tree.tree_size

    @property
    def sealed_size(self) -> int:
        """Give the size that the last seal closes: its entry index plus one."""
        return self._sealed_size

    @property
    def sealed_at(self) -> datetime | None:
        """Give the time of the last seal; the next one is not earlier."""
        return self._sealed_at

    def append(self, body: bytes, stream: str | None) -> None:
        """Append one entry; ``stream`` is None for entries that the index does not know."""
        entry_index = self._tree.tree_size
        self._tree.append(leaf_hash(body))
        self._recent[entry_index] = body
        if stream is not None:
            self._index.append(index_key(stream), entry_index)

    def note_seal(self, sealed_at: datetime) -> None:
        """Remember that the entry appended last is a seal."""
        self._sealed_size = self._tree.tree_size
        self._sealed_at = sealed_at

    def make_seal(self, now: datetime, previous_checkpoint: bytes) -> bytes:
        """Give the seal over everything appended so far; it is not appended yet."""
        sealed_at = now if self._sealed_at is None else max(now, self._sealed_at)
        return render_seal(
            Seal(self._tree.tree_size, self._index.root_hash(), sealed_at, previous_checkpoint)
        )

    def root_hash(self, tree_size: int) -> bytes:
        """Give the root of the first ``tree_size`` entries."""
        return self._tree.root_hash(tree_size)

    def index_root_hash(self) -> bytes:
        """Give the root of the index over everything appended so far."""
        return self._index.root_hash()

    def prove(self, entry_index: int, tree_size: int) -> tuple[bytes, ...]:
        """Prove that an entry is in the tree of ``tree_size``."""
        return tuple(prove_inclusion(entry_index, tree_size, self._tree))

    def publication(self, old_tree_size: int, tree_size: int) -> Publication:
        """Make the files and the checkpoint that take the log from one size to the next."""
        assert 0 <= old_tree_size < tree_size <= self._tree.tree_size
        files = {
            tile_path(tile): self._tree.tile_bytes(tile)
            for tile in tiles_between(old_tree_size, tree_size)
        }
        for bundle in bundles_between(old_tree_size, tree_size):
            files[bundle_path(bundle)] = self._bundle_bytes(bundle)
        return Publication(old_tree_size, tree_size, files, self.checkpoint_note(tree_size))

    def checkpoint_note(self, tree_size: int) -> bytes:
        """Sign the checkpoint of a size; Ed25519 signs the same bytes the same way each time."""
        checkpoint = Checkpoint(self._origin, tree_size, self._tree.root_hash(tree_size))
        return sign_checkpoint(checkpoint, self._key)

    def _bundle_bytes(self, bundle: EntryBundle) -> bytes:
        start = bundle.index * TILE_WIDTH
        return pack_bundle(self._recent[i] for i in range(start, start + bundle.width))

    def forget_published(self, tree_size: int) -> None:
        """Drop the bodies of bundles that are full and published: no later file needs them."""
        first_needed = tree_size - tree_size % TILE_WIDTH
        for entry_index in [i for i in self._recent if i < first_needed]:
            del self._recent[entry_index]
