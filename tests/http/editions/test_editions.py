"""Daily editions over HTTP: addresses and bytes for ever, lists that grow, revisions in pages."""

import hashlib
from datetime import date
from typing import Any

import pytest
from falcon.testing import Result

from api.figures.edition_files import answer_file
from api.resources.log_files import FOR_EVER
from projections.editions.contents import FILES
from projections.editions.remaking import remake_edition
from projections.editions.shapes import MANIFEST, REVISIONS
from tests.http.editions.conftest import DAYS
from tests.http.world import World
from tests.support.builders import OFFICE, PROCEDURE
from transparency.checkpoints import open_checkpoint
from transparency.trusted_log import TrustedLog

EDITIONS = "/v1/statistics/editions"
ALL_REVISIONS = "/v1/statistics/revisions"


def get(world: World, path: str, **params: str) -> Result:
    return world.client.simulate_get(path, params=params)


def test_editions_are_listed_newest_first_in_pages(dated: World) -> None:
    first = get(dated, EDITIONS, limit="3")
    second = dated.client.simulate_get(first.json["next"])

    assert [each["edition"] for each in first.json["editions"]] == DAYS[:0:-1]
    assert [each["edition"] for each in second.json["editions"]] == DAYS[:1]
    assert second.json["next"] is None
    assert first.json["editions"][0]["revisions"]["periods"] == ["2026-11"]
    assert first.headers["cache-control"] == "public, max-age=60"


@pytest.mark.parametrize("day", DAYS)
def test_every_file_that_a_manifest_names_is_there_for_ever(dated: World, day: str) -> None:
    manifest = get(dated, f"{EDITIONS}/{day}")

    assert manifest.json["edition"] == day
    assert [each["name"] for each in manifest.json["files"]] == [
        *(file.name for file in FILES),
        REVISIONS,
    ]
    for file in manifest.json["files"]:
        answer = get(dated, f"{EDITIONS}/{day}/{file['name']}")
        assert hashlib.sha256(answer.content).hexdigest() == file["sha256"]
        assert answer.headers["content-type"] == file["media_type"]
        assert answer.headers["cache-control"] == FOR_EVER
        assert answer.headers["access-control-allow-origin"] == "*"
    assert get(dated, f"{EDITIONS}/{day}/{MANIFEST}").content == manifest.content
    assert manifest.headers["cache-control"] == FOR_EVER


@pytest.mark.parametrize("day", DAYS)
def test_what_is_served_is_what_the_public_log_makes_byte_for_byte(dated: World, day: str) -> None:
    parts = dated.parts
    signed = open_checkpoint(parts.tile_store.read_checkpoint(), parts.anchors.logs)
    log = TrustedLog(parts.tile_store, signed)

    remade = remake_edition(
        log, parts.anchors, parts.documents, date.fromisoformat(day), answer_file
    )

    for name, body in remade.files.items():
        assert get(dated, f"{EDITIONS}/{day}/{name}").content == body


def test_newest_edition_is_what_statistics_answered_before_more_was_published(
    dated: World, answered: dict[str, bytes]
) -> None:
    for file in FILES:
        served = get(dated, f"{EDITIONS}/{DAYS[-1]}/{file.name}")
        assert answered[file.address] == served.content, file.address


def test_who_has_a_file_is_told_that_nothing_changed(dated: World) -> None:
    path = f"{EDITIONS}/{DAYS[0]}/counts.json"
    tag = get(dated, path).headers["etag"]

    same = dated.client.simulate_get(path, headers={"If-None-Match": tag})
    other = dated.client.simulate_get(path, headers={"If-None-Match": '"other"'})

    assert (same.status_code, same.content) == (304, b"")
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-21", "the edition of 2026-11-20 still stands"),
        ("2026-12-04", "the edition of 2026-12-04 is not final yet"),
        ("2026-11-01", "nothing was published up to 2026-11-01"),
    ],
)
def test_day_without_an_edition_is_404_and_names_the_one_that_stands(
    dated: World, day: str, said: str
) -> None:
    for path in (f"{EDITIONS}/{day}", f"{EDITIONS}/{day}/counts.json"):
        answer = get(dated, path)
        assert (answer.status_code, answer.json["code"]) == (404, "no_edition")
        assert said in answer.json["detail"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"{EDITIONS}/2026-02-30", "not_found"),
        (f"{EDITIONS}/today", "not_found"),
        (f"{EDITIONS}/{DAYS[0]}/nothing.json", "no_edition"),
        (f"{EDITIONS}/{DAYS[0]}/..%2fcheckpoint", "not_found"),
        (f"{EDITIONS}/{DAYS[0]}/..", "no_edition"),
    ],
)
def test_address_that_names_nothing_is_404(dated: World, path: str, code: str) -> None:
    answer = dated.client.simulate_get(path)

    assert (answer.status_code, answer.json["code"]) == (404, code)


