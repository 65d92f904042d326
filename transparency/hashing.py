r"""Hashes of RFC 6962 section 2.1, with SHA-256, as tlog-tiles asks.

- empty tree: SHA-256 of nothing
- leaf: SHA-256(0x00 || entry)
- node: SHA-256(0x01 || left hash || right hash)

>>> EMPTY_ROOT_HASH.hex()[:16], leaf_hash(b"").hex()[:16]
('e3b0c44298fc1c14', '6e340b9cffb37a98')
>>> node_hash(leaf_hash(b""), leaf_hash(b"\x00")).hex()[:16]
'fac54203e7cc696c'
"""

from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT_HASH = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Hash one entry into its leaf."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left_hash: bytes, right_hash: bytes) -> bytes:
    """Hash two neighbours into the node above them."""
    return sha256(b"\x01" + left_hash + right_hash).digest()
