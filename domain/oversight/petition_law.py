"""Limits of petitions as data: each with its law, its source, and whether it was read in full.

Nothing here is a constant of the program. A limit is looked up by clock, by the day on which that
clock starts, and by what the petition is; an unverified law says so wherever its limit is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

from domain.procedures import Limit, LimitUnit

LawT = TypeVar("LawT", bound="LawVersion")


class PetitionClock(StrEnum):
    """What must happen to a petition within a limit."""

    REFUSAL = "refusal"
    INFORMATION = "information"
    FORWARDING = "forwarding"
    ANSWER = "answer"
    PUBLICATION = "publication"
    ACCEPTANCE = "acceptance"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class DecisionTerm:
    """How long the decision on a complaint of one level may take, by what it is like."""

    level: int
    usual: int
    complex: int
    remote: int
    remote_complex: int

    def days(self, *, is_complex: bool, is_remote: bool) -> int:
        """Give the calendar days."""
        if is_remote:
            return self.remote_complex if is_complex else self.remote
        return self.complex if is_complex else self.usual


@dataclass(frozen=True, slots=True, kw_only=True)
class LawVersion:
    """What every version of a law says of itself.

    `verified` is False where amendments are known whose text was not read: then what stands here
    is the older text.
    """

    id: str
    source: str
    verified: bool
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether this version is in force on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PetitionLaw(LawVersion):
    """The limits of one track by clock; the decision on a complaint has its own table.

    Whoever complains has so many days for it after a decision or an act (`filing_days`), and for
    the second complaint after the first one's decision, or its limit (`second_days`).
    """

    limits: Mapping[PetitionClock, Limit] = field(default_factory=dict)
    decisions: tuple[DecisionTerm, ...] = ()
    filing_days: int | None = None
    second_days: int | None = None
    second_days_remote: int | None = None

    def second_term(self, *, is_remote: bool) -> int:
        """Give the calendar days in which a second complaint may follow; none on other tracks."""
        return (self.second_days_remote if is_remote else self.second_days) or 0

    def decision_limit(self, level: int, *, is_complex: bool, is_remote: bool) -> Limit | None:
        """Give how long the decision on a complaint may take, in calendar days."""
        for term in self.decisions:
            if term.level == level:
                return _days(term.days(is_complex=is_complex, is_remote=is_remote))
        return None


def _working_days(amount: int) -> Limit:
    return Limit(unit=LimitUnit.WORKING_DAYS, amount=amount)


def _days(amount: int) -> Limit:
    return Limit(unit=LimitUnit.CALENDAR_DAYS, amount=amount)


_LAST_OLD_DAY: Final = date(2026, 6, 30)
_FIRST_NEW_DAY: Final = date(2026, 7, 1)

# SPEC: domain.md 6.3. LAW: the index's rules (Decision 766/QD-TTg, 5.2); Decree 20/2008 for
# sending on.
FEEDBACK_LAWS: Final = (
    PetitionLaw(
        id="qd766-2022",
        source="Decision 766/QD-TTg, indicator 5.2; Decree 20/2008/ND-CP",
        verified=True,
        limits={
            PetitionClock.REFUSAL: _working_days(2),
            PetitionClock.INFORMATION: _working_days(5),
            PetitionClock.FORWARDING: _working_days(5),
            PetitionClock.ANSWER: _working_days(15),
            PetitionClock.PUBLICATION: _working_days(2),
        },
    ),
)

# LAW: Law on Complaints 02/2011, arts 27 (accept within 10 days), 28, 37 (decide); 9 (file within
# 90 days of the decision or act), 33 (the second within 30 days, 45 where it is remote).
_COMPLAINT_LIMITS: Final = {PetitionClock.ACCEPTANCE: _days(10)}
_COMPLAINT_TERMS: Final = (
    DecisionTerm(level=1, usual=30, complex=45, remote=45, remote_complex=60),
    DecisionTerm(level=2, usual=45, complex=60, remote=60, remote_complex=70),
)
_FILING_DAYS: Final = 90
_SECOND_DAYS: Final = 30
_SECOND_DAYS_REMOTE: Final = 45
COMPLAINT_LAWS: Final = (
    PetitionLaw(
        id="complaints-2011",
        source="Law 02/2011/QH13, arts 27, 28, 37",
        verified=True,
        limits=_COMPLAINT_LIMITS,
        decisions=_COMPLAINT_TERMS,
        filing_days=_FILING_DAYS,
        second_days=_SECOND_DAYS,
        second_days_remote=_SECOND_DAYS_REMOTE,
        valid_to=_LAST_OLD_DAY,
    ),
    PetitionLaw(
        id="complaints-2026",
        source="Law 02/2011/QH13 as amended in 2025 and 2026; the amendments were not read",
        verified=False,
        limits=_COMPLAINT_LIMITS,
        decisions=_COMPLAINT_TERMS,
        filing_days=_FILING_DAYS,
        second_days=_SECOND_DAYS,
        second_days_remote=_SECOND_DAYS_REMOTE,
        valid_from=_FIRST_NEW_DAY,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DenunciationLaw(LawVersion):
    """How long a denunciation may take: so many days, and so many more for each extension."""

    days: int
    extension_days: int
    most_extensions: int
    most_extensions_very_complex: int
    result_working_days: int

    def limit(self, extensions: int) -> Limit:
        """Give the limit after so many extensions."""
        assert 0 <= extensions <= self.most_extensions_very_complex
        return _days(self.days + extensions * self.extension_days)


DENUNCIATION_LAWS: Final = (
    DenunciationLaw(
        id="denunciations-2018",
        source="Law 25/2018/QH14, art. 30",
        verified=True,
        days=30,
        extension_days=30,
        most_extensions=1,
        most_extensions_very_complex=2,
        result_working_days=5,
        valid_to=_LAST_OLD_DAY,
    ),
    DenunciationLaw(
        id="denunciations-2026",
        source="Law 25/2018/QH14 as amended in 2025 and 2026; the amendments were not read",
        verified=False,
        days=30,
        extension_days=30,
        most_extensions=1,
        most_extensions_very_complex=2,
        result_working_days=5,
        valid_from=_FIRST_NEW_DAY,
    ),
)


def law_on(laws: tuple[LawT, ...], day: date) -> LawT:
    """Give the version that is in force on a day; every track has exactly one for each day."""
    (law,) = (law for law in laws if law.holds_on(day))
    return law
