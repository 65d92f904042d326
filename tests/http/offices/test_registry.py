"""An office over HTTP: every document with its entry, and the office as it was on a day."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from domain.offices import BilingualName
from ledger.bodies import canonical_json
from ledger.drafting import next_place
from tests.http.world import World, a_world, fill_registry
from tests.support.builders import OFFICE, an_office

FORMER, PRESENT = "Xã Cẩm Lạc", "Xã Cẩm Duệ"
MERGED_ON = date(2026, 7, 1)


def register(world: World, name: str, **changes: Any) -> None:
    office = an_office(OFFICE, name=BilingualName(vi=name, en="Commune"), **changes)
    place = next_place(world.parts.reader, f"office:{OFFICE}")
    document = canonical_json(office)
    world.record(world.drafter.register_office(world.registrar, OFFICE, document, place, world.now))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give a world whose office was renamed once, and registered twice with that name."""
    with a_world(tmp_path_factory.mktemp("offices")) as world:
        fill_registry(world)
        for _ in range(2):
            register(world, PRESENT, valid_from=MERGED_ON)
        world.settle()
        world.follow()
        yield world


def ask(world: World, query: str = "", office: str = OFFICE) -> Any:
    result = world.client.simulate_get(f"/v1/offices/{office}", query_string=query)
    assert result.status_code == 200, result.text
    return result.json


def test_office_has_all_documents_with_hash_and_entry(world: World) -> None:
    answer = ask(world)

    assert len(answer["versions"]) == 2
    assert [version.get("valid_from") for version in answer["versions"]] == [None, "2026-07-01"]
    for version, name in zip(answer["versions"], (FORMER, PRESENT), strict=True):
        document = world.client.simulate_get(version["document_url"])
        receipt = world.client.simulate_get(version["receipt_url"])
        assert version["document_url"] == f"/documents/{version['document']}"
        assert document.json["name"]["vi"] == name
        assert f'"document":"{version["document"]}"' in _entry_of(world, version["entry_index"])
        assert receipt.status_code == 200


def _entry_of(world: World, entry_index: int) -> str:
    (entry,) = world.parts.reader.entries(entry_index, entry_index + 1)
    return entry.body.decode()


@pytest.mark.parametrize(
    ("day", "name", "version"),
    [("2026-06-30", FORMER, 0), ("2026-07-01", PRESENT, 1), ("2020-01-01", FORMER, 0)],
    ids=["day_before_the_change", "day_of_the_change", "before_every_document"],
)
def test_office_is_shown_as_it_was_on_a_day(
    world: World, day: str, name: str, version: int
) -> None:
    answer = ask(world, f"on={day}")

    assert (answer["on"], answer["office"]["name"]["vi"]) == (day, name)
    assert answer["document"] == answer["versions"][version]["document"]
    assert answer["in_force"]


def test_without_a_day_it_is_the_checkpoint_s(world: World) -> None:
    answer = ask(world)

    assert answer["on"] == answer["as_of"][:10]
    assert answer["checkpoint"]["size"] == world.parts.reader.sequenced_size()


@pytest.mark.parametrize("day", ["2026-13-01", "20260701", "yesterday", "9999-01-01", ""])
def test_day_that_is_none_is_refused(world: World, day: str) -> None:
    result = world.client.simulate_get(f"/v1/offices/{OFFICE}", params={"on": day})

    assert (result.status_code, result.json["code"]) == (400, "malformed_parameter")


def test_unknown_office_is_not_found(world: World) -> None:
    assert world.client.simulate_get("/v1/offices/H99").status_code == 404
    assert world.client.simulate_get("/v1/offices/%C4%91").status_code == 404
