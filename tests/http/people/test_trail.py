"""Trails over HTTP: an inspector follows the person through a quarter's change of keys."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from domain.facts import Grant, KeyRegisteredDetails
from domain.roles import Assurance, Role
from ledger.drafting import FIRST_PLACE, place_after
from tests.http.signing import signed_headers
from tests.http.world import OTHER_OFFICE, World, a_signing_key, a_world, fill_registry
from tests.support.builders import OFFICE
from transparency.notes import SigningKey

RECEIVER = Grant(Role.RECEIVER, OFFICE)


@dataclass
class Officer:
    """One officer: a key, its successor, and a third one enrolled under the personnel number."""

    world: World
    first: SigningKey
    second: SigningKey
    unlinked: SigningKey
    elsewhere: SigningKey

    def trail(self, key: SigningKey, query: str = "", by: str = "inspector") -> Any:
        path = f"/v1/trail/{key.name}"
        signer = self.elsewhere if by == "elsewhere" else self.world.keys[by]
        headers = signed_headers(signer, f"{path}{query}", self.world.clock())
        result = self.world.client.simulate_get(path, query_string=query[1:], headers=headers)
        assert result.status_code == 200, result.text
        return result.json


@pytest.fixture(scope="module")
def officer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Officer]:
    with a_world(tmp_path_factory.mktemp("trail")) as world:
        fill_registry(world)
        elsewhere = world.enrol("elsewhere", Grant(Role.INSPECTOR, OTHER_OFFICE))
        first, second, unlinked = (a_signing_key("officer") for _ in range(3))
        number = KeyRegisteredDetails(personnel_number="CB-0007")
        draft, root = world.drafter, world.registrar
        enrolled = draft.register_key(root, first, [RECEIVER], world.now, number)
        world.record(enrolled)
        _accept(world, first)
        place = place_after(FIRST_PLACE, enrolled.note)
        world.record(
            draft.register_key(root, second, [], world.now, number, replaces=first.name),
            draft.replace_key(root, first.name, second, place, world.now),
        )
        _accept(world, second)
        world.record(
            draft.register_key(
                root, unlinked, [RECEIVER], world.now, number, assurance=Assurance.OTHER_SYSTEM
            )
        )
        _accept(world, unlinked)
        world.settle()
        world.follow()
        yield Officer(world, first, second, unlinked, elsewhere)


def _accept(world: World, key: SigningKey) -> None:
    world.keys["receiver"] = key
    world.accept(world.submit())


def test_trail_follows_the_person_through_all_keys(officer: Officer) -> None:
    trail = officer.trail(officer.first)

    accepted = [act for act in trail["acts"] if act["kind"] == "dossier.accepted"]
    assert [act["key"] for act in accepted] == [
        officer.first.name,
        officer.second.name,
        officer.unlinked.name,
    ]
    assert [act["assurance"] for act in accepted] == ["own_key", "own_key", "other_system"]
    assert {key["name"]: key["link"] for key in trail["keys"]} == {
        officer.first.name: "same_key",
        officer.second.name: "replacement",
        officer.unlinked.name: "personnel_number",
    }
    assert "CB-0007" not in str(trail)


def test_trail_of_one_key_is_there_where_it_is_asked_for(officer: Officer) -> None:
    trail = officer.trail(officer.second, "?follow=key")

    assert {act["key"] for act in trail["acts"]} == {officer.second.name}


def test_inspector_of_another_office_learns_of_no_other_key(officer: Officer) -> None:
    trail = officer.trail(officer.first, by="elsewhere")

    assert trail["acts"] == []
    assert [key["name"] for key in trail["keys"]] == [officer.first.name]


def test_follow_is_the_person_or_the_key(officer: Officer) -> None:
    world = officer.world
    path = f"/v1/trail/{officer.first.name}?follow=family"
    headers = signed_headers(world.keys["inspector"], path, world.clock())

    result = world.client.simulate_get(
        path.partition("?")[0], query_string="follow=family", headers=headers
    )

    assert (result.status_code, result.json["code"]) == (400, "malformed_parameter")


@pytest.mark.parametrize(
    ("from_days", "until_days", "status"),
    [(-1, 1, 200), (1, None, 403), (None, -1, 403)],
    ids=["now", "not yet", "no more"],
)
def test_inspector_asks_only_on_days_for_which_the_role_was_given(
    officer: Officer, from_days: int | None, until_days: int | None, status: int
) -> None:
    world = officer.world
    today = world.clock().date()

    def day(days: int | None) -> date | None:
        return None if days is None else today + timedelta(days=days)

    grant = Grant(Role.INSPECTOR, "*", day(from_days), day(until_days))
    key = world.enrol("dated", grant)

    headers = signed_headers(key, "/v1/findings", world.clock())

    assert world.client.simulate_get("/v1/findings", headers=headers).status_code == status


@pytest.mark.parametrize("name", ["officer-00000000000000aa", "oficer", "key:officer"])
def test_trail_of_a_name_that_nobody_has_is_not_found(officer: Officer, name: str) -> None:
    path = f"/v1/trail/{name}"
    headers = signed_headers(officer.world.keys["inspector"], path, officer.world.clock())

    refused = officer.world.client.simulate_get(path, headers=headers)

    assert (refused.status_code, refused.json["code"]) == (404, "unknown_signer")


def test_trail_of_a_key_that_signed_nothing_in_the_period_is_empty(officer: Officer) -> None:
    assert officer.trail(officer.first, "?from=1900-01-01&to=1900-01-02")["acts"] == []


def test_pages_follow_the_person_and_any_of_the_keys_sees_the_look(officer: Officer) -> None:
    world = officer.world
    query = f"officer={officer.first.name}"
    headers = signed_headers(world.keys["inspector"], f"/v1/trail?{query}", world.clock())
    paged = world.client.simulate_get("/v1/trail", query_string=query, headers=headers).json
    mine = signed_headers(officer.unlinked, "/v1/looks", world.clock())
    looks = world.client.simulate_get("/v1/looks", headers=mine).json["looks"]

    keys = {act["key"] for act in paged["acts"]}
    assert keys == {officer.first.name, officer.second.name, officer.unlinked.name}
    assert (looks[0]["officer"], looks[0]["target"][-len(query) :]) == (officer.first.name, query)
