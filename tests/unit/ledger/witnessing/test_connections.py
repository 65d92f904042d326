"""A connection to a witness stays open, survives an idle end, and can be cut off."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ledger.witnessing.connections import WitnessConnection
from tests.support.ledger_builders import operator_keys
from tests.support.transparency_builders import WrittenLog, some_entries
from transparency.tile_store import MemoryTileStore
from transparency.witnessing.answers import MAX_ANSWER_BYTES
from transparency.witnessing.requests import AddCheckpoint, monitoring_path, parse_add_checkpoint


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.connections = 0
        self.seen: list[tuple[str, bytes]] = []
        self.ends_silently = False
        self.answer = b"ok\n"
        self.may_answer = threading.Event()
        self.may_answer.set()

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that left."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        self.server.connections += 1
        super().setup()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, body))
        self.server.may_answer.wait(20)
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)
        # The end of an idle connection, which nobody was told of.
        self.close_connection = self.server.ends_silently

    def do_GET(self) -> None:
        self.server.seen.append((self.path, b""))
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[_Server]:
    server = _Server()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.may_answer.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def connection(server: _Server) -> Iterator[WitnessConnection]:
    connection = WitnessConnection(f"http://127.0.0.1:{server.server_port}/witness/", 2.0)
    yield connection
    connection.close()


@pytest.fixture
def request_of_three() -> AddCheckpoint:
    signed = WrittenLog(MemoryTileStore(), operator_keys().log).publish(some_entries(3))
    return AddCheckpoint(0, (), signed.checkpoint, signed.note)


def test_requests_share_a_connection(
    server: _Server, connection: WitnessConnection, request_of_three: AddCheckpoint
) -> None:
    answers = [connection.ask(request_of_three) for _ in range(3)]

    assert [(each.status, each.body) for each in answers] == [(200, b"ok\n")] * 3
    assert server.connections == 1
    path, body = server.seen[0]
    assert path == "/witness/add-checkpoint"
    assert parse_add_checkpoint(body) == request_of_three


def test_connection_that_the_witness_ended_is_made_anew(
    server: _Server, connection: WitnessConnection, request_of_three: AddCheckpoint
) -> None:
    server.ends_silently = True
    connection.ask(request_of_three)
    time.sleep(0.05)

    assert connection.ask(request_of_three).status == 200
    assert server.connections == 2


def test_request_that_takes_too_long_is_cut_off(
    server: _Server, connection: WitnessConnection, request_of_three: AddCheckpoint
) -> None:
    server.may_answer.clear()
    threading.Timer(0.1, connection.abort).start()

    started = time.monotonic()
    with pytest.raises(OSError, match="does not answer"):
        connection.ask(request_of_three)
    assert time.monotonic() - started < 1.5

    server.may_answer.set()
    assert connection.ask(request_of_three).status == 200


def test_no_more_of_an_answer_is_read_than_one_may_have(
    server: _Server, connection: WitnessConnection, request_of_three: AddCheckpoint
) -> None:
    server.answer = b"x" * (4 * MAX_ANSWER_BYTES)

    assert len(connection.ask(request_of_three).body) == MAX_ANSWER_BYTES + 1
    server.answer = b"ok\n"
    assert connection.ask(request_of_three).body == b"ok\n"


def test_what_the_witness_shows_is_read_at_its_monitoring_address(
    server: _Server, connection: WitnessConnection
) -> None:
    assert connection.shown("log.example").status == 404
    assert server.seen == [(f"/witness/{monitoring_path('log.example')}", b"")]


@pytest.mark.parametrize("url", ["ftp://witness.example", "witness.example", "https://"])
def test_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="no address of a witness"):
        WitnessConnection(url, 1.0)
