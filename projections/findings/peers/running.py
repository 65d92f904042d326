"""Running all rules that compare over one population, and sorting out what chance alone gives.

All comparisons of one rule that have a probability are corrected together (Benjamini–Hochberg at
5 % per run of a rule): a hit that does not stand among them is no finding, and counts as chance.
Rules are corrected apart: one compares every dossier, another every officer, and the many of the
one would silence the few of the other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from domain.errors import Sentence
from domain.outliers.discoveries import discoveries
from projections.findings.peers.applicants.ratings import R22
from projections.findings.peers.applicants.resubmissions import R19_AGAIN
from projections.findings.peers.applicants.retaliation import R31
from projections.findings.peers.brokers import R14
from projections.findings.peers.look_ups import R24_DAYS
from projections.findings.peers.officers import R05_SHARE, R15, R20_RATE
from projections.findings.peers.queues import R12
from projections.findings.peers.shapes import (
    DEFAULT_NUMBERS,
    Examination,
    Numbers,
    PeerRule,
    Population,
    Trial,
)
from projections.findings.peers.signing import R23
from projections.findings.peers.speed import R10_SPEED
from projections.findings.peers.spikes import R11_SPIKE
from projections.findings.shapes import Finding

PEER_RULES: Final[Sequence[PeerRule]] = (
    R05_SHARE,
    R10_SPEED,
    R11_SPIKE,
    R12,
    R14,
    R15,
    R19_AGAIN,
    R20_RATE,
    R22,
    R23,
    R24_DAYS,
    R31,
)


@dataclass(frozen=True, slots=True)
class RuleReport:
    """What one rule did in a run: its base rate is `hits` of `examined`.

    `by_chance` counts hits that did not stand among all comparisons of the rule; `silent` what was
    left out, by the case's name; `measured` further figures of the population, part and whole.
    """

    rule: PeerRule
    examined: int
    hits: int
    by_chance: int
    silent: Mapping[str, int]
    measured: Mapping[str, tuple[int, int]]

    @property
    def base_rate(self) -> Sentence:
        """Give in words how many of its comparisons the rule marks in this run."""
        unit = self.rule.unit
        return Sentence(
            f"Quy tắc này đánh dấu {self.hits} trên {self.examined} lượt so sánh ({unit.vi}).",
            f"This rule marks {self.hits} of {self.examined} comparisons ({unit.en}).",
        )


@dataclass(frozen=True, slots=True)
class PeerRun:
    """The findings of a run, and a report for each rule, in the rules' order."""

    findings: tuple[Finding, ...]
    reports: tuple[RuleReport, ...]

    def report(self, rule: str) -> RuleReport:
        """Give the report of one rule."""
        return next(report for report in self.reports if report.rule.id == rule)


def find_among(
    population: Population,
    numbers: Numbers = DEFAULT_NUMBERS,
    rules: Iterable[PeerRule] = PEER_RULES,
) -> PeerRun:
    """Look at a population with every rule that compares."""
    found: list[Finding] = []
    reports: list[RuleReport] = []
    for rule in rules:
        examination = rule.examine(population, numbers)
        # By what they are about: so their order says nothing, and the same one keeps its place.
        hits = sorted(_standing(examination.trials), key=lambda finding: finding.stream)
        found += hits
        reports.append(_report(rule, examination, len(hits)))
    return PeerRun(tuple(found), tuple(reports))


def _standing(trials: Sequence[Trial]) -> Iterator[Finding]:
    """Give the findings that stand among all trials with a probability, and those without one."""
    stand = iter(discoveries([trial.p_value for trial in trials if trial.p_value is not None]))
    for trial in trials:
        stands = trial.p_value is None or next(stand)
        if stands and trial.finding is not None:
            yield trial.finding


def _report(rule: PeerRule, examination: Examination, hits: int) -> RuleReport:
    over = sum(trial.finding is not None for trial in examination.trials)
    silent = {name: count for name, count in sorted(examination.silent.items()) if count}
    return RuleReport(
        rule, len(examination.trials), hits, over - hits, silent, dict(examination.measured)
    )
