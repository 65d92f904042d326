"""Tiles of a log somewhere else, read over HTTP; nothing it gives is to be believed.

Nor is it waited for: each file has to be there in time as a whole, and may be as large as such a
file gets.
"""

import gzip
import urllib.error
import urllib.request
import zlib
from http.client import HTTPException, HTTPResponse
from typing import Final
from urllib.parse import urlsplit

from transparency.errors import TileNotFound, TileStoreUnavailable
from transparency.fetching.limited import limited_opener
from transparency.notes import MAX_NOTE_BYTES
from transparency.tile_store import CHECKPOINT_PATH
from transparency.tiles import MAX_BUNDLE_BYTES, parse_tile_path

DEFAULT_TIMEOUT_SECONDS = 10.0
# A full bundle has 16 MiB: it may take longer than a checkpoint, which is there at once.
TIMEOUTS_PER_FILE: Final = 6

_NOT_FOUND_STATUSES = frozenset({404, 410})


class HttpTileSource:
    """A log's tiles and checkpoint below an http or https address.

    ``timeout_seconds`` is how long the checkpoint, or each piece of another file, may take; a whole
    file may take six times as long.
    """

    def __init__(self, base_url: str, timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the address of a log begins with http:// or https:// and a host")
        self._base_url = base_url.rstrip("/")
        self._timeout_seconds = timeout_seconds

    def read(self, path: str) -> bytes:
        """Give the bytes at a path of tlog-tiles.

        Raises:
            TileNotFound: the server has no such file.
            TileStoreUnavailable: the server does not answer, or not with a file.
        """
        parse_tile_path(path)
        return self._get(path, MAX_BUNDLE_BYTES, self._timeout_seconds * TIMEOUTS_PER_FILE)

    def read_checkpoint(self) -> bytes:
        """Give the note of the newest checkpoint; it raises what `read` raises."""
        return self._get(CHECKPOINT_PATH, MAX_NOTE_BYTES, self._timeout_seconds)

    def _get(self, path: str, limit_bytes: int, seconds: float) -> bytes:
        # The constructor has checked the scheme.
        request = urllib.request.Request(  # noqa: S310
            f"{self._base_url}/{path}", headers={"Accept-Encoding": "gzip, identity"}
        )
        opener = limited_opener(self._base_url, seconds, limit_bytes)
        try:
            with opener.open(request, timeout=self._timeout_seconds) as response:
                return _read_body(response, limit_bytes)
        except urllib.error.HTTPError as error:
            with error:
                if error.code in _NOT_FOUND_STATUSES:
                    raise TileNotFound(path) from error
            raise TileStoreUnavailable(f"the server answers {error.code} for {path}") from error
        except (OSError, EOFError, HTTPException, zlib.error) as error:
            raise TileStoreUnavailable(f"the server does not give {path}") from error


def _read_body(response: HTTPResponse, limit_bytes: int) -> bytes:
    match response.headers.get("Content-Encoding", "identity"):
        case "identity":
            data = response.read(limit_bytes + 1)
            # Reading with a limit does not complain about a body that was cut off.
            if response.length:
                raise TileStoreUnavailable("the server does not give the whole file")
        case "gzip":
            with gzip.GzipFile(fileobj=response) as unpacked:
                data = unpacked.read(limit_bytes + 1)
        case other:
            raise TileStoreUnavailable(f"the server packs files as {other}")
    if len(data) > limit_bytes:
        raise TileStoreUnavailable("the server gives more than any such file of a log holds")
    return data
