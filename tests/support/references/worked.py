"""Worked examples: the shape of one, and the calendar and the units that they are told in."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from domain.calendars import WorkingTime, parse_calendar
from domain.clocks.counting import Count
from domain.clocks.limits import processing_count
from domain.dossiers import Due, Halt, HaltKind, Wait, WaitKind
from domain.moments import Moment
from domain.procedures import Limit, LimitUnit, Procedure, SupplementPolicy
from ledger.calendar_source import calendar_document
from tests.support.builders import ZONE, a_dossier, a_procedure
from tests.support.references.clocks import (
    slow_calendar_days,
    slow_hours,
    slow_months,
    slow_working_days,
)

WORKING = WorkingTime(parse_calendar(calendar_document()), ZONE)


WD, CD, H, M = (
    LimitUnit.WORKING_DAYS,
    LimitUnit.CALENDAR_DAYS,
    LimitUnit.HOURS,
    LimitUnit.MONTHS,
)


PAUSE, RESTART, NONE = SupplementPolicy.PAUSE, SupplementPolicy.RESTART, SupplementPolicy.NONE


SUPPLEMENT, PAYMENT = WaitKind.SUPPLEMENT, WaitKind.PAYMENT


CONSULTATION, SURVEY = HaltKind.CONSULTATION, HaltKind.SITE_SURVEY


OUTAGE = HaltKind.OUTAGE


Rest = tuple[WaitKind | HaltKind, str, str]


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) - timedelta(hours=7)


def a_moment(text: str) -> Moment:
    if len(text) == len("2026-01-01"):
        return Moment(day=date.fromisoformat(text))
    return Moment(instant=local(text))


@dataclass(frozen=True)
class Example:
    """What was accepted when under which limit, what stopped it, and when it is due."""

    limit: tuple[int, LimitUnit]
    accepted: str
    due: str
    rests: tuple[Rest, ...] = ()
    policy: SupplementPolicy = PAUSE
    next_day_after: str | None = None

    def procedure(self) -> Procedure:
        return a_procedure(
            limit=Limit(amount=self.limit[0], unit=self.limit[1]),
            supplement_policy=self.policy,
            pause_in_payment=True,
            pause_in_consultation=True,
            pause_in_site_survey=True,
            pause_in_outage=True,
            next_day_after=self.next_day_after,
        )

    def count(self) -> Count:
        waits = tuple(
            Wait(kind, a_moment(since), a_moment(until))
            for kind, since, until in self.rests
            if isinstance(kind, WaitKind)
        )
        halts = tuple(
            Halt(kind, a_moment(since), a_moment(until), stops_clock=True)
            for kind, since, until in self.rests
            if isinstance(kind, HaltKind)
        )
        dossier = a_dossier(accepted_at=a_moment(self.accepted), waits=waits, halts=halts)
        found = processing_count(dossier, self.procedure(), WORKING)
        assert found is not None
        return found


def as_due(text: str) -> Due:
    moment = a_moment(text)
    return Due(day=moment.day, instant=moment.instant)


def slow_due(example: Example) -> Due:
    """Count the last run of the limit by stepping: from the last restart, without its stretches."""
    found = example.count()
    rests = [
        (counted.stretch.since, counted.stretch.until)
        for counted in found.stretches
        if counted.effect == "paused"
    ]
    amount, unit = example.limit
    start = found.start
    if unit is H:
        assert start.counts_from.instant is not None
        minutes = [(since.instant, until.instant) for since, until in rests]
        return Due(instant=slow_hours(WORKING, start.counts_from.instant, amount, minutes))  # type: ignore[arg-type]
    began = start.at.day_in(ZONE)
    days = [(max(s.day_in(ZONE), began), u.day_in(ZONE)) for s, u in rests]
    slow = {WD: slow_working_days, CD: slow_calendar_days, M: slow_months}[unit]
    return Due(day=slow(WORKING, start.counts_from.day_in(ZONE), amount, days))
