"""``python -m bench.bytes_per_entry``: what one entry costs on the disk, part by part.

First a real ledger: dossiers, two signed actions with private parts each, handed to a served data
folder in batches, as an import does. Then the same log growing slowly, one action and one seal to
a publication: what its partial tiles take where nobody deletes them, and what is left of them.
That part is computed from the lengths of the entries; no such files are written.
"""

import argparse
import gzip
import os
import tempfile
from collections.abc import Iterable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import Final

import msgspec

from api import bootstrap
from api.resources.log_files import GZIP_LEVEL
from api.settings import load_settings
from bench.load import post, run_load
from bench.results import machine
from bench.world import World, dossier_bodies, registry_acts, served
from cli.sites import render_submission
from transparency.hashing import HASH_BYTES
from transparency.tiles import (
    TILE_WIDTH,
    bundles_between,
    parse_bundle,
    partial_tile_width,
    tiles_between,
)

BATCH_ACTIONS: Final = 1_000
JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"
BLOCK_BYTES: Final = 4096
LENGTH_BYTES: Final = 2
# One publication a second, and partial tiles that stay for ten minutes.
GRACE_PUBLICATIONS: Final = 600

Sizes = dict[str, float]


def main() -> None:
    """Fill a ledger, weigh it, and write the result."""
    parser = argparse.ArgumentParser(prog="bench.bytes_per_entry")
    parser.add_argument("--batches", type=int, default=20, help="of 1,000 actions")
    parser.add_argument("--out", type=Path, default=Path("bench/bytes_per_entry.json"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        data = Path(temporary) / "data"
        with served(data, 1) as world:
            _fill(world, arguments.batches)
        found = _weigh(data)
    arguments.out.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())


def _fill(world: World, batches: int) -> None:
    requests = [
        post(world.address, "/v1/actions", render_submission(action), JSON)
        for action in registry_acts(world)
    ]
    for _ in range(batches):
        pairs = dossier_bodies(world, BATCH_ACTIONS // 2)
        lines = b"\n".join(body for pair in pairs for body in pair) + b"\n"
        requests.append(post(world.address, "/v1/actions/batch", lines, NDJSON))
    load = run_load(world.address, [requests])
    if load.failures:
        raise SystemExit(f"{len(load.failures)} requests failed: {load.failures[0][:2000]!r}")


def _weigh(data: Path) -> dict[str, object]:
    settings = load_settings({}, {"data": data})
    # The server may have ended before its follower had read everything.
    bootstrap.follower(settings).catch_up()
    published = bootstrap.ledger_reader(settings).checkpoint()
    assert published is not None
    entries = [len(entry) for entry in _entries(data / "log" / "tile" / "entries")]
    count = published.tree_size
    return {
        "machine": machine(),
        "entries": count,
        "mean_entry_bytes": round(sum(entries) / len(entries), 1),
        "bytes_per_entry": {
            part: round(size / count, 1) for part, size in _parts(data).items() if size
        },
        "bundles_as_gzip_bytes_per_entry": round(_packed_bytes(data) / count, 1),
        "slow_growth": _slow_growth(entries),
    }


def _parts(data: Path) -> Sizes:
    tiles = data / "log" / "tile"
    bundles = tiles / "entries"
    hashes = [folder for folder in tiles.iterdir() if folder != bundles]
    named = {
        "ledger database": [data / "ledger.sqlite3", data / "ledger.sqlite3-wal"],
        "vault": [data / "vault.sqlite3", data / "vault.sqlite3-wal"],
        "keyring": [data / "keyring.sqlite3", data / "keyring.sqlite3-wal"],
        "views": [data / "views.sqlite3", data / "views.sqlite3-wal"],
        "index of histories": [data / "index.sqlite3", data / "index.sqlite3-wal"],
    }
    sizes: Sizes = {part: sum(map(_on_disk, paths)) for part, paths in named.items()}
    sizes["entry bundles, full"] = _sum_of(_files([bundles]), partial=False)
    sizes["tiles, full"] = _sum_of(_files(hashes), partial=False)
    sizes["partial tiles and bundles of a bulk load"] = _sum_of(_files([tiles]), partial=True)
    known = sum(sizes.values())
    sizes["documents and the rest"] = sum(map(_on_disk, _files([data]))) - known
    sizes["everything"] = known + sizes["documents and the rest"]
    return sizes


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in folder.rglob("*") if path.is_file())


def _sum_of(files: Iterable[Path], *, partial: bool) -> float:
    return sum(_on_disk(path) for path in files if path.parent.name.endswith(".p") is partial)


def _on_disk(path: Path) -> float:
    return path.stat().st_blocks * 512 if path.exists() else 0


def _entries(bundles: Path) -> Iterator[bytes]:
    for path in sorted(_files([bundles])):
        if not path.parent.name.endswith(".p"):
            yield from parse_bundle(path.read_bytes())


def _packed_bytes(data: Path) -> float:
    """Give what the full bundles come to on the wire, extended to all entries."""
    files = [
        path.read_bytes()
        for path in _files([data / "log" / "tile" / "entries"])
        if not path.parent.name.endswith(".p")
    ]
    packed = sum(len(gzip.compress(file, GZIP_LEVEL, mtime=0)) for file in files)
    count = sum(len(parse_bundle(file)) for file in files)
    published = bootstrap.ledger_reader(load_settings({}, {"data": data})).checkpoint()
    assert published is not None
    return packed / count * published.tree_size


def _slow_growth(entries: list[int]) -> Sizes:
    """Compute what a log takes that publishes after every second entry, in disk blocks."""
    ends = list(accumulate((LENGTH_BYTES + length for length in entries), initial=0))
    last = len(entries) - len(entries) % 2
    sizes = range(2, last + 1, 2)
    full = sum(_publication_bytes(old, new, ends, partial=False) for old, new in _steps(sizes))
    kept = sum(_publication_bytes(old, new, ends, partial=True) for old, new in _steps(sizes))
    first = max(0, last - max(2 * GRACE_PUBLICATIONS, partial_tile_width(0, last)))
    recent = range(first - first % 2 + 2, last + 1, 2)
    swept = sum(_publication_bytes(old, new, ends, partial=True) for old, new in _steps(recent))
    return {
        "entries": last,
        "full_files_bytes_per_entry": round(full / last, 1),
        "partial_files_bytes_per_entry_if_kept": round(kept / last, 1),
        "partial_files_bytes_after_deleting": swept,
        "times_larger_if_kept": round((full + kept) / full, 1),
    }


def _steps(sizes: range) -> Iterator[tuple[int, int]]:
    return ((size - sizes.step, size) for size in sizes)


def _publication_bytes(old: int, new: int, ends: list[int], *, partial: bool) -> int:
    taken = sum(
        _blocks(tile.width * HASH_BYTES)
        for tile in tiles_between(old, new)
        if (tile.width < TILE_WIDTH) is partial
    )
    for bundle in bundles_between(old, new):
        if (bundle.width < TILE_WIDTH) is partial:
            start = bundle.index * TILE_WIDTH
            taken += _blocks(ends[start + bundle.width] - ends[start])
    return taken


def _blocks(size_bytes: int) -> int:
    return -(-size_bytes // BLOCK_BYTES) * BLOCK_BYTES


if __name__ == "__main__":
    os.umask(0o077)
    main()
