"""Requests that no well-behaved client makes, spoken to the app as a server would pass them on."""

import asyncio
from typing import Any

from tests.http.world import World

Event = dict[str, Any]


def post_raw(world: World, path: str, headers: dict[str, str], *events: Event) -> tuple[int, bytes]:
    """Post with exactly these headers and body events; give status and body of the answer."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 40_000),
        "server": ("127.0.0.1", 8000),
    }
    coming = list(events)
    sent: list[Event] = []

    async def receive() -> Event:
        return coming.pop(0) if coming else {"type": "http.disconnect"}

    async def send(event: Event) -> None:
        sent.append(event)

    asyncio.run(world.app(scope, receive, send))
    body = b"".join(event.get("body", b"") for event in sent[1:])
    return sent[0]["status"], body


def part(body: bytes, *, more: bool) -> Event:
    return {"type": "http.request", "body": body, "more_body": more}
