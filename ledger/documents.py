"""Public documents that publications name by hash: kept for ever, served under ``/documents/``."""

import hashlib
import os
import re
import threading
from pathlib import Path
from typing import Final, Protocol

from ledger.errors import DocumentMismatch, StoreCorrupt, StoreUnavailable, TooLarge

MAX_DOCUMENT_BYTES: Final = 256 * 1024
_HEX_NAME: Final = re.compile(r"[0-9a-f]{64}")


class DocumentSource(Protocol):
    """Where a document of a given SHA-256 can be read."""

    def read(self, document_hex: str) -> bytes | None:
        """Give the document with that hash, or None where it is missing."""


class DocumentFolder:
    """Documents as files named by their hash; each written once and synced."""

    def __init__(self, folder: Path):
        self._folder = folder

    def read(self, document_hex: str) -> bytes | None:
        """Give the document with that hash, or None where it is missing.

        Raises:
            StoreCorrupt: the file's bytes have another hash.
        """
        if _HEX_NAME.fullmatch(document_hex) is None:
            return None
        path = self._folder / document_hex
        if not path.exists():
            return None
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
            if not path.exists():
                self._write(path, document)
        except OSError as error:
            raise StoreUnavailable(f"document {name} cannot be stored: {error}") from error
        return name

    def make(self) -> None:
        """Make the folder, where it is not there yet."""
        self._folder.mkdir(parents=True, exist_ok=True)

    def copy_missing_from(self, source: "DocumentFolder") -> None:
        """Take over the documents that another folder has and this one lacks.

        Raises:
            StoreCorrupt: a document of the source was changed on disk.
            StoreUnavailable: the disk does not write.
        """
        for path in sorted(source._folder.glob("*")):
            document = None if (self._folder / path.name).exists() else source.read(path.name)
            if document is not None:
                self.store(document)

    def _write(self, path: Path, document: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
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


class CopiedDocuments:
    """Documents in a folder of their own, with a copy in the public log's folder.

    The first is what decisions rest on; the copy is for whoever takes the log elsewhere.
    """

    def __init__(self, kept: DocumentFolder, published: DocumentFolder):
        self._kept = kept
        self._published = published

    def read(self, document_hex: str) -> bytes | None:
        """Give the document with that hash, or None where it is missing."""
        return self._kept.read(document_hex)

    def store(self, document: bytes) -> str:
        """Keep a document durably in both places and give its hash."""
        name = self._kept.store(document)
        # CRASH: a copy that was not made is made at the writer's next start.
        self._published.store(document)
        return name

    def complete_copies(self) -> None:
        """Make the copies that a crash, or the loss of the log's folder, left missing.

        Both folders are made even where there is nothing to copy: a log without the folder is one
        that was taken elsewhere without its documents.
        """
        self._kept.make()
        self._published.make()
        self._published.copy_missing_from(self._kept)


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
