"""Chains: all entry indexes of all keys in two flat arrays, each linked to the one before it.

Link number n (from 1 on) holds an entry index and the number of the link before it of the same
key, 0 where there is none. Sixteen bytes an entry, and appending changes nothing that is there.
"""

import sys
from array import array
from collections.abc import Sequence

from transparency.encoding import U64_BYTES, encode_u64


class Chains:
    """The links, in the order in which they were made."""

    def __init__(self, entry_indexes: bytes = b"", before: bytes = b"") -> None:
        """Go on from what `packed` gave."""
        self._entry_indexes = bytearray(entry_indexes)
        self._before = _unpacked(before)

    def __len__(self) -> int:
        return len(self._before)

    def append(self, entry_indexes: Sequence[int], last_link: int) -> int:
        """Add entries of a key after its last link (0: none); give the number of the new last."""
        for entry_index in entry_indexes:
            position, before = encode_u64(entry_index), (last_link - 1) * U64_BYTES
            assert not last_link or self._entry_indexes[before : before + U64_BYTES] < position

            self._entry_indexes += position
            self._before.append(last_link)
            last_link = len(self._before)
        return last_link

    def positions(self, last_link: int) -> bytearray:
        """Give the entry indexes up to a link as big-endian u64 one after the other."""
        found, entry_indexes, before = [], self._entry_indexes, self._before
        while last_link:
            end = last_link * U64_BYTES
            found.append(entry_indexes[end - U64_BYTES : end])
            last_link = before[last_link - 1]
        found.reverse()
        return bytearray().join(found)

    def lasts(self) -> list[int]:
        """Give for each chain, in the order in which they began, the number of its last link.

        Raises:
            ValueError: a link names one that was not there before it.
        """
        last_of_chain: list[int] = []
        chain_of_link = [0]
        for number, before in enumerate(self._before, 1):
            if before >= number:
                raise ValueError("a link names a later one")
            if before:
                chain = chain_of_link[before]
                last_of_chain[chain] = number
            else:
                chain = len(last_of_chain)
                last_of_chain.append(number)
            chain_of_link.append(chain)
        return last_of_chain

    def packed(self, after_link: int = 0) -> tuple[bytes, bytes]:
        """Give entry indexes, big-endian, and links before, little-endian, after a link."""
        entry_indexes = bytes(self._entry_indexes[after_link * U64_BYTES :])
        return entry_indexes, _packed(self._before[after_link:])


def _packed(numbers: "array[int]") -> bytes:
    if sys.byteorder == "big":
        numbers = array("Q", numbers)
        numbers.byteswap()
    return numbers.tobytes()


def _unpacked(data: bytes) -> "array[int]":
    numbers = array("Q")
    assert numbers.itemsize == U64_BYTES

    numbers.frombytes(data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
