"""The writer's ear: a Unix socket over which web workers and commands hand over actions."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from pathlib import Path

from ledger.errors import LedgerError, StoreCorrupt
from ledger.writing.frames import (
    HEADER,
    MAX_FRAME_BYTES,
    Failed,
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
        self._server = await asyncio.start_unix_server(self._serve, str(self._path))
        self._path.chmod(0o600)

    async def stop(self) -> None:
        """Stop listening; open connections end with the process."""
        if self._server is not None:
            self._server.close()
        self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        outbox = _Outbox(loop, writer)
        try:
            while True:
                body = await read_frame(reader)
                self._submit(parse_request(body), outbox.send)
        except (asyncio.IncompleteReadError, ConnectionError):
            # The client left. What it handed over is recorded all the same.
            pass
        except LedgerError as error:
            outbox.send(Failed(0, error.code, str(error)))
        finally:
            writer.close()


class _Outbox:
    """Collects replies from the writer's threads and sends them in one go per loop turn."""

    def __init__(self, loop: asyncio.AbstractEventLoop, writer: asyncio.StreamWriter):
        self._loop = loop
        self._writer = writer
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

    def _flush(self) -> None:
        with self._lock:
            frames, self._frames = self._frames, []
        if self._writer.is_closing():
            return
        self._writer.write(b"".join(frames))
        if self._writer.transport.get_write_buffer_size() > MAX_UNSENT_BYTES:
            # CRASH: a client that never reads loses its connection, not the writer its memory.
            self._writer.transport.abort()


async def read_frame(reader: asyncio.StreamReader) -> bytes:
    """Read one frame's body.

    Raises:
        StoreCorrupt: the length is over the limit.
        asyncio.IncompleteReadError: the other side left.
    """
    (length,) = HEADER.unpack(await reader.readexactly(HEADER.size))
    if length > MAX_FRAME_BYTES:
        raise StoreCorrupt(f"a frame of {length} bytes is over the limit")
    return await reader.readexactly(length)
