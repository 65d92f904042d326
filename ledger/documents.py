"""Public documents that publications name by hash: kept for ever, served under ``/documents/``.

There are two folders. A document is *kept* before its action is decided, since the decision rests
on it. It is *served* with the publication of an entry that names it, and not before: what comes
with a refused action never stands under the ledger's address, and is swept (`ledger.sweeping`).
"""

import fcntl
import hashlib
import os
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

from ledger.errors import DocumentMismatch, StoreCorrupt, StoreUnavailable, TooLarge
from transparency.tile_store import BUNDLES_PATH, TileStore
from transparency.tiles import EntryBundle, parse_tile_path

MAX_DOCUMENT_BYTES: Final = 256 * 1024
_HEX_NAME: Final = re.compile(r"[0-9a-f]{64}")
# Facts are canonical: no string in them holds a quote, and only publications have this member.
_NAMED: Final = re.compile(rb'"document":"([0-9a-f]{64})"')


class DocumentSource(Protocol):
    """Where a document of a given SHA-256 can be read."""

    def read(self, document_hex: str) -> bytes | None:
        """Give the document with that hash, or None where it is missing."""


class DocumentFolder:
    """Documents as files named by their hash; each written once and synced.

    ``copy`` is where a document is looked for that is not here.
    """

    def __init__(self, folder: Path, copy: "DocumentFolder | None" = None):
        self._folder = folder
        self._copy = copy

    def read(self, document_hex: str) -> bytes | None:
        """Give the document with that hash, or None where it is missing.

        Raises:
            StoreCorrupt: the file's bytes have another hash.
        """
        if _HEX_NAME.fullmatch(document_hex) is None:
            return None
        path = self._folder / document_hex
        if not path.exists():
            return None if self._copy is None else self._copy.read(document_hex)
        document = path.read_bytes()
        if hashlib.sha256(document).hexdigest() != document_hex:
            raise StoreCorrupt(f"document {document_hex} was changed on disk")
        return document

    def store(self, document: bytes) -> str:
        """Keep a document and give its hash; keeping it again changes nothing.

        Raises:
            TooLarge: over 256 KiB.
            DocumentMismatch: not UTF-8 text.
            StoreUnavailable: the disk does not write.
        """
        check_document(document)
        name = hashlib.sha256(document).hexdigest()
        path = self._folder / name
        try:
            self._write_or_touch(path, document)
        except OSError as error:
            raise StoreUnavailable(f"document {name} cannot be stored: {error}") from error
        return name

    def make(self) -> None:
        """Make the folder, where it is not there yet."""
        self._folder.mkdir(parents=True, exist_ok=True)

    def has(self, document_hex: str) -> bool:
        """Tell whether a document of that hash lies here, whatever its bytes are by now."""
        return (self._folder / document_hex).exists()

    def names(self) -> Iterator[str]:
        """Give the hashes of all documents that lie here."""
        paths = sorted(self._folder.glob("*"))
        return (path.name for path in paths if _HEX_NAME.fullmatch(path.name))

    def is_older(self, document_hex: str, instant: datetime) -> bool:
        """Tell whether a document was last stored before an instant of the system's clock."""
        try:
            stored_at = (self._folder / document_hex).stat().st_mtime
        except FileNotFoundError:
            return False
        return datetime.fromtimestamp(stored_at, UTC) < instant

    def discard(self, document_hex: str, stored_before: datetime) -> bool:
        """Delete a document that no entry names, unless it was stored again; tell whether.

        Raises:
            StoreUnavailable: the disk does not delete.
        """
        try:
            with self._locked():
                is_old = self.is_older(document_hex, stored_before)
                if is_old:
                    (self._folder / document_hex).unlink(missing_ok=True)
        except OSError as error:
            raise StoreUnavailable(f"document {document_hex} cannot be deleted: {error}") from error
        return is_old

    def _write_or_touch(self, path: Path, document: bytes) -> None:
        self.make()
        # Whoever sends it again may have it recorded now: for the sweeper it is young again, and
        # the lock keeps that apart from its look at the age and its deletion.
        with self._locked():
            try:
                os.utime(path)
            except FileNotFoundError:
                self._write(path, document)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _write(self, path: Path, document: bytes) -> None:
        # Two workers, and two threads of one, may store the same document at the same time.
        temporary = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.new")
        with temporary.open("wb") as file:
            file.write(document)
            file.flush()
            os.fsync(file.fileno())
        # CRASH: a rename of a synced file: readers see the whole document or none.
        temporary.replace(path)
        descriptor = os.open(self._folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


class DocumentedTiles:
    """A tile store in which no entry bundle stands without the documents that its entries name.

    Whoever reads the log, here or on a copy elsewhere, finds them beside it. At its start the
    writer writes every bundle again, and with them the documents that a lost folder lacks.
    """

    def __init__(self, tiles: TileStore, kept: DocumentFolder, served: DocumentFolder):
        self._tiles = tiles
        self._kept = kept
        self._served = served
        self._examined = (0, 0)

    def write_all(self, files: Mapping[str, bytes]) -> None:
        """Serve the documents that the bundles name, then store tiles and bundles.

        Raises:
            StoreCorrupt: a document that an entry names is lost, or was changed on disk.
            StoreUnavailable, TileStoreUnavailable: the disk does not write.
        """
        for path, data in files.items():
            if path.startswith(BUNDLES_PATH):
                self._examine(path, data)
        # CRASH: documents whose entries are recorded, and not yet in a bundle that anybody reads.
        self._tiles.write_all(files)

    def write_checkpoint(self, note: bytes) -> None:
        """Replace the checkpoint in one step."""
        self._tiles.write_checkpoint(note)

    def read_checkpoint(self) -> bytes:
        """Give the note of the newest checkpoint, or raise `TileNotFound`."""
        return self._tiles.read_checkpoint()

    def largest_tree_size(self) -> int:
        """Tell how far the stored entry bundles reach."""
        return self._tiles.largest_tree_size()

    def _examine(self, path: str, bundle_bytes: bytes) -> None:
        bundle = parse_tile_path(path)
        assert isinstance(bundle, EntryBundle)
        # A bundle only grows: what its last writing held is served already.
        bundle_index, examined_bytes = self._examined
        start = examined_bytes if bundle.index == bundle_index else 0
        for document_hex in documents_named(bundle_bytes, start):
            self._serve(document_hex)
        self._examined = (bundle.index, len(bundle_bytes))

    def _serve(self, document_hex: str) -> None:
        if self._served.has(document_hex):
            return
        document = self._kept.read(document_hex)
        if document is None:
            raise StoreCorrupt(f"document {document_hex} is named by an entry and lost")
        self._served.store(document)


def documents_named(entries: bytes, start: int = 0) -> list[str]:
    """Give the hashes of the documents that entries name, from a byte of them on."""
    return [match[1].decode() for match in _NAMED.finditer(entries, start)]


class MemoryDocuments:
    """Documents in memory, for tests and simulations."""

    def __init__(self) -> None:
        self._documents: dict[str, bytes] = {}

    def read(self, document_hex: str) -> bytes | None:
        """Give the document with that hash, or None where it is missing."""
        return self._documents.get(document_hex)

    def store(self, document: bytes) -> str:
        """Keep a document and give its hash."""
        check_document(document)
        name = hashlib.sha256(document).hexdigest()
        self._documents[name] = document
        return name


def check_document(document: bytes) -> None:
    """Refuse what cannot be a public document.

    Raises:
        TooLarge: over 256 KiB.
        DocumentMismatch: not UTF-8 text.
    """
    if len(document) > MAX_DOCUMENT_BYTES:
        raise TooLarge(f"a document is {len(document)} bytes; at most {MAX_DOCUMENT_BYTES}")
    try:
        document.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DocumentMismatch("a public document is UTF-8 text") from error
