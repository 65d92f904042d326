"""A small sealed log of plain texts for tests of histories: `<stream> <words>`, no dossiers."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from tests.support.transparency_builders import a_key
from transparency.checkpoints import Checkpoint, sign_checkpoint
from transparency.encoding import encode_u64
from transparency.hashing import leaf_hash
from transparency.histories.bundles import (
    HistoryBundle,
    HistoryEntry,
    StreamHistory,
    render_nodes,
)
from transparency.histories.multiproofs import prove_leaves
from transparency.index import StreamIndex, render_index_proof
from transparency.merkle import MerkleTree
from transparency.notes import SigningKey
from transparency.proofs import prove_inclusion
from transparency.receipts import Receipt, render_receipt
from transparency.seals import Seal, is_seal, render_seal

STARTED_AT = datetime(2026, 11, 21, 8, tzinfo=UTC)


def key_of(stream: str) -> bytes:
    """The index key of a stream of such a log."""
    return sha256(stream.encode()).digest()


def stream_of(entry: bytes) -> str | None:
    """The stream of an entry of such a log."""
    return None if is_seal(entry) else entry.decode().partition(" ")[0]


class SealedLog:
    """Entries and seals of such a log, honest unless a test says otherwise."""

    def __init__(self, key: SigningKey | None = None) -> None:
        self.key = key or a_key()
        self.entries: list[bytes] = []
        self.sealed_at = STARTED_AT

    def add(self, *texts: str) -> "SealedLog":
        """Append entries."""
        self.entries += [text.encode() for text in texts]
        return self

    def index(self, *, without: int | None = None) -> StreamIndex:
        """The index over everything so far, or one that leaves an entry out."""
        index = StreamIndex()
        for position, entry in enumerate(self.entries):
            stream = stream_of(entry)
            if stream is not None and position != without:
                index.append(key_of(stream), position)
        return index

    def seal(self, *, without: int | None = None, previous: bytes = b"", **lies: Any) -> bytes:
        """Append a seal; give the checkpoint that it closes."""
        self.sealed_at += timedelta(minutes=1)
        truth: dict[str, Any] = {
            "covers": len(self.entries),
            "index_root_hash": self.index(without=without).root_hash(),
            "sealed_at": self.sealed_at,
            "previous_checkpoint": previous,
        }
        self.entries.append(render_seal(Seal(**(truth | lies))))
        return self.checkpoint()

    def tree(self) -> MerkleTree:
        """The tree over everything so far."""
        tree = MerkleTree()
        tree.extend(map(leaf_hash, self.entries))
        return tree

    def checkpoint(self) -> bytes:
        """The checkpoint of everything so far."""
        size, root = len(self.entries), self.tree().root_hash()
        return sign_checkpoint(Checkpoint(self.key.name, size, root), self.key)

    def receipt(self, entry_index: int) -> bytes:
        """The receipt of one entry under the checkpoint of everything so far."""
        size, tree = len(self.entries), self.tree()
        proof = tuple(prove_inclusion(entry_index, size, tree))
        return render_receipt(
            Receipt(self.entries[entry_index], entry_index, proof, self.checkpoint())
        )

    def shown(self, stream: str, *, without: int | None = None) -> tuple[bytes, bytes]:
        """What the index below the last seal shows of a stream: positions and proof."""
        below = SealedLog(self.key)
        below.entries = self.entries[:-1]
        index = below.index(without=without)
        positions = index.entry_indexes(key_of(stream))
        return b"".join(map(encode_u64, positions)), render_index_proof(index.prove(key_of(stream)))

    def history(self, *streams: str) -> HistoryBundle:
        """The bundle of these streams; the first is the one asked for."""
        below = SealedLog(self.key)
        below.entries = self.entries[:-1]
        index, last = below.index(), len(self.entries) - 1
        parts = [self._part(stream, index) for stream in sorted(streams)]
        positions = [each.index for part in parts for each in part.entries]
        nodes = prove_leaves([*positions, last], last + 1, self.tree())
        return HistoryBundle(
            stream=streams[0],
            checkpoint=self.checkpoint(),
            seal=self.entries[last],
            streams=tuple(parts),
            nodes=render_nodes(nodes),
        )

    def _part(self, stream: str, index: StreamIndex) -> StreamHistory:
        positions = index.entry_indexes(key_of(stream))
        entries = tuple(HistoryEntry(entry=self.entries[at], index=at) for at in positions)
        proof = render_index_proof(index.prove(key_of(stream)))
        return StreamHistory(stream=stream, entries=entries, proof=proof)


def a_sealed_log() -> SealedLog:
    """Three streams in turn, under two seals."""
    log = SealedLog()
    log.add("a one", "b one", "a two", "c one")
    first = log.seal()
    log.add("b two", "a three", "c two")
    log.seal(previous=first)
    return log
