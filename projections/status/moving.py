"""Movement: when something last happened to a dossier, and whether it has lain still since.

SPEC: anchors.md 5, ask 1: "code issued, then nothing". Only acts that belong to the course of the
matter count: a new slip or a proxy moves nothing. While the dossier waits for its applicant, or
rests by law, nobody in the office owes a movement, and none is missed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from domain.calendars import working_days_between
from domain.dossiers import Dossier
from domain.errors import CalendarHorizonPassed, Sentence
from domain.moments import Moment
from domain.transitions.imports import IMPORTS
from domain.transitions.intake import INTAKE
from domain.transitions.processing import PROCESSING
from domain.transitions.results import RESULTS
from domain.transitions.waiting import WAITING
from projections.dossier_rows import Act
from projections.status.basis import Basis

MOVEMENTS: Final = frozenset({*INTAKE, *PROCESSING, *WAITING, *RESULTS, *IMPORTS})


@dataclass(frozen=True, slots=True)
class Movement:
    """The last act that moved a dossier, and the working days since, which may not be known.

    ``is_idle`` tells that more of them passed than the parameter allows; ``sentence`` then says so.
    """

    kind: str
    at: Moment
    working_days: int | None
    is_idle: bool = False
    sentence: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """By what kind of act a dossier moved last, and when."""

    kind: str
    at: Moment


def last_moved(acts: Sequence[Act]) -> Moved | None:
    """Give the last act that moved a dossier; None where the views hold none."""
    last = next((act for act in reversed(acts) if act.kind in MOVEMENTS), None)
    return None if last is None else Moved(last.kind, last.at)


def movement_of(dossier: Dossier, last: Moved | None, basis: Basis) -> Movement | None:
    """Give the last movement as of an instant; None where there was none."""
    if last is None:
        return None
    days = None if dossier.ended_at is not None else _working_days_since(last.at, basis)
    is_resting = dossier.ended_at is not None or dossier.is_waiting or dossier.suspended
    if days is None or is_resting or days <= basis.parameters.idle_after_working_days:
        return Movement(last.kind, last.at, days)
    return Movement(last.kind, last.at, days, is_idle=True, sentence=_sentence(days))


def _working_days_since(at: Moment, basis: Basis) -> int | None:
    if basis.working is None:
        return None
    today = Moment(instant=basis.as_of).day_in(basis.zone)
    try:
        return working_days_between(basis.working.calendar, at.day_in(basis.zone), today)
    except CalendarHorizonPassed:
        return None


def _sentence(working_days: int) -> Sentence:
    return Sentence(
        f"Hồ sơ không có chuyển động nào trong {working_days} ngày làm việc.",
        f"The dossier has not moved for {working_days} working days.",
    )
