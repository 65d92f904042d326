"""The writer's ear: a Unix socket over which web workers and commands hand over actions."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import cast

from ledger.errors import LedgerError
from ledger.writing.frames import (
    Failed,
    FrameBuffer,
    Reply,
    Request,
    parse_request,
    render_frame,
)

Submit = Callable[[Request, Callable[[Reply], None]], None]

MAX_UNSENT_BYTES = 256 * 1024 * 1024


class WriterServer:
    """Reads request frames from any number of connections and sends the replies back."""

    def __init__(self, path: Path, submit: Submit):
        self._path = path
        self._submit = submit
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen. A socket file left by a crash is replaced: the folder's lock is ours."""
        self._path.unlink(missing_ok=True)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_unix_server(lambda: _Client(self._submit), str(self._path))
        self._path.chmod(0o600)

    async def stop(self) -> None:
        """Stop listening; open connections end with the process."""
        if self._server is not None:
            self._server.close()
        self._path.unlink(missing_ok=True)


class _Client(asyncio.Protocol):
    """One client. When it leaves, what it handed over is recorded all the same."""

    def __init__(self, submit: Submit):
        self._submit = submit
        self._frames = FrameBuffer()
        self._outbox: _Outbox | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._outbox = _Outbox(
            asyncio.get_running_loop(), cast("asyncio.WriteTransport", transport)
        )

    def data_received(self, data: bytes) -> None:
        assert self._outbox is not None
        try:
            for body in self._frames.feed(data):
                self._submit(parse_request(body), self._outbox.send)
        except LedgerError as error:
            self._outbox.send_last(Failed(0, error.code, str(error)))


class _Outbox:
    """Collects replies from the writer's threads and sends them in one go per loop turn."""

    def __init__(self, loop: asyncio.AbstractEventLoop, transport: asyncio.WriteTransport):
        self._loop = loop
        self._transport = transport
        self._frames: list[bytes] = []
        self._lock = threading.Lock()

    def send(self, reply: Reply) -> None:
        """Queue a reply; may be called from any thread."""
        frame = render_frame(reply)
        # Two threads send: without the lock both could leave the flush to the other.
        with self._lock:
            self._frames.append(frame)
            is_first = len(self._frames) == 1
        if is_first:
            # The server's loop may have ended; the action is recorded all the same.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._flush)

    def send_last(self, reply: Reply) -> None:
        """Send a reply from the loop's own thread and close the connection."""
        self.send(reply)
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        with self._lock:
            frames, self._frames = self._frames, []
        if self._transport.is_closing():
            return
        self._transport.write(b"".join(frames))
        if self._transport.get_write_buffer_size() > MAX_UNSENT_BYTES:
            # CRASH: a client that never reads loses its connection, not the writer its memory.
            self._transport.abort()
