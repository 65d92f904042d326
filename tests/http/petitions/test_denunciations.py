"""One denunciation is planted, and every route, page, view and export is searched for a trace."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from urllib.parse import urlencode

import falcon.inspect
import msgspec
import pytest

from domain.facts.feedback import DenunciationReceived, DenunciationReceivedDetails
from domain.roles import Role
from ledger.drafting import FIRST_PLACE
from ledger.portal.exporting import packet_of
from ledger.portal.opening import OpenedStreams
from ledger.portal.packets import render_packet
from ledger.stream_register import StreamRegister
from tests.http.petitions.petitioners import give_feedback
from tests.http.signing import signed_headers
from tests.http.world import World, a_world, fill_registry, json_headers
from tests.support.builders import OFFICE, PROCEDURE

STREAM = "denunciation:dededededededededededededededede"
SAID = "Nhận tiền để cấp giấy phép"
DENOUNCER = "Phạm Văn Ẩn"
TRACES = (STREAM, STREAM.partition(":")[2], SAID, DENOUNCER, "denunciation.received")


@dataclass(frozen=True)
class Planted:
    """A ledger in which somebody denounced; the month has ended, so the envelope is published."""

    world: World
    dossier: str
    secret: str
    petition: str


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    with a_world(tmp_path_factory.mktemp("denounced"), lookups_per_minute=10_000) as world:
        fill_registry(world)
        dossier = world.submit()
        petition = give_feedback(world, dossier.stream)
        details = DenunciationReceivedDetails(
            text=SAID, name=DENOUNCER, office=OFFICE, dossier=dossier.stream
        )
        result = world.post(
            world.drafter.sign(
                "denunciation.received",
                STREAM,
                FIRST_PLACE,
                world.now,
                DenunciationReceived(),
                ((Role.INSPECTOR, world.keys["inspector"]),),
                details=details,
            )
        )
        assert result.status_code == 202, result.text
        world.accept(dossier)
        world.wait(days=31)
        world.submit()
        world.settle()
        world.follow()
        yield Planted(world, dossier.stream, dossier.secret, petition.id)


def addresses(planted: Planted) -> Iterator[str]:
    """Give every address that the app answers to GET, with all that could stand in it."""
    size = planted.world.parts.reader.sequenced_size()
    values = {
        "stream": [STREAM, planted.dossier],
        "version": ["1"],
        "entry_index": [str(index) for index in range(size)],
        "code": [PROCEDURE, "unknown_petition"],
        "key": [planted.world.keys["inspector"].name],
        "dossier_id": [STREAM.partition(":")[2]],
        "path": ["checkpoint", f"tile/entries/000.p/{size}", f"tile/0/000.p/{size}"],
        "document_hex": ["0" * 64],
        "office": [OFFICE],
        "name": ["style.css"],
    }
    for route in falcon.inspect.inspect_routes(planted.world.app):
        names = [part[1:-1].partition(":")[0] for part in route.path.split("/") if "{" in part]
        for chosen in product(*(values.get(name, [STREAM]) for name in names)):
            parts = iter(chosen)
            yield "/".join(
                next(parts) if part.startswith("{") else part for part in route.path.split("/")
            )


def echoed(path: str, text: str) -> str:
    """Give an answer without the address that was asked for, which it may repeat."""
    return text.replace(path, "")


def test_no_address_shows_a_trace_to_anybody_or_to_an_inspector(planted: Planted) -> None:
    world, asked = planted.world, 0
    for path in addresses(planted):
        for accept, inspector in product(("application/json", "text/html"), (False, True)):
            signed = (
                signed_headers(world.keys["inspector"], path, world.clock()) if inspector else {}
            )
            headers = {"Accept": accept, "Dossier-Secret": planted.secret} | signed
            result = world.client.simulate_get(path, headers=headers)
            shown = echoed(path, result.content.decode(errors="replace"))
            found = [trace for trace in TRACES if trace in shown and trace not in path]
            assert not found, (path, found)
            if STREAM in path:
                assert result.status_code >= 400, path
            asked += 1
    assert asked > 200


def test_pages_that_look_it_up_answer_as_for_nothing(planted: Planted) -> None:
    client, named = planted.world.client, STREAM.partition(":")[2]
    for body in ({"petition": named}, {"petition": STREAM}, {"secret": "A" * 43 + "="}):
        result = client.simulate_post(
            "/v1/petitions/lookup", body=msgspec.json.encode(body), headers=json_headers()
        )
        assert (result.status_code, result.json["code"]) == (404, "unknown_petition")
    for path, form in (
        ("/petitions/track", f"petition={named}"),
        ("/dossiers", f"dossier={named}&secret=x"),
    ):
        page = client.simulate_post(
            path, body=form, headers={"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert page.status_code == 404


def test_figures_as_csv_the_dossiers_own_page_and_its_packet_hold_no_trace(
    planted: Planted,
) -> None:
    world, client = planted.world, planted.world.client
    shown = [
        client.simulate_get(f"/v1/statistics/{figures}", query_string="format=csv").text
        for figures in ("counts", "durations", "petitions")
    ]
    page = client.simulate_post(
        "/dossiers",
        body=urlencode({"dossier": planted.dossier.partition(":")[2], "secret": planted.secret}),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert page.status_code == 200
    parts = world.parts
    opened = OpenedStreams(parts.reader, parts.vault, parts.origin)
    register = StreamRegister(parts.reader, parts.documents, parts.origin)
    packet = packet_of(opened.acts(planted.dossier), register, opened.officer)
    assert packet is not None

    for text in (*shown, page.text, render_packet(packet).decode()):
        assert not [trace for trace in TRACES if trace in text]


def test_no_view_holds_a_trace_and_neither_does_the_public_log(planted: Planted) -> None:
    data = planted.world.settings.data
    connection = sqlite3.connect(data / "views.sqlite3")
    tables = "SELECT name FROM sqlite_master WHERE type = 'table'"
    for (table,) in connection.execute(tables).fetchall():
        held = repr(connection.execute(f'SELECT * FROM "{table}"').fetchall())
        for trace in (*TRACES, repr(SAID.encode())[2:-1]):
            assert trace not in held, table
    connection.close()
    for file in (path for path in Path(data / "log").rglob("*") if path.is_file()):
        for trace in TRACES:
            assert trace.encode() not in file.read_bytes(), file


def test_counts_and_list_are_those_of_a_ledger_where_nobody_denounced(planted: Planted) -> None:
    client = planted.world.client

    listed = client.simulate_get("/v1/petitions", query_string="month=2026-11").json
    counted = client.simulate_get("/v1/statistics/petitions").json

    assert (listed["petitions"], listed["withheld"]) == ([], 1)
    assert [total["filed"] for total in counted["totals"]] == [1, 0]
