"""The stream index in flat memory against the tree of objects, and its snapshots."""

import pickle
import random
from hashlib import sha256

import pytest

from transparency.encoding import encode_u64
from transparency.errors import MalformedSnapshot
from transparency.hashing import EMPTY_ROOT_HASH
from transparency.index import PatriciaMap, StreamIndex, verify_index_proof
from transparency.index.buckets import RECORD_BYTES, find, put


class Reference:
    """Positions by key, and the tree of objects over them."""

    def __init__(self) -> None:
        self.positions: dict[bytes, list[int]] = {}
        self._map = PatriciaMap()

    def append(self, key: bytes, entry_index: int) -> None:
        found = self.positions.setdefault(key, [])
        found.append(entry_index)
        self._map.set(key, sha256(b"".join(map(encode_u64, found))).digest())

    def root_hash(self) -> bytes:
        return self._map.root_hash()

    def prove(self, key: bytes) -> object:
        return self._map.prove(key)


def hashed(number: int) -> bytes:
    return sha256(b"stream %d" % number).digest()


def close(number: int) -> bytes:
    """Keys alike but for their last bits: no bucket can part them."""
    return (1 << 200 | number).to_bytes(32, "big")


def repeating(number: int) -> bytes:
    """Keys of few different bytes, which are found across records too."""
    return bytes(number >> bit & 1 for bit in range(32))


KEYS = {"hashed": hashed, "close": close, "repeating": repeating}


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("seed", range(4))
def test_roots_and_proofs_are_those_of_the_tree_of_objects(kind: str, seed: int) -> None:
    source, reference, index = random.Random(seed), Reference(), StreamIndex()
    entry_index = 0
    for _ in range(40):
        for _ in range(source.randrange(60)):
            key = KEYS[kind](source.randrange(900))
            entry_index += source.randrange(1, 4)
            index.append(key, entry_index)
            reference.append(key, entry_index)
        assert index.root_hash() == reference.root_hash()
        for number in source.sample(range(1_000), 12):
            key = KEYS[kind](number)
            proof = index.prove(key)
            assert proof == reference.prove(key)
            positions = tuple(reference.positions.get(key, ()))
            assert index.entry_indexes(key) == positions
            verify_index_proof(key, positions or None, proof, index.root_hash())


@pytest.mark.parametrize("kind", KEYS)
def test_an_index_restored_from_its_steps_goes_on_as_if_nothing_had_been(kind: str) -> None:
    source, index, reference = random.Random(1), StreamIndex(keeps_steps=True), Reference()
    steps = []
    for entry_index in range(3_000):
        key = KEYS[kind](source.randrange(700))
        index.append(key, entry_index)
        reference.append(key, entry_index)
        if source.randrange(200) == 0:
            steps.append(index.take_step())
    steps.append(index.take_step())
    restored = StreamIndex.restored(steps)
    assert restored.root_hash() == reference.root_hash()

    for entry_index in range(3_000, 4_000):
        key = KEYS[kind](source.randrange(1_400))
        for each in (restored, reference):
            each.append(key, entry_index)
    assert restored.root_hash() == reference.root_hash()
    again = StreamIndex.restored([*steps, restored.take_step()])
    assert again.root_hash() == reference.root_hash()
    assert StreamIndex.restored([again.snapshot()]).root_hash() == reference.root_hash()


def test_keys_of_one_part_share_their_first_bits() -> None:
    reference, index = Reference(), StreamIndex(shared_bits=6)
    for number in range(2_000):
        key = b"\xa7" + hashed(number)[1:]
        index.append(key, number)
        reference.append(key, number)
    key = b"\xa7" + hashed(5)[1:]

    assert index.root_hash() == reference.root_hash()
    assert index.prove(key) == reference.prove(key)
    assert pickle.loads(pickle.dumps(index)).root_hash() == reference.root_hash()


def test_an_index_of_nothing_has_the_empty_root() -> None:
    assert StreamIndex().root_hash() == EMPTY_ROOT_HASH
    assert StreamIndex.restored([]).root_hash() == EMPTY_ROOT_HASH


def test_more_keys_than_may_wait_are_taken_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transparency.index.streams.MOST_WAITING", 10)
    reference, index = Reference(), StreamIndex()
    for number in range(100):
        reference.append(hashed(number % 37), number)
        index.append(hashed(number % 37), number)

    assert index.root_hash() == reference.root_hash()


def test_a_key_across_two_records_is_not_found() -> None:
    bucket = bytearray()
    first, second = bytes(32), b"\x01" * 32
    put(bucket, first, b"\x02" * 32, 0)
    across = bytes(bucket[40:72])
    put(bucket, second, b"\x03" * 32, 0)

    assert find(bucket, across) == -1
    assert find(bucket, second) == RECORD_BYTES


def a_step() -> bytes:
    index = StreamIndex(keeps_steps=True)
    for number in range(10):
        index.append(hashed(number % 4), number)
    return index.take_step()


BAD_STEPS = {
    "cut off": [a_step()[:-1]],
    "empty": [b""],
    "of another kind": [b"x" + a_step()[1:]],
    "twice": [a_step(), a_step()],
    "without its keys": [a_step()[:45].replace(encode_u64(4), encode_u64(0)) + a_step()[45:-128]],
    "a link to a later one": [a_step()[:125] + b"\xff" + a_step()[126:]],
}


@pytest.mark.parametrize("name", BAD_STEPS)
def test_steps_that_do_not_fit_are_refused(name: str) -> None:
    with pytest.raises(MalformedSnapshot):
        StreamIndex.restored(BAD_STEPS[name])


def test_a_changed_entry_index_leads_to_another_root() -> None:
    step = bytearray(a_step())
    good = StreamIndex.restored([bytes(step)]).root_hash()
    step[45] ^= 64

    assert StreamIndex.restored([bytes(step)]).root_hash() != good
