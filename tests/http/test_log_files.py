"""/log/ as tlog-tiles says, receipts from it, and public documents."""

import gzip
import hashlib
import os

import pytest
from falcon.testing import TestClient

from api import bootstrap
from api.app import create_app
from api.resources.log_files import PackedFiles
from domain.offices import BilingualName
from ledger.bodies import canonical_json
from ledger.documents import documents_named
from ledger.drafting import FIRST_PLACE
from tests.http.world import World
from tests.support.builders import a_procedure, an_office
from transparency.checkpoints import open_checkpoint
from transparency.encoding import encode_base64
from transparency.hashing import leaf_hash
from transparency.tiles import EntryBundle, Tile, bundle_path, parse_bundle, tile_path
from transparency.trusted_log import TrustedLog
from transparency.verifier import verify_receipt


class ClientSource:
    """A tile source over the test client, as an outside reader would have it."""

    def __init__(self, world: World):
        self._client = world.client

    def read(self, path: str) -> bytes:
        result = self._client.simulate_get(f"/log/{path}")
        assert result.status_code == 200, path
        return result.content


def test_outsider_replays_the_whole_log_from_what_is_served(world: World) -> None:
    world.submit()
    world.settle()
    note = world.client.simulate_get("/log/checkpoint").content

    signed = open_checkpoint(note, world.parts.anchors.log)
    entries = [entry for _, entry in TrustedLog(ClientSource(world), signed).replay()]

    assert len(entries) == signed.checkpoint.tree_size
    assert b'"ledger.opened"' in entries[0]


def test_checkpoint_is_plain_text_that_caches_keep_for_seconds_only(world: World) -> None:
    result = world.client.simulate_get("/log/checkpoint")

    assert result.headers["content-type"] == "text/plain; charset=utf-8"
    assert result.headers["cache-control"] == "public, max-age=1"
    assert result.headers["access-control-allow-origin"] == "*"


def test_tiles_and_bundles_are_bytes_that_caches_keep_for_ever(world: World) -> None:
    world.settle()
    size = open_checkpoint(
        world.client.simulate_get("/log/checkpoint").content, world.parts.anchors.log
    ).checkpoint.tree_size
    assert size < 256

    tile = world.client.simulate_get(f"/log/{tile_path(Tile(0, 0, size))}")
    bundle = world.client.simulate_get(f"/log/{bundle_path(EntryBundle(0, size))}")

    assert len(tile.content) == 32 * size
    assert len(parse_bundle(bundle.content)) == size
    for result in (tile, bundle):
        assert result.headers["content-type"] == "application/octet-stream"
        assert result.headers["cache-control"] == "public, max-age=31536000, immutable"


def _published_size(world: World) -> int:
    note = world.client.simulate_get("/log/checkpoint").content
    return open_checkpoint(note, world.parts.anchors.log).checkpoint.tree_size


def test_bundle_is_packed_for_whoever_names_gzip_and_for_nobody_else(world: World) -> None:
    world.settle()
    path = f"/log/{bundle_path(EntryBundle(0, _published_size(world)))}"

    plain = world.client.simulate_get(path)
    packed = world.client.simulate_get(path, headers={"Accept-Encoding": "gzip, identity"})
    again = world.client.simulate_get(path, headers={"Accept-Encoding": "br, gzip;q=0.5"})
    refused = world.client.simulate_get(path, headers={"Accept-Encoding": "gzip;q=0"})

    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == again.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content == refused.content
    assert packed.content == again.content
    assert len(packed.content) < len(plain.content)
    for result in (plain, packed):
        assert result.headers["vary"] == "Accept-Encoding"
        assert result.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert result.headers["content-type"] == "application/octet-stream"
    # Two codings of one file are two things to a cache.
    assert packed.headers["etag"] != plain.headers["etag"]


