"""Buckets: the leaves below one place of the index tree, as sorted records in one piece of memory.

A record is 72 bytes::

    <32-byte key> <32-byte leaf hash> <8 bytes: number of the key's last link, big-endian>

Links are those of `transparency.index.chains`. The part of the tree inside a bucket is hashed
anew when it is asked for: with a dozen records that is cheaper than to keep its nodes.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final

from transparency.encoding import U64_BYTES, encode_u64
from transparency.hashing import HASH_BYTES
from transparency.index.maps import BIT_BYTES, KEY_BITS, KEY_BYTES

LEAF_END: Final = KEY_BYTES + HASH_BYTES
RECORD_BYTES: Final = LEAF_END + U64_BYTES


def find(bucket: bytearray, key: bytes) -> int:
    """Give where the record of a key begins, or -1."""
    start = bucket.find(key)
    # The same bytes may stand across two records.
    while start % RECORD_BYTES and start != -1:
        start = bucket.find(key, start + 1)
    return start


def put(bucket: bytearray, key: bytes, leaf_hash: bytes, last_link: int) -> bool:
    """Write the record of a key; tell whether the bucket had none."""
    record = key + leaf_hash + encode_u64(last_link)
    start = find(bucket, key)
    if start >= 0:
        bucket[start : start + RECORD_BYTES] = record
        return False
    start = RECORD_BYTES * bisect_left(_Keys(bucket), key)
    bucket[start:start] = record
    return True


def last_link(bucket: bytearray, start: int) -> int:
    """Give the number of the last link of the record that begins there."""
    return int.from_bytes(bucket[start + LEAF_END : start + RECORD_BYTES], "big")


def records(bucket: bytearray) -> Iterator[tuple[bytes, int]]:
    """Give the keys in their order, each with the number of its last link."""
    for start in range(0, len(bucket), RECORD_BYTES):
        yield bytes(bucket[start : start + KEY_BYTES]), last_link(bucket, start)


def parted(bucket: bytearray, bit: int) -> tuple[bytearray, bytearray]:
    """Split a bucket where its keys, alike before a bit, have 0 and 1 there."""
    byte, mask = bit // 8, 0x80 >> bit % 8
    start = 0
    while start < len(bucket) and not bucket[start + byte] & mask:
        start += RECORD_BYTES
    return bucket[:start], bucket[start:]


def part_hash(bucket: bytearray) -> bytes | None:
    """Give the hash of the part of the tree that a bucket holds; None for an empty one."""
    hashes: list[bytes] = []
    bits: list[int] = []
    combined, key_before = None, 0
    packed = bytes(bucket)
    for start in range(0, len(packed), RECORD_BYTES):
        key_number = int.from_bytes(packed[start : start + KEY_BYTES], "big")
        leaf_hash = packed[start + KEY_BYTES : start + LEAF_END]
        if combined is not None:
            bit = KEY_BITS - (key_number ^ key_before).bit_length()
            # What parts further down than this is complete: its branches are hashed now.
            while bits and bits[-1] > bit:
                combined = sha256(hashes.pop() + combined + BIT_BYTES[bits.pop()]).digest()
            hashes.append(combined)
            bits.append(bit)
        combined, key_before = leaf_hash, key_number
    while bits:
        assert combined is not None
        combined = sha256(hashes.pop() + combined + BIT_BYTES[bits.pop()]).digest()
    return combined


def way_to(bucket: bytearray, key: bytes) -> tuple[bytes, list[tuple[int, bytes]]]:
    """Give the key that a key leads to, itself or another, and the siblings, lowest first."""
    below = bucket
    above: list[tuple[int, bytes]] = []
    while len(below) > RECORD_BYTES:
        first, last = below[:KEY_BYTES], below[-RECORD_BYTES : KEY_BYTES - RECORD_BYTES]
        bit = KEY_BITS - (_number(first) ^ _number(last)).bit_length()
        left, right = parted(below, bit)
        below, aside = (right, left) if key[bit // 8] & (0x80 >> bit % 8) else (left, right)
        sibling = part_hash(aside)
        assert sibling is not None
        above.append((bit, sibling))
    return bytes(below[:KEY_BYTES]), above[::-1]


def _number(key: bytes | bytearray) -> int:
    return int.from_bytes(key, "big")


class _Keys(Sequence[bytes]):
    """The keys of a bucket as a sequence, to search in."""

    def __init__(self, bucket: bytearray) -> None:
        self._bucket = bucket

    def __len__(self) -> int:
        return len(self._bucket) // RECORD_BYTES

    def __getitem__(self, number: int) -> bytes:  # type: ignore[override]
        start = number * RECORD_BYTES
        return bytes(self._bucket[start : start + KEY_BYTES])
