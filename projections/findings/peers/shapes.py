"""Shapes of rules that compare: peer groups, comparisons, and what a run of them found.

A rule looks at a whole population and gives its comparisons (`Trial`), hits or none: with how many
there were, a run sorts out which hits chance alone would give (`domain.outliers.discoveries`).
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Final

from domain.calendars import Calendar
from domain.errors import Sentence
from domain.moments import Moment
from domain.offices import Level
from projections.findings.peers.inputs.observing import Deed, Observed
from projections.findings.peers.inputs.private import PrivateInputs
from projections.findings.shapes import Finding, Rule

# SPEC: formats.md, facts of findings: a finding names at most so many entries.
MOST_EVIDENCE: Final = 1_000

LEVELS: Final = {
    Level.CENTRAL: Sentence("cấp trung ương", "central level"),
    Level.PROVINCE: Sentence("cấp tỉnh", "province level"),
    Level.COMMUNE: Sentence("cấp xã", "commune level"),
    Level.LEGACY_DISTRICT: Sentence("cấp huyện (cũ)", "former district level"),
    Level.FOREIGN: Sentence("cơ quan nước ngoài", "foreign offices"),
}


@dataclass(frozen=True, slots=True, order=True)
class PeerGroup:
    """Like dossiers: of one procedure, one level of offices, one quarter (`2026-Q3`)."""

    procedure: str
    level: Level
    quarter: str

    @property
    def said(self) -> Sentence:
        """Give the group in words."""
        level = LEVELS[self.level]
        return Sentence(
            f"thủ tục {self.procedure}, {level.vi}, quý {self.quarter}",
            f"procedure {self.procedure}, {level.en}, quarter {self.quarter}",
        )


def quarter_of(day: date) -> str:
    """Give the quarter of a day, as `2026-Q3`."""
    return f"{day.year:04d}-Q{(day.month + 2) // 3}"


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of the rules that compare: of domain.md 7.2 and anchors.md 3b, or our own.

    Shares are in percent, ratios as fractions `(numerator, denominator)`.
    """

    least_dossiers: int = 30
    fast_percent: int = 5
    fast_p: float = 0.001
    burst_dossiers: int = 5
    session_seconds: int = 1_800
    slow_median_seconds: int = 86_400
    last_days: int = 2
    least_active_days: int = 10
    spike_deviations: int = 4
    lead_seconds: int = 86_400
    least_overtaken: int = 10
    jumps_of_a_pair: int = 3
    broker_percent: int = 10
    broker_times: int = 5
    broker_lift: int = 2
    broker_dossiers: int = 10
    ratings_at_once: int = 5
    ratings_seconds: int = 600
    quick_rating_seconds: int = 10
    kiosk_seconds: int = 3_600
    bad_marks: int = 5
    bad_percent: int = 20
    response_months: int = 3
    days_to_rate: int = 30
    approvals_a_minute: int = 20
    quick_approvals: int = 5
    usual_minutes: Fraction = Fraction(999, 1000)
    least_minutes: int = 1_000
    looks_a_day: int = 3
    complainants: int = 20
    slow_lift: tuple[int, int] = (3, 2)
    slow_p: float = 0.01
    least_others: int = 5
    resubmissions: int = 2
    resubmitted_within_days: int = 30


DEFAULT_NUMBERS: Final = Numbers()
NOTHING_OPENED: Final = PrivateInputs()


@dataclass(frozen=True, slots=True)
class Population:
    """All that a run looks at: dossiers, the calendar of the ledger's country, private inputs.

    `root_hash` is the root of the checkpoint that the run is as of: whatever is left to chance is
    drawn from it, so anybody draws the same.
    """

    observed: tuple[Observed, ...]
    as_of: Moment
    root_hash: bytes
    calendar: Calendar | None = None
    private: PrivateInputs = NOTHING_OPENED


@dataclass(frozen=True, slots=True)
class Trial:
    """One comparison: a finding where it went over the threshold, and how likely chance alone is.

    Without `p_value` the comparison rests on no probability (a count of overtakings, say), and the
    correction for many comparisons leaves it alone.
    """

    finding: Finding | None = None
    p_value: float | None = None


@dataclass(slots=True)
class Examination:
    """What one rule made of a population: its trials, and what it left out, by the case's name.

    `measured` are further figures of the whole population, each as part and whole.
    """

    trials: list[Trial] = field(default_factory=list)
    silent: Counter[str] = field(default_factory=Counter)
    measured: dict[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerRule(Rule):
    """A rule that looks at a population; `unit` says what one comparison of it is about.

    `least_n` is how many dossiers, or what else `unit` counts, a comparison needs; None where the
    rule counts acts against a fixed number, and compares with nobody.
    """

    unit: Sentence
    least_n: int | None
    examine: Callable[[Population, Numbers], Examination]


def stream_of_person(person: str) -> str:
    """Name the stream that stands for a person: of one of their keys, or of an import's performer.

    A performer has no stream in the log; the word before the colon says so.
    """
    return f"key:{person}" if "-" in person else f"performer:{person}"


def entries_of_deeds(deeds: Iterable[Deed]) -> tuple[int, ...]:
    """Give the entry indexes of deeds in order, each once, at most `MOST_EVIDENCE`."""
    entries = {deed.entry_index for deed in deeds if deed.entry_index is not None}
    return tuple(sorted(entries)[:MOST_EVIDENCE])
