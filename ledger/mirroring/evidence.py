"""A folder of evidence: what a log showed and cannot stand together, kept byte for byte.

Each case is a folder of its own, named ``<code>-<16 hex digits of the hash of what it holds>``:

    about.json           code, message, origin, and when it was seen: one JSON object
    first.checkpoint     the checkpoint that was seen first, as it was served
    second.checkpoint    the one that cannot stand beside it
    *.evidence.json      what convicts the log, for anybody's `verify` (`transparency.evidence`)
    entry-<n>.receipt    the receipt of an entry that must not stand there as it does
    counts.json …        what a site published as figures, and the log does not say

A case is written once, whole, and never changed; the same pieces again are the same case.
"""

import hashlib
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from ledger.bodies import canonical_json
from ledger.errors import StoreUnavailable
from transparency.checkpoints import SignedCheckpoint
from transparency.encoding import render_utc_milliseconds
from transparency.evidence.checkpoints import FORK, make_fork
from transparency.evidence.files import EVIDENCE_SUFFIX, render_evidence
from transparency.tile_store import TileSource
from transparency.trusted_log import TrustedLog

ABOUT: Final = "about.json"
FIRST_CHECKPOINT: Final = "first.checkpoint"
SECOND_CHECKPOINT: Final = "second.checkpoint"
FORK_FILE: Final = f"{FORK}{EVIDENCE_SUFFIX}"
# Whoever floods an observer with cases shall not fill its disk.
MAX_CASES: Final = 1_000


class EvidenceFolder:
    """Where an observer of logs keeps the pieces of misbehaviour."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def keep(
        self, code: str, message: str, origin: str, pieces: Mapping[str, bytes], seen_at: datetime
    ) -> Path | None:
        """Keep a case; give its folder, or None where a thousand are kept already.

        Raises:
            StoreUnavailable: the disk does not write.
        """
        folder = self._path / f"{code}-{_hash_of(pieces)[:16]}"
        about = {
            "code": code,
            "message": message,
            "origin": origin,
            "seen_at": stamp(seen_at),
            "pieces": sorted(pieces),
        }
        try:
            if folder.is_dir():
                return folder
            self._path.mkdir(parents=True, exist_ok=True)
            if sum(1 for _ in self._path.iterdir()) >= MAX_CASES:
                return None
            _write_case(folder, {ABOUT: canonical_json(about) + b"\n", **pieces})
        except OSError as error:
            raise StoreUnavailable(f"evidence cannot be kept in {folder}: {error}") from error
        return folder


def stamp(instant: datetime) -> str:
    """Write when something was seen, by a clock of any precision."""
    whole = instant.microsecond // 1_000 * 1_000
    return render_utc_milliseconds(instant.replace(microsecond=whole))


def checkpoint_pieces(
    known: SignedCheckpoint, newest: SignedCheckpoint, tiles: TileSource, *, is_fork: bool
) -> dict[str, bytes]:
    """Give the pieces of a log that did not go on; ``tiles`` has those of the larger checkpoint."""
    pieces = {FIRST_CHECKPOINT: known.note, SECOND_CHECKPOINT: newest.note}
    smaller, larger = sorted((known, newest), key=lambda signed: signed.checkpoint.tree_size)
    sizes = (smaller.checkpoint.tree_size, larger.checkpoint.tree_size)
    if not is_fork or not sizes[0]:
        return pieces
    if sizes[0] == sizes[1]:
        fork = make_fork(known.note, newest.note)
    else:
        fork = make_fork(smaller.note, larger.note, TrustedLog(tiles, larger))
    return pieces | {FORK_FILE: render_evidence(fork)}


def _hash_of(pieces: Mapping[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name, piece in sorted(pieces.items()):
        whole.update(f"{name} {len(piece)}\n".encode() + piece)
    return whole.hexdigest()


def _write_case(folder: Path, files: Mapping[str, bytes]) -> None:
    beside = folder.with_name(f"{folder.name}.new")
    beside.mkdir(exist_ok=True)
    for name, data in files.items():
        with (beside / name).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    _sync(beside)
    # CRASH: until here a folder that nobody reads, and that the next writing fills again.
    beside.rename(folder)
    _sync(folder.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
