"""Requests that no well-behaved client makes, spoken to the app as a server would pass them on."""

import asyncio
from typing import Any

from tests.http.world import World

Event = dict[str, Any]


def post_raw(world: World, path: str, headers: dict[str, str], *events: Event) -> tuple[int, bytes]:
    """Post with exactly these headers and body events; give status and body of the answer."""
    sent = asyncio.run(_exchange(world, path, headers, list(events), pause_seconds=None))
    return sent[0]["status"], b"".join(event.get("body", b"") for event in sent[1:])


def post_slowly(
    world: World, path: str, headers: dict[str, str], *events: Event, pause_seconds: float
) -> tuple[int, dict[bytes, bytes], bytes]:
    """Post with a pause before each body event; give status, headers and body of the answer."""
    sent = asyncio.run(_exchange(world, path, headers, list(events), pause_seconds=pause_seconds))
    body = b"".join(event.get("body", b"") for event in sent[1:])
    return sent[0]["status"], dict(sent[0]["headers"]), body


async def _exchange(
    world: World,
    path: str,
    headers: dict[str, str],
    coming: list[Event],
    *,
    pause_seconds: float | None,
) -> list[Event]:
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
    sent: list[Event] = []

    async def receive() -> Event:
        if pause_seconds is not None:
            await asyncio.sleep(pause_seconds)
        return coming.pop(0) if coming else {"type": "http.disconnect"}

    async def send(event: Event) -> None:
        sent.append(event)

    await world.app(scope, receive, send)
    return sent


def part(body: bytes, *, more: bool) -> Event:
    return {"type": "http.request", "body": body, "more_body": more}
