"""Every finding that the tables of the law name is looked for, or says why not; and back."""

import re
from pathlib import Path

from domain.law.refusals import RULES as LAW_RULES
from domain.law.refusals import Verdict
from projections.findings import NOT_BUILT, RULES
from projections.findings.code_runs import RULE as ON_CODES
from projections.petitions.overdue import RULE as ON_PETITIONS

LAW = Path(__file__).parents[4] / "docs" / "law.md"
FLAGS = {row.name for row in LAW_RULES if row.verdict is Verdict.FLAG}
BUILT = {rule.id for rule in RULES} | {ON_CODES, ON_PETITIONS}


def test_every_rule_that_the_document_of_the_law_names_is_built_or_says_why_not() -> None:
    named = set(re.findall(r"\bR[0-9]{2}\b", LAW.read_text(encoding="utf-8")))

    assert named - BUILT == set(NOT_BUILT)


def test_every_flag_is_built_and_every_rule_on_acts_is_a_flag() -> None:
    assert BUILT - {ON_PETITIONS} == FLAGS


def test_no_rule_is_built_and_excused_at_once() -> None:
    assert not BUILT & set(NOT_BUILT)
    assert all(NOT_BUILT.values())


def test_every_rule_speaks_both_languages() -> None:
    assert len(RULES) == len({rule.id for rule in RULES})
    for rule in RULES:
        assert rule.version >= 1
        assert rule.innocent_explanations
        assert all(said.vi and said.en for said in rule.innocent_explanations)
