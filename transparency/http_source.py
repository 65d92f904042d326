"""Tiles of a log somewhere else, read over HTTP; nothing it gives is to be believed."""

import gzip
import urllib.error
import urllib.request
import zlib
from http.client import HTTPException, HTTPResponse
from urllib.parse import urlsplit

from transparency.errors import TileNotFound, TileStoreUnavailable
from transparency.tile_store import CHECKPOINT_PATH
from transparency.tiles import MAX_BUNDLE_BYTES, parse_tile_path

DEFAULT_TIMEOUT_SECONDS = 10.0

_LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_NOT_FOUND_STATUSES = frozenset({404, 410})


class HttpTileSource:
    """A log's tiles and checkpoint below an http or https address."""

    def __init__(self, base_url: str, timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the address of a log begins with http:// or https:// and a host")
        self._base_url = base_url.rstrip("/")
        self._timeout_seconds = timeout_seconds
        # A proxy for the world outside is no way to this machine.
        proxies: dict[str, str] | None = {} if parts.hostname in _LOOPBACK_HOSTS else None
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler(proxies))

    def read(self, path: str) -> bytes:
        """Give the bytes at a path of tlog-tiles.

        Raises:
            TileNotFound: the server has no such file.
            TileStoreUnavailable: the server does not answer, or not with a file.
        """
        parse_tile_path(path)
        return self._get(path)

    def read_checkpoint(self) -> bytes:
        """Give the note of the newest checkpoint; it raises what `read` raises."""
        return self._get(CHECKPOINT_PATH)

    def _get(self, path: str) -> bytes:
        # The constructor has checked the scheme.
        request = urllib.request.Request(  # noqa: S310
            f"{self._base_url}/{path}", headers={"Accept-Encoding": "gzip, identity"}
        )
        try:
            with self._opener.open(request, timeout=self._timeout_seconds) as response:
                return _read_body(response)
        except urllib.error.HTTPError as error:
            with error:
                if error.code in _NOT_FOUND_STATUSES:
                    raise TileNotFound(path) from error
            raise TileStoreUnavailable(f"the server answers {error.code} for {path}") from error
        except (OSError, EOFError, HTTPException, zlib.error) as error:
            raise TileStoreUnavailable(f"the server does not give {path}") from error


def _read_body(response: HTTPResponse) -> bytes:
    limit_bytes = MAX_BUNDLE_BYTES + 1
    match response.headers.get("Content-Encoding", "identity"):
        case "identity":
            data = response.read(limit_bytes)
            # Reading with a limit does not complain about a body that was cut off.
            if response.length:
                raise TileStoreUnavailable("the server does not give the whole file")
        case "gzip":
            with gzip.GzipFile(fileobj=response) as unpacked:
                data = unpacked.read(limit_bytes)
        case other:
            raise TileStoreUnavailable(f"the server packs files as {other}")
    if len(data) > MAX_BUNDLE_BYTES:
        raise TileStoreUnavailable("the server gives more than any file of a log holds")
    return data
