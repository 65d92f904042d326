"""Snapshots of a stream index as bytes: what was appended since the one before it.

    dossier-ledger/index-step@v1
    <8 bytes: links> <8 bytes: new keys>
    <entry index of each link: 8 bytes, big-endian>
    <number of the link before it of the same key: 8 bytes, little-endian; 0: none>
    <each new key, 32 bytes, in the order in which they appeared>

One snapshot from the beginning is a whole index; so are several that follow one another. What they
say is not to be believed: whoever restores an index compares its root with a seal.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from transparency.encoding import U64_BYTES, encode_u64
from transparency.errors import MalformedSnapshot
from transparency.index.chains import Chains
from transparency.index.maps import KEY_BYTES

TYPE_LINE: Final = b"dossier-ledger/index-step@v1\n"
_HEADER_END: Final = len(TYPE_LINE) + 2 * U64_BYTES


@dataclass(frozen=True, slots=True)
class Step:
    """Links that were added, and the keys among them that were new."""

    entry_indexes: bytes
    before: bytes
    keys: bytes


def render_step(step: Step) -> bytes:
    """Write one step."""
    counts = len(step.before) // U64_BYTES, len(step.keys) // KEY_BYTES
    return b"".join(
        (TYPE_LINE, *map(encode_u64, counts), step.entry_indexes, step.before, step.keys)
    )


def parse_step(data: bytes) -> Step:
    """Read one step.

    Raises:
        MalformedSnapshot: it is none, or cut off.
    """
    numbers = data[len(TYPE_LINE) : _HEADER_END]
    links = int.from_bytes(numbers[:U64_BYTES], "big") * U64_BYTES
    keys = int.from_bytes(numbers[U64_BYTES:], "big") * KEY_BYTES
    if not data.startswith(TYPE_LINE) or len(data) != _HEADER_END + 2 * links + keys:
        raise MalformedSnapshot("this is no step of an index, or part of one")
    middle = _HEADER_END + links
    return Step(data[_HEADER_END:middle], data[middle : middle + links], data[middle + links :])


def join_steps(steps: Iterable[bytes]) -> tuple[Chains, list[bytes]]:
    """Read steps that follow one another; give the chains, and the keys in their order.

    After each key stands the number of its last link, in 8 bytes, big-endian.

    Raises:
        MalformedSnapshot: they do not follow one another.
    """
    parsed = [parse_step(step) for step in steps]
    chains = Chains(
        b"".join(step.entry_indexes for step in parsed), b"".join(step.before for step in parsed)
    )
    keys = b"".join(step.keys for step in parsed)
    try:
        lasts = chains.lasts()
    except ValueError as error:
        raise MalformedSnapshot(f"the steps do not follow one another: {error}") from error
    starts = range(0, len(keys), KEY_BYTES)
    if len(starts) != len(lasts):
        raise MalformedSnapshot("the steps do not follow one another: keys are missing")
    records = [
        keys[start : start + KEY_BYTES] + encode_u64(last)
        for start, last in zip(starts, lasts, strict=True)
    ]
    records.sort()
    if any(left[:KEY_BYTES] == right[:KEY_BYTES] for left, right in pairwise(records)):
        raise MalformedSnapshot("a key begins twice")
    return chains, records
