"""Whatever a server sends, an answer ends in time, stays small, and fails as an unreachable one."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from urllib.error import URLError

import pytest

from ledger.errors import StoreUnavailable
from ledger.mirroring import http_documents
from ledger.mirroring.http_documents import HttpDocuments
from ledger.starting_over.copies import MonitoredWitness, MonitoredWitnesses, mirror_copy
from ledger.witnessing.connections import WitnessConnection
from tests.support.ledger_builders import operator_keys
from tests.support.network.hostile import MEBIBYTE, Flood, dripping, hostile_server, saying
from transparency.cosignatures import cosigner_key
from transparency.errors import TileNotFound, TileStoreUnavailable
from transparency.fetching.limited import Allowance, _Received, limited_opener
from transparency.http_source import TIMEOUTS_PER_FILE, HttpTileSource
from transparency.notes import SigningKey
from transparency.tiles import MAX_BUNDLE_BYTES

SECONDS = 0.4
# A busy machine is late, and a server that drips for ever is later.
LATE_SECONDS = 10.0
OK = b"HTTP/1.1 200 OK\r\n"
UNENDING = OK + b"Content-Length: 100000\r\n\r\n"
# What is sent before the other side sees that nobody reads lies in buffers.
IN_BUFFERS = 16 * MEBIBYTE

Fetch = Callable[[str], object]


def _checkpoint(address: str) -> object:
    return HttpTileSource(address, timeout_seconds=SECONDS).read_checkpoint()


def _tile(address: str) -> object:
    source = HttpTileSource(address, timeout_seconds=SECONDS / TIMEOUTS_PER_FILE)
    return source.read("tile/0/000")


def _document(address: str) -> object:
    return HttpDocuments(address).read(64 * "0")


def _shown(address: str) -> object:
    connection = WitnessConnection(address, SECONDS)
    try:
        return connection.shown("log.example")
    finally:
        connection.close()


FETCHERS = pytest.mark.parametrize("fetch", [_checkpoint, _tile, _document, _shown])
UNREACHABLE = (TileStoreUnavailable, StoreUnavailable, OSError)


@pytest.fixture(autouse=True)
def documents_in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_documents, "WHOLE_SECONDS", SECONDS)


@FETCHERS
@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"", id="status line"),
        pytest.param(OK + b"X: ", id="header"),
        pytest.param(UNENDING, id="body"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\n9999\r\n", id="chunk"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\n", id="chunk size"),
        pytest.param(OK + b"Connection: close\r\n\r\n", id="body without a length"),
    ],
)
def test_server_that_sends_a_byte_now_and_then_is_left_in_time(fetch: Fetch, head: bytes) -> None:
    started = time.monotonic()
    with hostile_server(dripping(head)) as address, pytest.raises(UNREACHABLE):
        fetch(address)

    assert time.monotonic() - started < LATE_SECONDS


@FETCHERS
@pytest.mark.parametrize(
    "head",
    [
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n", id="chunk size below zero"),
        pytest.param(b"HTTP/1.1 301 Moved\r\nLocation: /log\r\n\r\n", id="redirect with a body"),
        pytest.param(b"HTTP/1.1 404 No\r\n\r\n", id="error with a body"),
        pytest.param(OK + b"Connection: close\r\n\r\n", id="no length"),
    ],
)
def test_server_that_sends_without_end_is_not_read_without_end(fetch: Fetch, head: bytes) -> None:
    flood = Flood(head)
    with hostile_server(flood) as address, suppress(*UNREACHABLE, TileNotFound):
        fetch(address)

    # Ten redirects, each with what its connection's buffers took, stay far below.
    assert flood.sent_bytes < MAX_BUNDLE_BYTES + 2 * IN_BUFFERS


@FETCHERS
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"\x00\x00", id="no status line"),
        pytest.param(b"HTTP/9.9 200 OK\r\n\r\n", id="unknown version"),
        pytest.param(OK + b"a: b\r\n" * 200 + b"\r\n", id="many headers"),
        pytest.param(b"HTTP/1.1 100 Go on\r\n\r\n" * 50_000, id="going on for ever"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", id="no chunk size"),
        pytest.param(OK + b"Content-Length: 99999999999999\r\n\r\na", id="cut off"),
        pytest.param(
            OK + b"Transfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\na", id="a giant chunk"
        ),
    ],
)
def test_answer_that_is_none_is_as_no_answer(fetch: Fetch, answer: bytes) -> None:
    with hostile_server(saying(answer)) as address:
        try:
            found = fetch(address)
        except UNREACHABLE:
            return

    # A connection to a witness gives whatever came, for its reader to refuse; a document that
    # has not the hash in its name is none.
    assert fetch in {_shown, _document}
    assert found is None or fetch is _shown


@pytest.mark.parametrize("fetch", [_checkpoint, _tile, _document])
@pytest.mark.parametrize(
    "location", ["http://[", "ftp://127.0.0.1/x", "file:///etc/passwd", f"http://{'a' * 70}.x/"]
)
def test_redirect_to_what_is_no_web_address_is_as_no_answer(fetch: Fetch, location: str) -> None:
    moved = f"HTTP/1.1 302 Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"

    with hostile_server(saying(moved.encode())) as address, pytest.raises(UNREACHABLE):
        fetch(address)


def test_checkpoint_may_not_be_as_large_as_a_bundle() -> None:
    flood = Flood(OK + b"Connection: close\r\n\r\n")
    with (
        hostile_server(flood) as address,
        pytest.raises(TileStoreUnavailable, match="more than any such file"),
    ):
        _checkpoint(address)

    assert flood.sent_bytes < IN_BUFFERS


def test_start_does_not_wait_for_a_witness_or_a_mirror_that_drips() -> None:
    keys, warned = operator_keys().anchors.logs, list[str]()
    key = cosigner_key(SigningKey("witness.example", bytes(32)))
    started = time.monotonic()
    with hostile_server(dripping(UNENDING)) as address:
        source = HttpTileSource(address, timeout_seconds=SECONDS)
        witness = MonitoredWitness("w1", key, source)

        assert MonitoredWitnesses([witness], warned.append).copies(keys) == []
        assert mirror_copy("mirror", source, HttpDocuments(address), keys) is None

    assert warned == ["w1"]
    assert time.monotonic() - started < LATE_SECONDS


def test_connection_that_stays_open_has_its_whole_time_for_each_answer() -> None:
    body = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"

    def answering_often(asking: socket.socket, over: threading.Event) -> None:
        for _ in range(3):
            over.wait(0.6 * SECONDS)
            asking.sendall(body)
            asking.recv(65_536)

    with hostile_server(answering_often) as address:
        connection = WitnessConnection(address, SECONDS)
        answers = [connection.shown("log.example").body for _ in range(3)]
        connection.close()

    assert answers == [b"a"] * 3


def test_answer_whose_time_is_over_is_not_waited_for() -> None:
    with pytest.raises(TimeoutError):
        Allowance(time.monotonic(), MEBIBYTE).seconds_left()


def test_secured_address_that_nobody_answers_is_unreachable_in_time() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"https://127.0.0.1:{nobody.getsockname()[1]}/checkpoint"

        with pytest.raises(URLError):
            limited_opener(address, SECONDS, MEBIBYTE).open(address, timeout=SECONDS)


def test_socket_without_a_time_of_its_own_has_the_answers_and_closes_twice() -> None:
    here, there = socket.socketpair()
    with here, there:
        received = _Received(here, socket.SocketIO(here, "r"), Allowance.of(SECONDS, 1))
        there.sendall(b"x")

        assert received.readinto(bytearray(1)) == 1
        assert 0 < (here.gettimeout() or 0) <= SECONDS
        received.close()
        received.close()
