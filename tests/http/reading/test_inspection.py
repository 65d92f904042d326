"""Findings and trails: only for inspectors, whose key signs each request."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from falcon.testing import Result

from domain.facts import (
    Grant,
    ProcessorAssigned,
    ResultApproved,
    SupplementCompleted,
    SupplementRequested,
    SupplementSubmitted,
)
from domain.facts.integrity import FindingRaised
from domain.roles import Role
from ledger.drafting import FIRST_PLACE, place_after
from tests.http.signing import signed_headers
from tests.http.world import (
    OTHER_OFFICE,
    DossierHandle,
    World,
    a_signing_key,
    a_world,
    fill_registry,
)
from tests.support.builders import OFFICE
from tests.support.keys.personnel import the_holder_of
from transparency.notes import SigningKey

ALARM = f"finding:{'a7' * 16}"


@dataclass
class Inspected:
    world: World
    elsewhere: SigningKey
    revoked: SigningKey


@pytest.fixture(scope="module")
def inspected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inspected]:
    with a_world(tmp_path_factory.mktemp("inspected")) as world:
        fill_registry(world)
        elsewhere = world.enrol("elsewhere", Grant(Role.INSPECTOR, OTHER_OFFICE))
        revoked = a_signing_key("inspector")
        grants = (Grant(Role.INSPECTOR, "*"),)
        registration = world.drafter.register_key(
            world.registrar, revoked, grants, world.now, the_holder_of(revoked)
        )
        world.record(registration)
        world.revoke(revoked, registration)
        _ask_twice_for_supplements(world)
        _raise_alarm(world)
        world.settle()
        world.follow()
        yield Inspected(world, elsewhere, revoked)


def _ask_twice_for_supplements(world: World) -> None:
    dossier = world.submit()
    world.accept(dossier)
    world.act(dossier, "dossier.processor_assigned", ProcessorAssigned(), "assigner")
    for _ in range(2):
        asked = SupplementRequested(answer_by=date(2026, 12, 20))
        world.act(dossier, "dossier.supplement_requested", asked, "processor")
        _hand_supplement_in(world, dossier)
        world.act(dossier, "dossier.supplement_completed", SupplementCompleted(), "receiver")
    world.act(dossier, "dossier.result_approved", ResultApproved(), "approver")


def _hand_supplement_in(world: World, dossier: DossierHandle) -> None:
    signer = (Role.APPLICANT, dossier.applicant)
    action = world.sign(dossier, "dossier.supplement_submitted", SupplementSubmitted(), signer)
    world.record(action)
    dossier.place = place_after(dossier.place, action.note)


def _raise_alarm(world: World) -> None:
    inspector = (Role.INSPECTOR, world.keys["inspector"])
    facts = FindingRaised(rule="R27", rule_version=1, evidence=(3,))
    action = world.drafter.sign(
        "finding.raised", ALARM, FIRST_PLACE, world.now, facts, (inspector,), office=OFFICE
    )
    world.record(action)


def ask(world: World, key: SigningKey, path: str = "/v1/findings", **signing: Any) -> Result:
    created = signing.pop("created", world.clock())
    headers = signed_headers(key, path, created, **signing)
    return get(world, path, headers)


def get(world: World, path: str, headers: dict[str, str]) -> Result:
    bare, _, query = path.partition("?")
    return world.client.simulate_get(bare, query_string=query, headers=headers)


def code_of(result: Result) -> tuple[int, str]:
    return result.status_code, result.json["code"]


def test_inspector_reads_findings_with_reason_and_evidence(inspected: Inspected) -> None:
    world = inspected.world

    result = ask(world, world.keys["inspector"])

    assert result.status_code == 200, result.text
    findings = {finding["rule"]: finding for finding in result.json["findings"]}
    # The processor had asked past the one-stop shop, too.
    assert sorted(findings) == ["R02", "R18", "R27"]
    finding = findings["R02"]
    assert finding["office"] == OFFICE
    assert finding["reason"]["en"] == "A supplement was requested 2 times."
    assert len(finding["evidence"]) == 2
    assert finding["innocent_explanations"]
    assert result.json["checkpoint"]["size"] == world.parts.reader.sequenced_size()
    assert result.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("query", "findings"), [("?rule=R02", 1), ("?rule=R18", 2), ("?rule=R07", 0)]
)
def test_findings_of_one_rule(inspected: Inspected, query: str, findings: int) -> None:
    world = inspected.world

    result = ask(world, world.keys["inspector"], f"/v1/findings{query}")

    assert len(result.json["findings"]) == findings


def test_public_alarm_that_stands_in_the_log_is_shown_with_its_evidence(
    inspected: Inspected,
) -> None:
    world = inspected.world

    result = ask(world, world.keys["inspector"], "/v1/findings?rule=R27")

    (finding,) = result.json["findings"]
    assert (finding["stream"], finding["office"]) == (ALARM, OFFICE)
    assert (finding["severity"], finding["evidence"]) == ("critical", [3])


def test_inspector_of_another_office_sees_nothing_of_this_one(inspected: Inspected) -> None:
    world = inspected.world
    approver = world.keys["approver"].name

    findings = ask(world, inspected.elsewhere)
    trail = ask(world, inspected.elsewhere, f"/v1/trail/{approver}")

    assert findings.json["findings"] == []
    assert trail.json["acts"] == []


def test_trail_shows_what_one_key_signed_as_what(inspected: Inspected) -> None:
    world = inspected.world
    receiver = world.keys["receiver"].name

    result = ask(world, world.keys["inspector"], f"/v1/trail/{receiver}")

    kinds = [act["kind"] for act in result.json["acts"]]
    assert kinds[-3:] == ["dossier.accepted"] + 2 * ["dossier.supplement_completed"]
    assert result.json["acts"][-1]["role"] == "receiver"


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("?from=2026-11-20&to=2026-11-20", True),
        ("?to=2026-11-19", False),
        ("?from=2026-11-21", False),
    ],
)
def test_trail_is_of_the_days_asked_for(inspected: Inspected, query: str, is_there: bool) -> None:
    world = inspected.world
    path = f"/v1/trail/{world.keys['approver'].name}{query}"

    result = ask(world, world.keys["inspector"], path)

    assert bool(result.json["acts"]) is is_there


@pytest.mark.parametrize("query", ["?from=2026-11", "?from=2026-11-21&to=2026-11-20", "?to=x"])
def test_impossible_day_is_refused(inspected: Inspected, query: str) -> None:
    world = inspected.world

    result = ask(world, world.keys["inspector"], f"/v1/trail/somebody{query}")

    assert code_of(result) == (400, "malformed_parameter")


def test_unsigned_request_is_told_what_to_sign(inspected: Inspected) -> None:
    result = inspected.world.client.simulate_get("/v1/findings")

    assert code_of(result) == (401, "request_not_signed")
    assert result.headers["www-authenticate"] == "Signature"
    assert "@target-uri" in result.headers["accept-signature"]


def test_key_without_the_role_is_no_inspector(inspected: Inspected) -> None:
    world = inspected.world

    assert code_of(ask(world, world.keys["receiver"])) == (403, "not_an_inspector")
    assert code_of(ask(world, inspected.revoked)) == (403, "not_an_inspector")


def test_unknown_key_is_refused(inspected: Inspected) -> None:
    result = ask(inspected.world, a_signing_key("inspector"))

    assert code_of(result) == (401, "request_signature_invalid")


def test_signature_under_another_keys_name_is_refused(inspected: Inspected) -> None:
    world = inspected.world

    result = ask(world, a_signing_key("inspector"), key_name=world.keys["inspector"].name)

    assert code_of(result) == (401, "request_signature_invalid")


def test_same_request_again_is_a_replay(inspected: Inspected) -> None:
    world = inspected.world
    headers = signed_headers(world.keys["inspector"], "/v1/findings", world.clock())

    assert get(world, "/v1/findings", headers).status_code == 200
    assert code_of(get(world, "/v1/findings", headers)) == (401, "request_replayed")


@pytest.mark.parametrize("minutes", [-6, 6])
def test_signature_that_is_not_of_these_minutes_is_refused(
    inspected: Inspected, minutes: int
) -> None:
    world = inspected.world
    created = world.clock() + timedelta(minutes=minutes)

    result = ask(world, world.keys["inspector"], created=created)

    assert code_of(result) == (401, "request_signature_invalid")


@pytest.mark.parametrize(
    "components",
    [("@method",), ("@target-uri",), ("@method", "@path"), ("@method", "@query"), ("@authority",)],
)
def test_signature_that_covers_too_little_is_refused(
    inspected: Inspected, components: tuple[str, ...]
) -> None:
    world = inspected.world

    result = ask(world, world.keys["inspector"], components=components)

    assert code_of(result) == (401, "request_signature_invalid")


def test_path_and_query_may_stand_for_the_target(inspected: Inspected) -> None:
    world = inspected.world
    components = ("@method", "@path", "@query")

    result = ask(world, world.keys["inspector"], "/v1/findings?rule=R02", components=components)

    assert result.status_code == 200


@pytest.mark.parametrize("nonce", [None, "x" * 129])
def test_signature_without_a_usable_nonce_is_refused(
    inspected: Inspected, nonce: str | None
) -> None:
    world = inspected.world

    result = ask(world, world.keys["inspector"], nonce=nonce)

    assert code_of(result) == (401, "request_signature_invalid")


def test_signature_for_another_address_is_refused(inspected: Inspected) -> None:
    world = inspected.world
    headers = signed_headers(world.keys["inspector"], "/v1/findings", world.clock())

    result = get(world, "/v1/findings?rule=R02", headers)

    assert code_of(result) == (401, "request_signature_invalid")


def test_body_that_the_signature_does_not_cover_is_refused(inspected: Inspected) -> None:
    world = inspected.world
    inspector = world.keys["inspector"]

    def ask_with(sent: bytes, signed: bytes | None) -> Result:
        headers = signed_headers(inspector, "/v1/findings", world.clock(), body=signed)
        return world.client.simulate_get("/v1/findings", headers=headers, body=sent)

    assert ask_with(b"{}", b"{}").status_code == 200
    assert code_of(ask_with(b"[]", b"{}")) == (401, "request_signature_invalid")
    assert code_of(ask_with(b"{}", None)) == (401, "request_signature_invalid")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Signature", "sig1=:AAAA:"),
        ("Signature", "nonsense"),
        ("Signature-Input", "nonsense"),
        ("Signature-Input", 'pyhms=("@method");created=1'),
        ("Signature-Input", "pyhms=1"),
        ("Signature-Input", ""),
    ],
)
def test_malformed_signature_headers_are_refused(
    inspected: Inspected, name: str, value: str
) -> None:
    world = inspected.world
    headers = signed_headers(world.keys["inspector"], "/v1/findings", world.clock())

    result = get(world, "/v1/findings", headers | {name: value})

    assert code_of(result) == (401, "request_signature_invalid")


def test_newly_enrolled_inspector_may_ask_before_publication(inspected: Inspected) -> None:
    world = inspected.world
    key = a_signing_key("inspector")
    grants = (Grant(Role.INSPECTOR, "*"),)
    action = world.drafter.register_key(world.registrar, key, grants, world.now, the_holder_of(key))
    assert world.post(action, Prefer="respond-async").status_code == 202

    assert ask(world, key).status_code == 200
