"""Answers over HTTP for which there is a last moment and a largest size, whatever is sent.

`http.client` and `urllib` limit how long each piece of an answer may take, and not how many pieces
come; a chunk size below zero makes them read for as long as something is sent. So what a connection
receives is timed and counted here, below both, status line and headers included.
"""

import io
import socket
import time
import urllib.request
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPMessage, HTTPResponse, HTTPSConnection
from typing import IO, Any, Final
from urllib.error import URLError
from urllib.parse import urlsplit

# Status line, headers, and the sizes between chunks: a server that is honest needs far less.
OVERHEAD_BYTES: Final = 256 * 1024

_LOOPBACK_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(slots=True)
class Allowance:
    """What one answer may still take; ``until`` is by the monotonic clock."""

    until: float
    bytes_left: int

    @classmethod
    def of(cls, seconds: float, body_bytes: int) -> "Allowance":
        """Give what an answer with a body of so many bytes may take from now on."""
        return cls(time.monotonic() + seconds, body_bytes + OVERHEAD_BYTES)

    def seconds_left(self) -> float:
        """Give how long it may take yet.

        Raises:
            TimeoutError: its time is over.
        """
        seconds = self.until - time.monotonic()
        if seconds <= 0:
            raise TimeoutError("the whole answer does not come in time")
        return seconds

    def take(self, received_bytes: int) -> None:
        """Count what came.

        Raises:
            OSError: it is more than an answer may have.
        """
        self.bytes_left -= received_bytes
        if self.bytes_left < 0:
            raise OSError("more is sent than any right answer has")


class _Received(io.RawIOBase):
    """What comes through a socket, timed and counted."""

    def __init__(self, connected: socket.socket, raw: io.RawIOBase, allowance: Allowance):
        self._socket = connected
        self._raw = raw
        self._allowance = allowance
        self._piece_seconds = connected.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - as `RawIOBase` has it
        seconds = self._allowance.seconds_left()
        if self._piece_seconds is not None:
            seconds = min(seconds, self._piece_seconds)
        self._socket.settimeout(seconds)
        count: int | None = self._raw.readinto(buffer)
        self._allowance.take(count or 0)
        return count

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


def _responses_within(allowance: Allowance) -> type[HTTPResponse]:
    class LimitedResponse(HTTPResponse):
        def __init__(
            self,
            sock: socket.socket,
            debuglevel: int = 0,
            method: str | None = None,
            url: str | None = None,
        ):
            super().__init__(sock, debuglevel, method, url)
            raw = self.fp.detach()
            self.fp = io.BufferedReader(_Received(sock, raw, allowance))

    return LimitedResponse


class LimitedConnection(HTTPConnection):
    """A connection whose next answer has an allowance; `allow` gives one to each further answer."""

    def __init__(
        self,
        host: str,
        port: int | None = None,
        *,
        timeout: float,
        allowance: Allowance,
        **rest: Any,  # noqa: ANN401 - what a connection is made with is the library's
    ):
        super().__init__(host, port, timeout=timeout, **rest)
        self._piece_seconds = timeout
        self.allow(allowance)

    def allow(self, allowance: Allowance) -> None:
        """Say what the next answer may take."""
        self._allowance = allowance
        self.response_class = _responses_within(allowance)
        if self.sock is not None:
            # The answer before left what remained of its own time.
            self.sock.settimeout(min(self._piece_seconds, allowance.seconds_left()))

    def connect(self) -> None:
        """Connect within the time that the answer has."""
        self.timeout = min(self._piece_seconds, self._allowance.seconds_left())
        super().connect()


class LimitedTlsConnection(LimitedConnection, HTTPSConnection):
    """The same under TLS."""


class _Connecting(urllib.request.AbstractHTTPHandler):
    """Sends the request, and those that it is redirected to, within one allowance of time."""

    def __init__(self, seconds: float, body_bytes: int):
        super().__init__()
        self._until = time.monotonic() + seconds
        self._body_bytes = body_bytes

    def http_open(self, request: urllib.request.Request) -> HTTPResponse:
        return self.do_open(partial(LimitedConnection, allowance=self._allowance()), request)

    def https_open(self, request: urllib.request.Request) -> HTTPResponse:
        return self.do_open(partial(LimitedTlsConnection, allowance=self._allowance()), request)

    http_request = urllib.request.AbstractHTTPHandler.do_request_
    https_request = urllib.request.AbstractHTTPHandler.do_request_

    def _allowance(self) -> Allowance:
        return Allowance(self._until, self._body_bytes + OVERHEAD_BYTES)


class _Redirecting(urllib.request.HTTPRedirectHandler):
    """Follows redirects, and reads nothing of what comes with them."""

    def http_error_302(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
    ) -> Any:  # noqa: ANN401 - as the base class has it
        fp.close()
        try:
            return super().http_error_302(req, io.BytesIO(), code, msg, headers)
        except ValueError as error:
            raise URLError(f"the server redirects to no address: {error}") from error

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def limited_opener(address: str, seconds: float, body_bytes: int) -> urllib.request.OpenerDirector:
    """Give what opens http and https addresses, for one request: its seconds begin to count now.

    The answer's body may have so many bytes; more ends in an `OSError` from whoever reads it, as
    does time that is over. A proxy for the world outside is no way to this machine.
    """
    is_here = urlsplit(address).hostname in _LOOPBACK_HOSTS
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler({} if is_here else None),
        urllib.request.UnknownHandler(),
        _Connecting(seconds, body_bytes),
        urllib.request.HTTPDefaultErrorHandler(),
        _Redirecting(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener
