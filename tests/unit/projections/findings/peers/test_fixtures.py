"""Each rule that compares fires on a made population, and keeps silent in every case it names."""

from collections.abc import Mapping
from typing import Final

import pytest

from projections.findings.peers.running import PEER_RULES, find_among
from projections.findings.peers.shapes import PeerRule
from projections.findings.shapes import Audience
from tests.support.peers.dossier_fixtures import (
    BROKERS,
    FIRES,
    GAMES,
    OUTLIERS,
    QUEUES,
    SPEED,
    SPIKE,
    WITHDRAWALS,
    Fixture,
)
from tests.support.peers.private_fixtures import (
    LOOK_UPS,
    RATINGS,
    RESUBMISSIONS,
    RETALIATION,
    SIGNING,
)

FIXTURES: Final[Mapping[str, Mapping[str, Fixture]]] = {
    "R05": GAMES,
    "R10": SPEED,
    "R11": SPIKE,
    "R12": QUEUES,
    "R14": BROKERS,
    "R15": OUTLIERS,
    "R19": RESUBMISSIONS,
    "R20": WITHDRAWALS,
    "R22": RATINGS,
    "R23": SIGNING,
    "R24": LOOK_UPS,
    "R31": RETALIATION,
}
# Cases that are decided before anything is counted: who is like the others is just compared.
UNCOUNTED: Final = {"like_the_others", "batch_delivery", "express", "the_other_waited"}
PERSONAL: Final = {"R05", "R12", "R14", "R15", "R20", "R31"}
RULES: Final = {rule.id: rule for rule in PEER_RULES}
CASES: Final = [(rule, name) for rule, fixtures in FIXTURES.items() for name in fixtures]


@pytest.mark.parametrize("rule", PEER_RULES, ids=lambda rule: rule.id)
def test_rule_has_a_fixture_that_fires_and_one_for_each_silence(rule: PeerRule) -> None:
    fixtures = FIXTURES[rule.id]

    assert FIRES in fixtures
    assert {case.name for case in rule.silent_cases} <= fixtures.keys()
    shown = {explanation.shown_as for explanation in rule.explanations} - {None}
    assert shown <= {case.name for case in rule.exclusions}


@pytest.mark.parametrize(("rule", "name"), CASES, ids=lambda text: text.replace(" ", "_"))
def test_population_is_found_or_left_alone(rule: str, name: str) -> None:
    run = find_among(FIXTURES[rule][name](), rules=[RULES[rule]])

    if name.startswith(FIRES):
        assert run.findings
        assert {finding.rule for finding in run.findings} == {rule}
    else:
        assert run.findings == ()
        is_named = name in {case.name for case in RULES[rule].silent_cases}
        if is_named and name not in UNCOUNTED:
            assert run.report(rule).silent[name] > 0


@pytest.mark.parametrize("rule", FIXTURES)
def test_finding_says_with_whom_it_was_compared(rule: str) -> None:
    finding = find_among(FIXTURES[rule][FIRES](), rules=[RULES[rule]]).findings[0]

    assert finding.peers is not None
    assert finding.peers.n > 0
    assert finding.peers.group.vi
    assert finding.peers.group.en
    assert finding.peers.threshold
    assert finding.peers.base_rate
    assert finding.peers.observed
    assert finding.evidence
    assert finding.innocent_explanations
    assert finding.reason.vi != finding.reason.en


def test_personal_rules_are_for_inspectors() -> None:
    audiences = {rule.id: rule.audience for rule in PEER_RULES}

    assert {rule for rule in PERSONAL if audiences[rule] is not Audience.INSPECTORS} == set()
    assert all(rule.audience is Audience.INSPECTORS for rule in PEER_RULES if not rule.recomputable)


def test_rules_on_rates_need_thirty() -> None:
    assert {rule.id for rule in PEER_RULES if rule.least_n == 30} == {
        "R05", "R10", "R11", "R12", "R14", "R15", "R20",
    }  # fmt: skip
    assert {rule.id: rule.least_n for rule in PEER_RULES}["R31"] == 20
