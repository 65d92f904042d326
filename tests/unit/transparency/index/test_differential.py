"""The compact index against its definition: every size to 300, and random larger ones."""

import random
import sys
from array import array
from hashlib import sha256

import pytest

from tests.support.references.index import reference_proof, reference_root
from transparency.encoding import encode_u64
from transparency.index import StreamIndex, chains

LARGE_COUNT = 3_000


class Written:
    """What was appended, in plain dictionaries."""

    def __init__(self) -> None:
        self.index = StreamIndex()
        self.positions: dict[bytes, list[int]] = {}

    def append(self, key: bytes, entry_index: int) -> None:
        self.index.append(key, entry_index)
        self.positions.setdefault(key, []).append(entry_index)

    def values(self) -> dict[bytes, bytes]:
        return {
            key: sha256(b"".join(map(encode_u64, found))).digest()
            for key, found in self.positions.items()
        }

    def check_proof(self, values: dict[bytes, bytes], key: bytes) -> None:
        proof = self.index.prove(key)
        siblings, other = reference_proof(values, key)
        assert (list(proof.siblings), proof.other) == (siblings, other)
        assert list(self.index.entry_indexes(key)) == self.positions.get(key, [])


def a_key(source: random.Random) -> bytes:
    """Keys that share long beginnings as often as not."""
    if source.random() < 0.5:
        return source.randbytes(32)
    shared = source.choice([1, 4, 31])
    return bytes(shared) + source.randbytes(32 - shared)


def test_every_size_to_300_has_the_root_and_the_proofs_of_the_definition() -> None:
    source, written = random.Random(300), Written()

    for entry_index in range(300):
        known = list(written.positions)
        is_new = not known or source.random() < 0.7
        written.append(a_key(source) if is_new else source.choice(known), entry_index)
        values = written.values()
        assert written.index.root_hash() == reference_root(values)
        for key in (source.choice(list(values)), a_key(source)):
            written.check_proof(values, key)


@pytest.mark.parametrize("seed", range(3))
def test_random_larger_sizes_have_the_root_and_the_proofs_of_the_definition(seed: int) -> None:
    source, written = random.Random(seed), Written()
    keys = [a_key(source) for _ in range(LARGE_COUNT)]

    for entry_index in range(2 * LARGE_COUNT):
        # A few streams are very long: their entries are kept in another way.
        chosen = source.choice(keys[:3] if source.random() < 0.2 else keys)
        written.append(chosen, entry_index)
        if entry_index in (700, 1_500, 2 * LARGE_COUNT - 1):
            values = written.values()
            assert written.index.root_hash() == reference_root(values)
            some = [*source.sample(list(values), 15), *(a_key(source) for _ in range(15))]
            for key in [*some, *keys[:3], *keys[:3]]:
                written.check_proof(values, key)


def test_links_are_packed_alike_on_machines_of_either_byte_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    numbers = array("Q", [1, 2**40])
    swapped = array("Q", numbers)
    swapped.byteswap()

    monkeypatch.setattr(sys, "byteorder", "little")
    little = chains._packed(numbers)
    assert chains._unpacked(little) == numbers
    monkeypatch.setattr(sys, "byteorder", "big")
    # What a machine of the other order has in memory, looked at from this one.
    assert chains._packed(swapped) == little
    assert chains._unpacked(little) == swapped
