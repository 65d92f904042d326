"""Internal steps that took many times their published hours: part of R13.

A step lasts from the act that begins it to the one that begins the next, or to the end of the
dossier. Office time counts, less what the dossier spent waiting for its applicant, or at rest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest

from domain.calendars import WorkingTime, working_time_between
from domain.clocks.limits import STEP_KINDS, published_step
from domain.dossiers import StepBegun
from domain.errors import CalendarHorizonPassed, Sentence
from domain.moments import Moment
from projections.dossier_rows import Act
from projections.findings.shapes import ExaminedDossier, Hit, Parameters


@dataclass(frozen=True, slots=True)
class _Step:
    """One internal step: the act that began it, the one that began the next, and its hours."""

    began: Act
    next: Act | None
    since: datetime
    until: datetime
    hours: int


def steps_over(
    examined: ExaminedDossier, working: WorkingTime, parameters: Parameters
) -> Iterator[Hit]:
    """Give each internal step beyond so many times its hours, by the acts around it."""
    for step in _steps(examined):
        try:
            spent = _spent(examined, working, step)
        except CalendarHorizonPassed:
            continue
        if spent > timedelta(hours=step.hours * parameters.step_times):
            acts = (step.began,) if step.next is None else (step.began, step.next)
            yield Hit(_over_its_hours(step, spent), acts)


def _steps(examined: ExaminedDossier) -> Iterator[_Step]:
    """Give the steps whose hours the procedure publishes, and whose beginning is known."""
    version = examined.accepted_version()
    if version is None or not version.steps:
        return
    begun = [act for act in examined.acts if act.kind in STEP_KINDS]
    for number, (act, following) in enumerate(zip_longest(begun, begun[1:]), 1):
        step = published_step(StepBegun(act.at, number, act.step), version)
        since, until = act.at.instant, _end(examined, following)
        if step is not None and step.hours is not None and since is not None and since < until:
            yield _Step(act, following, since, until, step.hours)


def _end(examined: ExaminedDossier, following: Act | None) -> datetime:
    """Give when a step was over; of what is known to the day alone, the first moment."""
    dossier = examined.dossier
    if dossier.ended_at is None and following is None:
        return examined.as_of
    ends = [dossier.ended_at, None if following is None else following.at]
    return min(end.start_in(examined.zone) for end in ends if end is not None)


def _spent(examined: ExaminedDossier, working: WorkingTime, step: _Step) -> timedelta:
    """Measure the office time of a step in which its office alone had the word."""
    spent, counted_to = timedelta(), step.since
    for since, until in sorted(_rests(examined)):
        if since < step.until and until > counted_to:
            spent += working_time_between(working, counted_to, since)
            counted_to = until
    return spent + working_time_between(working, counted_to, step.until)


def _rests(examined: ExaminedDossier) -> Iterator[tuple[datetime, datetime]]:
    """Give from when to when it waited or rested; a day that is known alone counts as a whole."""
    dossier, zone = examined.dossier, examined.zone
    stretches = [(wait.since, wait.until) for wait in dossier.waits]
    stretches += [(halt.since, halt.until) for halt in dossier.halts]
    for since, until in stretches:
        yield since.start_in(zone), examined.as_of if until is None else _last_of(until, zone)


def _last_of(moment: Moment, zone: str) -> datetime:
    if moment.day is None:
        return moment.start_in(zone)
    return Moment(day=moment.day + timedelta(days=1)).start_in(zone)


def _over_its_hours(step: _Step, spent: timedelta) -> Sentence:
    took = spent // timedelta(hours=1)
    return Sentence(
        f"Một bước nội bộ {step.hours} giờ làm việc đã kéo dài {took} giờ.",
        f"An internal step of {step.hours} working hours has taken {took}.",
    )
