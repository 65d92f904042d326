"""The public log under ``/log/`` exactly as C2SP tlog-tiles says, and the public documents.

Tiles and bundles never change once they are there, full or partial, so caches may keep them for
ever. The checkpoint may be kept for seconds only. A path has one spelling; any other is 404.
"""

from typing import Final

from falcon.asgi import Request, Response

from api.errors import NothingHere
from api.parts import Parts
from transparency.tile_store import CHECKPOINT_PATH

CHECKPOINT_MEDIA_TYPE: Final = "text/plain; charset=utf-8"
TILE_MEDIA_TYPE: Final = "application/octet-stream"
DOCUMENT_MEDIA_TYPE: Final = "text/plain; charset=utf-8"
FOR_EVER: Final = "public, max-age=31536000, immutable"
FOR_SECONDS: Final = "public, max-age=1"


class LogFilesResource:
    """``/log/checkpoint``, ``/log/tile/…`` and ``/log/tile/entries/…``."""

    def __init__(self, parts: Parts):
        self._tile_store = parts.tile_store

    async def on_get(self, request: Request, response: Response, *, path: str) -> None:
        """Give one file of the log.

        Raises:
            TileNotFound, MalformedTilePath: there is no such file, or it is spelt otherwise.
        """
        _check_spelling(request, f"/log/{path}")
        # Files of a few kilobytes from the page cache: not worth a thread.
        if path == CHECKPOINT_PATH:
            data = self._tile_store.read_checkpoint()
            _answer_public(response, data, CHECKPOINT_MEDIA_TYPE, FOR_SECONDS)
        else:
            data = self._tile_store.read(path)
            _answer_public(response, data, TILE_MEDIA_TYPE, FOR_EVER)

    on_head = on_get


class DocumentsResource:
    """``/documents/{hex}``: public documents that entries of the log name by their SHA-256."""

    def __init__(self, parts: Parts):
        self._documents = parts.documents

    async def on_get(self, _request: Request, response: Response, *, document_hex: str) -> None:
        """Give a document."""
        document = self._documents.read(document_hex)
        if document is None:
            raise NothingHere
        _answer_public(response, document, DOCUMENT_MEDIA_TYPE, FOR_EVER)

    on_head = on_get


def _check_spelling(request: Request, path: str) -> None:
    """Refuse a path whose bytes were escaped on the wire, where the server tells them."""
    raw_path = request.scope.get("raw_path")
    if raw_path is not None and bytes(raw_path) != path.encode():
        raise NothingHere


def _answer_public(response: Response, data: bytes, media_type: str, caching: str) -> None:
    response.data = data
    response.content_type = media_type
    response.set_header("Cache-Control", caching)
    response.set_header("Access-Control-Allow-Origin", "*")
    response.set_header("X-Content-Type-Options", "nosniff")
