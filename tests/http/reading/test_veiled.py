"""Veiled dossiers over HTTP: whoever has no right to one meets a dossier that does not exist."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from falcon.testing import Result

from domain.facts import Grant
from domain.reading.rights import Reader
from domain.roles import Role
from ledger.writing.veils import parse_veil
from tests.http.reading.people import Case, a_veiled_case
from tests.http.signing import signed_headers
from tests.http.test_pages import post
from tests.http.world import json_headers
from tests.support.builders import OFFICE
from transparency.receipts import parse_receipt

NOWHERE = "dossier:" + "0e" * 16
ROUTES = (
    "/v1/dossiers/{stream}",
    "/v1/dossiers/{stream}/deadline",
    "/v1/dossiers/{stream}/access",
    "/v1/dossiers/{stream}/readings/next",
    "/v1/streams/{stream}/head",
    "/v1/streams/{stream}/versions/1/receipt",
    "/v1/streams/{stream}/versions/2/receipt",
)
STRANGERS = {
    "without any proof": {},
    "with a wrong secret": {"Dossier-Secret": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
    "with its code for a secret": {"Dossier-Secret": "H27.15-261120-0001"},
}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with a_veiled_case(tmp_path_factory.mktemp("veiled")) as made:
        yield made


@pytest.fixture
def own(request: pytest.FixtureRequest) -> Iterator[Case]:
    """A case that a test may go on with."""
    with a_veiled_case(request.getfixturevalue("tmp_path")) as made:
        yield made


def _told(result: Result) -> tuple[int, object, object]:
    return result.status_code, result.json.get("code"), result.json.get("detail")


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("headers", STRANGERS.values(), ids=STRANGERS.keys())
def test_stranger_is_told_of_a_veiled_dossier_what_is_told_of_none(
    case: Case, route: str, headers: dict[str, str]
) -> None:
    asked, nowhere = (
        case.world.client.simulate_get(route.format(stream=stream), headers=headers)
        for stream in (case.dossier.stream, NOWHERE)
    )

    assert asked.status_code in (401, 404), asked.text
    assert _told(asked) == _told(nowhere)


@pytest.mark.parametrize("route", ROUTES)
def test_key_of_another_dossier_opens_nothing_of_a_veiled_one(case: Case, route: str) -> None:
    stranger = case.world.submit().applicant
    asked, nowhere = (
        case.world.client.simulate_get(path, headers=signed_headers(stranger, path, _now(case)))
        for path in (route.format(stream=stream) for stream in (case.dossier.stream, NOWHERE))
    )

    assert asked.status_code in (401, 404), asked.text
    assert _told(asked) == _told(nowhere)


def _now(case: Case) -> datetime:
    return case.world.clock()


def test_officer_who_signs_the_next_act_is_told_where_it_goes(case: Case) -> None:
    path = f"/v1/streams/{case.dossier.stream}/head"

    result = case.get(Reader.OFFICER_WITHOUT_TASK, path)

    assert result.status_code == 200, result.text
    place = case.dossier.place
    assert result.json["version"] + 1 == place.version
    assert "entry_index" not in result.json


def test_figures_and_searches_of_everybody_hold_no_veiled_dossier(case: Case) -> None:
    counts = case.world.client.simulate_get("/v1/statistics/counts")
    durations = case.world.client.simulate_get("/v1/statistics/durations")

    assert counts.json["total"]["received"] == 0
    assert counts.json["figures"] == []
    assert durations.json["durations"] == []


def test_code_tells_the_share_done_of_a_veiled_dossier(case: Case) -> None:
    result = case.world.client.simulate_post(
        "/v1/lookup", json={"code": case.dossier.code}, headers=json_headers()
    )

    assert result.status_code == 200, result.text
    assert result.json["share_done_percent"] > 0


def test_answer_says_that_a_dossier_is_veiled_and_names_no_entry(case: Case) -> None:
    answer = case.get(Reader.HOLDS_SECRET, case.path).json

    assert answer["veiled"] is True
    assert all("entry_index" not in act for act in answer["acts"])
    assert not any(act["published"] for act in answer["acts"])
    assert all("status" in act for act in answer["acts"])


def test_page_opens_to_the_slip_and_says_that_the_dossier_is_veiled(case: Case) -> None:
    dossier = case.dossier
    opened = post(case.world, "/dossiers", dossier=dossier.stream, secret=dossier.secret)
    refused = post(case.world, "/dossiers", dossier=dossier.stream, secret="A" * 43 + "=")

    assert opened.status_code == 200
    assert "This dossier is veiled" in opened.text
    assert "Veil, entry" not in opened.text
    assert refused.status_code == 404


def test_trail_shows_acts_on_veiled_dossiers_to_their_inspector_alone(case: Case) -> None:
    path = f"/v1/trail/{case.world.keys['receiver'].name}"

    seen = case.get(Reader.INSPECTOR, path)
    elsewhere = case.get(Reader.INSPECTOR_ELSEWHERE, path)
    officer = case.get(Reader.OFFICER_WITH_TASK, path)

    (act,) = [act for act in seen.json["acts"] if act["stream"] == case.dossier.stream]
    assert (act["veiled"], act["version"], "entry_index" in act) == (True, 2, False)
    assert elsewhere.json["acts"] == []
    assert officer.status_code == 403


def test_finding_on_a_veiled_dossier_reaches_its_inspector_marked(own: Case) -> None:
    world = own.world
    world.accept(world.submit())
    world.wait(days=40)
    world.enrol("someone", Grant(Role.CLERK, OFFICE))
    world.settle()
    world.follow()

    seen = own.get(Reader.INSPECTOR, "/v1/findings").json["findings"]
    elsewhere = own.get(Reader.INSPECTOR_ELSEWHERE, "/v1/findings").json["findings"]

    assert seen
    assert all(finding["veiled"] and finding["versions"] for finding in seen)
    assert elsewhere == []


def test_receipt_of_a_veiled_act_is_that_of_its_veil_for_whoever_may_see_the_dossier(
    own: Case,
) -> None:
    world = own.world
    path = f"/v1/streams/{own.dossier.stream}/versions/1/receipt"
    before = own.get(Reader.HOLDS_SECRET, path)
    for _ in range(10):
        world.submit()
    world.wait(days=1)
    # Anything recorded on the next day lets those go that have a crowd.
    world.enrol("someone", Grant(Role.CLERK, OFFICE))
    world.settle()

    world.follow()
    page = post(world, "/dossiers", dossier=own.dossier.stream, secret=own.dossier.secret)
    holder = own.get(Reader.HOLDS_SECRET, path)
    answer = own.get(Reader.HOLDS_SECRET, own.path).json
    stranger = own.get(Reader.ANYONE, path)
    head = own.get(Reader.ANYONE, f"/v1/streams/{own.dossier.stream}/head")

    assert (before.status_code, before.json["code"]) == (404, "unknown_entry")
    assert holder.status_code == 200, holder.text
    assert parse_veil(parse_receipt(holder.content).entry).act.value == "step"
    assert answer["acts"][0]["published"] is True
    assert f"/v1/entries/{answer['acts'][0]['entry_index']}/receipt" in page.text
    assert (stranger.status_code, stranger.json["code"]) == (404, "unknown_entry")
    assert head.status_code == 404
