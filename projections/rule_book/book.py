"""All rules in one list: on one dossier, on petitions, on codes, and those that compare with peers.

One number of domain.md 7.2 may have two rules: what one dossier shows, and what shows only against
peers. Each is versioned by itself.
"""

from typing import Final

from projections.findings import RULES, Finding
from projections.findings.peers.running import PEER_RULES
from projections.findings.peers.two_books import R32
from projections.findings.rules.results.code_runs import R27
from projections.findings.shapes import Rule
from projections.petitions.overdue import R26


def _place(rule: Rule) -> tuple[bool, str]:
    """Put the numbers of domain.md first, then names of our own."""
    return not rule.id.startswith("R"), rule.id


# Sorting keeps the order of rules with one number: what one dossier shows comes first.
BOOK: Final[tuple[Rule, ...]] = tuple(sorted((*RULES, R26, R27, R32, *PEER_RULES), key=_place))
NUMBERS: Final = frozenset(rule.id for rule in BOOK)
COMPARING: Final[frozenset[Rule]] = frozenset(PEER_RULES)


def rule_of(finding: Finding) -> Rule | None:
    """Give the rule of a finding; of one number that has two, the one that compares or not."""
    return rule_named(finding.rule, compares=finding.peers is not None)


def rule_named(number: str, *, compares: bool) -> Rule | None:
    """Give the rule of a number, rather the one that compares or not; None where it is no more."""
    rules = sorted(
        (rule for rule in BOOK if rule.id == number),
        key=lambda rule: (rule in COMPARING) is not compares,
    )
    return rules[0] if rules else None
