"""A dossier for its holder, and the share done for whoever has the code."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.http.world import DossierHandle, World, a_world, fill_registry, json_headers


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, DossierHandle]]:
    folder: Path = tmp_path_factory.mktemp("followed")
    with a_world(folder) as world:
        fill_registry(world)
        dossier = world.submit()
        world.wait(minutes=20)
        world.accept(dossier)
        world.settle()
        world.follow()
        yield world, dossier


def test_holder_sees_status_due_date_and_timeline(followed: tuple[World, DossierHandle]) -> None:
    world, dossier = followed

    result = world.client.simulate_get(
        f"/v1/dossiers/{dossier.stream}", headers={"Dossier-Secret": dossier.secret}
    )

    assert result.status_code == 200, result.text
    page = result.json
    assert (page["status"], page["status_name"]) == (2, "accepted")
    assert page["due"] == "2026-12-02"
    assert [act["kind"] for act in page["acts"]] == ["dossier.submitted", "dossier.accepted"]
    assert page["acts"][0]["details"]["applicant_name"] == "Đặng Thị Hạnh"
    assert page["acts"][1]["due_changed"]
    assert page["acts"][1]["receipt_url"].endswith("/versions/2/receipt")
    assert page["checkpoint"]["size"] == world.parts.reader.sequenced_size()
    assert result.headers["cache-control"] == "no-store"


def test_page_never_shows_the_secret_again(followed: tuple[World, DossierHandle]) -> None:
    world, dossier = followed

    result = world.client.simulate_get(
        f"/v1/dossiers/{dossier.stream}", headers={"Dossier-Secret": dossier.secret}
    )

    assert dossier.secret not in result.text
    details = [act["details"] for act in result.json["acts"] if "details" in act]
    assert details
    assert all("secret" not in each for each in details)


def test_wrong_secret_and_unknown_dossier_answer_alike(
    followed: tuple[World, DossierHandle],
) -> None:
    world, dossier = followed
    unknown = "dossier:ffffffffffffffffffffffffffffffff"

    answers = [
        world.client.simulate_get(f"/v1/dossiers/{stream}", headers=headers)
        for stream, headers in [
            (dossier.stream, {}),
            (dossier.stream, {"Dossier-Secret": ""}),
            (dossier.stream, {"Dossier-Secret": "x" * 44}),
            (unknown, {"Dossier-Secret": dossier.secret}),
            ("nonsense", {"Dossier-Secret": dossier.secret}),
        ]
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json["code"] == "unknown_dossier"


def test_code_alone_opens_the_share_done_and_no_more(
    followed: tuple[World, DossierHandle],
) -> None:
    world, dossier = followed

    result = world.client.simulate_post(
        "/v1/lookup", json={"code": dossier.code}, headers=json_headers()
    )

    assert result.status_code == 200
    assert result.json == {"share_done_percent": 30}


def test_code_typed_in_small_letters_is_the_same_code(
    followed: tuple[World, DossierHandle],
) -> None:
    world, dossier = followed

    result = world.client.simulate_post(
        "/v1/lookup", json={"code": f" {dossier.code.lower()} "}, headers=json_headers()
    )

    assert result.status_code == 200


@pytest.mark.parametrize("code", ["H27.15-261120-9999", " ", "'; DROP TABLE holders; --"])
def test_code_that_nobody_was_given_is_unknown(
    followed: tuple[World, DossierHandle], code: str
) -> None:
    world, _ = followed

    result = world.client.simulate_post("/v1/lookup", json={"code": code}, headers=json_headers())

    assert (result.status_code, result.json["code"]) == (404, "unknown_dossier")


def test_code_of_another_shape_is_malformed(followed: tuple[World, DossierHandle]) -> None:
    world, _ = followed

    for body in (b"{}", b'{"code":""}', b'{"code":1}', b'{"code":"a","more":1}'):
        result = world.client.simulate_post("/v1/lookup", body=body, headers=json_headers())
        assert (result.status_code, result.json["code"]) == (400, "malformed_body")


def test_lookup_over_its_limit_is_refused(followed: tuple[World, DossierHandle]) -> None:
    world, _ = followed

    result = world.client.simulate_post("/v1/lookup", body=b" " * 4097, headers=json_headers())

    assert (result.status_code, result.json["code"]) == (413, "body_too_large")
