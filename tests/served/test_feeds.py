"""Feeds and exports of a real server: a listener hears at once, and goes on where it stopped."""

import http.client
import json
import os
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from api.data_folder import DataFolder
from bench.world import World, dossier_bodies
from ledger.key_files import load_private_key, new_actor_key
from tests.served.server import Served, served
from tests.unit.cli.running import run

pytestmark = pytest.mark.served

SECONDS = 20


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("feeds") / "data") as ledger:
        yield ledger


@contextmanager
def listening(
    ledger: Served, query: str = "", **headers: str
) -> Iterator[Iterator[tuple[int, Any]]]:
    connection = http.client.HTTPConnection(urlsplit(ledger.address).netloc, timeout=SECONDS)
    given = {"Accept": "text/event-stream"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    connection.request("GET", f"/v1/feeds/entries?{query}", headers=given)
    response = connection.getresponse()
    assert response.status == 200
    try:
        yield _events(response)
    finally:
        response.close()
        connection.close()


def _events(response: http.client.HTTPResponse) -> Iterator[tuple[int, Any]]:
    """Give the events that show something, with their ids."""
    event_id, data = -1, None
    while True:
        name, _, value = response.readline().decode().rstrip("\n").partition(": ")
        if name == "id":
            event_id = int(value)
        elif name == "data":
            data = json.loads(value)
        elif not name and data is not None:
            yield event_id, data
            data = None


def publish(ledger: Served) -> None:
    """Hand in one dossier's submission."""
    registrar = load_private_key(DataFolder(ledger.data).keys / "registrar.key")
    world = World(ledger.address, ledger.origin, registrar, new_actor_key("officer", os.urandom), 0)
    (body, _), *_ = dossier_bodies(world, 1)
    request = urllib.request.Request(
        f"{ledger.address}/v1/actions", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=SECONDS) as response:
        assert response.status == 201


def test_listener_hears_of_an_act_while_it_listens_and_goes_on_after_a_break(
    ledger: Served,
) -> None:
    with listening(ledger, "kind=dossier.submitted") as heard:
        publish(ledger)
        first_id, first = next(heard)
    publish(ledger)
    publish(ledger)

    with listening(ledger, "kind=dossier.submitted", Last_Event_ID=str(first_id)) as heard:
        later = [next(heard) for _ in range(2)]

    assert first["entry_index"] == first_id
    assert first["kind"] == "dossier.submitted"
    indexes = [first_id, *(event_id for event_id, _ in later)]
    assert indexes == sorted(set(indexes))
    assert [row["entry_index"] for _, row in later] == indexes[1:]


def test_export_of_the_served_log_is_what_the_server_gives(ledger: Served, tmp_path: Path) -> None:
    with urllib.request.urlopen(f"{ledger.address}/v1/open-data/events.jsonl") as response:
        served_bytes = response.read()
        size = response.headers["Ledger-Checkpoint-Size"]
    anchors = DataFolder(ledger.data).keys / "anchors.toml"

    ran = run(
        *("export", "--log", ledger.address, "--anchors", anchors, "--size", size),
        *("--to", tmp_path / "files", "--data", tmp_path / "nothing"),
    )

    assert ran.code == 0, ran.said
    assert (tmp_path / "files" / "events.jsonl").read_bytes() == served_bytes
    assert served_bytes
