"""A listener at the ASGI interface itself: it takes events one by one, or not at all."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from falcon.asgi import App, Request, Response


@dataclass
class Event:
    """One event as a browser would see it: its id and its data, either of which may be absent."""

    id: str | None
    data: str | None


@dataclass
class Listener:
    """One request for the feed; `stalls_after` parts it takes nothing more."""

    app: "App[Request, Response]"
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    stalls_after: int | None = None
    status: int = 0
    answer_headers: dict[str, str] = field(default_factory=dict)
    parts: list[bytes] = field(default_factory=list)
    _gone: asyncio.Event = field(default_factory=asyncio.Event)
    _task: "asyncio.Task[None] | None" = None

    @property
    def events(self) -> list[Event]:
        blocks = b"".join(self.parts).decode().split("\n\n")
        return [_event(block) for block in blocks if block]

    @property
    def shown(self) -> list[Event]:
        return [event for event in self.events if event.data is not None]

    def start(self) -> None:
        self._task = asyncio.create_task(self.app(self._scope(), self._receive, self._send))

    async def until(self, holds: Callable[["Listener"], bool], seconds: float = 10) -> None:
        async with asyncio.timeout(seconds):
            while not holds(self):
                await asyncio.sleep(0.01)

    async def ended(self, seconds: float = 10) -> bool:
        """Wait for the end; tell whether the server cut the request off."""
        assert self._task is not None
        async with asyncio.timeout(seconds):
            await asyncio.wait([self._task])
        return self._task.cancelled()

    async def leave(self) -> None:
        self._gone.set()
        await self.ended()

    async def _receive(self) -> dict[str, Any]:
        if self._gone.is_set() or self.parts or self.status:
            await self._gone.wait()
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = message["headers"]
            self.answer_headers = {name.decode(): value.decode() for name, value in headers}
            return
        if self.stalls_after is not None and len(self.parts) >= self.stalls_after:
            await asyncio.Event().wait()
        self.parts.append(message.get("body", b""))

    def _scope(self) -> dict[str, Any]:
        headers = {"host": "test", **self.headers}
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.1"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": "/v1/feeds/entries",
            "root_path": "",
            "query_string": self.query.encode(),
            "headers": [(name.lower().encode(), text.encode()) for name, text in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("test", 80),
        }


def _event(block: str) -> Event:
    fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
    return Event(fields.get("id"), fields.get("data"))
