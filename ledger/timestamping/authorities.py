"""The port to a timestamp authority, and the client that reaches one over HTTP (RFC 3161, 3.4)."""

import urllib.request
from http.client import HTTPException
from typing import Final, Protocol
from urllib.parse import urlsplit

from ledger.errors import TimestampsUnavailable
from ledger.timestamping.tokens import (
    MAX_RESPONSE_BYTES,
    REQUEST_MEDIA_TYPE,
    RESPONSE_MEDIA_TYPE,
)

TIMEOUT_SECONDS: Final = 20.0
LOOPBACK_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class TimestampAuthority(Protocol):
    """Whoever answers requests for timestamps."""

    def stamp(self, request_der: bytes) -> bytes:
        """Give the answer to a request; nothing about it is checked yet.

        Raises:
            TimestampsUnavailable: it does not answer; ask later.
        """


class HttpAuthority:
    """An authority at an http or https address."""

    def __init__(self, address: str):
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https"):
            raise ValueError("the address of an authority begins with http:// or https://")
        self._address = address
        # A proxy for the world outside is no way to this machine.
        proxies: dict[str, str] | None = {} if parts.hostname in LOOPBACK_HOSTS else None
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler(proxies))

    def stamp(self, request_der: bytes) -> bytes:
        """Give the answer to a request; nothing about it is checked yet.

        Raises:
            TimestampsUnavailable: it does not answer, or not with a timestamp's media type.
        """
        # The constructor has checked the scheme.
        request = urllib.request.Request(  # noqa: S310
            self._address, data=request_der, headers={"Content-Type": REQUEST_MEDIA_TYPE}
        )
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                media_type = answer.headers.get_content_type()
                body: bytes = answer.read(MAX_RESPONSE_BYTES + 1)
        except (OSError, HTTPException) as error:
            raise TimestampsUnavailable(f"{self._address} does not answer: {error}") from error
        if media_type != RESPONSE_MEDIA_TYPE:
            raise TimestampsUnavailable(f"{self._address} answers with {media_type}")
        return body
