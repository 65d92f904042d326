"""Findings: what looks wrong in a dossier's public acts, by the rules of domain.md 7.2.

A finding is a lead for an inspector, never a verdict: it names its rule and version, the entries
that are its evidence, and the innocent explanations that are common. Each rule of `rules` is a pure
function of one dossier and its acts; where it cannot know (no due date, no calendar, an import, a
day without hours, a private part that did not open), it abstains, and says so in its data. `RULES`
are those on dossiers; R26, on petitions, stands in `projections.petitions.overdue`, R27, on codes,
in `rules.results.code_runs`, and rules that compare with peers in `peers`; all of them are in
`projections.rule_book`. Rules with no number in
domain.md have a name. All numbers are parameters, because the law's are not settled (domain.md 9).
"""

from collections.abc import Iterable, Sequence
from typing import Final

from projections.findings.rules.clocks.apologies import R07
from projections.findings.rules.clocks.back_dating import R08
from projections.findings.rules.clocks.clock_games import R05, R19
from projections.findings.rules.clocks.due_moves import MOVED_LATE, R29, WORKED_IN_OUTAGE
from projections.findings.rules.clocks.idle import R13
from projections.findings.rules.clocks.intake import R01
from projections.findings.rules.clocks.late_requests import R04
from projections.findings.rules.clocks.stalling import R06, R25
from projections.findings.rules.clocks.supplements import R02, R09
from projections.findings.rules.clocks.yardsticks import R28
from projections.findings.rules.people.credentials import KEY_REPLACED
from projections.findings.rules.people.look_ups import R24
from projections.findings.rules.people.one_stop import R18, UNANNOUNCED
from projections.findings.rules.people.persons import R16
from projections.findings.rules.people.reassignments import R30
from projections.findings.rules.people.withdrawals import R20
from projections.findings.rules.results.completions import R10, R11
from projections.findings.rules.results.fees import R17
from projections.findings.rules.results.held_back import R21
from projections.findings.rules.results.papers import R03
from projections.findings.shapes import (
    DossierRule,
    ExaminedDossier,
    Finding,
    Hit,
    Parameters,
    Severity,
    entries_of,
)

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

RULES: Final[Sequence[DossierRule]] = (
    R01,
    R02,
    R03,
    R04,
    R05,
    R06,
    R07,
    R08,
    R09,
    R10,
    R11,
    R13,
    R16,
    R17,
    R18,
    R19,
    R20,
    R21,
    R24,
    R25,
    R28,
    R29,
    R30,
    KEY_REPLACED,
    MOVED_LATE,
    UNANNOUNCED,
    WORKED_IN_OUTAGE,
)
DEFAULT_PARAMETERS: Final = Parameters()


def find(examined: ExaminedDossier, parameters: Parameters = DEFAULT_PARAMETERS) -> list[Finding]:
    """Look at one dossier with every rule."""
    return [
        _finding(rule, hit, examined) for rule in RULES for hit in rule.look(examined, parameters)
    ]


def _finding(rule: DossierRule, hit: Hit, examined: ExaminedDossier) -> Finding:
    return rule.finding(
        examined.dossier.stream,
        examined.dossier.office,
        hit.reason,
        (*entries_of(hit.acts), *hit.entries),
        severity=hit.severity or rule.severity,
        versions=tuple(act.version for act in hit.acts),
        veiled=any(act.entry_index is None for act in examined.acts),
    )


def find_all(
    dossiers: Iterable[ExaminedDossier], parameters: Parameters = DEFAULT_PARAMETERS
) -> list[Finding]:
    """Look at many dossiers with every rule."""
    return [finding for examined in dossiers for finding in find(examined, parameters)]
