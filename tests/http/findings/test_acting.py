"""Commands that act on a server: raise what it lists, answer what is asked, close."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.finding_acts.answering import answer_there, close_there
from cli.finding_acts.leads import WantedLeads
from cli.finding_acts.raising import raise_there
from cli.finding_acts.sending import Sent
from cli.output import Refused, UsageProblem
from domain.facts.integrity import FindingClosedDetails, FindingVerdict
from domain.roles import Role
from tests.http.findings.raised import TEXT, Raised, a_raised_world
from tests.http.inspecting.casefiles import ClientSite
from tests.http.signing import HOST
from transparency.notes import SigningKey


@pytest.fixture
def raised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Raised]:
    monkeypatch.setenv("DOSSIER_LEDGER_CLOCK", "simulated")
    monkeypatch.setenv("DOSSIER_LEDGER_DEMO", "true")
    with a_raised_world(tmp_path) as world:
        yield world


def site(raised: Raised) -> ClientSite:
    return ClientSite(HOST, raised.world.client)


def raise_all(raised: Raised, key: SigningKey, rule: str | None = None) -> list[Sent]:
    data, wanted = raised.world.settings.data, WantedLeads(rule=rule)
    sent = raise_there(site(raised), data, (Role.INSPECTOR, key), wanted, None)
    raised.world.settle()
    raised.world.follow()
    return sent


def test_everything_listed_is_raised_once(raised: Raised) -> None:
    first, again = raise_all(raised, raised.inspector), raise_all(raised, raised.inspector)

    assert len(first) == len({each.stream for each in first}) == 3
    assert again == []
    states = [each["raised"]["state"] for each in raised.listed()["findings"]]
    assert states == ["raised"] * 3


def test_life_of_a_finding_on_a_server(raised: Raised) -> None:
    (sent,) = raise_all(raised, raised.inspector, "R02")
    data = raised.world.settings.data

    answered = answer_there(site(raised), data, (Role.HEAD, raised.head), sent.stream, TEXT)
    verdict = FindingClosedDetails(verdict=FindingVerdict.EXPLAINED)
    closed = close_there(
        site(raised), data, (Role.INSPECTOR, raised.inspector), sent.stream, verdict
    )
    raised.world.settle()
    raised.world.follow()

    assert (sent.version, answered.version, closed.version) == (1, 2, 3)
    (found,) = raised.listed("/v1/findings?rule=R02")["findings"]
    assert found["raised"]["verdict"]["verdict"] == "explained"
    assert [each["of_office"] for each in found["raised"]["answers"]] == [True]


def test_officer_elsewhere_is_not_asked_and_signs_nothing(raised: Raised) -> None:
    (sent,) = raise_all(raised, raised.inspector, "R02")
    data, signer = raised.world.settings.data, (Role.PROCESSOR, raised.elsewhere)

    with pytest.raises(UsageProblem, match="nobody asks"):
        answer_there(site(raised), data, signer, sent.stream, TEXT)


def test_whoever_is_no_inspector_raises_nothing(raised: Raised) -> None:
    with pytest.raises(Refused, match="not_an_inspector"):
        raise_all(raised, raised.head)


def test_private_parts_are_not_opened_by_a_server_for_rules(raised: Raised) -> None:
    data, wanted = raised.world.settings.data, WantedLeads(opened=True)

    with pytest.raises(UsageProblem, match="opened"):
        raise_there(site(raised), data, (Role.INSPECTOR, raised.inspector), wanted, None)
