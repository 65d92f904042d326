"""A mirror's server answers under the log's own paths, and takes nothing in."""

from pathlib import Path

import pytest
from falcon.testing import TestClient

from api.mirroring.serving import create_mirror_app
from ledger.mirroring.copying import Mirror
from ledger.mirroring.folder import MirrorFolder
from tests.support.observers.mirrored_logs import NOW, SomeLog
from tests.support.transparency_builders import a_key


@pytest.fixture
def folder(tmp_path: Path) -> MirrorFolder:
    return MirrorFolder(tmp_path)


@pytest.fixture
def client(folder: MirrorFolder) -> TestClient:
    return TestClient(create_mirror_app(folder))


def test_empty_mirror_has_no_checkpoint_and_says_so_as_a_problem(client: TestClient) -> None:
    result = client.simulate_get("/log/checkpoint")

    assert (result.status_code, result.json["code"]) == (404, "tile_not_found")


def test_copied_files_are_served_as_the_log_serves_them(
    folder: MirrorFolder, client: TestClient
) -> None:
    log = SomeLog().grow_to(300)
    document = log.documents.store(b"a document")
    log.written.publish([f'"document":"{document}"'.encode()])
    Mirror(folder, a_key().verification_key).update(log.source, NOW)

    checkpoint = client.simulate_get("/log/checkpoint")
    bundle = client.simulate_get("/log/tile/entries/000")

    assert checkpoint.content == log.written.signed_checkpoint().note
    assert checkpoint.headers["cache-control"] == "public, max-age=1"
    assert bundle.content == log.written.store.read("tile/entries/000")
    assert "immutable" in bundle.headers["cache-control"]
    assert client.simulate_get(f"/documents/{document}").content == b"a document"


@pytest.mark.parametrize(
    "path", ["/checkpoint.copying", "/log/documents/x", "/lock", "/log/../lock", "/v1/ledger"]
)
def test_nothing_but_the_log_is_served(client: TestClient, path: str) -> None:
    assert client.simulate_get(path).status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_is_taken_in(client: TestClient, method: str) -> None:
    assert client.simulate_request(method, "/log/checkpoint").status_code == 405
