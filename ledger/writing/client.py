"""Handing actions to the writer: over its socket, or to a loop in this process.

Both give the same thing: the verdicts as soon as they are durable, and a future per recorded
action that ends when it is published. `WriterPort` is what `ledger.intake` asks for.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol, cast

from ledger.errors import StoreCorrupt, StoreUnavailable, WriterUnavailable
from ledger.writing.frames import (
    Failed,
    FrameBuffer,
    HandedAction,
    HandOver,
    Published,
    RefuseText,
    Reply,
    Request,
    Verdict,
    Verdicts,
    parse_reply,
    render_frame,
)
from ledger.writing.server import Submit

CONNECT_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Proven:
    """Where a recorded action stands in the published log, and the proof of it."""

    entry_index: int
    proof: tuple[bytes, ...]
    checkpoint_note: bytes


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The writer's answer for one action: its verdict and the publication to come."""

    verdict: Verdict
    publication: "asyncio.Future[Proven] | None"


class WriterPort(Protocol):
    """Whoever decides and records."""

    async def hand_over(self, actions: Sequence[HandedAction]) -> list[HandedOver]:
        """Have actions decided in this order; the answer comes when they are durable.

        Raises:
            WriterUnavailable: whether they were recorded is unknown; hand them over again.
        """

    async def sign_refusal(self, text_hash: bytes, code: str) -> bytes:
        """Have a refusal signed that was decided before the hand-over."""


@dataclass(slots=True)
class _Pending:
    verdicts: "asyncio.Future[list[Verdict]]"
    publications: "dict[int, asyncio.Future[Proven]]"


class _Exchange:
    """Matches replies with the requests that wait for them; lives on one event loop."""

    def __init__(self) -> None:
        self._pending: dict[int, _Pending] = {}
        self._last_request_id = 0

    def next_request_id(self) -> int:
        """Give an id that no request of this exchange had before."""
        self._last_request_id += 1
        return self._last_request_id

    async def hand_over(
        self, request: HandOver, send: Callable[[Request], None]
    ) -> list[HandedOver]:
        """Send a hand-over and wait for its verdicts."""
        loop = asyncio.get_running_loop()
        publications = {i: loop.create_future() for i in range(len(request.actions))}
        # A copy: the publication may arrive in the same turn as the verdicts, and settles them.
        verdicts = await self._ask(request, dict(publications), send)
        return [
            HandedOver(verdict, None if _is_final(verdict) else publications[position])
            for position, verdict in enumerate(verdicts)
        ]

    async def refuse(self, request: RefuseText, send: Callable[[Request], None]) -> bytes:
        """Send a text to be refused and wait for the signed refusal."""
        verdicts = await self._ask(request, {}, send)
        return verdicts[0].note

    async def _ask(
        self,
        request: Request,
        publications: "dict[int, asyncio.Future[Proven]]",
        send: Callable[[Request], None],
    ) -> list[Verdict]:
        pending = _Pending(asyncio.get_running_loop().create_future(), publications)
        self._pending[request.request_id] = pending
        send(request)
        try:
            return await asyncio.wait_for(pending.verdicts, ANSWER_SECONDS)
        except TimeoutError as error:
            self._pending.pop(request.request_id, None)
            raise WriterUnavailable("the writer did not answer in time") from error

    def settle(self, reply: Reply) -> None:
        """Take one reply in; a reply that nobody waits for any more is dropped."""
        pending = self._pending.get(reply.request_id)
        if pending is None:
            return
        match reply:
            case Verdicts():
                _settle_verdicts(reply, pending)
            case Published():
                _settle_published(reply, pending)
            case Failed():
                _fail(pending, StoreUnavailable(reply.message))
        if pending.verdicts.done() and not pending.publications:
            del self._pending[reply.request_id]

    def fail_all(self) -> None:
        """End everything that waits: the writer went away."""
        for pending in self._pending.values():
            _fail(pending, WriterUnavailable("the writer went away; send the action again"))
        self._pending.clear()


def _is_final(verdict: Verdict) -> bool:
    """Tell whether no publication will follow: refused, or deferred."""
    return bool(verdict.code) or verdict.entry_index is None


def _settle_verdicts(reply: Verdicts, pending: _Pending) -> None:
    for position, verdict in enumerate(reply.verdicts):
        if _is_final(verdict):
            pending.publications.pop(position, None)
    if not pending.verdicts.done():
        pending.verdicts.set_result(reply.verdicts)


