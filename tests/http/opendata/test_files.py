"""Open data over HTTP: the bytes that `export` writes, as of the checkpoint that is named."""

import csv
import io
import json
import sys
from pathlib import Path

import pytest
from falcon.testing import TestClient

from api.app import create_app
from api.resources.opendata.files import MAX_LIMIT
from projections.opendata.datasets import DATASETS
from projections.opendata.exporting import export_folder
from projections.opendata.files import DATA_FILES, Form
from tests.http.world import World, a_world, fill_registry

BASE = "/v1/open-data"


@pytest.fixture(scope="module")
def folder(told: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("exported")
    with told.parts.views.reading() as reader:
        export_folder(reader, told.parts.origin, path, Form)
    return path


@pytest.mark.parametrize("name", [file.name for file in DATA_FILES])
def test_file_has_the_bytes_that_an_export_writes(told: World, folder: Path, name: str) -> None:
    answer = told.client.simulate_get(f"{BASE}/{name}")

    assert answer.status_code == 200
    assert answer.content == (folder / name).read_bytes()
    size = answer.headers["ledger-checkpoint-size"]
    assert int(size) == told.parts.reader.sequenced_size()
    dataset, _, form = name.partition(".")
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="{dataset}-{size}.{form}"'
    )
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert f"<{BASE}/{dataset}.csv-metadata.json>; rel=describedby" in answer.headers["link"]


@pytest.mark.parametrize("dataset", DATASETS)
def test_metadata_is_that_of_the_export(told: World, folder: Path, dataset: str) -> None:
    name = f"{dataset}.csv-metadata.json"

    answer = told.client.simulate_get(f"{BASE}/{name}")

    assert answer.content == (folder / name).read_bytes()
    assert answer.headers["content-type"] == "application/csvm+json"


def test_who_has_the_bytes_is_told_that_nothing_changed(told: World) -> None:
    tag = told.client.simulate_get(f"{BASE}/events.csv").headers["etag"]

    again = told.client.simulate_get(f"{BASE}/events.csv", headers={"If-None-Match": tag})
    other = told.client.simulate_get(f"{BASE}/events.jsonl", headers={"If-None-Match": tag})

    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200


def test_pages_of_events_are_the_whole_in_parts(told: World) -> None:
    whole = told.client.simulate_get(f"{BASE}/events.csv").text
    wanted = list(csv.DictReader(io.StringIO(whole, newline="")))
    found: list[dict[str, str]] = []
    address = f"{BASE}/events.csv?from_entry=0&limit=4"
    pages = 0

    while address:
        answer = told.client.simulate_get(address)
        found += csv.DictReader(io.StringIO(answer.text, newline=""))
        links = {part.split("; rel=")[1]: part for part in answer.headers["link"].split(", ")}
        address = links["next"].partition(">")[0].removeprefix("<") if "next" in links else ""
        pages += 1

    assert found == wanted
    assert pages == -(-len(wanted) // 4)


def test_events_from_an_entry_on_are_streamed(told: World) -> None:
    lines = told.client.simulate_get(f"{BASE}/events.jsonl").text.splitlines()
    middle = json.loads(lines[5])["entry_index"]

    answer = told.client.simulate_get(f"{BASE}/events.jsonl?from_entry={middle}")

    assert answer.text.splitlines() == lines[5:]


@pytest.mark.parametrize(
    "query",
    ["from_entry=x", "from_entry=-1", "limit=0", f"limit={MAX_LIMIT + 1}", "limit=", "limit=٣"],
)
def test_impossible_page_is_refused(told: World, query: str) -> None:
    answer = told.client.simulate_get(f"{BASE}/events.csv", query_string=query)

    assert (answer.status_code, answer.json["code"]) == (400, "malformed_parameter")


@pytest.mark.parametrize("file", ["counts.csv", "events.parquet", "datapackage.json"])
def test_only_events_as_text_come_in_pages(told: World, file: str) -> None:
    answer = told.client.simulate_get(f"{BASE}/{file}?limit=5")

    assert (answer.status_code, answer.json["code"]) == (400, "malformed_parameter")


@pytest.mark.parametrize("file", ["nothing.csv", "events.xml", "events", ".csv", "..", "x.y.z"])
def test_unknown_file_is_not_found(told: World, file: str) -> None:
    answer = told.client.simulate_get(f"{BASE}/{file}")

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert BASE in answer.json["detail"]


def test_data_package_names_files_that_are_there(told: World) -> None:
    package = told.client.simulate_get(f"{BASE}/datapackage.json").json

    assert len(package["resources"]) == len(DATA_FILES)
    for resource in package["resources"]:
        answer = told.client.simulate_get(f"{BASE}/{resource['path']}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(resource["mediatype"])
    assert package["checkpoint"]["size"] == told.parts.reader.sequenced_size()


def test_catalogue_is_linked_data_as_of_the_checkpoint(told: World) -> None:
    answer = told.client.simulate_get(BASE)

    assert answer.headers["content-type"] == "application/ld+json"
    assert {one["@id"] for one in answer.json["dcat:dataset"]} == {
        f"{BASE}/#{name}" for name in DATASETS
    }
    assert answer.json["dcat:version"] == answer.headers["ledger-checkpoint-size"]


def test_without_its_library_parquet_is_refused_and_not_announced(
    told: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    package = told.client.simulate_get(f"{BASE}/datapackage.json").json
    # An app of its own: nothing that was kept from before may answer.
    refused = _fresh(told).simulate_get(f"{BASE}/events.parquet")

    assert (refused.status_code, refused.json["code"]) == (501, "form_not_installed")
    assert "parquet" not in {resource["format"] for resource in package["resources"]}


def _fresh(world: World) -> TestClient:
    return TestClient(create_app(world.parts))


def test_a_kept_file_is_given_for_a_while_and_says_as_of_what(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        fill_registry(world)
        world.settle()
        world.follow()
        first = world.client.simulate_get(f"{BASE}/counts.csv")
        world.accept(world.submit())
        world.settle()
        world.follow()

        again = world.client.simulate_get(f"{BASE}/counts.csv")
        fresh = _fresh(world).simulate_get(f"{BASE}/counts.csv")

        assert again.content == first.content
        assert again.headers["ledger-checkpoint-size"] == first.headers["ledger-checkpoint-size"]
        assert fresh.content != first.content
        assert int(fresh.headers["ledger-checkpoint-size"]) > int(
            first.headers["ledger-checkpoint-size"]
        )


def test_nothing_is_ready_before_the_first_checkpoint(empty_world: World) -> None:
    for path in (BASE, f"{BASE}/events.csv", f"{BASE}/counts.csv", f"{BASE}/datapackage.json"):
        answer = empty_world.client.simulate_get(path)
        assert (answer.status_code, answer.json["code"]) == (503, "not_ready")


@pytest.mark.parametrize("member", ["from_entry", "limit"])
def test_number_of_thousands_of_digits_is_refused_and_no_failure(told: World, member: str) -> None:
    query = f"{member}={'9' * 5_000}"
    answer = told.client.simulate_get(f"{BASE}/events.csv", query_string=query)

    assert (answer.status_code, answer.json["code"]) == (400, "malformed_parameter")
