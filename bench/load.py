"""The load generator: many keep-alive connections, one request in flight on each."""

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

import uvloop

_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)\r\n", re.IGNORECASE)
_REFUSED_LINE = re.compile(rb'"code":"[a-z]')


@dataclass(slots=True)
class Load:
    """What a load saw: latencies of requests that succeeded, and how the others failed."""

    latencies: list[float] = field(default_factory=list)
    failures: list[bytes] = field(default_factory=list)
    seconds: float = 0.0


class _Connection(asyncio.Protocol):
    """Sends its requests one after another and times each answer."""

    def __init__(self, requests: Sequence[bytes], load: Load, done: "asyncio.Future[None]"):
        self._requests = iter(requests)
        self._load = load
        self._done = done
        self._buffer = b""
        self._started = 0.0
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)
        self._send_next()

    def _send_next(self) -> None:
        assert self._transport is not None
        request = next(self._requests, None)
        if request is None:
            self._transport.close()
            if not self._done.done():
                self._done.set_result(None)
            return
        self._started = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head_end = self._buffer.find(b"\r\n\r\n")
        if head_end < 0:
            return
        found = _LENGTH.search(self._buffer, 0, head_end + 2)
        length = int(found.group(1)) if found else 0
        if len(self._buffer) < head_end + 4 + length:
            return
        answer, self._buffer = self._buffer, b""
        # A batch answers 200 whatever became of its lines: a refused line is a failure here.
        if answer[9:12] in (b"200", b"201") and _REFUSED_LINE.search(answer) is None:
            self._load.latencies.append(time.perf_counter() - self._started)
        else:
            self._load.failures.append(answer)
        self._send_next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._load.failures.append(repr(exc).encode())
            self._done.set_result(None)


def post(address: str, path: str, body: bytes, media_type: str, prefer: str = "wait=30") -> bytes:
    """Write one keep-alive POST request."""
    host = urlsplit(address).netloc
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {media_type}\r\n"
        f"Prefer: {prefer}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def run_load(address: str, per_connection: Sequence[Sequence[bytes]]) -> Load:
    """Send each connection's requests in order, all connections at once."""
    return uvloop.run(_run(address, per_connection))


async def _run(address: str, per_connection: Sequence[Sequence[bytes]]) -> Load:
    parts = urlsplit(address)
    assert parts.hostname is not None
    assert parts.port is not None
    load = Load()
    loop = asyncio.get_running_loop()
    waiting = []
    started = time.perf_counter()
    for requests in per_connection:
        done: asyncio.Future[None] = loop.create_future()
        waiting.append(done)
        await loop.create_connection(
            lambda requests=requests, done=done: _Connection(requests, load, done),  # type: ignore[misc]
            parts.hostname,
            parts.port,
        )
    await asyncio.gather(*waiting)
    load.seconds = time.perf_counter() - started
    return load
