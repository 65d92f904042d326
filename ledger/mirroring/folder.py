"""The folder of one mirror: what it serves, how far it means to copy, and its lock.

    log/                  the copied log as tlog-tiles serves it: checkpoint, tile/…, documents/…
    log/editions/         daily editions of the statistics, a folder for each day
    editions.kept         the SHA-256 of each kept edition's manifest, as `sha256sum` writes it
    editions.missing      kept editions that the source lacked: since when, which day, which source
    checkpoint.copying    the checkpoint that is being copied now; its files are not all here yet
    documents.missing     hashes of documents that entries name and the source did not give
    evidence/             what the source signed and cannot both be true
    lock                  keeps a second copier out

What belongs to the log was proven before it was written, and ``log/checkpoint`` moves only when
all that it covers is there: whoever serves the folder at any moment serves a whole log. Of editions
`projections.editions.mirrored.fitting` says what was checked.
"""

import fcntl
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

from ledger.documents import DocumentFolder
from ledger.errors import LedgerBusy, StoreCorrupt, StoreUnavailable
from transparency.checkpoints import SignedCheckpoint, open_checkpoint
from transparency.errors import TileNotFound, TransparencyError
from transparency.log_keys import LogKeys
from transparency.notes import VerificationKey
from transparency.tile_store import FileTileStore

LogKey = VerificationKey | LogKeys
_KEPT_EDITION: Final = re.compile(
    r"([0-9a-f]{64})  ([0-9]{4}-[0-9]{2}-[0-9]{2})/manifest\.json", re.ASCII
)

_MISSING_EDITION: Final = re.compile(r"(\S+)  ([0-9]{4}-[0-9]{2}-[0-9]{2})  (\S+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class MissingEdition:
    """Since when a source has not shown an edition that was kept, in UTC, and which source."""

    since: str
    asked: str


@dataclass(frozen=True, slots=True)
class MirrorFolder:
    """The paths below one mirror; nothing is made by naming it."""

    path: Path

    @property
    def log(self) -> Path:
        """Give the folder of the copied log, which is served."""
        return self.path / "log"

    @property
    def copying(self) -> Path:
        """Give the file of the checkpoint that is being copied."""
        return self.path / "checkpoint.copying"

    @property
    def missing(self) -> Path:
        """Give the list of documents that were not to be had."""
        return self.path / "documents.missing"

    @property
    def evidence(self) -> Path:
        """Give the folder of evidence."""
        return self.path / "evidence"

    @property
    def editions(self) -> Path:
        """Give the folder of copied editions, where that of the log's own server lies, too."""
        return self.log / "editions"

    @property
    def kept_editions_list(self) -> Path:
        """Give the list of what was kept as editions."""
        return self.path / "editions.kept"

    @property
    def missing_editions_list(self) -> Path:
        """Give the list of kept editions that the source lacks."""
        return self.path / "editions.missing"

    def tiles(self) -> FileTileStore:
        """Open the copied log."""
        return FileTileStore(self.log)

    def documents(self) -> DocumentFolder:
        """Open the copied documents."""
        return DocumentFolder(self.log / "documents")

    def served(self, log_key: LogKey) -> SignedCheckpoint | None:
        """Give the checkpoint up to which everything is here; None for a new mirror.

        Raises:
            StoreCorrupt: the mirror is of another log, or its checkpoint was changed.
        """
        try:
            note = self.tiles().read_checkpoint()
        except TileNotFound:
            return None
        return self._opened(note, log_key)

    def being_copied(self, log_key: LogKey) -> SignedCheckpoint | None:
        """Give the checkpoint that was being copied when the last copying ended early.

        Raises:
            StoreCorrupt: as `served`.
        """
        try:
            note = self.copying.read_bytes()
        except FileNotFoundError:
            return None
        return self._opened(note, log_key)

    def write_copying(self, note: bytes) -> None:
        """Note, before any file under it is kept, which checkpoint is being copied."""
        _write_durably(self.copying, note)

    def finish_copying(self) -> None:
        """Note that the checkpoint being copied is the one that is served."""
        self.copying.unlink(missing_ok=True)

    def missing_documents(self) -> tuple[str, ...]:
        """Give the hashes of documents that were not to be had so far."""
        try:
            return tuple(self.missing.read_text(encoding="ascii").split())
        except FileNotFoundError:
            return ()

    def write_missing(self, document_hexes: Iterable[str]) -> None:
        """Write anew which documents are missing."""
        _write_durably(self.missing, "".join(f"{each}\n" for each in document_hexes).encode())

    def kept_editions(self) -> dict[str, str]:
        """Give by day the SHA-256 of the manifest that was kept, in hex.

        Raises:
            StoreCorrupt: the list was changed.
        """
        try:
            lines = self.kept_editions_list.read_text(encoding="ascii", errors="replace")
        except FileNotFoundError:
            return {}
        matches = [_KEPT_EDITION.fullmatch(line) for line in lines.splitlines()]
        if None in matches:
            raise StoreCorrupt(f"{self.kept_editions_list} was changed")
        return {match[2]: match[1] for match in matches if match is not None}

    def write_kept_editions(self, kept: Mapping[str, str]) -> None:
        """Write anew which editions are kept."""
        lines = (f"{kept[day]}  {day}/manifest.json\n" for day in sorted(kept))
        _write_durably(self.kept_editions_list, "".join(lines).encode())

    def missing_editions(self) -> dict[str, MissingEdition]:
        """Give by day which kept editions were not there when they were asked for last.

        A line that was changed counts for nothing: the absence is noted anew.
        """
        try:
            lines = self.missing_editions_list.read_text(encoding="ascii", errors="replace")
        except FileNotFoundError:
            return {}
        matches = map(_MISSING_EDITION.fullmatch, lines.splitlines())
        return {
            each[2]: MissingEdition(each[1], unquote(each[3]))
            for each in matches
            if each is not None
        }

    def write_missing_editions(self, missing: Mapping[str, MissingEdition]) -> None:
        """Write anew which kept editions are missing at the source."""
        lines = (
            f"{missing[day].since}  {day}  {quote(missing[day].asked)}\n" for day in sorted(missing)
        )
        _write_durably(self.missing_editions_list, "".join(lines).encode())

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock that keeps a second copier out.

        Raises:
            LedgerBusy: another process copies into this folder.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise LedgerBusy("another process copies into this mirror") from error
            yield
        finally:
            os.close(descriptor)

    def _opened(self, note: bytes, log_key: LogKey) -> SignedCheckpoint:
        try:
            return open_checkpoint(note, log_key)
        except TransparencyError as error:
            message = f"the mirror in {self.path} is of another log, or was changed: {error}"
            raise StoreCorrupt(message) from error


def _write_durably(path: Path, data: bytes) -> None:
    beside = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(descriptor)
        os.close(descriptor)
    except OSError as error:
        raise StoreUnavailable(f"{path} cannot be written: {error}") from error