def test_tiles_and_the_checkpoint_are_never_packed(world: World) -> None:
    world.settle()
    for path in (tile_path(Tile(0, 0, _published_size(world))), "checkpoint"):
        result = world.client.simulate_get(f"/log/{path}", headers={"Accept-Encoding": "gzip"})

        assert "content-encoding" not in result.headers
        assert "vary" not in result.headers


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_whoever_names_the_tag_is_told_that_nothing_changed(world: World, encoding: str) -> None:
    world.settle()
    size = _published_size(world)
    document = hashlib.sha256(canonical_json(a_procedure())).hexdigest()
    for path in (
        "/log/checkpoint",
        f"/log/{tile_path(Tile(0, 0, size))}",
        f"/log/{bundle_path(EntryBundle(0, size))}",
        f"/documents/{document}",
    ):
        wanted = {"Accept-Encoding": encoding}
        first = world.client.simulate_get(path, headers=wanted)

        wanted["If-None-Match"] = first.headers["etag"]
        second = world.client.simulate_get(path, headers=wanted)

        assert (second.status_code, second.content) == (304, b"")
        assert second.headers["etag"] == first.headers["etag"]
        assert second.headers["cache-control"] == first.headers["cache-control"]


def test_tag_of_the_checkpoint_before_is_answered_with_the_new_one(world: World) -> None:
    world.settle()
    before = world.client.simulate_get("/log/checkpoint")
    world.submit()
    world.settle()

    now = world.client.simulate_get(
        "/log/checkpoint", headers={"If-None-Match": before.headers["etag"]}
    )

    assert now.status_code == 200
    assert now.content != before.content


def test_document_is_packed_for_whoever_names_gzip(world: World) -> None:
    document = canonical_json(a_procedure())
    path = f"/documents/{hashlib.sha256(document).hexdigest()}"

    for _ in range(2):
        result = world.client.simulate_get(path, headers={"Accept-Encoding": "gzip"})

        assert result.headers["content-encoding"] == "gzip"
        assert gzip.decompress(result.content) == document
    assert world.client.simulate_get(path).headers["etag"].strip('"') == path[-64:]


def test_packed_files_are_kept_while_there_is_room_the_last_used_longest() -> None:
    noise = [os.urandom(1000) for _ in range(4)]
    packed = PackedFiles(max_bytes=3200)
    for number, data in enumerate(noise[:3]):
        packed.pack(str(number), data)
    assert packed.find("0") is not None

    packed.pack("3", noise[3])
    packed.pack("3", noise[3])

    assert [packed.find(name) is not None for name in "0123"] == [True, False, True, True]


def test_packed_file_that_is_larger_than_all_room_is_given_and_not_kept() -> None:
    packed = PackedFiles(max_bytes=100)

    file = packed.pack("large", os.urandom(1000))

    assert len(gzip.decompress(file.data)) == 1000
    assert packed.find("large") is None


def test_receipts_are_given_while_no_writer_answers(world: World) -> None:
    dossier = world.submit()
    world.settle()
    # A worker of its own: it knows the data folder, and no writer listens at the socket.
    parts = bootstrap.web_parts(world.settings)
    client = TestClient(create_app(parts))

    result = client.simulate_get(f"/v1/streams/{dossier.stream}/versions/1/receipt")

    assert verify_receipt(result.content, world.parts.anchors.log).entry
    assert not bootstrap.data_folder(world.settings).socket.exists()


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/000",
        "tile/0/0",
        "tile/00/000.p/3",
        "tile/0/000.p/03",
        "tile/0/000.p/256",
        "tile/0/000.p/0",
        "tile/64/000",
        "tile/0/x000/000.p/3",
        "tile/entries/000.p/x",
        "tile/0/000.p/3/",
        "tile/0//000.p/3",
        "tile",
        "checkpoint/",
        "Checkpoint",
        "tile/0/%30%30%30.p/3",
        "../keys/log.key",
        "tile/../checkpoint",
        "tile/0/../../../keys/log.key",
        "tile/0/..%2f..%2f..%2fkeys%2flog.key",
        ".new",
        "checkpoint.new",
    ],
)
def test_unknown_or_otherwise_spelt_path_is_not_found(world: World, path: str) -> None:
    result = world.client.simulate_get(f"/log/{path}")

    assert result.status_code == 404
    assert result.headers["content-type"] == "application/problem+json"
    assert result.headers["cache-control"] == "no-store"


def test_head_gives_the_headers_alone(world: World) -> None:
    got = world.client.simulate_get("/log/checkpoint")

    headed = world.client.simulate_head("/log/checkpoint")

    assert headed.status_code == 200
    assert headed.headers["content-type"] == got.headers["content-type"]
    assert headed.content == b""


def test_empty_ledger_has_no_checkpoint(empty_world: World) -> None:
    result = empty_world.client.simulate_get("/log/checkpoint")

    assert (result.status_code, result.json["code"]) == (404, "tile_not_found")


