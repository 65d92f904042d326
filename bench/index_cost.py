"""``python -m bench.index_cost``: what one more entry costs the index, at several sizes.

Keys are hashes of numbers. An index of so many streams, three entries each, is restored from a
snapshot; then groups of 512 entries are appended, each followed by the root, as a seal needs it:
two thirds to streams that are there, one third to new ones. Times are of one process's processor.
"""

import argparse
import random
import resource
import time
from array import array
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from bench.results import machine
from transparency.index import StreamIndex
from transparency.index.snapshots import Step, render_step

ENTRIES_PER_STREAM: Final = 3
GROUP: Final = 512
GROUPS: Final = 100
SIZES: Final = (100_000, 1_000_000, 5_000_000)
SEED: Final = 4


@dataclass(frozen=True, slots=True)
class Cost:
    """What was measured at one size."""

    streams: int
    entries: int
    snapshot_megabytes: float
    restore_seconds: float
    first_root_seconds: float
    microseconds_per_entry: float
    microseconds_per_entry_alone: float
    microseconds_per_proof: float
    resident_megabytes: float


def main() -> None:
    """Measure each size in order, and write the results."""
    parser = argparse.ArgumentParser(prog="bench.index_cost")
    parser.add_argument("--streams", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--out", type=Path, default=Path("bench/index_cost.json"))
    arguments = parser.parse_args()
    costs = []
    for streams in sorted(arguments.streams):
        costs.append(measure(streams))
        print(costs[-1])
    results = {"machine": machine(), "costs": [asdict(cost) for cost in costs]}
    arguments.out.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=2) + b"\n")


def measure(streams: int) -> Cost:
    """Restore an index of so many streams, and append to it."""
    snapshot = b"".join([_snapshot(streams)])
    started = time.process_time()
    index = StreamIndex.restored([snapshot])
    restored = time.process_time()
    index.root_hash()
    rooted = time.process_time()
    megabytes = len(snapshot) / 1e6
    del snapshot
    entries = streams * ENTRIES_PER_STREAM
    together = _appended(index, _more(streams, entries, GROUP * GROUPS), GROUP)
    alone = _appended(index, _more(streams, 2 * entries, 2_000), 1)
    source = random.Random(SEED)
    before = time.process_time()
    for _ in range(2_000):
        index.prove(_key(source.randrange(streams)))
    proving = (time.process_time() - before) / 2_000
    return Cost(
        streams,
        entries,
        round(megabytes, 1),
        round(restored - started, 2),
        round(rooted - restored, 2),
        round(together * 1e6, 1),
        round(alone * 1e6, 1),
        round(proving * 1e6, 1),
        round(_resident_megabytes(), 1),
    )


def _snapshot(streams: int) -> bytes:
    entries = streams * ENTRIES_PER_STREAM
    before = array("Q", [0] * streams)
    before.extend(range(1, entries - streams + 1))
    keys = b"".join(map(_key, range(streams)))
    indexes = array("Q", range(entries))
    indexes.byteswap()
    return render_step(Step(indexes.tobytes(), before.tobytes(), keys))


def _key(number: int) -> bytes:
    return sha256(b"stream %d" % number).digest()


def _more(streams: int, first: int, count: int) -> Iterator[tuple[bytes, int]]:
    source = random.Random(SEED + first)
    for entry_index in range(first, first + count):
        number = source.randrange(streams) if source.randrange(3) else streams + entry_index
        yield _key(number), entry_index


def _appended(index: StreamIndex, entries: Iterator[tuple[bytes, int]], group: int) -> float:
    made = list(entries)
    before = time.process_time()
    for start in range(0, len(made), group):
        for key, entry_index in made[start : start + group]:
            index.append(key, entry_index)
        index.root_hash()
    return (time.process_time() - before) / len(made)


def _resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


if __name__ == "__main__":
    main()
