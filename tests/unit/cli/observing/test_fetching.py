"""What a site answers with figures: one way to read it, for `recompute` and for monitors."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from cli.sources import LogAddress, decode_figures, fetch, read_published
from ledger.errors import StoreUnavailable
from ledger.mirroring.http_documents import HttpDocuments
from projections.petitions.figures import PetitionStatistics
from projections.reading import read_petition_figures
from tests.support.folder_server import serving
from transparency.errors import ProofInvalid


class Counted(msgspec.Struct):
    """Some figures."""

    figures: int


@contextmanager
def saying(answer: bytes) -> Iterator[str]:
    """Something that listens, and says this whatever it is asked."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def say() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(answer)

        thread = threading.Thread(target=say)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


def test_figures_that_a_site_does_not_have_are_none(tmp_path: Path) -> None:
    with serving(lambda _: (404, {}, b"")) as site:
        log = LogAddress(f"{site}/log")

        assert fetch(f"{site}/v1/statistics/petitions") is None
        found = read_published(
            log, tmp_path, "petitions", PetitionStatistics, read_petition_figures
        )
    assert found is None


def test_folder_without_views_publishes_nothing(tmp_path: Path) -> None:
    log = LogAddress(str(tmp_path / "log"))

    found = read_published(log, tmp_path, "petitions", PetitionStatistics, read_petition_figures)

    assert found is None


@pytest.mark.parametrize("status", [403, 500, 503])
def test_site_that_refuses_is_told_apart_from_one_without_figures(status: int) -> None:
    with (
        serving(lambda _: (status, {}, b"")) as site,
        pytest.raises(StoreUnavailable, match=f"answers {status}"),
    ):
        fetch(site)


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-OpenSSH_9.6\r\n"])
def test_what_speaks_no_http_is_an_unreachable_site_and_no_crash(said: bytes) -> None:
    with saying(said) as site, pytest.raises(StoreUnavailable, match="does not answer"):
        fetch(site)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"figures":"many"}', b"{}"])
def test_what_is_no_figures_is_not_believed(body: bytes) -> None:
    with serving(lambda _: (200, {}, body)) as site:
        fetched = fetch(site)

    assert fetched == body
    with pytest.raises(ProofInvalid, match="does not answer with statistics"):
        decode_figures(body, Counted, site)


CUT_OFF = b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"figures":1}'


def test_answer_that_is_cut_off_is_not_taken_for_what_the_site_says() -> None:
    with saying(CUT_OFF) as site, pytest.raises(StoreUnavailable, match="whole answer"):
        fetch(site)


def test_document_that_is_cut_off_is_not_taken_for_missing() -> None:
    with saying(CUT_OFF) as site, pytest.raises(StoreUnavailable, match="cut off"):
        HttpDocuments(site).read("0a" * 32)


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"figures":1,"more":' + b"[" * 100_000])
def test_figures_nested_without_end_are_not_believed_and_no_crash(body: bytes) -> None:
    with pytest.raises(ProofInvalid, match="does not answer with statistics"):
        decode_figures(body, Counted, "https://ledger.example.org")
