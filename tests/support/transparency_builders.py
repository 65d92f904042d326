"""Builders of small logs for tests: keys, entries, and whole logs in a tile store."""

from pathlib import Path

from transparency.checkpoints import (
    Checkpoint,
    SignedCheckpoint,
    open_checkpoint,
    sign_checkpoint,
)
from transparency.hashing import leaf_hash
from transparency.merkle import MerkleTree
from transparency.notes import SigningKey
from transparency.proofs import prove_inclusion
from transparency.receipts import Receipt, render_receipt
from transparency.tile_store import TileStore
from transparency.tiles import (
    TILE_WIDTH,
    bundle_path,
    bundles_between,
    pack_bundle,
    tile_path,
    tiles_between,
)

ORIGIN = "example.com/log"
SHARED = Path(__file__).parents[2].parent / "shared"


def a_key(name: str = ORIGIN, seed_byte: int = 1) -> SigningKey:
    """A signing key that depends only on its arguments."""
    return SigningKey(name, bytes([seed_byte]) * 32)


def some_entries(count: int) -> list[bytes]:
    """Different entries of different lengths."""
    return [f"entry {index} ".encode() + b"." * (index % 7) for index in range(count)]


def a_tree(entries: list[bytes]) -> MerkleTree:
    """The tree over some entries."""
    tree = MerkleTree()
    tree.extend(map(leaf_hash, entries))
    return tree


class WrittenLog:
    """A log of ours in a store, which grows by publications as the real one does."""

    def __init__(self, store: TileStore, key: SigningKey | None = None) -> None:
        self.store = store
        self.key = key or a_key()
        self.entries: list[bytes] = []
        self.tree = MerkleTree()

    def publish(self, entries: list[bytes]) -> SignedCheckpoint:
        """Append entries, write what changed, and move the checkpoint."""
        old_size = self.tree.tree_size
        self.entries += entries
        self.tree.extend(map(leaf_hash, entries))
        new_size = self.tree.tree_size
        files = {tile_path(t): self.tree.tile_bytes(t) for t in tiles_between(old_size, new_size)}
        for bundle in bundles_between(old_size, new_size):
            start = bundle.index * TILE_WIDTH
            files[bundle_path(bundle)] = pack_bundle(self.entries[start : start + bundle.width])
        self.store.write_all(files)
        signed = self.signed_checkpoint()
        self.store.write_checkpoint(signed.note)
        return signed

    def signed_checkpoint(self, tree_size: int | None = None) -> SignedCheckpoint:
        """The checkpoint of the log now, or as it was at an earlier size."""
        size = self.tree.tree_size if tree_size is None else tree_size
        checkpoint = Checkpoint(self.key.name, size, self.tree.root_hash(size))
        return open_checkpoint(sign_checkpoint(checkpoint, self.key), self.key.verification_key)

    def receipt(self, entry_index: int) -> bytes:
        """The receipt of one entry under the newest checkpoint."""
        proof = prove_inclusion(entry_index, self.tree.tree_size, self.tree)
        note = self.signed_checkpoint().note
        return render_receipt(Receipt(self.entries[entry_index], entry_index, tuple(proof), note))


def a_log(store: TileStore, *sizes: int) -> WrittenLog:
    """A log that was published at each of these sizes in turn."""
    log = WrittenLog(store)
    entries = some_entries(max(sizes))
    for size in sizes:
        log.publish(entries[log.tree.tree_size : size])
    return log


def with_one_bit_flipped(data: bytes, position: int) -> bytes:
    """The same bytes but for the lowest bit of one of them."""
    return data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]
