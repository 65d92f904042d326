"""A log read over HTTP is the log on the disk; a server that fails is told from one that lacks."""

import gzip
from pathlib import Path

import pytest

from tests.support.folder_server import Answer, serving, serving_folder
from tests.support.transparency_builders import a_log
from transparency import http_source
from transparency.checkpoints import open_checkpoint
from transparency.errors import MalformedTilePath, TileNotFound, TileStoreUnavailable
from transparency.http_source import HttpTileSource
from transparency.tile_store import FileTileStore, LogSource
from transparency.trusted_log import TrustedLog


def test_log_is_the_same_over_http_and_from_the_folder(tmp_path: Path) -> None:
    log = a_log(FileTileStore(tmp_path), 100, 600)
    with serving_folder(tmp_path) as address:
        sources: list[LogSource] = [FileTileStore(tmp_path), HttpTileSource(address + "/")]

        for source in sources:
            signed = open_checkpoint(source.read_checkpoint(), log.key.verification_key)
            trusted = TrustedLog(source, signed)

            assert [entry for _, entry in trusted.replay()] == log.entries


def read_answer(status: int, headers: dict[str, str], body: bytes) -> bytes:
    def answer(path: str) -> Answer:
        assert path == "/log/tile/0/000"
        return status, headers, body

    with serving(answer) as address:
        return HttpTileSource(f"{address}/log", timeout_seconds=5).read("tile/0/000")


def test_compressed_answer_is_unpacked() -> None:
    assert read_answer(200, {"Content-Encoding": "gzip"}, gzip.compress(b"tile")) == b"tile"


def test_plain_answer_is_read_as_it_is() -> None:
    assert read_answer(200, {}, b"tile") == b"tile"


@pytest.mark.parametrize("status", [404, 410])
def test_missing_file_is_not_found(status: int) -> None:
    with pytest.raises(TileNotFound):
        read_answer(status, {}, b"")


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        pytest.param(500, {}, b"", id="server error"),
        pytest.param(403, {}, b"", id="forbidden"),
        pytest.param(200, {"Content-Encoding": "gzip"}, b"not gzip", id="broken compression"),
        pytest.param(
            200, {"Content-Encoding": "gzip"}, gzip.compress(b"tile")[:-9], id="cut compression"
        ),
        pytest.param(
            200, {"Content-Encoding": "gzip"}, gzip.compress(b"t")[:10] + b"\xff", id="bad blocks"
        ),
        pytest.param(200, {"Content-Encoding": "br"}, b"tile", id="unknown compression"),
        pytest.param(200, {"Content-Length": "100"}, b"tile", id="cut off"),
        pytest.param(200, {"Content-Length": "200"}, b"t" * 200, id="too large"),
        pytest.param(200, {}, b"t" * 200, id="too large without saying so"),
    ],
)
def test_server_that_gives_no_file_is_unavailable(
    status: int, headers: dict[str, str], body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_source, "MAX_BUNDLE_BYTES", 150)

    with pytest.raises(TileStoreUnavailable):
        read_answer(status, headers, body)


def test_compressed_answer_is_not_unpacked_beyond_the_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http_source, "MAX_BUNDLE_BYTES", 150)

    with pytest.raises(TileStoreUnavailable, match="more than any such file"):
        read_answer(200, {"Content-Encoding": "gzip"}, gzip.compress(bytes(10_000_000)))


def test_server_that_is_not_there_is_unavailable() -> None:
    with serving(lambda _: (200, {}, b"")) as address:
        source = HttpTileSource(address, timeout_seconds=5)

    with pytest.raises(TileStoreUnavailable):
        source.read_checkpoint()


def test_path_that_names_no_tile_is_never_asked_for() -> None:
    source = HttpTileSource("https://log.example")

    with pytest.raises(MalformedTilePath):
        source.read("../secret")


@pytest.mark.parametrize("address", ["file:///etc", "ftp://log.example", "log.example", "http://"])
def test_address_that_is_not_http_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="begins with http"):
        HttpTileSource(address)
