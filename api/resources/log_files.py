"""The public log under ``/log/`` exactly as C2SP tlog-tiles says, and the public documents.

Tiles and bundles never change once they are there, full or partial, so caches may keep them for
ever. The checkpoint may be kept for seconds only. A path has one spelling; any other is 404.

Bundles and documents travel packed to clients that name gzip; each is packed once, and kept while
there is room. Hashes do not get smaller, so tiles are sent as they are. Each answer has a tag, and
who names it is told that nothing changed. There are no ranges: half a file proves nothing.
"""

import asyncio
import gzip
import threading
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Protocol

from falcon.asgi import Request, Response

from api.errors import NothingHere
from api.negotiation import accepts_gzip
from ledger.documents import DocumentSource
from transparency.tile_store import BUNDLES_PATH, CHECKPOINT_PATH, LogSource

CHECKPOINT_MEDIA_TYPE: Final = "text/plain; charset=utf-8"
TILE_MEDIA_TYPE: Final = "application/octet-stream"
DOCUMENT_MEDIA_TYPE: Final = "text/plain; charset=utf-8"
FOR_EVER: Final = "public, max-age=31536000, immutable"
FOR_SECONDS: Final = "public, max-age=1"
KEPT_BYTES: Final = 16 * 1024 * 1024
# Each further level costs more time than it saves bytes: signatures and hashes do not shrink.
GZIP_LEVEL: Final = 6
_TAG_BYTES: Final = 16


class LogParts(Protocol):
    """The parts that answer here: a ledger's, or a mirror's."""

    @property
    def tile_store(self) -> LogSource:
        """Give the log's files."""
        ...

    @property
    def documents(self) -> DocumentSource:
        """Give the documents that the log names."""
        ...


@dataclass(frozen=True, slots=True)
class PublicFile:
    """The bytes of one answer, and the tag under which caches know them."""

    data: bytes
    tag: str
    is_packed: bool = False


class PackedFiles:
    """Files that never change, as gzip packs them: as many as there is room for, the last used."""

    def __init__(self, max_bytes: int = KEPT_BYTES):
        self._max_bytes = max_bytes
        self._kept_bytes = 0
        self._files: OrderedDict[str, PublicFile] = OrderedDict()
        # Misses are packed in threads.
        self._lock = threading.Lock()

    def find(self, name: str) -> PublicFile | None:
        """Give a file that was packed before and is still kept."""
        with self._lock:
            if name in self._files:
                self._files.move_to_end(name)
            return self._files.get(name)

    def pack(self, name: str, data: bytes) -> PublicFile:
        """Pack a file, and keep it in place of those that were not used for longest."""
        file = _public_file(gzip.compress(data, GZIP_LEVEL, mtime=0), is_packed=True)
        with self._lock:
            if name not in self._files:
                self._files[name] = file
                self._kept_bytes += len(file.data)
            while self._kept_bytes > self._max_bytes:
                _, dropped = self._files.popitem(last=False)
                self._kept_bytes -= len(dropped.data)
        return file


class LogFilesResource:
    """``/log/checkpoint``, ``/log/tile/…`` and ``/log/tile/entries/…``."""

    def __init__(self, parts: LogParts):
        self._tile_store = parts.tile_store
        self._packed = PackedFiles()

    async def on_get(self, request: Request, response: Response, *, path: str) -> None:
        """Give one file of the log.

        Raises:
            TileNotFound, MalformedTilePath: there is no such file, or it is spelt otherwise.
        """
        _check_spelling(request, f"/log/{path}")
        # Files of a few kilobytes from the page cache: not worth a thread, unless they are packed.
        if path == CHECKPOINT_PATH:
            file = _public_file(self._tile_store.read_checkpoint())
            _answer_public(request, response, file, CHECKPOINT_MEDIA_TYPE, FOR_SECONDS)
        elif path.startswith(f"{BUNDLES_PATH}/"):
            file = await self._bundle(request, path)
            response.append_header("Vary", "Accept-Encoding")
            _answer_public(request, response, file, TILE_MEDIA_TYPE, FOR_EVER)
        else:
            file = _public_file(self._tile_store.read(path))
            _answer_public(request, response, file, TILE_MEDIA_TYPE, FOR_EVER)

    on_head = on_get

    async def _bundle(self, request: Request, path: str) -> PublicFile:
        if not accepts_gzip(request.get_header("Accept-Encoding")):
            return _public_file(self._tile_store.read(path))
        found = self._packed.find(path)
        if found is not None:
            return found
        return await asyncio.to_thread(self._packed.pack, path, self._tile_store.read(path))


class DocumentsResource:
    """``/documents/{hex}``: public documents that entries of the log name by their SHA-256."""

    def __init__(self, parts: LogParts):
        self._documents = parts.documents
        self._packed = PackedFiles()

    async def on_get(self, request: Request, response: Response, *, document_hex: str) -> None:
        """Give a document."""
        wants_gzip = accepts_gzip(request.get_header("Accept-Encoding"))
        file = self._packed.find(document_hex) if wants_gzip else None
        if file is None:
            document = self._documents.read(document_hex)
            if document is None:
                raise NothingHere
            file = PublicFile(document, document_hex)
            if wants_gzip:
                file = await asyncio.to_thread(self._packed.pack, document_hex, document)
        response.append_header("Vary", "Accept-Encoding")
        _answer_public(request, response, file, DOCUMENT_MEDIA_TYPE, FOR_EVER)

    on_head = on_get


def _public_file(data: bytes, *, is_packed: bool = False) -> PublicFile:
    return PublicFile(data, sha256(data).hexdigest()[: 2 * _TAG_BYTES], is_packed)


def _check_spelling(request: Request, path: str) -> None:
    """Refuse a path whose bytes were escaped on the wire, where the server tells them."""
    raw_path = request.scope.get("raw_path")
    if raw_path is not None and bytes(raw_path) != path.encode():
        raise NothingHere


def _answer_public(
    request: Request, response: Response, file: PublicFile, media_type: str, caching: str
) -> None:
    response.etag = file.tag
    response.set_header("Cache-Control", caching)
    response.set_header("Access-Control-Allow-Origin", "*")
    if any(tag in ("*", file.tag) for tag in request.if_none_match or ()):
        response.status = 304
        return
    if file.is_packed:
        response.set_header("Content-Encoding", "gzip")
    response.data = file.data
    response.content_type = media_type
    response.set_header("X-Content-Type-Options", "nosniff")
