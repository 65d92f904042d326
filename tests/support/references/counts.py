"""Counts and percentiles written out slowly, from domain.md 5.2: the judge of the fast ones.

Every month is looked at through every dossier; nothing is carried from one month to the next.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.dossiers import Dossier, Due, Halt, Wait
from domain.moments import Moment

Counted = dict[str, int]


def local_day(moment: Moment | Due, zone: str) -> date:
    if moment.instant is not None:
        return moment.instant.astimezone(ZoneInfo(zone)).date()
    assert moment.day is not None
    return moment.day


def first_of_next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def counts_of_month(
    dossiers: Sequence[Dossier], first: date, as_of: datetime, zone: str
) -> Counted:
    """Count one month, given by its first day, of dossiers of one office and procedure."""
    following = first_of_next_month(first)
    last_instant = min(midnight(following, zone) - timedelta(microseconds=1), as_of)
    counted = dict.fromkeys(
        (
            "carried_over",
            "received",
            "resolved_early",
            "resolved_on_time",
            "resolved_late",
            "pending_in_time",
            "pending_overdue",
        ),
        0,
    )
    for dossier in dossiers:
        if dossier.accepted_at is None:
            continue
        acc = local_day(dossier.accepted_at, zone)
        end = None if dossier.ended_at is None else max(acc, local_day(dossier.ended_at, zone))
        if acc >= following:
            continue
        if acc < first and (end is None or end >= first):
            counted["carried_over"] += 1
        if acc >= first:
            counted["received"] += 1
        if end is not None and first <= end < following:
            counted[f"resolved_{_timeliness(dossier, zone)}"] += 1
        if end is None or end >= following:
            rests: list[Wait | Halt] = [*dossier.waits]
            rests += [halt for halt in dossier.halts if halt.stops_clock]
            overdue = _past(_due_then(dossier, last_instant, zone), last_instant, zone) and not any(
                _waits_at(rest, last_instant, zone) for rest in rests
            )
            counted["pending_overdue" if overdue else "pending_in_time"] += 1
    return counted


def _timeliness(dossier: Dossier, zone: str) -> str:
    end, due = dossier.ended_at, dossier.due
    assert end is not None
    if due is None:
        return "on_time"
    end_day, due_day = local_day(end, zone), local_day(due, zone)
    if due.instant is not None and end.instant is not None:
        late = end.instant > due.instant
    else:
        late = end_day > due_day
    if late:
        return "late"
    return "early" if end_day < due_day else "on_time"


def _due_then(dossier: Dossier, instant: datetime, zone: str) -> Due | None:
    """Undo, from the last to the first, every move that had not come by then."""
    due = dossier.due
    for change in reversed(dossier.due_changes):
        if _start(change.at, zone) > instant:
            due = change.due_before
    return due


def _past(due: Due | None, instant: datetime, zone: str) -> bool:
    if due is None:
        return False
    if due.instant is not None:
        return instant > due.instant
    assert due.day is not None
    return instant >= midnight(due.day + timedelta(days=1), zone)


def _waits_at(wait: Wait | Halt, instant: datetime, zone: str) -> bool:
    since = _start(wait.since, zone)
    until = None if wait.until is None else _start(wait.until, zone)
    return since <= instant and (until is None or instant < until)


def _start(moment: Moment, zone: str) -> datetime:
    if moment.instant is not None:
        return moment.instant
    assert moment.day is not None
    return midnight(moment.day, zone)


def slow_percentile(values: Sequence[int], percentile: int) -> int:
    """Give the smallest value that at least so many percent of all values do not exceed."""
    for value in sorted(values):
        at_most = sum(1 for other in values if other <= value)
        if at_most * 100 >= percentile * len(values):
            return value
    raise AssertionError("no values")
