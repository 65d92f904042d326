"""The index over the log: which entries belong to a key, all of them, proven by one root."""

from transparency.index.maps import (
    KEY_BITS,
    KEY_BYTES,
    IndexProof,
    PatriciaMap,
    parse_index_proof,
    render_index_proof,
    verify_index_proof,
    verify_map_proof,
)
from transparency.index.streams import StreamIndex

__all__ = [
    "KEY_BITS",
    "KEY_BYTES",
    "IndexProof",
    "PatriciaMap",
    "StreamIndex",
    "parse_index_proof",
    "render_index_proof",
    "verify_index_proof",
    "verify_map_proof",
]
