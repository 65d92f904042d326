"""Timestamps of checkpoints: taken, kept beside them, and believed only of the right authority."""

import importlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import HTTPServer
from pathlib import Path
from types import ModuleType

import pytest

from ledger.errors import TimestampInvalid, TimestampsUnavailable
from ledger.timestamping.authorities import HttpAuthority
from ledger.timestamping.keeping import TimestampFolder
from ledger.timestamping.tokens import MAX_RESPONSE_BYTES, open_response, request_for
from tests.support.ledger_builders import World, a_world
from tests.support.timestamping.simulated import (
    NAME,
    SimulatedAuthority,
    handler_of,
    needs_openssl,
)
from transparency.notes import parse_note
from transparency.tile_store import MemoryTileStore

pytestmark = needs_openssl
TEXT = b"example.com/log\n70000\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> SimulatedAuthority:
    return SimulatedAuthority.new(tmp_path_factory.mktemp("tsa") / "one")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> SimulatedAuthority:
    return SimulatedAuthority.new(tmp_path_factory.mktemp("tsa") / "two", f"{NAME}: another")


def test_answer_says_when_and_by_whom(authority: SimulatedAuthority) -> None:
    request = request_for(TEXT)

    stamp = open_response(authority.stamp(request.der), TEXT, authority.roots, request.nonce)

    assert abs(stamp.at - datetime.now(UTC)) < timedelta(minutes=1)
    assert "Simulated timestamp authority" in stamp.authority


def test_answer_over_another_checkpoint_is_refused(authority: SimulatedAuthority) -> None:
    answer = authority.stamp(request_for(TEXT.replace(b"70000", b"70001")).der)

    with pytest.raises(TimestampInvalid):
        open_response(answer, TEXT, authority.roots)


def test_answer_of_an_authority_that_is_not_trusted_is_refused(
    authority: SimulatedAuthority, other: SimulatedAuthority
) -> None:
    answer = other.stamp(request_for(TEXT).der)

    with pytest.raises(TimestampInvalid):
        open_response(answer, TEXT, authority.roots)


def test_answer_to_an_earlier_question_is_refused(authority: SimulatedAuthority) -> None:
    earlier, now = request_for(TEXT), request_for(TEXT)

    with pytest.raises(TimestampInvalid):
        open_response(authority.stamp(earlier.der), TEXT, authority.roots, now.nonce)


@pytest.mark.parametrize("length", [0, 1, 5, 40, -1])
def test_answer_that_was_cut_off_is_refused(authority: SimulatedAuthority, length: int) -> None:
    answer = authority.stamp(request_for(TEXT).der)

    with pytest.raises(TimestampInvalid):
        open_response(answer[:length], TEXT, authority.roots)


def test_answer_with_a_changed_byte_is_refused(authority: SimulatedAuthority) -> None:
    answer = authority.stamp(request_for(TEXT).der)
    changed = answer[:-10] + bytes([answer[-10] ^ 1]) + answer[-9:]

    with pytest.raises(TimestampInvalid):
        open_response(changed, TEXT, authority.roots)


def test_answer_beyond_the_limit_is_refused(authority: SimulatedAuthority) -> None:
    with pytest.raises(TimestampInvalid):
        open_response(bytes(MAX_RESPONSE_BYTES + 1), TEXT, authority.roots)


@pytest.mark.parametrize("roots", [b"", b"no certificate"])
def test_without_roots_nothing_is_believed(authority: SimulatedAuthority, roots: bytes) -> None:
    answer = authority.stamp(request_for(TEXT).der)

    with pytest.raises(TimestampInvalid):
        open_response(answer, TEXT, roots)


def test_where_the_library_is_missing_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> ModuleType:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)

    with pytest.raises(TimestampsUnavailable):
        request_for(TEXT)


@contextmanager
def _served(handler: type) -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _take(world: World, folder: Path, authority: SimulatedAuthority, address: str) -> object:
    keys = world.keys.anchors.logs
    stamps = TimestampFolder(folder)
    return stamps.take(world.tiles, keys, HttpAuthority(address), authority.roots)


def test_newest_checkpoint_is_stamped_once_and_kept_with_its_note(
    authority: SimulatedAuthority, tmp_path: Path
) -> None:
    world = a_world()
    with _served(handler_of(authority)) as address:
        first = _take(world, tmp_path, authority, address)
        again = _take(world, tmp_path, authority, address)
        world.a_dossier()
        second = _take(world, tmp_path, authority, address)

    assert (first is None, again is None, second is None) == (False, True, False)
    size = world.log().tree_size
    note = (tmp_path / f"timestamps/{size}.checkpoint").read_bytes()
    assert note == world.tiles.read_checkpoint()
    response = TimestampFolder(tmp_path).path_of(size).read_bytes()
    open_response(response, parse_note(note).text, authority.roots)


def test_log_without_a_checkpoint_asks_nobody(tmp_path: Path) -> None:
    world = World(tiles=MemoryTileStore())

    assert (
        TimestampFolder(tmp_path).take(
            world.tiles, world.keys.anchors.logs, HttpAuthority("http://127.0.0.1:1/"), b""
        )
        is None
    )


def test_answer_that_does_not_verify_is_not_kept(
    authority: SimulatedAuthority, other: SimulatedAuthority, tmp_path: Path
) -> None:
    world = a_world()

    with _served(handler_of(other)) as address, pytest.raises(TimestampInvalid):
        _take(world, tmp_path, authority, address)

    assert list(tmp_path.rglob("*.tsr")) == []


def test_authority_that_does_not_answer_or_answers_a_page_is_asked_again_later(
    authority: SimulatedAuthority, tmp_path: Path
) -> None:
    world = a_world()

    with pytest.raises(TimestampsUnavailable):
        _take(world, tmp_path, authority, "http://127.0.0.1:1/")
    with (
        _served(handler_of(authority, "text/html")) as address,
        pytest.raises(TimestampsUnavailable),
    ):
        _take(world, tmp_path, authority, address)


def test_address_of_another_scheme_is_refused() -> None:
    with pytest.raises(ValueError, match="http"):
        HttpAuthority("file:///etc/passwd")
