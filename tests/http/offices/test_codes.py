"""Dossier codes over HTTP: a receiver's signed request, and what the acceptance makes of it."""

from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest
from falcon.testing import Result

from domain.facts import DossierAccepted, DossierAcceptedDetails, Grant
from domain.roles import Role
from tests.http.signing import signed_headers
from tests.http.world import (
    OTHER_OFFICE,
    ROLES,
    DossierHandle,
    World,
    a_world,
    fill_registry,
    json_headers,
)
from tests.support.builders import OFFICE
from transparency.notes import SigningKey

PATH = f"/v1/offices/{OFFICE}/codes"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_world(tmp_path_factory.mktemp("codes")) as world:
        fill_registry(world)
        world.enrol("elsewhere", Grant(Role.RECEIVER, OTHER_OFFICE))
        yield world


def ask(
    world: World, dossier: str, key: SigningKey | None = None, path: str = PATH, **members: str
) -> Result:
    body = msgspec.json.encode({"dossier": dossier} | members)
    headers = signed_headers(
        key or world.keys["receiver"],
        path,
        world.clock(),
        method="POST",
        components=("@method", "@target-uri", "content-digest"),
        body=body,
    )
    return world.client.simulate_post(path, body=body, headers=json_headers() | headers)


def accept_with(world: World, dossier: DossierHandle, code: str) -> Result:
    action = world.sign(
        dossier,
        "dossier.accepted",
        DossierAccepted(),
        (ROLES["receiver"], world.keys["receiver"]),
        DossierAcceptedDetails(code=code),
    )
    return world.post(action)


def test_receiver_is_given_the_days_next_code_and_the_same_one_again(world: World) -> None:
    first, second = world.submit(), world.submit()
    world.settle()

    answers = [ask(world, each.stream) for each in (first, second, first)]

    assert [answer.status_code for answer in answers] == [201, 201, 200], answers[0].text
    one, two, again = (answer.json for answer in answers)
    assert one == again
    assert one["code"].startswith("000.00.15.H27-261120-")
    assert two["running_number"] == one["running_number"] + 1
    assert (one["office"], one["day"]) == (OFFICE, "2026-11-20")


def test_code_opens_the_acceptance_once_and_no_other_dossiers(world: World) -> None:
    first, second = world.submit(), world.submit()
    code = ask(world, first.stream, format="short").json["code"]

    accepted = accept_with(world, first, code)
    taken = accept_with(world, second, code)

    assert accepted.status_code == 201, accepted.text
    assert (taken.status_code, taken.json["code"]) == (422, "dossier_code_taken")


def test_accepted_dossier_is_given_no_further_code(world: World) -> None:
    dossier = world.submit()
    code = ask(world, dossier.stream, format="short").json["code"]
    accept_with(world, dossier, code)
    world.wait(days=1)

    refused = ask(world, dossier.stream, format="short")

    assert (refused.status_code, refused.json["code"]) == (422, "not_permitted")


def test_code_of_another_day_accepts_nothing(world: World) -> None:
    dossier = world.submit()
    code = ask(world, dossier.stream, format="short").json["code"]
    world.clock.set(world.clock() + timedelta(days=1))

    refused = accept_with(world, dossier, code)

    assert (refused.status_code, refused.json["code"]) == (422, "fact_invalid")
    assert ask(world, dossier.stream, format="short").json["code"] != code


def test_only_a_receiver_of_the_office_is_given_codes(world: World) -> None:
    dossier = world.submit()

    answers = [
        ask(world, dossier.stream, world.keys[name])
        for name in ("processor", "elsewhere", "inspector")
    ]
    unsigned = world.client.simulate_post(
        PATH, body=msgspec.json.encode({"dossier": dossier.stream}), headers=json_headers()
    )

    assert [(each.status_code, each.json["code"]) for each in answers] == [
        (403, "not_a_receiver")
    ] * 3
    assert (unsigned.status_code, unsigned.json["code"]) == (401, "request_not_signed")


@pytest.mark.parametrize(
    ("dossier", "members", "status", "code"),
    [
        ("dossier:" + "f" * 32, {}, 404, "unknown_dossier"),
        ("", {}, 400, "malformed_body"),
        ("{submitted}", {"format": "c"}, 400, "malformed_body"),
        ("{submitted}", {"format": "b"}, 400, "malformed_dossier_code"),
        ("{submitted}", {"owner": "05"}, 400, "malformed_dossier_code"),
    ],
)
def test_request_that_cannot_be_met_says_why(
    world: World, dossier: str, members: dict[str, str], status: int, code: str
) -> None:
    stream = dossier.replace("{submitted}", world.submit().stream)

    answer = ask(world, stream, None, PATH, **members)

    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_dossier_of_another_office_is_given_no_code_here(world: World) -> None:
    dossier = world.submit()

    answer = ask(
        world, dossier.stream, world.keys["elsewhere"], f"/v1/offices/{OTHER_OFFICE}/codes"
    )

    assert (answer.status_code, answer.json["code"]) == (422, "not_your_office")
