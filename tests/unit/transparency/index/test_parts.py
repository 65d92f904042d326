"""The root made from the parts of an index is the root of the whole index."""

import pickle
import random

import pytest

from transparency.hashing import EMPTY_ROOT_HASH
from transparency.index import StreamIndex
from transparency.index.parts import PARTS, IndexPart, IndexParts, part_of


@pytest.mark.parametrize("parts", [1, 2, 16, PARTS, 256])
def test_parts_give_the_root_of_the_whole_after_every_step(parts: int) -> None:
    chance = random.Random(parts)
    whole, joined = StreamIndex(), IndexParts(parts)
    alone: dict[int, IndexPart] = {}
    keys = [chance.randbytes(32) for _ in range(60)]
    assert joined.root_hash() == EMPTY_ROOT_HASH == whole.root_hash()

    for entry_index in range(300):
        key = chance.choice(keys[: 1 + entry_index // 4])
        part = part_of(key, parts)
        whole.append(key, entry_index)
        alone.setdefault(part, IndexPart()).append(key, entry_index)
        if chance.random() < 0.5:
            joined.update({number: index.root_hash() for number, index in alone.items()})
            assert joined.root_hash() == whole.root_hash()
    joined.update({number: index.root_hash() for number, index in alone.items()})

    assert joined.root_hash() == whole.root_hash()


def test_a_part_that_was_kept_as_bytes_goes_on() -> None:
    chance = random.Random(5)
    part, whole = IndexPart(), StreamIndex()
    keys = [chance.randbytes(32) for _ in range(9)]
    for entry_index in range(40):
        if entry_index == 20:
            part = pickle.loads(pickle.dumps(part))
        key = chance.choice(keys)
        part.append(key, entry_index)
        whole.append(key, entry_index)

    assert part.root_hash() == whole.root_hash()


def test_keys_of_one_part_share_their_first_bits() -> None:
    assert [part_of(bytes([byte]) + bytes(31)) for byte in (0, 3, 4, 255)] == [0, 0, 1, 63]
    assert part_of(b"\xff" * 32, 1) == 0
