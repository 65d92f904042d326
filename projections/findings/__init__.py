"""Findings: what looks wrong in a dossier's public acts, by the rules of domain.md 7.2.

A finding is a lead for an inspector, never a verdict: it names its rule and version, the entries
that are its evidence, and the innocent explanations that are common. Each rule is a pure function
of one dossier and its acts; where it cannot know (no due date, no calendar, an import, a day
without hours, a private part that did not open), it abstains. `RULES` are those on dossiers;
R26, on petitions, stands in `projections.petitions.overdue`, and R27, on codes, in `code_runs`.
Rules with no number in domain.md have a name. All numbers are parameters, because the law's are
not settled (domain.md 9).
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from projections.findings.apologies import R07
from projections.findings.back_dating import R08
from projections.findings.clock_games import R05, R19
from projections.findings.credentials import KEY_REPLACED
from projections.findings.due_moves import MOVED_LATE, R29, WORKED_IN_OUTAGE
from projections.findings.fees import R17
from projections.findings.intake import R01
from projections.findings.one_stop import R18, UNANNOUNCED
from projections.findings.papers import R03
from projections.findings.persons import R16
from projections.findings.shapes import (
    ExaminedDossier,
    Finding,
    Parameters,
    Rule,
    Severity,
    entries_of,
)
from projections.findings.stalling import R06, R25
from projections.findings.supplements import R02, R09

__all__ = [
    "DEFAULT_PARAMETERS",
    "NOT_BUILT",
    "RULES",
    "ExaminedDossier",
    "Finding",
    "Parameters",
    "Severity",
    "find",
    "find_all",
]

RULES: Final[Sequence[Rule]] = (
    R01,
    R02,
    R03,
    R05,
    R06,
    R07,
    R08,
    R09,
    R16,
    R17,
    R18,
    R19,
    R25,
    R29,
    KEY_REPLACED,
    MOVED_LATE,
    UNANNOUNCED,
    WORKED_IN_OUTAGE,
)
# What the table of the law names and no rule looks for, and what is wanting.
NOT_BUILT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "R15": "an officer's rates against those of peers: with the statistics of outliers",
        "R23": "places and speed of signatures against their percentiles: with those statistics",
        "R32": "totals published elsewhere, to be compared by period: with the exported figures",
    }
)
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
            evidence=entries_of(hit.acts),
            versions=tuple(act.version for act in hit.acts),
            veiled=any(act.entry_index is None for act in examined.acts),
        )
        for rule in RULES
        for hit in rule.look(examined, parameters)
    ]


def find_all(
    dossiers: Iterable[ExaminedDossier], parameters: Parameters = DEFAULT_PARAMETERS
) -> list[Finding]:
    """Look at many dossiers with every rule."""
    return [finding for examined in dossiers for finding in find(examined, parameters)]
