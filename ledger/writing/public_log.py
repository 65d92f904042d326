"""The public log as the writer holds it: tree and sealed index in memory, and publications.

The writer appends entries in order, seals what has no seal yet, and makes each publication's
files. Everything here is derived from the ledger database and rebuilt from it at start; the tile
store then receives byte for byte the same files again.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.actions import Action
from ledger.writing.signing import CheckpointSigner, LineMaker
from transparency.checkpoints import Checkpoint, render_checkpoint_text
from transparency.hashing import leaf_hash
from transparency.index import StreamIndex
from transparency.log_keys import LogKeys
from transparency.merkle import MerkleTree
from transparency.notes import SigningKey
from transparency.proofs import prove_consistency, prove_inclusion
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

    def __init__(
        self,
        origin: str,
        key: SigningKey,
        later_keys: Sequence[SigningKey] = (),
        added_line: LineMaker | None = None,
    ):
        self._origin = origin
        self._signer = CheckpointSigner(key, later_keys, added_line)
        self._tree = MerkleTree()
        self._index = StreamIndex()
        self._recent: dict[int, bytes] = {}
        self._kept_from = 0
        self._sealed_size = 0
        self._sealed_at: datetime | None = None

    @property
    def origin(self) -> str:
        """Give the log's name, which is the ledger's."""
        return self._origin

    @property
    def keys(self) -> LogKeys:
        """Give the log's keys, as far as its entries name them."""
        return self._signer.keys

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

    def append_action(self, note: bytes, action: Action) -> None:
        """Append the note of an action, which may change the keys that sign checkpoints.

        Raises:
            StoreCorrupt: it changes them to something that is no key.
        """
        self.append(note, action.stream)
        self._signer.learn(action, self._tree.tree_size - 1)

    def check_can_follow(self, action: Action) -> None:
        """Check that checkpoints can be signed once an action is recorded.

        Raises:
            LogKeyMissing: it names a key for the log whose private part is not here.
        """
        self._signer.check_can_follow(action)

    def learn_keys(self, action: Action, entry_index: int) -> None:
        """Take in an act on the ledger's own stream whose entry is recalled, not appended.

        Raises:
            StoreCorrupt: as `append_action`.
        """
        self._signer.learn(action, entry_index)

    def recall(
        self, tree: MerkleTree, index: StreamIndex, bodies: Iterable[bytes], sealed_at: datetime
    ) -> None:
        """Go on from the seal at the end of ``bodies``, which follow a tree of full tiles.

        ``index`` knows all of them already.
        """
        self._tree, self._index = tree, index
        self._kept_from = tree.tree_size
        for body in bodies:
            self.append(body, None)
        self.note_seal(sealed_at)

    def keep_index_steps(self) -> None:
        """Keep from the beginning what `take_index_step` gives."""
        assert not self._tree.tree_size
        self._index = StreamIndex(keeps_steps=True)

    def take_index_step(self) -> bytes:
        """Give what was appended to the index since the last step."""
        return self._index.take_step()

    @property
    def kept_from(self) -> int:
        """Give the size from which on publications can be made; before, files are there."""
        return self._kept_from

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

    def prove_consistency(self, old_size: int, tree_size: int) -> tuple[bytes, ...]:
        """Prove that the tree of ``tree_size`` continues that of ``old_size``."""
        return tuple(prove_consistency(old_size, tree_size, self._tree))

    def publication(self, old_tree_size: int, tree_size: int) -> Publication:
        """Make the files and the checkpoint that take the log from one size to the next."""
        assert 0 <= old_tree_size < tree_size <= self._tree.tree_size
        files = self._files_between(old_tree_size, tree_size)
        return Publication(old_tree_size, tree_size, files, self.checkpoint_note(tree_size))

    def files(self, tree_size: int) -> Mapping[str, bytes]:
        """Make the files of a published size anew, from where the log was recalled on."""
        return self._files_between(min(self._kept_from, tree_size), tree_size)

    def _files_between(self, old_tree_size: int, tree_size: int) -> dict[str, bytes]:
        files = {
            tile_path(tile): self._tree.tile_bytes(tile)
            for tile in tiles_between(old_tree_size, tree_size)
        }
        for bundle in bundles_between(old_tree_size, tree_size):
            files[bundle_path(bundle)] = self._bundle_bytes(bundle)
        return files

    def checkpoint_note(self, tree_size: int) -> bytes:
        """Sign the checkpoint of a size; its text is the same each time, an added line need not be.

        Raises:
            StoreCorrupt: the private part of a key that must sign is not here.
        """
        return self._signer.sign(self._checkpoint(tree_size))

    def checkpoint_text(self, tree_size: int) -> bytes:
        """Give what is signed of the checkpoint of a size."""
        return render_checkpoint_text(self._checkpoint(tree_size))

    def _checkpoint(self, tree_size: int) -> Checkpoint:
        return Checkpoint(self._origin, tree_size, self._tree.root_hash(tree_size))

    def _bundle_bytes(self, bundle: EntryBundle) -> bytes:
        start = bundle.index * TILE_WIDTH
        return pack_bundle(self._recent[i] for i in range(start, start + bundle.width))

    def forget_published(self, tree_size: int) -> None:
        """Drop the bodies of bundles that are full and published: no later file needs them."""
        first_needed = tree_size - tree_size % TILE_WIDTH
        for entry_index in [i for i in self._recent if i < first_needed]:
            del self._recent[entry_index]
