"""Shapes of findings: what a rule looks at, its numbers, and the lead that it gives."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from domain.calendars import Calendar
from domain.dossiers import Dossier
from domain.errors import Sentence
from domain.moments import Moment
from domain.procedures import Procedure, ProcedureRecord
from projections.dossier_rows import Act


class Severity(StrEnum):
    """How grave it would be if it were true."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Parameters:
    """The numbers of the rules.

    LAW: Decree 61/2018 art. 19.9: the apology comes one day before the limit ends; for dossiers
    accepted from ``apology_by_due_since`` on (Decree 118/2025), when the limit ends.
    """

    supplement_requests: int = 1
    recording_tolerance: timedelta = timedelta(hours=4)
    overnight: timedelta = timedelta(days=1)
    clock_skew: timedelta = timedelta(minutes=5)
    apology_by_due_since: date = date(2025, 7, 1)
    apologies: int = 1


@dataclass(frozen=True, slots=True)
class ExaminedDossier:
    """All that a rule may look at: one dossier, its acts in order, and the registry's records."""

    dossier: Dossier
    acts: tuple[Act, ...]
    as_of: datetime
    zone: str
    procedure: ProcedureRecord | None
    calendar: Calendar | None
    person_of: Callable[[str], str] = str  # of a key; where nobody knows, each is a person

    def version_on(self, moment: Moment) -> Procedure | None:
        """Give the version of the procedure that was in force at a moment."""
        if self.procedure is None:
            return None
        return self.procedure.version_in_force(moment.day_in(self.zone))


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One lead about one dossier; ``evidence`` are entry indexes of the public log."""

    rule: str
    rule_version: int
    severity: Severity
    stream: str
    office: str
    reason: Sentence
    innocent_explanations: tuple[Sentence, ...]
    evidence: tuple[int, ...]


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
