"""Who sees which findings: inspectors in their scope, the office and the officer who are asked."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from domain.facts import Grant
from domain.facts.integrity import AccessOrderIssued, AccessOrderIssuedDetails, FindingVerdict
from domain.roles import Role
from tests.http.findings.raised import TEXT, Raised, a_raised_world
from tests.http.world import OTHER_OFFICE
from tests.support.builders import OFFICE

ON_PERSON = f"finding:{'b5' * 16}"


@pytest.fixture
def raised(tmp_path: Path) -> Iterator[Raised]:
    with a_raised_world(tmp_path) as world:
        yield world


def _lead(raised: Raised, rule: str = "R02") -> dict[str, object]:
    (finding,) = raised.listed(f"/v1/findings?rule={rule}")["findings"]
    assert isinstance(finding, dict)
    return finding


def test_finding_says_why_and_proves_each_entry(raised: Raised) -> None:
    answer = raised.listed("/v1/findings?rule=R02")

    (finding,) = answer["findings"]
    assert finding["name"]["en"] == "Repeated supplements"
    assert finding["why"]["vi"]
    assert [proof["entry_index"] for proof in finding["proofs"]] == finding["evidence"]
    for proof in finding["proofs"]:
        assert raised.get(None, proof["receipt"]).status_code == 200
    (rule,) = answer["rules"]
    assert (rule["id"], rule["recomputable"]) == ("R02", True)
    assert rule["thresholds"][0]["source"] in ("law", "assumption", "own")
    assert rule["exclusions"] or rule["abstentions"]
    assert {rate["log"] for rate in rule["base_rates_on_real_logs"]} == {"receipt", "bpic2015"}
    assert rule["base_rate"] == {"examined": 1, "hits": 1}


def test_what_is_raised_is_known_again_and_cannot_be_raised_twice(raised: Raised) -> None:
    lead = _lead(raised)
    assert "raised" not in lead
    raised.act(raised.raise_lead(lead))

    found = _lead(raised)

    assert found["finding_stream"] == lead["finding_stream"]
    assert found["raised"]["state"] == "raised"  # type: ignore[index]
    assert found["found_now"] is True
    again = raised.world.post(raised.raise_lead(lead))
    assert (again.status_code, again.json["code"]) == (409, "stale_version")


def test_finding_raised_under_another_name_is_known_again_by_what_it_says(raised: Raised) -> None:
    lead = _lead(raised)
    other = f"finding:{'c7' * 16}"
    raised.act(raised.raise_lead(lead | {"finding_stream": other}))

    assert _lead(raised)["finding_stream"] == other


def test_public_entry_of_a_private_finding_tells_nothing(raised: Raised) -> None:
    lead = _lead(raised)
    raised.act(raised.raise_lead(lead))

    event = raised.world.parts.reader.find(str(lead["finding_stream"]), 1)

    assert event is not None
    for told in (b"R02", raised.dossier.encode(), OFFICE.encode()):
        assert told not in event.note


def test_office_sees_what_it_is_asked_and_personal_ones_go_to_the_person_alone(
    raised: Raised,
) -> None:
    raised.act(raised.raise_lead(_lead(raised)))
    raised.raise_on_person(ON_PERSON)

    assert raised.rules_asked(raised.head) == ["R02"]
    assert raised.rules_asked(raised.colleague) == ["R02"]
    assert raised.rules_asked(raised.officer) == ["R02", "R05"]
    # The same personnel number: the same person, with whichever key.
    assert raised.rules_asked(raised.second_key) == ["R02", "R05"]
    assert raised.rules_asked(raised.elsewhere) == []


def test_only_officers_are_asked(raised: Raised) -> None:
    path = "/v1/findings/asked"

    assert raised.get(None, path).status_code == 401
    assert raised.get(raised.inspector, path).json["code"] == "reading_not_permitted"
    of_office = raised.get(raised.elsewhere, f"{path}?office={OFFICE}")
    assert of_office.json["code"] == "reading_not_permitted"


def test_inspector_sees_answers_and_verdict_and_one_of_another_office_nothing(
    raised: Raised,
) -> None:
    lead = _lead(raised)
    raised.act(raised.raise_lead(lead))
    stream = str(lead["finding_stream"])
    raised.answer(stream, (Role.HEAD, raised.head))
    raised.answer(stream, (Role.PROCESSOR, raised.officer))
    raised.close(stream)

    life = _lead(raised)["raised"]

    assert isinstance(life, dict)
    assert [(each["text"], each["of_office"]) for each in life["answers"]] == [
        (TEXT, True),
        (TEXT, True),
    ]
    assert (life["state"], life["verdict"]["verdict"]) == ("closed", "explained")
    assert raised.listed(key=raised.inspector_elsewhere)["findings"] == []


def test_raised_finding_that_no_rule_gives_now_is_listed_too(raised: Raised) -> None:
    raised.raise_on_person(ON_PERSON)

    (found,) = raised.listed("/v1/findings?rule=R05")["findings"]

    assert (found["found_now"], found["stream"]) == (False, f"key:{raised.officer.name}")
    assert found["reason"] == {"vi": "Lý do", "en": "Reason"}
    assert found["raised"]["asked"] == raised.officer.name


def test_precision_comes_with_its_n_and_no_share_of_too_few(raised: Raised) -> None:
    lead = _lead(raised)
    raised.act(raised.raise_lead(lead))
    raised.close(str(lead["finding_stream"]), FindingVerdict.CONFIRMED)

    (rule,) = raised.listed("/v1/findings?rule=R02")["rules"]

    assert rule["precision"] == {
        "confirmed": 1,
        "explained": 0,
        "mistaken": 0,
        "n": 1,
        "too_few": True,
        "permille": None,
        "interval": None,
    }


def test_every_look_is_kept_and_the_head_learns_of_it(raised: Raised) -> None:
    raised.raise_on_person(ON_PERSON)
    assert raised.listed("/v1/looks", raised.head)["looks"] == []

    raised.listed("/v1/findings?peers=no")

    (look,) = raised.listed("/v1/looks", raised.head)["looks"]
    assert (look["inspector"], look["office"]) == (raised.inspector.name, OFFICE)
    assert look["target"].endswith("/v1/findings?peers=no")
    # At whom in person is not told: a look is no accusation.
    assert raised.listed("/v1/looks", raised.officer)["looks"] == []


def test_look_under_an_order_is_sealed_while_the_order_runs_and_stays_in_its_scope(
    raised: Raised,
) -> None:
    world, stream = raised.world, "access:" + "0d" * 32
    details = AccessOrderIssuedDetails(
        order="12/QĐ-TTr",
        readers=(raised.inspector.name,),
        until=date(2026, 12, 31),
        offices=(OTHER_OFFICE,),
        dossiers=(raised.dossier,),
    )
    chief = world.enrol("chief", Grant(Role.INSPECTOR, "*"))
    signer = (Role.INSPECTOR, chief)
    raised.act(raised.sign("access.order_issued", stream, AccessOrderIssued(), details, signer))
    raised.raise_on_person(ON_PERSON)

    answer = raised.listed(f"/v1/findings?peers=no&order_stream={stream}")

    assert answer["order"]["number"] == "12/QĐ-TTr"
    # Of the office alone the order says nothing: what is not about the dossier is left out.
    assert {each["stream"] for each in answer["findings"]} == {raised.dossier}
    assert raised.listed("/v1/looks", raised.head)["looks"] == []
    refused = raised.get(raised.inspector, "/v1/findings?order_stream=access:" + "0e" * 32)
    assert refused.json["code"] == "inspection_order_needed"


@pytest.mark.parametrize("query", ["?peers=maybe", "?colour=red"])
def test_query_that_is_none_of_ours_is_refused(raised: Raised, query: str) -> None:
    result = raised.get(raised.inspector, f"/v1/findings{query}")

    assert result.status_code == 400


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/findings?rule=R99", 400, "malformed_parameter"),
        ("/v1/findings?office=NOPE", 422, "unknown_office"),
        ("/v1/trail?office=NOPE", 422, "unknown_office"),
        ("/v1/trail?unit=NOPE", 422, "unknown_office"),
    ],
)
def test_mistyped_rule_or_office_gave_an_empty_list(
    raised: Raised, path: str, status: int, code: str
) -> None:
    result = raised.get(raised.inspector, path)

    assert (result.status_code, result.json["code"]) == (status, code)
