"""Counting: when a time limit ends, from its start and the stretches in which it did not run.

Everything is counted from the facts each time, and nothing is carried from an earlier count: so a
calendar that is published later gives the same date as if it had been there from the beginning.
In working and calendar days a stretch counts its days after the first one (LAW: Civil Code 2015
art. 147); in hours it counts office time. Stretches that overlap count once.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from domain.calendars import (
    WorkingTime,
    add_months,
    add_working_days,
    add_working_time,
    check_covered,
    next_working_day,
    working_days_between,
    working_time_between,
)
from domain.deadlines import is_late
from domain.dossiers import Due, HaltKind, WaitKind
from domain.moments import Moment, is_before
from domain.procedures import Limit, LimitUnit, SupplementPolicy

SECOND: Final = timedelta(seconds=1)
# Asked in every count, and a name is found many times faster than a member of its class.
_HOURS: Final = LimitUnit.HOURS
_WORKING_DAYS: Final = LimitUnit.WORKING_DAYS
_MONTHS: Final = LimitUnit.MONTHS
_UNKNOWN: Final = LimitUnit.UNKNOWN


class StartReason(StrEnum):
    """Why a count begins where it begins."""

    FROM_THE_MOMENT = "from_the_moment"
    DAY_AFTER = "day_after"
    LATE_IN_THE_DAY = "late_in_the_day"
    LATE_ARRIVAL = "late_arrival"


class StretchEffect(StrEnum):
    """What became of the limit by a stretch."""

    PAUSED = "paused"
    RESTARTED = "restarted"
    RAN_ON = "ran_on"
    WAS_LATE = "was_late"


# As above, for the effects and policies of stretches.
_PAUSED: Final = StretchEffect.PAUSED
_RESTARTED: Final = StretchEffect.RESTARTED
_RUNS_ON: Final = SupplementPolicy.NONE
_RESTARTS: Final = SupplementPolicy.RESTART


class Start(msgspec.Struct, frozen=True):
    """From when a limit counts: what happened, and what the count begins with."""

    at: Moment
    counts_from: Moment
    reason: StartReason


class Stretch(msgspec.Struct, frozen=True):
    """Some time in which the dossier waited or rested, and what the procedure makes of it."""

    kind: WaitKind | HaltKind
    since: Moment
    until: Moment
    policy: SupplementPolicy
    declared_at: Moment | None = None


class CountedStretch(msgspec.Struct, frozen=True):
    """A stretch with its effect; `counted` is in seconds for a limit in hours, else in days."""

    stretch: Stretch
    effect: StretchEffect
    counted: int
    due: Due | None


class Count(msgspec.Struct, frozen=True):
    """How a due date came about; None where the limit is unknown or only the day is known."""

    limit: Limit
    first_start: Start
    start: Start
    stretches: tuple[CountedStretch, ...]
    due_before_stretches: Due | None
    due: Due | None


StartOf = Callable[[Moment], Start]


def count(
    limit: Limit, at: Moment, start_of: StartOf, stretches: Iterable[Stretch], working: WorkingTime
) -> Count:
    """Count a limit from a moment; ``start_of`` says what a start at a moment counts from.

    What is late stays late: a stretch that begins after the due date neither moves nor restarts it.

    Raises:
        CalendarHorizonPassed: the calendar does not cover a day that is needed.
    """
    first = start = start_of(at)
    taken: list[Stretch] = []
    counted: list[CountedStretch] = []
    due = due_before_stretches = _due(limit, start, (), working)
    for stretch in _in_order(stretches, working.zone):
        effect = _effect(stretch, due, working.zone)
        days_or_seconds = 0
        if effect is _RESTARTED:
            start = start_of(stretch.until)
        elif effect is _PAUSED:
            before = _counted(limit, start, taken, working)
            taken.append(stretch)
            days_or_seconds = _counted(limit, start, taken, working) - before
        due = _due(limit, start, taken, working)
        counted.append(CountedStretch(stretch, effect, days_or_seconds, due))
    return Count(limit, first, start, tuple(counted), due_before_stretches, due)


def _in_order(stretches: Iterable[Stretch], zone: str) -> list[Stretch]:
    found = list(stretches)
    if len(found) > 1:
        found.sort(key=lambda stretch: stretch.since.start_in(zone))
    return found


def _effect(stretch: Stretch, due: Due | None, zone: str) -> StretchEffect:
    if stretch.policy is _RUNS_ON:
        return StretchEffect.RAN_ON
    if due is not None and is_late(stretch.since, due, zone):
        return StretchEffect.WAS_LATE
    if stretch.policy is _RESTARTS:
        return _RESTARTED
    return _PAUSED


def _pieces(
    start: Start, stretches: Sequence[Stretch], zone: str
) -> Iterator[tuple[Moment, Moment]]:
    """Give what of the stretches lies after the start, each instant once."""
    covered = start.at
    for stretch in stretches:
        since = covered if is_before(stretch.since, covered, zone) else stretch.since
        if is_before(since, stretch.until, zone):
            yield since, stretch.until
            covered = stretch.until


def _counted(limit: Limit, start: Start, stretches: Sequence[Stretch], working: WorkingTime) -> int:
    """Count what the stretches take: seconds of office time for a limit in hours, else days."""
    pieces = _pieces(start, stretches, working.zone)
    return sum(_measure(limit.unit, since, until, working) for since, until in pieces)


def _measure(unit: LimitUnit, since: Moment, until: Moment, working: WorkingTime) -> int:
    if unit is _HOURS:
        if since.instant is None or until.instant is None:
            return 0
        return working_time_between(working, since.instant, until.instant) // SECOND
    first, last = since.day_in(working.zone), until.day_in(working.zone)
    if unit is _WORKING_DAYS:
        return working_days_between(working.calendar, first, last)
    return (last - first).days


def _due(
    limit: Limit, start: Start, stretches: Sequence[Stretch], working: WorkingTime
) -> Due | None:
    if limit.unit is _UNKNOWN or limit.amount is None:
        return None
    if limit.unit is _HOURS:
        if start.counts_from.instant is None:
            return None
        paused = _counted(limit, start, stretches, working)
        duration = timedelta(hours=limit.amount, seconds=paused)
        return Due(instant=add_working_time(working, start.counts_from.instant, duration))
    last = _declared_end(limit.unit, limit.amount, start.counts_from.day_in(working.zone), working)
    for since, until in _pieces(start, stretches, working.zone):
        if since.day_in(working.zone) > last:
            # The limit had moved off a day off when this stretch began: the rest of it is left.
            last = next_working_day(working.calendar, last)
        last = _days_later(limit.unit, last, _measure(limit.unit, since, until, working), working)
    # LAW: Civil Code 2015 art. 148.5: only the end of the whole limit moves off a day off.
    return Due(day=next_working_day(working.calendar, last))


def _declared_end(unit: LimitUnit, amount: int, first_day: date, working: WorkingTime) -> date:
    """Give the last day of a limit without stretches, which may be a day off."""
    if unit is _MONTHS:
        check_covered(working.calendar, first_day)
        return add_months(first_day, amount)
    return _days_later(unit, first_day, amount, working)


def _days_later(unit: LimitUnit, day: date, days: int, working: WorkingTime) -> date:
    if unit is _WORKING_DAYS and days:
        return add_working_days(working.calendar, day, days)
    check_covered(working.calendar, day)
    return day if unit is _WORKING_DAYS else day + timedelta(days=days)
