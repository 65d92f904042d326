"""A folder of evidence: what a log showed and cannot stand together, kept byte for byte.

Each case is a folder of its own, named ``<code>-<16 hex digits of the hash of what it holds>``, or,
of an edition, ``<code>-<day>``:

    about.json           code, message, origin, when it was seen, of editions also the address that
                         was asked: one JSON object
    first.checkpoint     the checkpoint that was seen first, as it was served
    second.checkpoint    the one that cannot stand beside it
    *.evidence.json      what convicts the log, for anybody's `verify` (`transparency.evidence`)
    entry-<n>.receipt    the receipt of an entry that must not stand there as it does
    counts.json …        what a site published as figures, and the log does not say
    published-…, kept-…  what a source showed as an edition, and what a mirror has

A case is written once, whole, and never changed; the same pieces again are the same case. Of
editions anybody can show something wrong that nobody signed: those cases have room of their own.
"""

import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
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
# What these codes begin with rests on no signature: for each of them, so many cases and bytes.
OF_EDITIONS: Final = "edition_"
MAX_EDITION_CASES: Final = 200
MAX_EDITION_BYTES: Final = 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class EvidenceCase:
    """What is kept of one misbehaviour; two of one code and name are the same case."""

    code: str
    name: str
    message: str
    origin: str
    pieces: Mapping[str, bytes]
    # The address that showed it, where it was not the log's own word.
    asked: str | None = None

    @property
    def folder_name(self) -> str:
        """Name the folder of the case."""
        return f"{self.code}-{self.name}"

    def about(self, seen_at: datetime) -> dict[str, object]:
        """Say what the case is, for its `about.json`."""
        asked = {} if self.asked is None else {"asked": self.asked}
        return {
            "code": self.code,
            "message": self.message,
            "origin": self.origin,
            "seen_at": stamp(seen_at),
            "pieces": sorted(self.pieces),
            **asked,
        }


class EvidenceFolder:
    """Where an observer of logs keeps the pieces of misbehaviour."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def keep(
        self, code: str, message: str, origin: str, pieces: Mapping[str, bytes], seen_at: datetime
    ) -> Path | None:
        """Keep a case under the hash of its pieces; give its folder, or None as `keep_case`.

        Raises:
            StoreUnavailable: the disk does not write.
        """
        name = _hash_of(pieces)[:16]
        return self.keep_case(EvidenceCase(code, name, message, origin, pieces), seen_at)

    def keep_case(self, case: EvidenceCase, seen_at: datetime) -> Path | None:
        """Keep a case; give its folder, or None where there is no room for more of its sort.

        Raises:
            StoreUnavailable: the disk does not write.
        """
        folder = self._path / case.folder_name
        try:
            if folder.is_dir():
                return folder
            self._path.mkdir(parents=True, exist_ok=True)
            if not self._has_room(case):
                return None
            about = canonical_json(case.about(seen_at)) + b"\n"
            _write_case(folder, {ABOUT: about, **case.pieces})
        except OSError as error:
            raise StoreUnavailable(f"evidence cannot be kept in {folder}: {error}") from error
        return folder

    def has(self, case: EvidenceCase) -> bool:
        """Tell whether a case of this code and name is kept."""
        return (self._path / case.folder_name).is_dir()

    def _has_room(self, case: EvidenceCase) -> bool:
        paths = list(self._path.iterdir())
        if not case.code.startswith(OF_EDITIONS):
            signed = [path for path in paths if not path.name.startswith(OF_EDITIONS)]
            return len(signed) < MAX_CASES
        alike = [path for path in paths if path.match(f"{case.code}-*") and path.is_dir()]
        length_bytes = sum(map(len, case.pieces.values())) + sum(map(_length_bytes, alike))
        return len(alike) < MAX_EDITION_CASES and length_bytes <= MAX_EDITION_BYTES


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


def _length_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def _write_case(folder: Path, files: Mapping[str, bytes]) -> None:
    beside = folder.with_name(f"{folder.name}.new")
    if beside.exists():
        # CRASH: of an edition it may hold pieces of what was shown before, which are not these.
        shutil.rmtree(beside)
    beside.mkdir()
    for name, data in files.items():
        with (beside / name).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    _sync(beside)
    # CRASH: until here a folder that nobody reads, and that the next writing takes away.
    beside.rename(folder)
    _sync(folder.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
