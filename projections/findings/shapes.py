"""Shapes of findings: what a rule looks at, its numbers, and the lead that it gives."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import msgspec

from domain.calendars import Calendar, CalendarRecord, WorkingTime
from domain.clocks.hours import working_time
from domain.dossiers import Dossier
from domain.errors import Sentence
from domain.keys import KeyRecord
from domain.moments import Moment
from domain.offices import OfficeRecord
from domain.oversight.integrity import Outage
from domain.procedures import Procedure, ProcedureRecord
from projections.dossier_rows import Act
from projections.findings.opened import Look, OpenedPart
from projections.requested_papers import RequestedPaper

_ASSUMED: Final = Sentence(
    " Thời hạn này là giả định của sổ cái, chưa được đối chiếu với văn bản luật chung.",
    " This limit is an assumption of this ledger: the general law was not read in full.",
)


class Severity(StrEnum):
    """How grave it would be if it were true; `information` is no suspicion at all."""

    INFORMATION = "information"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Audience(StrEnum):
    """Who sees the findings of a rule (domain.md 7.2, "Fairness").

    What is public names an office and the stream of a public entry, and never a person.
    """

    PUBLIC_ALARM = "public_alarm"
    PUBLIC = "public"
    INSPECTORS = "inspectors"


class ThresholdSource(StrEnum):
    """On what a number of a rule rests; an assumption is a law's text that was not read in full."""

    LAW = "law"
    ASSUMPTION = "assumption"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Parameters:
    """The numbers of the rules.

    LAW: Decree 61/2018 art. 19.9: the apology comes one day before the limit ends; for dossiers
    accepted from ``apology_by_due_since`` on (Decree 118/2025), when the limit ends.
    The others are this project's own, from domain.md 7.2: ``last_days_limit`` is the shortest
    limit in days of which the last day is a fifth or less, ``last_tenth_limit`` a tenth or less;
    ``waiting_grace`` is how long a wait may go on after its limit. ``idle_days`` and
    ``idle_share_percent`` (of the limit): how long a dossier may stand still; ``step_times``: how
    many times its hours an internal step may take. ``reopened_within``, ``withdrawal_window``,
    ``held_days`` and ``held_after_notice_days`` are in working days.
    """

    supplement_requests: int = 1
    recording_tolerance: timedelta = timedelta(hours=4)
    overnight: timedelta = timedelta(days=1)
    clock_skew: timedelta = timedelta(minutes=5)
    apology_by_due_since: date = date(2025, 7, 1)
    apologies: int = 1
    last_days_limit: int = 5
    last_tenth_limit: int = 10
    waiting_grace: int = 3
    idle_days: int = 3
    idle_share_percent: int = 40
    step_times: int = 2
    reopened_within: int = 5
    withdrawal_window: int = 1
    one_sitting: timedelta = timedelta(minutes=15)
    held_days: int = 2
    held_after_notice_days: int = 10
    processors: int = 3


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What lies around all dossiers: the registry, outages, and the acts that move due dates.

    `moving_acts` are those on other streams (calendars, offices, outages), by stream and version.
    `recorded_in_outages` is, by an outage's version and an office, the first act of that office
    which the system recorded meanwhile.
    """

    offices: Mapping[str, OfficeRecord] = field(default_factory=dict)
    keys: Mapping[str, KeyRecord] = field(default_factory=dict)
    outages: tuple[Outage, ...] = ()
    calendar: CalendarRecord | None = None
    moving_acts: Mapping[tuple[str, int], Act] = field(default_factory=dict)
    recorded_in_outages: Mapping[tuple[int, str], Act] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExaminedDossier:
    """All that a rule may look at: one dossier, its acts in order, and the registry's records.

    `papers` are those that its requests asked for, as far as their private parts opened.
    `opened` is, by version, what private parts say, and `looks` who read them; None where nobody
    opened them.
    """

    dossier: Dossier
    acts: tuple[Act, ...]
    as_of: datetime
    zone: str
    procedure: ProcedureRecord | None
    calendar: Calendar | None
    person_of: Callable[[str], str] = str  # of a key; where nobody knows, each is a person
    around: Surroundings = Surroundings()
    papers: tuple[RequestedPaper, ...] = ()
    opened: Mapping[int, OpenedPart] | None = None
    looks: tuple[Look, ...] | None = None

    def version_on(self, moment: Moment) -> Procedure | None:
        """Give the version of the procedure that was in force at a moment."""
        if self.procedure is None:
            return None
        return self.procedure.version_in_force(moment.day_in(self.zone))

    def accepted_version(self) -> Procedure | None:
        """Give the version of the procedure by which the dossier is judged, once accepted."""
        number = self.dossier.procedure_version
        if self.procedure is None or number is None:
            return None
        return self.procedure.version(number)

    def working(self) -> WorkingTime | None:
        """Give the office time that limits are counted in; None without a calendar."""
        if self.calendar is None:
            return None
        dossier, calendar = self.dossier, self.around.calendar
        record = self.around.offices.get(dossier.accepting_office or dossier.office)
        if record is None or calendar is None:
            return WorkingTime(self.calendar, self.zone)
        return working_time(record, calendar, dossier.accepted_at or dossier.submitted_at)


class Peers(msgspec.Struct, frozen=True, kw_only=True):
    """Against whom a rate was held: like dossiers, how many, and how far off is too far.

    `group` says in words who the peers are; `n` is how many dossiers were compared. `threshold`,
    `base_rate` and `observed` are decimals or fractions as text, exactly as they were compared.
    """

    group: Sentence
    n: int
    threshold: str
    base_rate: str
    observed: str


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One lead about one dossier; ``evidence`` are entry indexes of the public log.

    ``versions`` are the same acts by their versions in the stream: all that there is of the acts
    of a ``veiled`` dossier, which the log shows under veils only. ``peers`` is there where the
    rule compares; ``recomputable``: from public entries alone.
    """

    rule: str
    rule_version: int
    severity: Severity
    stream: str
    office: str
    reason: Sentence
    innocent_explanations: tuple[Sentence, ...]
    evidence: tuple[int, ...]
    versions: tuple[int, ...] = ()
    veiled: bool = False
    audience: Audience = Audience.INSPECTORS
    recomputable: bool = False
    peers: Peers | None = None