def test_file_that_an_edition_has_not_is_not_said_to_be_a_missing_day(dated: World) -> None:
    answer = dated.client.simulate_get(
        f"{EDITIONS}/{DAYS[0]}/nothing.json", headers={"Accept-Language": "en"}
    )

    assert answer.json["title"].endswith("or no such file in it.")
    assert answer.json["detail"] == f"the edition of {DAYS[0]} has no nothing.json"


def revisions(world: World, **params: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = get(world, ALL_REVISIONS, **params).json["revisions"]
    return found


def test_late_act_is_listed_as_a_revision_of_its_month_with_the_edition(dated: World) -> None:
    found = revisions(dated)

    assert {(each["period"], each["edition"]) for each in found} == {("2026-11", DAYS[-1])}
    monthly = [each for each in found if "." not in each["measure"]]
    assert {(each["office"], each["procedure"]) for each in monthly} == {(OFFICE, PROCEDURE)}
    changed = {each["measure"]: (each["before"], each["after"]) for each in monthly}
    assert changed == {"received": (1, 2), "pending_in_time": (1, 2)}


@pytest.mark.parametrize("office", ["*", OFFICE])
def test_late_act_is_a_revision_of_every_figure_by_month_that_it_changes(
    dated: World, office: str
) -> None:
    further = [each for each in revisions(dated) if "." in each["measure"]]

    assert {(each["office"], each["procedure"]) for each in further} == {("*", "*"), (OFFICE, "*")}
    changed = {
        each["measure"]: (each["before"], each["after"])
        for each in further
        if each["office"] == office
    }
    assert changed["backlog.pending_in_time"] == (1, 2)
    assert changed["timeliness.by_law.on_time"] == (1, 2)


def test_revisions_are_filtered_and_paged(dated: World) -> None:
    every = revisions(dated, office=OFFICE)
    paged, address = [], f"{ALL_REVISIONS}?limit=1&office={OFFICE}"
    while address:
        answer = dated.client.simulate_get(address)
        paged += answer.json["revisions"]
        address = answer.json["next"]

    assert paged == every
    assert revisions(dated, office=OFFICE, period="2026-11") == every
    of_procedure = [each for each in every if each["procedure"] == PROCEDURE]
    assert 0 < len(of_procedure) < len(every)
    assert revisions(dated, period="2026-11", procedure=PROCEDURE) == of_procedure
    assert revisions(dated, period="2026-10") == []
    assert revisions(dated, office="H99") == []
    assert revisions(dated, after=f"{DAYS[1]}:0") == []


@pytest.mark.parametrize(
    ("path", "params"),
    [
        (EDITIONS, {"limit": "0"}),
        (EDITIONS, {"limit": "1001"}),
        (EDITIONS, {"before": "2026"}),
        (ALL_REVISIONS, {"period": "2026"}),
        (ALL_REVISIONS, {"after": "2026-12-02"}),
        (ALL_REVISIONS, {"after": "2026-02-30:1"}),
        (ALL_REVISIONS, {"after": "2026-12-02:-1"}),
        (ALL_REVISIONS, {"limit": "x"}),
    ],
)
def test_impossible_member_is_refused(dated: World, path: str, params: dict[str, str]) -> None:
    answer = get(dated, path, **params)

    assert (answer.status_code, answer.json["code"]) == (400, "malformed_parameter")


def test_ledger_without_editions_has_an_empty_list(empty_world: World) -> None:
    assert get(empty_world, EDITIONS).json == {"editions": [], "next": None}
    assert get(empty_world, ALL_REVISIONS).json == {"revisions": [], "next": None}
    assert get(empty_world, f"{EDITIONS}/2026-11-20").json["code"] == "no_edition"
