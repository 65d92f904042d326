"""Trails of all subjects over HTTP: pages in log order, cut to grants and orders; looks kept."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from falcon.testing import Result

from domain.facts import Grant
from domain.facts.integrity import AccessOpened, AccessOpenedDetails, OrderEnd
from domain.reading.rights import Reader
from domain.roles import Role
from ledger.drafting import FIRST_PLACE, place_after
from projections.casefiles.context import LEAST_PEER_DOSSIERS
from tests.http.reading.people import ORDER, ORDER_STREAM, Case, a_case, a_veiled_case
from tests.http.signing import signed_headers
from tests.http.world import OTHER_OFFICE, a_world, fill_registry
from tests.support.builders import OFFICE, PROCEDURE
from transparency.notes import SigningKey


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with a_case(tmp_path_factory.mktemp("open")) as made:
        other = made.world.submit()
        made.world.accept(other)
        made.world.settle()
        made.world.follow()
        yield made


@pytest.fixture(scope="module")
def veiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with a_veiled_case(tmp_path_factory.mktemp("veiled")) as made:
        yield made


def ask(case: Case, path: str, key: SigningKey | None = None) -> Result:
    signer = key or case.keys[Reader.INSPECTOR]
    headers = signed_headers(signer, path, case.world.clock())
    address, _, query = path.partition("?")
    return case.world.client.simulate_get(address, query_string=query, headers=headers)


def trail(case: Case, query: str, reader: Reader = Reader.INSPECTOR) -> Any:
    result = ask(case, f"/v1/trail?{query}", case.keys[reader])
    assert result.status_code == 200, result.text
    return result.json


def places(answer: Any) -> list[tuple[str, int]]:
    return [(act["stream"], act["version"]) for act in answer["acts"]]


def test_pages_together_are_the_whole_trail_once_in_the_order_of_the_log(case: Case) -> None:
    whole = trail(case, f"office={OFFICE}&limit=1000")
    paged, after = [], ""
    while True:
        page = trail(case, f"office={OFFICE}&limit=2{after}")
        assert len(page["acts"]) <= 2
        paged += page["acts"]
        if "next" not in page:
            break
        after = f"&after={quote(page['next'])}"

    assert paged == whole["acts"]
    indexes = [act["entry_index"] for act in paged]
    assert indexes == sorted(set(indexes))
    assert len(paged) > 4
    assert whole["checkpoint"]["size"] > indexes[-1]


def test_each_subject_gives_its_own_acts(case: Case) -> None:
    stream = case.dossier.stream
    proxy = case.keys[Reader.PROXY].name

    of_dossier = trail(case, f"dossier={stream}")
    of_proxy = trail(case, f"proxy={proxy}")
    of_officer = trail(case, f"officer={case.world.keys['receiver'].name}")
    of_procedure = trail(case, f"procedure={PROCEDURE}")

    assert places(of_dossier) == [(stream, version) for version in (1, 2, 3, 4, 5)]
    assert [(act["kind"], act["stream"]) for act in of_proxy["acts"]] == [
        ("dossier.proxy_authorised", stream)
    ]
    # Whoever is enrolled signs that, too.
    kinds = [act["kind"] for act in of_officer["acts"]]
    assert kinds == ["key.registered", "dossier.accepted", "dossier.accepted"]
    assert {act["stream"].partition(":")[0] for act in of_procedure["acts"]} == {"dossier"}
    assert len(of_procedure["acts"]) == 7


def test_subjects_narrow_one_another_and_the_period_is_of_recorded_days(case: Case) -> None:
    receiver = case.world.keys["receiver"].name

    narrowed = trail(case, f"officer={receiver}&dossier={case.dossier.stream}")
    before = trail(case, f"officer={receiver}&to=2000-01-01")

    assert [act["kind"] for act in narrowed["acts"]] == ["dossier.accepted"]
    assert before["acts"] == []


def test_unit_is_one_office_and_office_has_those_below_it(case: Case) -> None:
    assert places(trail(case, f"unit={OFFICE}")) == places(trail(case, f"office={OFFICE}"))
    assert trail(case, f"unit={OTHER_OFFICE}&procedure={PROCEDURE}")["acts"] == []
    nowhere = ask(case, "/v1/trail?office=NOWHERE")
    assert (nowhere.status_code, nowhere.json["code"]) == (422, "unknown_office")


def test_inspector_sees_what_the_grants_reach_alone(case: Case) -> None:
    assert trail(case, f"office={OFFICE}", Reader.INSPECTOR_ELSEWHERE)["acts"] == []
    assert trail(case, f"procedure={PROCEDURE}", Reader.INSPECTOR_ELSEWHERE)["acts"] == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "limit=5",
        "office=",
        "dossier=office:H27.15",
        "office=H27.15&limit=0",
        "office=H27.15&limit=1001",
        "office=H27.15&limit=x",
        "office=H27.15&after=x",
        "office=H27.15&after=1~2~3",
        "office=H27.15&context=perhaps",
        "office=H27.15&from=2026-1-1",
        f"office={'x' * 201}",
    ],
)
def test_request_that_says_nothing_or_nonsense_is_refused(case: Case, query: str) -> None:
    refused = ask(case, f"/v1/trail?{query}" if query else "/v1/trail")

    assert (refused.status_code, refused.json["code"]) == (400, "malformed_parameter")


@pytest.mark.parametrize(
    "reader", [Reader.OFFICER_WITH_TASK, Reader.HEAD_OF_OFFICE, Reader.OFFICER_ELSEWHERE]
)
def test_nobody_but_inspectors_gets_a_trail(case: Case, reader: Reader) -> None:
    assert ask(case, f"/v1/trail?office={OFFICE}", case.keys[reader]).status_code == 403
    unsigned = case.world.client.simulate_get("/v1/trail", query_string=f"office={OFFICE}")
    assert unsigned.status_code == 401


def test_trail_has_veiled_acts_without_an_index_and_pages_go_through_both(veiled: Case) -> None:
    query = f"procedure={PROCEDURE}"
    whole = trail(veiled, query)
    paged, after = [], ""
    for _ in range(20):
        page = trail(veiled, f"{query}&limit=1{after}")
        paged += page["acts"]
        if "next" not in page:
            break
        after = f"&after={quote(page['next'])}"

    assert len(whole["acts"]) == 5
    assert all(act["veiled"] and "entry_index" not in act for act in whole["acts"])
    assert paged == whole["acts"]
    mixed = trail(veiled, f"office={OFFICE}")["acts"]
    assert {act.get("veiled", False) for act in mixed} >= {True}
    assert trail(veiled, query, Reader.INSPECTOR_ELSEWHERE)["acts"] == []


def test_context_counts_the_whole_trail_and_leaves_out_too_few_peers(case: Case) -> None:
    receiver = case.world.keys["receiver"].name

    context = trail(case, f"officer={receiver}&limit=1&context=yes")["context"]

    assert (context["acts"], context["dossiers"]) == (3, 2)
    assert context["by_kind"] == {"dossier.accepted": 2, "key.registered": 1}
    (row,) = context["groups"]
    assert (row["role"], row["own"]["dossiers"], row["peer_dossiers"]) == ("receiver", 2, 0)
    assert row["peers_figures"] is None
    assert "context" not in trail(case, f"officer={receiver}")


def test_order_narrows_a_look_to_its_scope_and_is_named_in_the_answer(case: Case) -> None:
    found = trail(case, f"procedure={PROCEDURE}&order_stream={ORDER_STREAM}")
    by_key = ask(
        case, f"/v1/trail/{case.world.keys['receiver'].name}?order_stream={ORDER_STREAM}"
    ).json

    assert found["order"] == {"number": ORDER, "stream": ORDER_STREAM, "until": "2026-12-31"}
    # The order is for the whole office, in which everything was done.
    assert len(found["acts"]) == 7
    assert len(by_key["acts"]) == 2


@pytest.mark.parametrize("stream", ["access:" + "0e" * 32, "dossier:x", "office:H27.15"])
def test_order_that_is_none_opens_no_look(case: Case, stream: str) -> None:
    refused = ask(case, f"/v1/trail?office={OFFICE}&order_stream={stream}")

    assert (refused.status_code, refused.json["code"]) == (403, "inspection_order_needed")


def looks(case: Case, reader: Reader) -> list[Any]:
    result = ask(case, "/v1/looks", case.keys[reader])
    assert result.status_code == 200, result.text
    found: list[Any] = result.json["looks"]
    return found


def test_officer_sees_each_look_at_them_as_the_inspector_signed_it(tmp_path: Path) -> None:
    with a_case(tmp_path) as case:
        officer = case.keys[Reader.OFFICER_WITH_TASK].name
        trail(case, f"officer={officer}&from=2026-11-01")
        ask(case, f"/v1/trail/{officer}")

        by_page, by_key = sorted(
            looks(case, Reader.OFFICER_WITH_TASK), key=lambda look: "first_day" not in look
        )

        inspector = case.keys[Reader.INSPECTOR].name
        assert {by_page["inspector"], by_key["inspector"]} == {inspector}
        assert (by_page["officer"], by_page["first_day"]) == (officer, "2026-11-01")
        assert by_key["target"].endswith(f"/v1/trail/{officer}")
        assert inspector in by_page["signature_input"]
        assert by_page["signature"].startswith("sig1=:") or by_page["signature"]
        assert looks(case, Reader.OFFICER_ELSEWHERE) == []


def test_look_under_an_order_is_sealed_until_an_entry_ends_the_order(tmp_path: Path) -> None:
    with a_case(tmp_path) as case:
        officer = case.keys[Reader.OFFICER_WITH_TASK].name
        trail(case, f"officer={officer}&order_stream={ORDER_STREAM}")
        sealed = looks(case, Reader.OFFICER_WITH_TASK)
        _end_order(case)
        (opened,) = looks(case, Reader.OFFICER_WITH_TASK)
        refused = ask(case, f"/v1/trail?office={OFFICE}&order_stream={ORDER_STREAM}")

        assert sealed == []
        assert (opened["order"], opened["officer"]) == (ORDER, officer)
        assert refused.json["code"] == "inspection_order_needed"


def _end_order(case: Case) -> None:
    world = case.world
    issued = world.parts.reader.stream_events(ORDER_STREAM)[0]
    world.record(
        world.drafter.sign(
            "access.opened", ORDER_STREAM, place_after(FIRST_PLACE, issued.note), world.now,
            AccessOpened(), ((Role.INSPECTOR, case.keys[Reader.INSPECTOR]),),
            details=AccessOpenedDetails(order=ORDER, end=OrderEnd.CLOSED),
        )
    )  # fmt: skip
    world.settle()
    world.follow()


def test_head_sees_looks_at_the_office_and_the_holder_those_at_the_dossier(tmp_path: Path) -> None:
    with a_case(tmp_path) as case:
        stream = case.dossier.stream
        trail(case, f"office={OFFICE}")
        trail(case, f"dossier={stream}")
        path = f"/v1/looks?dossier={stream}"
        held = case.world.client.simulate_get(
            "/v1/looks",
            query_string=f"dossier={stream}",
            headers={"Dossier-Secret": case.dossier.secret},
        )

        (at_office,) = looks(case, Reader.HEAD_OF_OFFICE)
        assert at_office["office"] == OFFICE
        assert [look["dossier"] for look in held.json["looks"]] == [stream]
        assert ask(case, path, case.keys[Reader.OFFICER_ELSEWHERE]).status_code == 403
        stranger = case.world.client.simulate_get("/v1/looks", query_string=f"dossier={stream}")
        assert stranger.status_code == 404


def test_refused_request_leaves_no_look(tmp_path: Path) -> None:
    with a_case(tmp_path) as case:
        officer = case.keys[Reader.OFFICER_WITH_TASK].name
        ask(case, f"/v1/trail?officer={officer}", case.keys[Reader.OFFICER_ELSEWHERE])
        ask(case, f"/v1/trail?officer={officer}&limit=0")

        assert looks(case, Reader.OFFICER_WITH_TASK) == []


def test_context_shows_the_peers_once_there_are_enough(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        fill_registry(world)
        me = world.keys["receiver"]
        world.accept(world.submit())
        others = [world.enrol(f"other {n}", Grant(Role.RECEIVER, OFFICE)) for n in range(3)]
        for number in range(LEAST_PEER_DOSSIERS):
            world.keys["receiver"] = others[number % len(others)]
            world.accept(world.submit())
        world.settle()
        world.follow()
        path = f"/v1/trail?officer={me.name}&context=yes"
        headers = signed_headers(world.keys["inspector"], path, world.clock())
        result = world.client.simulate_get(
            "/v1/trail", query_string=path.partition("?")[2], headers=headers
        )

        (row,) = result.json["context"]["groups"]
        assert (row["peer_dossiers"], row["peers"]) == (LEAST_PEER_DOSSIERS, 3)
        assert row["peers_figures"]["dossiers"] == LEAST_PEER_DOSSIERS
        assert (row["procedure"], row["quarter"]) == (PROCEDURE, "2026-Q4")
        assert not any(key.name in str(result.json["context"]) for key in others)


@pytest.mark.parametrize("limit", ["0000000011", "000001000999999999", f"1{'0' * 30}", "9" * 5_000])
def test_page_is_never_longer_than_the_most_however_its_limit_is_written(
    case: Case, limit: str
) -> None:
    refused = ask(case, f"/v1/trail?office={OFFICE}&limit={limit}")

    assert (refused.status_code, refused.json["code"]) == (400, "malformed_parameter")
