"""A slow listener that is cut off by the real web server leaves one line in the log."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest
import structlog
import uvicorn

from api.interface.log_lines import configure_log, is_worth_a_line
from api.resources.opendata import listening
from api.resources.opendata.listening import ListeningLimits
from api.settings import Settings
from tests.http.opendata.test_listening import PATH, an_app
from tests.http.world import World

LIMITS = ListeningLimits(poll_seconds=0.02, heartbeat_seconds=0.05, slowest_seconds=0.2)
REQUEST = f"GET {PATH}?from_entry=0 HTTP/1.1\r\nHost: test\r\nAccept: text/event-stream\r\n\r\n"


def stalling(app: Any, after: int) -> Any:
    """Let the network take so many messages, and then nothing more."""

    async def call(scope: Any, receive: Any, send: Any) -> None:
        sent = 0

        async def slow(message: Any) -> None:
            nonlocal sent
            sent += 1
            if sent > after:
                await asyncio.Event().wait()
            await send(message)

        await app(scope, receive, slow)

    return call


async def listen(world: World) -> tuple[bytes, int]:
    """Give what a client had until the server closed the connection, and who listens then."""
    app, resource = an_app(world, LIMITS)
    config = uvicorn.Config(stalling(app, 3), port=0, log_config=None, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(REQUEST.encode())
    async with asyncio.timeout(10):
        heard = await reader.read()
    writer.close()
    server.should_exit = True
    await serving
    return heard, resource.listeners


def test_slow_listener_that_is_cut_off_leaves_one_line_and_no_traceback(
    told: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("uvicorn.error"), "filters", [is_worth_a_line])

    log = structlog.testing.CapturingLogger()
    monkeypatch.setattr(listening, "_log", log)
    with caplog.at_level(logging.INFO):
        heard, listeners = asyncio.run(listen(told))

    assert heard.startswith(b"HTTP/1.1 200")
    assert listeners == 0
    (line,) = log.calls
    assert (line.method_name, line.args) == ("info", ("listener cut off",))
    assert line.kwargs == {"code": "listener_too_slow", "waited_seconds": 0.2}
    assert [record.message for record in caplog.records if record.exc_info] == []


def test_log_of_a_worker_leaves_out_that_traceback_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server_log = logging.getLogger("uvicorn.error")
    monkeypatch.setattr(server_log, "filters", [])
    monkeypatch.setattr(structlog, "configure", lambda **_members: None)
    configure_log(Settings(data=tmp_path))

    def is_written(error: BaseException) -> bool:
        told = (type(error), error, None)
        return bool(server_log.filter(server_log.makeRecord("", 40, "", 0, "", (), told)))

    assert not is_written(asyncio.CancelledError("listener_too_slow"))
    assert is_written(asyncio.CancelledError())
    assert is_written(ValueError("listener_too_slow"))
    assert server_log.filter(server_log.makeRecord("", 20, "", 0, "started", (), None))
