"""``python -m bench.proof_serving``: receipts per second as a web worker makes them.

The log is synthetic: a million entries of 600 bytes that nobody signed, since proofs hash them and
read nothing. Tiles, ledger database and the maker of receipts are the real ones; the HTTP server
before them is left out. The page cache is warm: what is measured is work, not a disk.
"""

import argparse
import multiprocessing
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import msgspec

from api.resources.receipts import KEPT_TILES, ReceiptMaker
from bench.results import machine
from ledger.storage.port import Group, NewEvent, PublishedCheckpoint
from ledger.storage.sqlite import SqliteLedgerReader, SqliteLedgerStore
from transparency.checkpoints import Checkpoint, open_checkpoint, sign_checkpoint
from transparency.hashing import leaf_hash
from transparency.merkle import MerkleTree
from transparency.notes import SigningKey
from transparency.proofs import prove_consistency, prove_inclusion
from transparency.tile_store import FileTileStore
from transparency.tiles import tile_path, tiles_between
from transparency.trusted_log import FullTiles, ProvenHashes, TrustedLog
from transparency.verifier import verify_receipt

KEY: Final = SigningKey("localhost/bench", bytes(31) + b"\1")
ENTRY_BYTES: Final = 600
GROUP: Final = 2_000
RECENT: Final = 100_000
COUNTED: Final = 2_000
SEED: Final = 4

Work = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Served:
    """How many of one thing were made in one run, by how many processes at once."""

    name: str
    processes: int
    per_second: float


@dataclass(frozen=True, slots=True)
class Reads:
    """What proofs of random entries read."""

    most_hashes_of_an_inclusion_proof: int
    most_hashes_of_a_consistency_proof: int
    most_tiles_of_a_proof: int
    milliseconds_to_open_a_checkpoint: float


class CountedHashes(ProvenHashes):
    """Proven hashes that count how many they were asked for."""

    asked = 0

    def subtree_hash(self, level: int, index: int) -> bytes:
        """Give and count."""
        self.asked += 1
        return super().subtree_hash(level, index)


class CountedTiles(FileTileStore):
    """A folder of tiles that counts the files read from it."""

    files = 0

    def read(self, path: str) -> bytes:
        """Read and count."""
        self.files += 1
        return super().read(path)


def main() -> None:
    """Make the log, count what proofs read, and measure."""
    parser = argparse.ArgumentParser(prog="bench.proof_serving")
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each run")
    parser.add_argument("--out", type=Path, default=Path("bench/proof_serving.json"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make_log(Path(folder), arguments.entries)
        reads = _count_reads(Path(folder), arguments.entries)
        served = _measure(Path(folder), arguments.entries, arguments.seconds)
    found = {
        "machine": machine(),
        "entries": arguments.entries,
        "reads": asdict(reads),
        "served": [asdict(one) for one in served],
    }
    arguments.out.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    print(f"{reads}")
    for one in served:
        print(f"{one.per_second:10.0f}/s  {one.processes} process(es)  {one.name}")


def make_log(folder: Path, count: int) -> None:
    """Write a ledger database and the tiles of a log of so many entries."""
    store, tree = SqliteLedgerStore(folder / "ledger.sqlite3"), MerkleTree()
    token = store.claim_lease("bench")
    for start in range(0, count, GROUP):
        bodies = [_entry(index) for index in range(start, min(count, start + GROUP))]
        tree.extend(map(leaf_hash, bodies))
        events = [
            NewEvent(f"dossier:{start + place:032x}", 1, "dossier.submitted", body, start + place)
            for place, body in enumerate(bodies)
        ]
        store.record_group(Group(tuple(events)), fencing_token=token)
    checkpoint = Checkpoint(KEY.name, count, tree.root_hash())
    published = PublishedCheckpoint(count, sign_checkpoint(checkpoint, KEY))
    store.swap_checkpoint(published, expected_tree_size=0, fencing_token=token)
    store.close()
    for tile in tiles_between(0, count):
        path = folder / "log" / tile_path(tile)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(tree.tile_bytes(tile))


def _entry(index: int) -> bytes:
    return index.to_bytes(8, "big") + bytes(ENTRY_BYTES - 8)


def _note(folder: Path) -> bytes:
    published = SqliteLedgerReader(folder / "ledger.sqlite3").checkpoint()
    assert published is not None
    return published.note


def _count_reads(folder: Path, count: int) -> Reads:
    signed = open_checkpoint(_note(folder), KEY.verification_key)
    tiles, chance = CountedTiles(folder / "log"), random.Random(SEED)
    hashes = CountedHashes(tiles, signed)
    started = time.perf_counter()
    for bit in range((count - 1).bit_length()):
        if (count - 1) >> bit & 1:
            hashes.tail_hash(((count - 1) >> bit) << bit)
    milliseconds = (time.perf_counter() - started) * 1000
    inclusion, consistency, files = [], [], []
    for entry_index in (0, count - 1, *(chance.randrange(count) for _ in range(COUNTED))):
        hashes.asked, tiles.files = 0, 0
        prove_inclusion(entry_index, count, hashes, hashes.tail_hash)
        inclusion.append(hashes.asked)
        files.append(tiles.files)
        hashes.asked = 0
        prove_consistency(entry_index + 1, count, hashes, hashes.tail_hash)
        consistency.append(hashes.asked)
    return Reads(max(inclusion), max(consistency), max(files), round(milliseconds, 2))


def _measure(folder: Path, count: int, seconds: float) -> list[Served]:
    cores = multiprocessing.cpu_count()
    first_recent = max(0, count - RECENT)
    return [
        _run("inclusion proofs, any entry", folder, (0, count), seconds, 1),
        _run("inclusion proofs, last 100,000 entries", folder, (first_recent, count), seconds, 1),
        _run("receipts, any entry", folder, (0, count), seconds, 1),
        _run("receipts, last 100,000 entries", folder, (first_recent, count), seconds, 1),
        _run("receipts, any entry", folder, (0, count), seconds, cores),
        _run("receipts, last 100,000 entries", folder, (first_recent, count), seconds, cores),
    ]


def _run(
    name: str, folder: Path, indexes: tuple[int, int], seconds: float, processes: int
) -> Served:
    jobs = [(name, folder, indexes, seconds, SEED + number) for number in range(processes)]
    if processes == 1:
        return Served(name, 1, round(_worker(*jobs[0]), 1))
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        rates = pool.starmap(_worker, jobs)
    return Served(name, processes, round(sum(rates), 1))


def _worker(name: str, folder: Path, indexes: tuple[int, int], seconds: float, seed: int) -> float:
    """Work for a while; give how often per second."""
    work, chance, done = _work(name, folder), random.Random(seed), 0
    for _ in range(GROUP):
        work(chance.randrange(*indexes))
    started = time.perf_counter()
    while (taken := time.perf_counter() - started) < seconds:
        for _ in range(100):
            work(chance.randrange(*indexes))
        done += 100
    return done / taken


def _work(name: str, folder: Path) -> Work:
    tiles = FileTileStore(folder / "log")
    if name.startswith("receipts"):
        reader = SqliteLedgerReader(folder / "ledger.sqlite3")
        maker = ReceiptMaker(reader, tiles, KEY.verification_key)
        assert verify_receipt(maker.receipt_at(0), KEY.verification_key).entry == _entry(0)
        return maker.receipt_at
    signed = open_checkpoint(_note(folder), KEY.verification_key)
    return TrustedLog(tiles, signed, FullTiles(tiles, KEPT_TILES)).prove_inclusion


if __name__ == "__main__":
    main()
