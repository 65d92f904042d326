"""Figures: the small pure inputs of the counts that every agency publishes (domain.md 5.2).

Everything is as of an instant that the caller names, and in the office's time zone. A withdrawal
that is requested and not yet confirmed counts as pending and waiting, not as ended.
"""

from datetime import datetime

from domain.deadlines import Timeliness, is_overdue, timeliness
from domain.dossiers import Dossier, Due, Halt, Wait
from domain.moments import Moment, is_before, seconds_between

Period = str


def period_of(moment: Moment, zone: str) -> Period:
    """Give the month of a moment in the office's time zone, as `YYYY-MM`."""
    return moment.day_in(zone).isoformat()[:7]


def received_period(dossier: Dossier, zone: str) -> Period | None:
    """Give the month of the acceptance; None before it."""
    if dossier.accepted_at is None:
        return None
    return period_of(dossier.accepted_at, zone)


def end_period(dossier: Dossier, zone: str) -> Period | None:
    """Give the month in which the dossier counts as resolved; None while it has not ended.

    An end before the acceptance happens in real data; it falls in the acceptance's month.
    """
    if dossier.ended_at is None:
        return None
    end = period_of(dossier.ended_at, zone)
    received = received_period(dossier, zone)
    return end if received is None else max(end, received)


def resolution(dossier: Dossier, zone: str) -> Timeliness | None:
    """Sort an ended dossier into early, on time and late, by its real end; None before it."""
    if dossier.ended_at is None:
        return None
    return timeliness(dossier.ended_at, dossier.due, zone)


def paused_at(dossier: Dossier, instant: datetime, zone: str) -> bool:
    """Tell whether the dossier waited for its applicant at an instant; days count from 00:00."""
    return any(_covers(wait, instant, zone) for wait in dossier.waits)


def _halted_at(dossier: Dossier, instant: datetime, zone: str) -> bool:
    return any(
        halt.stops_clock and _was_known(halt, instant, zone) and _covers(halt, instant, zone)
        for halt in dossier.halts
    )


def _was_known(halt: Halt, instant: datetime, zone: str) -> bool:
    """Tell whether it was declared by then: an outage dated back changes no month that is over."""
    return halt.declared_at is None or halt.declared_at.start_in(zone) <= instant


def _covers(wait: Wait | Halt, instant: datetime, zone: str) -> bool:
    if wait.since.start_in(zone) > instant:
        return False
    return wait.until is None or wait.until.start_in(zone) > instant


def due_in_force(dossier: Dossier, instant: datetime, zone: str) -> Due | None:
    """Give the due date as it stood at an instant, before every change that came later."""
    for change in dossier.due_changes:
        if change.at.start_in(zone) > instant:
            return change.due_before
    return dossier.due


def overdue_at(dossier: Dossier, instant: datetime, zone: str) -> bool:
    """Tell whether the due date in force at an instant had passed, and its clock ran.

    Whether it had ended by then is for the caller.
    """
    due = due_in_force(dossier, instant, zone)
    if due is None or not is_overdue(instant, due, zone):
        return False
    return not paused_at(dossier, instant, zone) and not _halted_at(dossier, instant, zone)


def is_pending_overdue(dossier: Dossier, as_of: datetime, zone: str) -> bool:
    """Tell whether a dossier without an end is past its due date and not waiting."""
    return dossier.ended_at is None and overdue_at(dossier, as_of, zone)


def gross_duration_seconds(dossier: Dossier, zone: str) -> int | None:
    """Count the seconds from acceptance to end, negative if the end comes first.

    In whole days where one of the two is a day only; None unless there are both.
    """
    if dossier.accepted_at is None or dossier.ended_at is None:
        return None
    return seconds_between(dossier.accepted_at, dossier.ended_at, zone)


def net_duration_seconds(dossier: Dossier, zone: str) -> int | None:
    """Count the seconds from acceptance to end without the waits in between."""
    gross = gross_duration_seconds(dossier, zone)
    if gross is None or dossier.accepted_at is None or dossier.ended_at is None:
        return None
    first, last = dossier.accepted_at, dossier.ended_at
    return gross - sum(_waited_seconds(wait, first, last, zone) for wait in dossier.waits)


def _waited_seconds(wait: Wait, first: Moment, last: Moment, zone: str) -> int:
    """Count the part of one wait that lies between acceptance and end."""
    until = last if wait.until is None or is_before(last, wait.until, zone) else wait.until
    since = first if is_before(wait.since, first, zone) else wait.since
    return max(0, seconds_between(since, until, zone))
