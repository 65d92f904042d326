"""All entry indexes of every key, in flat memory, with the root and the proofs over them.

The tree above the buckets is one array, numbered as a heap: node 1 is the root, below node n are
2n and 2n + 1, and each holds 32 bytes, zeros where no key is below. A bucket stands at any of its
numbers and splits in two when it grows; so nothing is moved that is not touched.

>>> from transparency.hashing import leaf_hash
>>> from transparency.index.maps import render_index_proof, verify_index_proof
>>> index = StreamIndex()
>>> key, other_key = leaf_hash(b"one"), leaf_hash(b"two")
>>> index.append(key, 0)
>>> index.append(key, 2)
>>> index.append(other_key, 1)
>>> proof = index.prove(key)
>>> verify_index_proof(key, (0, 2), proof, index.root_hash())
>>> len(render_index_proof(proof)), [bit for bit, _ in proof.siblings]
(33, [1])
"""

from collections.abc import Iterable
from hashlib import sha256
from itertools import groupby
from typing import Final

from transparency.encoding import U64_BYTES, encode_u64
from transparency.hashing import EMPTY_ROOT_HASH, HASH_BYTES
from transparency.index import buckets
from transparency.index.chains import Chains
from transparency.index.maps import BIT_BYTES, KEY_BITS, KEY_BYTES, IndexProof
from transparency.index.snapshots import Step, join_steps, render_step

FULL_BUCKET_BYTES: Final = 8 * buckets.RECORD_BYTES
# Below so many keys to each place of the lowest level there is no further level.
KEYS_PER_PLACE: Final = 4
MOST_WAITING: Final = 65_536
# From so many entries on, a key's positions are kept together once they were needed.
LONG_CHAIN_BYTES: Final = 64 * U64_BYTES
_NOTHING: Final = bytes(HASH_BYTES)


