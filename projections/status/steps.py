"""The internal step that a dossier is at, and how much of its published hours is used.

SPEC: domain.md 2.3, "Internal process": hours per step, one working day of eight. Time in which
the dossier waits for its applicant, or rests by a halt that stops the clock, is not the step's.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.calendars import WorkingTime
from domain.clocks.limits import published_step
from domain.clocks.spans import long_working_time_between
from domain.dossiers import Dossier, Halt, StepBegun, Wait
from domain.errors import CalendarHorizonPassed, Sentence
from domain.moments import Moment
from domain.procedures import InternalStep
from domain.roles import Role
from projections.status.basis import Basis

SECONDS_PER_HOUR: Final = 3600
_SECOND: Final = timedelta(seconds=1)


class StepGap(StrEnum):
    """Why no use of a step's hours can be told."""

    IMPORTED = "imported"
    NOT_BEGUN = "not_begun"
    ENDED = "ended"
    NOT_PUBLISHED = "not_published"
    NO_HOURS = "no_hours"
    DAY_ONLY = "day_only"
    NO_CALENDAR = "no_calendar"


STEP_GAPS: Final = {
    StepGap.IMPORTED: Sentence(
        "Hồ sơ chuyển từ hệ thống khác nên không biết đang ở bước nào.",
        "The dossier was brought in from another system, so its internal step is not known.",
    ),
    StepGap.NOT_BEGUN: Sentence(
        "Chưa có bước nội bộ nào bắt đầu.", "No internal step has begun yet."
    ),
    StepGap.ENDED: Sentence("Việc giải quyết đã kết thúc.", "Processing has ended."),
    StepGap.NOT_PUBLISHED: Sentence(
        "Thủ tục không công bố bước nội bộ này.",
        "The procedure publishes no such internal step.",
    ),
    StepGap.NO_HOURS: Sentence(
        "Bước này không có số giờ được công bố.", "No hours are published for this step."
    ),
    StepGap.DAY_ONLY: Sentence(
        "Chỉ biết ngày bắt đầu bước này, không biết giờ.",
        "Of this step's beginning only the day is known, not the hour.",
    ),
    StepGap.NO_CALENDAR: Sentence(
        "Lịch làm việc đã công bố không bao trùm thời gian này.",
        "No published calendar covers this time.",
    ),
}


@dataclass(frozen=True, slots=True)
class Step:
    """The present internal step; what is not known of it is None, and ``gap`` says why.

    ``number`` is the how-manieth step began, from 1. ``used_seconds`` is working time net of
    ``waited_seconds``, the working time in which it waited for others.
    """

    number: int
    code: str | None
    begun_at: Moment
    published: InternalStep | None = None
    used_seconds: int | None = None
    waited_seconds: int | None = None
    gap: StepGap | None = None

    @property
    def name(self) -> Sentence | None:
        """Give what the procedure calls the step."""
        name = None if self.published is None else self.published.name
        return None if name is None else Sentence(name.vi, name.en)

    @property
    def role(self) -> Role | None:
        """Give as what the step is to be done."""
        return None if self.published is None else self.published.role

    @property
    def unit(self) -> str | None:
        """Give the unit that the procedure says the step is for."""
        return None if self.published is None else self.published.unit

    @property
    def hours(self) -> int | None:
        """Give how many working hours the step may take."""
        return None if self.published is None else self.published.hours

    @property
    def used_percent(self) -> int | None:
        """Give how much of the step's hours is used, rounded down; above 100 when it is over."""
        if self.used_seconds is None or not self.hours:
            return None
        return self.used_seconds * 100 // (self.hours * SECONDS_PER_HOUR)


def step_of(dossier: Dossier, basis: Basis) -> Step | StepGap:
    """Give the present step, or why there is none to tell."""
    if dossier.ended_at is not None:
        return StepGap.ENDED
    begun = dossier.step
    if begun is None:
        return StepGap.IMPORTED if dossier.imported else StepGap.NOT_BEGUN
    published = None if basis.procedure is None else published_step(begun, basis.procedure)
    return _measured(dossier, begun, published, basis)


def following_step(dossier: Dossier, basis: Basis) -> InternalStep | None:
    """Give the step that the published process has after the present one."""
    procedure, begun = basis.procedure, dossier.step
    if procedure is None or not procedure.steps or dossier.ended_at is not None:
        return None
    if begun is None:
        return procedure.steps[0]
    present = published_step(begun, procedure)
    if present is None:
        return None
    place = next(n for n, step in enumerate(procedure.steps) if step is present) + 1
    return procedure.steps[place] if place < len(procedure.steps) else None


def _measured(
    dossier: Dossier, begun: StepBegun, published: InternalStep | None, basis: Basis
) -> Step:
    def step(gap: StepGap | None, used: int | None = None, waited: int | None = None) -> Step:
        return Step(begun.number, begun.code, begun.at, published, used, waited, gap)

    if published is None:
        return step(StepGap.NOT_PUBLISHED)
    if begun.at.instant is None:
        return step(StepGap.DAY_ONLY)
    if basis.working is None:
        return step(StepGap.NO_CALENDAR)
    try:
        gross = working_seconds(basis.working, begun.at.instant, basis.as_of)
        waited = _waited_seconds(dossier, begun.at.instant, basis)
    except CalendarHorizonPassed:
        return step(StepGap.NO_CALENDAR)
    gap = StepGap.NO_HOURS if not published.hours else None
    return step(gap, gross - waited, waited)


def working_seconds(working: WorkingTime, start: datetime, end: datetime) -> int:
    """Measure the office time from start to end, in whole seconds.

    Raises:
        CalendarHorizonPassed: the calendar does not cover it.
    """
    return long_working_time_between(working, start, end) // _SECOND if start < end else 0


def _waited_seconds(dossier: Dossier, since: datetime, basis: Basis) -> int:
    assert basis.working is not None
    total, covered = 0, since
    for began, ended in sorted(_rests(dossier, basis)):
        start, end = max(began, covered), min(ended, basis.as_of)
        if start < end:
            total += working_seconds(basis.working, start, end)
            covered = end
    return total


def _rests(dossier: Dossier, basis: Basis) -> Iterator[tuple[datetime, datetime]]:
    """Give the stretches that are not the step's; one that has not ended runs to the instant."""
    resting: Iterable[Wait | Halt] = (
        *dossier.waits,
        *(halt for halt in dossier.halts if halt.stops_clock),
    )
    for rest in resting:
        start = rest.since.start_in(basis.zone)
        end = basis.as_of if rest.until is None else rest.until.start_in(basis.zone)
        yield start, end
