"""Every rule fires on a history, and keeps silent in each case that it lists: none goes untried.

A silent case comes with the like history without it, on which the rule fires: so it is the case
that silences, and nothing else.
"""

from dataclasses import replace

import pytest

from projections.findings import RULES, ExaminedDossier, Finding, find
from projections.findings.rules.results.code_runs import R27
from projections.findings.shapes import Audience, Rule, SilentCase
from projections.petitions.overdue import R26
from tests.unit.projections.findings.fixtures import (
    due_dates,
    intake_and_waits,
    other_streams,
    people,
    results,
)
from tests.unit.projections.findings.fixtures.shapes import Fixtures, Pair, Subject, hits

BOOK: tuple[Rule, ...] = (*RULES, R26, R27)
FIXTURES: dict[str, Fixtures] = {
    **intake_and_waits.FIXTURES,
    **due_dates.FIXTURES,
    **people.FIXTURES,
    **results.FIXTURES,
    **other_streams.FIXTURES,
}
FIRING = [(rule, subject) for rule in FIXTURES for subject in FIXTURES[rule].fires]
SILENT = [(rule, case, pair) for rule in FIXTURES for case, pair in FIXTURES[rule].silent.items()]


@pytest.mark.parametrize("rule", BOOK, ids=lambda rule: rule.id)
def test_rule_has_fixtures_for_all_that_it_says_of_itself(rule: Rule) -> None:
    fixtures = FIXTURES[rule.id]

    assert fixtures.fires
    assert set(fixtures.silent) == {case.name for case in rule.silent_cases}
    assert len(rule.silent_cases) == len(fixtures.silent)


def test_no_fixture_is_of_a_rule_that_is_not_there() -> None:
    assert set(FIXTURES) == {rule.id for rule in BOOK}


@pytest.mark.parametrize(("rule", "subject"), FIRING, ids=[rule for rule, _ in FIRING])
def test_rule_fires(rule: str, subject: Subject) -> None:
    found = hits(rule, subject)

    assert found
    for finding in found:
        assert finding.evidence or rule == R26.id  # whoever knows the petition's entries adds them
        assert finding.reason.vi
        assert finding.reason.en


@pytest.mark.parametrize(
    ("rule", "pair"),
    [(rule, pair) for rule, _, pair in SILENT],
    ids=[f"{rule}-{case}" for rule, case, _ in SILENT],
)
def test_rule_keeps_silent_in_its_case_and_only_by_it(rule: str, pair: Pair) -> None:
    assert hits(rule, pair.silent) == []
    assert hits(rule, pair.fires)


@pytest.mark.parametrize("rule", BOOK, ids=lambda rule: rule.id)
def test_what_is_said_of_a_rule_is_whole(rule: Rule) -> None:
    said = [rule.name, rule.looks_for, rule.why, *rule.innocent_explanations]
    said += [case.said for case in rule.silent_cases]
    said += [threshold.said for threshold in rule.thresholds]
    said += [*rule.private_inputs, *rule.not_looked_for]

    assert rule.version >= 1
    assert rule.explanations
    assert rule.thresholds
    assert all(threshold.text for threshold in rule.thresholds)
    assert all(sentence.vi and sentence.en for sentence in said)


@pytest.mark.parametrize("rule", BOOK, ids=lambda rule: rule.id)
def test_explanation_that_the_record_shows_names_a_case_of_the_rule(rule: Rule) -> None:
    cases: dict[str, SilentCase] = {case.name: case for case in rule.silent_cases}

    for explanation in rule.explanations:
        assert explanation.shown_as is None or explanation.shown_as in cases


@pytest.mark.parametrize("rule", BOOK, ids=lambda rule: rule.id)
def test_nobody_sees_in_public_what_rests_on_private_parts(rule: Rule) -> None:
    if not rule.recomputable:
        assert rule.audience is not Audience.PUBLIC
    personal = {"R05", "R12", "R14", "R15", "R20", "R31"}
    assert rule.id not in personal or rule.audience is Audience.INSPECTORS
    assert (rule.audience is Audience.PUBLIC_ALARM) == (rule.id in {"R27", "R32"})


DOSSIERS = [
    subject
    for fixtures in FIXTURES.values()
    for subject in (*fixtures.fires, *(pair.silent for pair in fixtures.silent.values()))
    if isinstance(subject, ExaminedDossier)
]


@pytest.mark.parametrize("examined", DOSSIERS)
def test_rule_that_claims_to_need_nothing_private_finds_the_same_without_it(
    examined: ExaminedDossier,
) -> None:
    in_public = replace(examined, papers=(), opened=None, looks=None, person_of=str)

    def public_part(findings: list[Finding]) -> list[Finding]:
        return [finding for finding in findings if finding.recomputable]

    assert public_part(find(in_public)) == public_part(find(examined))


def test_rules_have_names_of_their_own() -> None:
    assert len({rule.id for rule in BOOK}) == len(BOOK)
