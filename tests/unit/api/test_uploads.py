"""Reading bodies: what comes too slowly is cut off, and what is there at once is not held up."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest
from falcon.asgi import Request
from falcon.testing import create_scope

from api.errors import BodyTooSlow
from api.uploads import read_any_body, read_body
from tests.http.raw import part, post_slowly
from tests.http.world import a_world

BODY = b'{"code":"H27.15-260901-0001"}'


def a_request(pieces: list[bytes], pause_seconds: float) -> Request:
    headers = {"Content-Type": "application/json", "Content-Length": str(len(BODY))}
    coming = list(pieces)

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(pause_seconds)
        piece = coming.pop(0)
        return part(piece, more=bool(coming))

    return Request(create_scope(method="POST", headers=headers), receive)


def test_body_that_arrives_in_pieces_within_its_time_is_read_whole() -> None:
    async def read() -> bytes:
        request = a_request([BODY[:5], BODY[5:]], pause_seconds=0.001)
        return await read_body(request, "application/json", 1000, seconds=5)

    assert asyncio.run(read()) == BODY


@pytest.mark.parametrize("read", [read_body, read_any_body])
def test_body_that_arrives_slowly_is_cut_off_and_the_connection_closed(read: Any) -> None:
    async def drip() -> None:
        request = a_request([bytes([byte]) for byte in BODY], pause_seconds=0.02)
        media_type = ("application/json",) if read is read_body else ()
        await read(request, *media_type, 1000, seconds=0.05)

    with pytest.raises(BodyTooSlow) as caught:
        asyncio.run(drip())

    assert caught.value.headers == {"Connection": "close"}


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/v1/actions", "application/json"),
        ("/v1/actions/batch", "application/x-ndjson"),
        ("/v1/lookup", "application/json"),
        ("/track", "application/x-www-form-urlencoded"),
        ("/dossiers", "application/x-www-form-urlencoded"),
    ],
)
def test_slow_request_is_answered_with_a_problem_within_the_setting(
    tmp_path: Path, path: str, media_type: str
) -> None:
    with a_world(tmp_path, body_seconds=0.05) as world:
        headers = {"Content-Type": media_type, "Content-Length": "100"}
        pieces = [part(b"x", more=True)] * 20

        status, sent, body = post_slowly(world, path, headers, *pieces, pause_seconds=0.02)

    assert (status, msgspec.json.decode(body)["code"]) == (408, "body_too_slow")
    assert sent[b"connection"] == b"close"
