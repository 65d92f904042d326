"""Figures: the small pure inputs of the counts that every agency publishes (domain.md 5.2).

Everything is as of an instant that the caller names, and in the office's time zone. A withdrawal
that is requested and not yet confirmed counts as pending and waiting, not as ended.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from domain.deadlines import Timeliness, is_overdue, passes_at, timeliness
from domain.dossiers import Dossier, Due, Halt, Wait
from domain.moments import Moment, is_before, seconds_between

Period = str

_NEXT: Final = timedelta(microseconds=1)


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
    """Count the seconds from acceptance to end; None unless there are both.

    In whole days where one of the two is a day only, so 0 on the same day. An end that surely lies
    before the acceptance (`is_before`) measures nothing: None.
    """
    if dossier.accepted_at is None or dossier.ended_at is None:
        return None
    if is_before(dossier.ended_at, dossier.accepted_at, zone):
        return None
    return seconds_between(dossier.accepted_at, dossier.ended_at, zone)


def net_duration_seconds(dossier: Dossier, zone: str) -> int | None:
    """Count the seconds from acceptance to end without the waits in between, at least 0.

    A wait that is known by its days may seem longer than a whole that is known to the second.
    """
    gross = gross_duration_seconds(dossier, zone)
    if gross is None or dossier.accepted_at is None or dossier.ended_at is None:
        return None
    first, last = dossier.accepted_at, dossier.ended_at
    waited = sum(_waited_seconds(wait, first, last, zone) for wait in dossier.waits)
    return max(0, gross - waited)


def _waited_seconds(wait: Wait, first: Moment, last: Moment, zone: str) -> int:
    """Count the part of one wait that lies between acceptance and end."""
    until = last if wait.until is None or is_before(last, wait.until, zone) else wait.until
    since = first if is_before(wait.since, first, zone) else wait.since
    return max(0, seconds_between(since, until, zone))


class Stretch(msgspec.Struct, frozen=True):
    """A stretch of instants: from the first up to, and without, the last; None is open."""

    since: datetime
    until: datetime | None


def overdue_stretches(dossier: Dossier, zone: str) -> tuple[Stretch, ...]:
    """Give the stretches at whose instants `overdue_at` is true, in order; none touches the next.

    They do not depend on when they are asked for, so how many dossiers are overdue can be kept as
    sums of +1 and -1. As there, the end of the dossier is for the caller.
    """
    dues = all_dues(dossier)
    if not dues:
        return ()
    if not (dossier.waits or dossier.halts or dossier.due_changes):
        return (Stretch(_first_overdue(dues[0], zone), None),)
    first = min(_first_overdue(due, zone) for due in dues)
    cuts = [first, *(cut for cut in turning_points(dossier, zone) if cut > first)]
    return stretches_where(cuts, [overdue_at(dossier, cut, zone) for cut in cuts])


def turning_points(dossier: Dossier, zone: str) -> list[datetime]:
    """Give every instant at which being overdue or its reasons may change, in order, each once.

    A due date passes; a wait or a halt begins, ends or becomes known; another due date holds.
    """
    found: set[datetime] = set()
    for due in all_dues(dossier):
        found |= {passes_at(due, zone), _first_overdue(due, zone)}
    found.update(change.at.start_in(zone) for change in dossier.due_changes)
    rests: list[Wait | Halt] = [*dossier.waits, *dossier.halts]
    for stretch in rests:
        ends = () if stretch.until is None else (stretch.until.start_in(zone),)
        found.update((stretch.since.start_in(zone), *ends))
    declared = (halt.declared_at for halt in dossier.halts)
    found.update(moment.start_in(zone) for moment in declared if moment is not None)
    return sorted(found)


def stretches_where(cuts: Sequence[datetime], holds: Sequence[bool]) -> tuple[Stretch, ...]:
    """Join what holds from each instant up to the next one into stretches; the last is open."""
    found: list[Stretch] = []
    since: datetime | None = None
    for cut, is_so in zip(cuts, holds, strict=True):
        if is_so and since is None:
            since = cut
        elif not is_so and since is not None:
            found.append(Stretch(since, cut))
            since = None
    if since is not None:
        found.append(Stretch(since, None))
    return tuple(found)


def holds_at(stretches: Sequence[Stretch], instant: datetime) -> bool:
    """Tell whether an instant lies in one of the stretches."""
    return any(
        each.since <= instant and (each.until is None or instant < each.until) for each in stretches
    )


def all_dues(dossier: Dossier) -> list[Due]:
    """Give every due date that a dossier had, in the order in which they held; the last holds."""
    earlier = (change.due_before for change in dossier.due_changes)
    return [due for due in (*earlier, dossier.due) if due is not None]


def _first_overdue(due: Due, zone: str) -> datetime:
    """Give the first instant that is overdue: a due instant itself is still in time."""
    passed = passes_at(due, zone)
    return passed if due.instant is None else passed + _NEXT