def test_receipt_of_any_published_action_verifies(world: World) -> None:
    dossier = world.submit()
    action = world.accept(dossier)
    world.submit()

    result = world.client.simulate_get(f"/v1/streams/{dossier.stream}/versions/2/receipt")

    assert result.headers["content-type"] == "text/plain; charset=utf-8"
    verified = verify_receipt(result.content, world.parts.anchors.log)
    assert verified.entry == action.note


def test_receipt_of_the_ledgers_own_entry_is_found_by_its_index(world: World) -> None:
    result = world.client.simulate_get("/v1/entries/0/receipt")

    verified = verify_receipt(result.content, world.parts.anchors.log)
    assert b'"ledger.opened"' in verified.entry


@pytest.mark.parametrize(
    "path",
    [
        "/v1/streams/dossier:ffffffffffffffffffffffffffffffff/versions/1/receipt",
        "/v1/streams/dossier:00000000000000000000000000000001/versions/99/receipt",
        "/v1/streams/nonsense/versions/1/receipt",
        "/v1/streams/key:%00/versions/1/receipt",
        "/v1/entries/99999/receipt",
    ],
)
def test_receipt_of_what_is_not_published_is_not_found(world: World, path: str) -> None:
    result = world.client.simulate_get(path)

    assert (result.status_code, result.json["code"]) == (404, "unknown_entry")


@pytest.mark.parametrize("version", ["0", "-1", "x", "9" * 40])
def test_version_that_no_stream_has_is_not_found(world: World, version: str) -> None:
    result = world.client.simulate_get(
        f"/v1/streams/dossier:00000000000000000000000000000001/versions/{version}/receipt"
    )

    assert result.status_code == 404


def test_head_of_a_stream_is_what_the_next_action_names(world: World) -> None:
    dossier = world.submit()
    action = world.accept(dossier)

    result = world.client.simulate_get(f"/v1/streams/{dossier.stream}/head")

    assert result.json["version"] == 2
    assert result.json["leaf_hash"] == encode_base64(leaf_hash(action.note))


@pytest.mark.parametrize("stream", ["rating:ffffffffffffffffffffffffffffffff", "nonsense"])
def test_head_of_an_unknown_stream_is_not_found(world: World, stream: str) -> None:
    assert world.client.simulate_get(f"/v1/streams/{stream}/head").status_code == 404


def test_public_document_is_served_under_its_hash_for_ever(world: World) -> None:
    document = canonical_json(a_procedure())

    result = world.client.simulate_get(f"/documents/{hashlib.sha256(document).hexdigest()}")

    assert result.content == document
    assert result.headers["content-type"] == "text/plain; charset=utf-8"
    assert "immutable" in result.headers["cache-control"]


def test_document_of_a_refused_action_is_not_served_under_the_ledgers_address(
    world: World,
) -> None:
    document = canonical_json(an_office("H27.99", name=BilingualName(vi="Bậy bạ", en="Nonsense")))
    own_key = world.keys["receiver"]

    refused = world.post(
        world.drafter.register_office(own_key, "H27.99", document, FIRST_PLACE, world.now)
    )

    assert refused.status_code == 422
    name = hashlib.sha256(document).hexdigest()
    assert world.client.simulate_get(f"/documents/{name}").status_code == 404
    assert not (bootstrap.data_folder(world.settings).published_documents / name).exists()


def test_every_document_that_the_served_log_names_is_served(world: World) -> None:
    world.settle()
    folder = bootstrap.data_folder(world.settings)
    size = open_checkpoint(
        world.client.simulate_get("/log/checkpoint").content, world.parts.anchors.log
    ).checkpoint.tree_size
    entries = world.parts.reader.entries(0, size)
    named = {name for entry in entries for name in documents_named(entry.body)}

    served = {path.name for path in folder.published_documents.iterdir()}

    assert len(named) == 4
    assert served == named


@pytest.mark.parametrize("name", ["00" * 32, "x", "..%2Fledger.toml", "AB" * 32])
def test_unknown_document_is_not_found(world: World, name: str) -> None:
    assert world.client.simulate_get(f"/documents/{name}").status_code == 404


def test_ledger_names_itself_and_its_anchors(world: World) -> None:
    result = world.client.simulate_get("/v1/ledger")

    assert result.json["origin"] == world.parts.origin
    assert result.json["log"].startswith(f"{world.parts.origin}+")
    assert result.json["demo"] is True
