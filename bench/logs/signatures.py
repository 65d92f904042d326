"""How long the signatures of a log take alone, on all cores at once: what an audit is compared to.

Each process collects the notes and keys of its bundles beforehand; only then, all at the same
moment, they verify. So nothing but Ed25519 is measured, over the very signatures of the log.
"""

import multiprocessing
import re
from dataclasses import dataclass
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

from transparency.notes import (
    NoteSignature,
    VerificationKey,
    check_signature,
    parse_note,
    parse_vkey,
)
from transparency.tiles import TILE_WIDTH, EntryBundle, bundle_path, parse_bundle

# So many bundles are collected, then verified, so that a large log fits into memory.
BUNDLES_PER_STEP: Final = 64
SECONDS_TO_COLLECT: Final = 600.0
ACTION: Final = b"dossier-ledger/action@v1\n"
VKEY: Final = re.compile(rb'"([a-z0-9./:-]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44})"')


@dataclass(frozen=True, slots=True)
class Share:
    """What one process verifies: every so-many-th bundle of a log."""

    log: Path
    tree_size: int
    number: int
    processes: int


@dataclass(frozen=True, slots=True)
class Verified:
    """How many signatures, in how many seconds, and in how many of all processors together."""

    count: int
    seconds: float
    processor_seconds: float


def verify_signatures(log: Path, tree_size: int, processes: int) -> Verified:
    """Verify every signature of a log, and nothing else; the slowest process gives the seconds."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(processes)
    answers: SimpleQueue[Verified] = context.SimpleQueue()
    shares = [Share(log, tree_size, number, processes) for number in range(processes)]
    workers = [
        context.Process(target=_verify, args=(share, barrier, answers), daemon=True)
        for share in shares
    ]
    for worker in workers:
        worker.start()
    results = [answers.get() for _ in workers]
    for worker in workers:
        worker.join()
    return Verified(
        sum(one.count for one in results),
        max(one.seconds for one in results),
        sum(one.processor_seconds for one in results),
    )


def _verify(share: Share, barrier: Barrier, answers: "SimpleQueue[Verified]") -> None:
    keys = _keys(share)
    bundles = _bundles(share.tree_size)
    count, seconds, processor_seconds = 0, 0.0, 0.0
    for start in range(0, len(bundles), BUNDLES_PER_STEP * share.processes):
        step = bundles[start : start + BUNDLES_PER_STEP * share.processes]
        tasks = _tasks(share, step[share.number :: share.processes], keys)
        barrier.wait(SECONDS_TO_COLLECT)
        begun, used = perf_counter(), process_time()
        for key, text, signature in tasks:
            check_signature(key, text, signature)
        seconds += perf_counter() - begun
        processor_seconds += process_time() - used
        count += len(tasks)
    answers.put(Verified(count, seconds, processor_seconds))


def _bundles(tree_size: int) -> list[EntryBundle]:
    full, rest = divmod(tree_size, TILE_WIDTH)
    bundles = [EntryBundle(index) for index in range(full)]
    return [*bundles, EntryBundle(full, rest)] if rest else bundles


def _keys(share: Share) -> dict[str, VerificationKey]:
    keys = {}
    for bundle in _bundles(share.tree_size):
        data = (share.log / bundle_path(bundle)).read_bytes()
        for match in VKEY.finditer(data):
            name = match[1].partition(b"+")[0].decode()
            if name not in keys:
                keys[name] = parse_vkey(match[1].decode())
    return keys


def _tasks(
    share: Share, bundles: list[EntryBundle], keys: dict[str, VerificationKey]
) -> list[tuple[VerificationKey, bytes, NoteSignature]]:
    tasks = []
    for bundle in bundles:
        for entry in parse_bundle((share.log / bundle_path(bundle)).read_bytes()):
            if entry.startswith(ACTION):
                note = parse_note(entry)
                tasks += [(keys[line.key_name], note.text, line) for line in note.signatures]
    return tasks
