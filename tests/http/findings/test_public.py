"""What everybody sees: alarms in full, the book of rules, and no private finding."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.negotiation import Language
from api.pages.texts import LANGUAGES, load_sentences
from domain.facts.integrity import FindingRaised, FindingVerdict
from domain.roles import Role
from ledger.drafting import FIRST_PLACE
from projections.rule_book.book import BOOK
from tests.http.findings.raised import Raised, a_raised_world
from tests.support.builders import OFFICE

ALARM = f"finding:{'a7' * 16}"
ALARMS, RULES = "/v1/findings/alarms", "/v1/findings/rules"


@pytest.fixture
def raised(tmp_path: Path) -> Iterator[Raised]:
    with a_raised_world(tmp_path) as world:
        yield world


def _raise_alarm(raised: Raised) -> None:
    facts = FindingRaised(rule="R27", rule_version=1, evidence=(3,))
    signer = (Role.INSPECTOR, raised.inspector)
    raised.act(
        raised.world.drafter.sign(
            "finding.raised", ALARM, FIRST_PLACE, raised.world.now, facts, (signer,), office=OFFICE
        )
    )


def test_alarm_is_public_with_evidence_and_its_verdict(raised: Raised) -> None:
    _raise_alarm(raised)
    raised.raise_on_person(f"finding:{'b5' * 16}")
    (alarm,) = raised.get(None, ALARMS).json["alarms"]

    assert (alarm["rule"], alarm["office"], alarm["state"]) == ("R27", OFFICE, "raised")
    assert alarm["evidence"] == [3]
    assert raised.get(None, alarm["proofs"][0]["receipt"]).status_code == 200

    raised.close(ALARM, FindingVerdict.CONFIRMED, is_alarm=True)
    (closed,) = raised.get(None, ALARMS).json["alarms"]

    assert (closed["state"], closed["verdict"]) == ("closed", "confirmed")
    assert len(closed["acts"]) == 2


def test_all_rules_are_public_with_their_numbers_and_base_rates(raised: Raised) -> None:
    rules = raised.get(None, RULES).json["rules"]

    assert [rule["id"] for rule in rules] == [rule.id for rule in BOOK]
    by_id = {(rule["id"], rule["compares_with_peers"]): rule for rule in rules}
    assert by_id["R12", True]["audience"] == "inspectors"
    assert by_id["R27", False]["private_inputs"]
    assert by_id["R07", False]["base_rates_on_real_logs"]


def test_verdicts_are_public_of_alarms_and_else_from_ten_on(raised: Raised) -> None:
    _raise_alarm(raised)
    raised.close(ALARM, FindingVerdict.MISTAKEN, is_alarm=True)
    for number in range(9):
        _judge(raised, number)

    nine = _rules(raised)
    _judge(raised, 9)
    ten = _rules(raised)

    assert nine["R27", False]["precision"]["n"] == 1
    assert "closed" not in nine["R06", False]
    assert ten["R06", False]["closed"] == {"explained": 10}
    assert "precision" not in ten["R06", False]


def _judge(raised: Raised, number: int) -> None:
    stream = f"finding:{number:032x}"
    raised.raise_on_person(stream, rule="R06")
    raised.close(stream)


def _rules(raised: Raised) -> dict[tuple[str, bool], Any]:
    rules = raised.get(None, RULES).json["rules"]
    return {(rule["id"], rule["compares_with_peers"]): rule for rule in rules}


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_shows_alarms_with_their_evidence(raised: Raised, language: Language) -> None:
    empty = raised.get(None, f"/alarms?lang={language}").text
    _raise_alarm(raised)
    raised.close(ALARM, FindingVerdict.MISTAKEN, is_alarm=True)

    page = raised.get(None, f"/alarms?lang={language}").text

    assert "R27" not in empty
    assert "R27" in page
    assert 'href="/entries/3' in page
    assert load_sentences()["verdict.mistaken"][language] in page