def entries_of(acts: Iterable[Act]) -> tuple[int, ...]:
    """Give the entry indexes of acts, as far as they are entries."""
    return tuple(act.entry_index for act in acts if act.entry_index is not None)


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule found in one dossier: the reason and the acts that show it.

    `severity` is there where this hit is less grave, or graver, than the rule says of itself.
    `entries` are the indexes of entries on other streams than the dossier's that show it, too.
    """

    reason: Sentence
    acts: tuple[Act, ...]
    severity: Severity | None = None
    entries: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SilentCase:
    """One case in which a rule keeps silent, by a name that tests use, and in words."""

    name: str
    said: Sentence


@dataclass(frozen=True, slots=True)
class Explanation:
    """What may innocently explain a hit.

    `shown_as` names the exclusion or abstention under which the rule keeps silent where the
    record shows it; without one no record shows it, and only the office can say.
    """

    said: Sentence
    shown_as: str | None = None


@dataclass(frozen=True, slots=True)
class Threshold:
    """One number of a rule in words, what it rests on, and where that was read."""

    said: Sentence
    source: ThresholdSource
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is written down of one rule; its number is that of domain.md 7.2, or a name of ours.

    `looks_for` says plainly what is a hit, `why` what may stand behind it. `exclusions` are cases
    that the record shows to be innocent; `abstentions` those in which it cannot know.
    `private_inputs` names what it needs beside public entries; where there are some, nobody
    recomputes it in public, and only inspectors see it. `not_looked_for` is what domain.md names
    and this rule leaves, with the reason.
    """

    id: str
    version: int
    severity: Severity
    name: Sentence
    looks_for: Sentence
    why: Sentence
    explanations: tuple[Explanation, ...]
    exclusions: tuple[SilentCase, ...] = ()
    abstentions: tuple[SilentCase, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    audience: Audience = Audience.PUBLIC
    private_inputs: tuple[Sentence, ...] = ()
    not_looked_for: tuple[Sentence, ...] = ()

    @property
    def recomputable(self) -> bool:
        """Tell whether public entries alone give the same findings."""
        return not self.private_inputs

    @property
    def innocent_explanations(self) -> tuple[Sentence, ...]:
        """Give what may innocently explain a hit, in words."""
        return tuple(explanation.said for explanation in self.explanations)

    @property
    def silent_cases(self) -> tuple[SilentCase, ...]:
        """Give all cases in which the rule keeps silent."""
        return (*self.exclusions, *self.abstentions)

    def finding(
        self,
        stream: str,
        office: str,
        reason: Sentence,
        evidence: Iterable[int] = (),
        **more: Any,  # noqa: ANN401 - the further members of a finding
    ) -> Finding:
        """Make a finding of this rule; ``more`` are further members of `Finding`."""
        members: dict[str, Any] = {
            "rule": self.id,
            "rule_version": self.version,
            "severity": self.severity,
            "innocent_explanations": self.innocent_explanations,
            "audience": self.audience,
            "recomputable": self.recomputable,
        }
        return Finding(
            stream=stream,
            office=office,
            reason=reason,
            evidence=tuple(evidence),
            **(members | more),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierRule(Rule):
    """A rule that looks at one dossier by itself."""

    look: Callable[[ExaminedDossier, Parameters], Iterator[Hit]]


def doubted(said: Sentence, *, verified: bool) -> Sentence:
    """Say of a limit that nobody read in the general law that it is none of the law's."""
    if verified:
        return said
    return Sentence(said.vi + _ASSUMED.vi, said.en + _ASSUMED.en)
