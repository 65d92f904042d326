"""Explanations: a due date with everything it rests on, and one sentence that says it.

An explanation is made together with the date, from the same count: rule, law and whether it was
read, procedure and calendar version, the start and why it is there, each stretch that did not
count, each day off that was skipped, the steps of the count, and which calendar moved it when.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from domain.calendars import (
    Calendar,
    DayNote,
    WorkingTime,
    is_working_day,
)
from domain.clocks.counting import Count, StretchEffect
from domain.clocks.limits import ClockReading
from domain.clocks.sentences import OtherStreams, SkippedDays, explaining_sentence
from domain.dossiers import Due, DueChange, TooLate
from domain.errors import Sentence
from domain.moments import Moment
from domain.procedures import LimitUnit

_NO_MOVES: Final = OtherStreams()


class DayReason(StrEnum):
    """Why a day within a count did or did not count against its weekday."""

    HOLIDAY = "holiday"
    SWAPPED_OFF = "swapped_off"
    MADE_UP = "made_up"
    DAY_OFF = "day_off"


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day between start and end that is off on a weekday, or worked on a weekend."""

    day: date
    reason: DayReason
    name: Sentence | None
    verified: bool


@dataclass(frozen=True, slots=True)
class CountStep:
    """One step of the count: what was added, and where that led."""

    what: str
    due: Due | None
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class CalendarReference:
    """Which version of which calendar a date was counted with."""

    id: str
    version: int
    document: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One due date and all of its reasons.

    `weekend_days` is how many days off of the week were skipped; those that are named one by one
    are in `special_days`. `changes` are the moves of the date by acts on other streams, such as
    calendars that came later; `too_late` is the first that came when the date had passed.
    """

    reading: ClockReading
    procedure: str
    procedure_version: int | None
    calendar: CalendarReference | None
    due: Due | None
    special_days: tuple[SpecialDay, ...]
    weekend_days: int
    steps: tuple[CountStep, ...]
    changes: tuple[DueChange, ...]
    sentence: Sentence
    too_late: TooLate | None = None

    @property
    def is_verified(self) -> bool:
        """Tell whether neither law nor calendar gave an unverified number to this date."""
        days = all(day.verified for day in self.special_days)
        return self.reading.law_verified and days


def explain(
    reading: ClockReading,
    procedure: tuple[str, int | None],
    calendar: CalendarReference | None,
    working: WorkingTime,
    moves: OtherStreams = _NO_MOVES,
) -> Explanation:
    """Explain the due date of one clock, counted in ``working``.

    Raises:
        CalendarHorizonPassed: the calendar does not cover a day that is needed.
    """
    counted = reading.count
    days = tuple(_days_counted_over(counted, working.zone))
    special = tuple(_special_days(working.calendar, days))
    weekend = _count_weekend_days(working.calendar, days)
    off = sum(day.reason is not DayReason.MADE_UP for day in special)
    return Explanation(
        reading=reading,
        procedure=procedure[0],
        procedure_version=procedure[1],
        calendar=calendar,
        due=counted.due,
        special_days=special,
        weekend_days=weekend,
        steps=tuple(_steps(counted)),
        changes=moves.changes,
        sentence=explaining_sentence(reading, working.zone, SkippedDays(weekend, off), moves),
        too_late=moves.too_late,
    )


def _days_counted_over(counted: Count, zone: str) -> Iterator[date]:
    """Give the days after the start up to and with the due day."""
    if counted.due is None or counted.limit.unit is LimitUnit.UNKNOWN:
        return
    day = _first_day(counted, zone)
    last = Moment(instant=counted.due.instant, day=counted.due.day).day_in(zone)
    while day < last:
        day += timedelta(days=1)
        yield day


def _first_day(counted: Count, zone: str) -> date:
    """Give the day from which days are looked at: the act's own, so that a late one shows why."""
    return min(counted.start.at.day_in(zone), counted.start.counts_from.day_in(zone))


def _special_days(calendar: Calendar, days: tuple[date, ...]) -> Iterator[SpecialDay]:
    for day in days:
        is_weekday = day.weekday() in calendar.working_weekdays
        if is_weekday == is_working_day(calendar, day):
            continue
        note = calendar.notes_by_day.get(day)
        yield SpecialDay(day, _reason(day, calendar, note), _name(note), _is_verified(note))


def _reason(day: date, calendar: Calendar, note: DayNote | None) -> DayReason:
    if note is not None:
        return DayReason(note.kind.value)
    return DayReason.MADE_UP if is_working_day(calendar, day) else DayReason.DAY_OFF


def _name(note: DayNote | None) -> Sentence | None:
    if note is None or note.name is None:
        return None
    return Sentence(note.name.vi, note.name.en)


def _is_verified(note: DayNote | None) -> bool:
    return note is None or note.verified


def _count_weekend_days(calendar: Calendar, days: tuple[date, ...]) -> int:
    return sum(
        day.weekday() not in calendar.working_weekdays and not is_working_day(calendar, day)
        for day in days
    )


def _steps(counted: Count) -> Iterator[CountStep]:
    """Give the count step by step: the limit, then what each stretch did to it."""
    yield CountStep("limit", counted.due_before_stretches, counted.limit.amount)
    for counted_stretch in counted.stretches:
        what = f"{counted_stretch.stretch.kind.value}_{counted_stretch.effect.value}"
        is_pause = counted_stretch.effect is StretchEffect.PAUSED
        yield CountStep(what, counted_stretch.due, counted_stretch.counted if is_pause else None)