def _settle_published(reply: Published, pending: _Pending) -> None:
    for proven in reply.proven:
        future = pending.publications.pop(proven.position, None)
        if future is not None and not future.done():
            proof = Proven(proven.entry_index, tuple(proven.proof), reply.checkpoint_note)
            future.set_result(proof)


def _fail(pending: _Pending, error: StoreUnavailable) -> None:
    futures: list[asyncio.Future[Any]] = [pending.verdicts, *pending.publications.values()]
    for future in futures:
        if not future.done():
            future.set_exception(error)
            # Whoever stopped waiting need not hear of it.
            future.exception()
    pending.publications.clear()


class _Connection(asyncio.Protocol):
    """One connection to the writer: its end fails whatever waits for a reply."""

    def __init__(self) -> None:
        self.exchange = _Exchange()
        self._frames = FrameBuffer()
        self._transport: asyncio.WriteTransport | None = None
        self._outbox: list[bytes] = []
        self.closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        try:
            for body in self._frames.feed(data):
                self.exchange.settle(parse_reply(body))
        except StoreCorrupt:
            # What follows cannot be read either: nothing is known of what was handed over.
            self.close()
            raise

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's name
        # Whether the last actions were recorded is unknown: their senders send them again.
        self.closed = True
        self.exchange.fail_all()

    def send(self, request: Request) -> None:
        """Send a request; what one turn of the loop sends leaves in one write."""
        self._outbox.append(render_frame(request))
        if len(self._outbox) == 1:
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        frames, self._outbox = self._outbox, []
        if self.closed or self._transport is None:
            self.exchange.fail_all()
        else:
            self._transport.write(b"".join(frames))

    def close(self) -> None:
        """Leave; nobody is answered any more."""
        self.closed = True
        if self._transport is not None:
            self._transport.close()


class SocketWriter:
    """The writer process, reached over its Unix socket; reconnects when it was restarted."""

    def __init__(self, path: Path):
        self._path = path
        self._connection: _Connection | None = None
        self._connecting = asyncio.Lock()

    async def hand_over(self, actions: Sequence[HandedAction]) -> list[HandedOver]:
        """Have actions decided in this order; the answer comes when they are durable."""
        connection = await self._connected()
        exchange = connection.exchange
        request = HandOver(exchange.next_request_id(), list(actions))
        return await exchange.hand_over(request, connection.send)

    async def sign_refusal(self, text_hash: bytes, code: str) -> bytes:
        """Have a refusal signed that was decided before the hand-over."""
        connection = await self._connected()
        exchange = connection.exchange
        request = RefuseText(exchange.next_request_id(), text_hash, code)
        return await exchange.refuse(request, connection.send)

    async def _connected(self) -> _Connection:
        if self._connection is not None and not self._connection.closed:
            return self._connection
        async with self._connecting:
            if self._connection is None or self._connection.closed:
                self._connection = await self._connect()
            return self._connection

    async def _connect(self) -> _Connection:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, connection = await loop.create_unix_connection(_Connection, str(self._path))
        except (OSError, TimeoutError) as error:
            raise WriterUnavailable("the writer cannot be reached") from error
        return connection

    async def close(self) -> None:
        """Leave; what was handed over is recorded all the same."""
        if self._connection is not None:
            self._connection.close()


class LoopWriter:
    """A writer in this process: for commands where no server runs, and for tests."""

    def __init__(self, submit: Submit):
        self._submit = submit
        self._exchange = _Exchange()

    async def hand_over(self, actions: Sequence[HandedAction]) -> list[HandedOver]:
        """Have actions decided in this order; the answer comes when they are durable."""
        request = HandOver(self._exchange.next_request_id(), list(actions))
        return await self._exchange.hand_over(request, self._send)

    async def sign_refusal(self, text_hash: bytes, code: str) -> bytes:
        """Have a refusal signed that was decided before the hand-over."""
        request = RefuseText(self._exchange.next_request_id(), text_hash, code)
        return await self._exchange.refuse(request, self._send)

    def _send(self, request: Request) -> None:
        loop = asyncio.get_running_loop()
        self._submit(request, lambda reply: _ignore_closed(loop, self._exchange.settle, reply))


def _ignore_closed(
    loop: asyncio.AbstractEventLoop, settle: Callable[[Reply], None], reply: Reply
) -> None:
    # The asker may have ended its loop; the action is recorded all the same.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(settle, reply)
