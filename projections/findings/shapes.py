"""Shapes of findings: what a rule looks at, its numbers, and the lead that it gives."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

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
from projections.requested_papers import RequestedPaper

_ASSUMED: Final = Sentence(
    " Thời hạn này là giả định của sổ cái, chưa được đối chiếu với văn bản luật chung.",
    " This limit is an assumption of this ledger: the general law was not read in full.",
)


class Severity(StrEnum):
    """How grave it would be if it were true."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Parameters:
    """The numbers of the rules.

    LAW: Decree 61/2018 art. 19.9: the apology comes one day before the limit ends; for dossiers
    accepted from ``apology_by_due_since`` on (Decree 118/2025), when the limit ends.
    The others are this project's own, from domain.md 7.2: ``last_days_limit`` is the shortest
    limit in days of which the last day is a fifth or less, ``last_tenth_limit`` a tenth or less;
    ``waiting_grace`` is how long a wait may go on after its limit.
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


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One lead about one dossier; ``evidence`` are entry indexes of the public log.

    ``versions`` are the same acts by their versions in the stream: all that there is of the acts
    of a ``veiled`` dossier, which the log shows under veils only.
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


def entries_of(acts: Iterable[Act]) -> tuple[int, ...]:
    """Give the entry indexes of acts, as far as they are entries."""
    return tuple(act.entry_index for act in acts if act.entry_index is not None)


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule found in one dossier: the reason and the acts that show it."""

    reason: Sentence
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its number in domain.md 7.2, its version, and how it looks at a dossier."""

    id: str
    version: int
    severity: Severity
    innocent_explanations: tuple[Sentence, ...]
    look: Callable[[ExaminedDossier, Parameters], Iterator[Hit]]


def doubted(said: Sentence, *, verified: bool) -> Sentence:
    """Say of a limit that nobody read in the general law that it is none of the law's."""
    if verified:
        return said
    return Sentence(said.vi + _ASSUMED.vi, said.en + _ASSUMED.en)