class StreamIndex:
    """The index over a log; hashes are made when the root is asked for."""

    def __init__(self, *, keeps_steps: bool = False, shared_bits: int = 0) -> None:
        """``shared_bits``: so many first bits are the same in all keys that will come.

        Whoever calls `take_step` says so at first (``keeps_steps``).
        """
        self._shared_bits = shared_bits
        self._waiting: dict[bytes, list[int]] = {}
        self._long_chains: dict[bytes, bytearray] = {}
        self._new_keys: bytearray | None = bytearray() if keeps_steps else None
        self._links_taken = 0
        self._chains = Chains()
        self._key_count = 0
        self._make_room(0)

    def _make_room(self, level: int) -> None:
        self._level = level
        self._nodes = bytearray(2 * HASH_BYTES << level)
        self._buckets: list[bytearray | None] = [None] * (2 << level)
        self._buckets[1] = bytearray()
        self._changed: set[int] = set()

    @classmethod
    def restored(cls, steps: Iterable[bytes], *, shared_bits: int = 0) -> "StreamIndex":
        """Make the index of steps that follow one another from the beginning.

        Its root must be compared: the steps may say anything.

        Raises:
            MalformedSnapshot: they are no steps, or do not follow one another.
        """
        index = cls(keeps_steps=True, shared_bits=shared_bits)
        index._restore(steps)
        return index

    def _restore(self, steps: Iterable[bytes]) -> None:
        self._chains, records = join_steps(steps)
        self._links_taken, self._key_count = len(self._chains), len(records)
        level = 0
        while len(records) > KEYS_PER_PLACE << level:
            level += 1
        self._make_room(level)
        # One level higher than room is for: a bucket is half full then, as after many splits.
        bits = max(level - 1, 0)
        if bits:
            self._buckets[1 : 2 << bits] = [None] * ((2 << bits) - 1)
            self._buckets[1 << bits : 2 << bits] = [bytearray() for _ in range(1 << bits)]
        for number, group in groupby(records, lambda record: self._number(record, bits)):
            self._buckets[number] = bytearray().join(map(self._record, group))
            self._changed.add(number)

    def _record(self, key_and_link: bytes) -> bytes:
        key, link = key_and_link[:KEY_BYTES], key_and_link[KEY_BYTES:]
        positions = self._chains.positions(int.from_bytes(link, "big"))
        return key + self._leaf_hash(key, positions) + link

    def append(self, key: bytes, entry_index: int) -> None:
        """Note that an entry belongs to a key; its index is above all earlier ones."""
        assert len(key) == KEY_BYTES

        waiting = self._waiting.setdefault(key, [])
        assert not waiting or waiting[-1] < entry_index
        waiting.append(entry_index)
        if len(self._waiting) > MOST_WAITING:
            self._take_in()

    def entry_indexes(self, key: bytes) -> tuple[int, ...]:
        """List the entries of a key; none if it is absent."""
        self._take_in()
        bucket = self._bucket(self._place_of(key))
        start = buckets.find(bucket, key)
        if start < 0:
            return ()
        packed = self._positions(key, buckets.last_link(bucket, start))
        return tuple(
            int.from_bytes(packed[position : position + U64_BYTES], "big")
            for position in range(0, len(packed), U64_BYTES)
        )

    def root_hash(self) -> bytes:
        """Give the root over everything appended so far."""
        self._refresh()
        return self._node(1) or EMPTY_ROOT_HASH

    def prove(self, key: bytes) -> IndexProof:
        """Prove all entries of a key, or that it has none, against the present root."""
        assert len(key) == KEY_BYTES

        self._refresh()
        if self._node(1) is None:
            return IndexProof(())
        number, above = self._way_to_bucket(key)
        bucket = self._bucket(number)
        found, below = buckets.way_to(bucket, key)
        siblings = (*below, *reversed(above))
        if found == key:
            return IndexProof(siblings)
        positions = self._positions(found, buckets.last_link(bucket, buckets.find(bucket, found)))
        return IndexProof(siblings, (found, sha256(positions).digest()))

    def take_step(self) -> bytes:
        """Give what was appended since the last step, or since the index was restored."""
        assert self._new_keys is not None

        self._take_in()
        step = Step(*self._chains.packed(self._links_taken), bytes(self._new_keys))
        self._links_taken = len(self._chains)
        self._new_keys.clear()
        return render_step(step)

    def snapshot(self) -> bytes:
        """Give the whole index as one step."""
        self._take_in()
        chains = self._chains.lasts()
        key_of_last = {
            last: key
            for bucket in self._buckets
            if bucket is not None
            for key, last in buckets.records(bucket)
        }
        keys = b"".join(key_of_last[last] for last in chains)
        return render_step(Step(*self._chains.packed(), keys))

    def __getstate__(self) -> tuple[bytes, int]:
        """Give what an index is made of again; nothing in it names a type."""
        return self.snapshot(), self._shared_bits

    def __setstate__(self, state: tuple[bytes, int]) -> None:
        """Become what `__getstate__` was asked of."""
        snapshot, shared_bits = state
        self.__init__(shared_bits=shared_bits)  # type: ignore[misc]
        self._restore([snapshot])

    def _take_in(self) -> None:
        for key, entry_indexes in self._waiting.items():
            number = self._place_of(key)
            bucket = self._bucket(number)
            start = buckets.find(bucket, key)
            before = 0 if start < 0 else buckets.last_link(bucket, start)
            positions = self._positions(key, before)
            last = self._chains.append(entry_indexes, before)
            positions += b"".join(map(encode_u64, entry_indexes))
            self._changed.add(number)
            if buckets.put(bucket, key, self._leaf_hash(key, positions), last):
                self._note_new(key, number)
        self._waiting.clear()

    def _note_new(self, key: bytes, number: int) -> None:
        self._key_count += 1
        if self._new_keys is not None:
            self._new_keys += key
        if self._key_count > KEYS_PER_PLACE << self._level:
            self._nodes += bytes(len(self._nodes))
            self._buckets += [None] * len(self._buckets)
            self._level += 1
        bucket = self._bucket(number)
        level = number.bit_length() - 1
        if len(bucket) > FULL_BUCKET_BYTES and level < self._level:
            halves = buckets.parted(bucket, self._shared_bits + level)
            self._buckets[number] = None
            self._buckets[2 * number], self._buckets[2 * number + 1] = halves
            self._changed.discard(number)
            self._changed |= {2 * number, 2 * number + 1}

    def _positions(self, key: bytes, last_link: int) -> bytearray:
        found = self._long_chains.get(key)
        if found is None:
            found = self._chains.positions(last_link)
            if len(found) >= LONG_CHAIN_BYTES:
                self._long_chains[key] = found
        return found

    @staticmethod
    def _leaf_hash(key: bytes, positions: bytearray) -> bytes:
        return sha256(key + sha256(positions).digest()).digest()

    def _number(self, key: bytes, level: int) -> int:
        bits = int.from_bytes(key[:KEY_BYTES], "big") >> (KEY_BITS - self._shared_bits - level)
        return 1 << level | bits & ((1 << level) - 1)

    def _place_of(self, key: bytes) -> int:
        number = self._number(key, self._level)
        while self._buckets[number] is None:
            number >>= 1
        return number

    def _bucket(self, number: int) -> bytearray:
        bucket = self._buckets[number]
        assert bucket is not None
        return bucket

    def _node(self, number: int) -> bytes | None:
        found = bytes(self._nodes[number * HASH_BYTES : (number + 1) * HASH_BYTES])
        return None if found == _NOTHING else found

    def _way_to_bucket(self, key: bytes) -> tuple[int, list[tuple[int, bytes]]]:
        way = self._number(key, self._level)
        number, above = 1, list[tuple[int, bytes]]()
        while self._buckets[number] is None:
            level = number.bit_length() - 1
            left, right = self._node(2 * number), self._node(2 * number + 1)
            goes_right = bool(way >> (self._level - level - 1) & 1)
            if left is None or right is None:
                # No branch here: the only way on is the one that is there.
                goes_right = left is None
            else:
                sibling = left if goes_right else right
                above.append((self._shared_bits + level, sibling))
            number = 2 * number + goes_right
        return number, above

    def _refresh(self) -> None:
        self._take_in()
        above: list[set[int]] = [set() for _ in range(self._level + 2)]
        for number in self._changed:
            place = number * HASH_BYTES
            part = buckets.part_hash(self._bucket(number)) or _NOTHING
            self._nodes[place : place + HASH_BYTES] = part
            above[number.bit_length() - 1].add(number >> 1)
        self._changed.clear()
        for level in range(self._level, 0, -1):
            for number in above[level]:
                self._hash_again(number, self._shared_bits + level - 1)
                above[level - 1].add(number >> 1)

    def _hash_again(self, number: int, bit: int) -> None:
        start = 2 * number * HASH_BYTES
        below = bytes(self._nodes[start : start + 2 * HASH_BYTES])
        if below.startswith(_NOTHING):
            made = below[HASH_BYTES:]
        elif below.endswith(_NOTHING):
            made = below[:HASH_BYTES]
        else:
            made = sha256(below + BIT_BYTES[bit]).digest()
        place = number * HASH_BYTES
        self._nodes[place : place + HASH_BYTES] = made
