"""Every rule of the reference is in the book, and the table of the law flags what they look for."""

from domain.law.refusals import RULES as LAW_RULES
from domain.law.refusals import Verdict
from projections.findings import RULES
from projections.findings.rules.results.code_runs import R27
from projections.petitions.overdue import R26
from projections.rule_book.book import BOOK, COMPARING

FLAGS = {row.name for row in LAW_RULES if row.verdict is Verdict.FLAG}
NUMBERED = {f"R{number:02d}" for number in range(1, 33)}
# These follow from clocks that run on, and not from one act that somebody might refuse.
BY_CLOCKS_ALONE = {"R13", "R21", R26.id}


def test_every_rule_of_the_reference_is_built() -> None:
    assert {rule.id for rule in BOOK} >= NUMBERED


def test_every_flag_is_built_and_every_rule_on_acts_is_a_flag() -> None:
    on_acts = {rule.id for rule in RULES} | {R27.id}

    assert on_acts - BY_CLOCKS_ALONE == FLAGS


def test_two_rules_of_one_number_are_one_on_a_dossier_and_one_against_peers() -> None:
    alone = [rule.id for rule in BOOK if rule not in COMPARING]
    against_peers = [rule.id for rule in BOOK if rule in COMPARING]

    assert len(set(alone)) == len(alone)
    assert len(set(against_peers)) == len(against_peers)
