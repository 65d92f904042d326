"""Findings: what looks wrong in a dossier's public acts, by the rules of domain.md 7.2.

A finding is a lead for an inspector, never a verdict: it names its rule and version, the entries
that are its evidence, and the innocent explanations that are common. Each rule is a pure function
of one dossier and its acts; where it cannot know (no due date, no calendar, an import, a day
without hours), it abstains. Built: R02, R07, R08, R09 and R16; R26, on petitions, stands in
`projections.petitions.overdue`. All numbers are parameters, because the law's are not settled
(domain.md 9).
"""

from collections.abc import Iterable, Sequence
from typing import Final

from projections.findings.apologies import R07
from projections.findings.back_dating import R08
from projections.findings.persons import R16
from projections.findings.shapes import ExaminedDossier, Finding, Parameters, Rule, Severity
from projections.findings.supplements import R02, R09

__all__ = [
    "DEFAULT_PARAMETERS",
    "RULES",
    "ExaminedDossier",
    "Finding",
    "Parameters",
    "Severity",
    "find",
    "find_all",
]

RULES: Final[Sequence[Rule]] = (R02, R07, R08, R09, R16)
DEFAULT_PARAMETERS: Final = Parameters()


def find(examined: ExaminedDossier, parameters: Parameters = DEFAULT_PARAMETERS) -> list[Finding]:
    """Look at one dossier with every rule."""
    return [
        Finding(
            rule=rule.id,
            rule_version=rule.version,
            severity=rule.severity,
            stream=examined.dossier.stream,
            office=examined.dossier.office,
            reason=hit.reason,
            innocent_explanations=rule.innocent_explanations,
            evidence=tuple(act.entry_index for act in hit.acts),
        )
        for rule in RULES
        for hit in rule.look(examined, parameters)
    ]


def find_all(
    dossiers: Iterable[ExaminedDossier], parameters: Parameters = DEFAULT_PARAMETERS
) -> list[Finding]:
    """Look at many dossiers with every rule."""
    return [finding for examined in dossiers for finding in find(examined, parameters)]
