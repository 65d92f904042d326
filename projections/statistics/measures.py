"""Measures: what one dossier adds to the cells of its days, whoever asks and whenever.

A dossier that was accepted adds to the day of its acceptance, to the day of its end, and at the
exact instants at which it becomes or stops being overdue while it is pending (domain.md 5.2, 5.3).
Days are those of the office's time zone; an end before the acceptance counts on its day, as in
`projections.counts`. What stands at an instant is counted once that instant has come.

`OVERDUE` and `INDEX_OVERDUE` are changes: +1 where a dossier becomes late, -1 where it no more is;
their sum over all days up to the end of a period is how many are late then. The reasons why law and
index differ are measures of their own, by name: `resolved:<reason>` on the day of the end, and
`pending:<reason>` as changes.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from enum import IntEnum
from typing import Final

import msgspec

from domain.deadlines import Timeliness, passes_at
from domain.dossiers import Dossier, Due, WaitKind
from domain.figures import (
    Stretch,
    gross_duration_seconds,
    holds_at,
    net_duration_seconds,
    overdue_stretches,
    resolution,
    stretches_where,
    turning_points,
)
from domain.moments import Moment
from domain.on_time_766 import (
    On766,
    difference_766,
    late_stretches_766,
    processing_end,
    verdict_766,
    yardstick_766,
)


class Measure(IntEnum):
    """The place of a measure among the columns of a cell."""

    RECEIVED = 0
    RESOLVED_EARLY = 1
    RESOLVED_ON_TIME = 2
    RESOLVED_LATE = 3
    OVERDUE = 4
    SUPPLEMENT_REQUESTS = 5
    SUPPLEMENTED = 6
    INDEX_RESOLVED_LATE = 7
    INDEX_OVERDUE = 8


MEASURES: Final = tuple(measure.name.lower() for measure in Measure)
Values = Sequence[int]
NOTHING: Final[Values] = (0,) * len(MEASURES)

# Of these there are never fewer than none; the others are changes, and may be below zero.
COUNTED: Final = frozenset(MEASURES) - {"overdue", "index_overdue"}
OVERDUE: Final = MEASURES[Measure.OVERDUE]
INDEX_OVERDUE: Final = MEASURES[Measure.INDEX_OVERDUE]
RESOLVED_PREFIX: Final = "resolved:"
PENDING_PREFIX: Final = "pending:"
# Resolved in time for want of anything that they could have been late by: by law, by the index.
WITHOUT_DUE: Final = f"{RESOLVED_PREFIX}law_without_due"
INDEX_WITHOUT_DUE: Final = f"{RESOLVED_PREFIX}index_without_due"

_RESOLVED: Final = {
    Timeliness.EARLY: Measure.RESOLVED_EARLY,
    Timeliness.ON_TIME: Measure.RESOLVED_ON_TIME,
    Timeliness.LATE: Measure.RESOLVED_LATE,
}


class Change(msgspec.Struct, frozen=True):
    """One change of a measure, by its name, from an instant on."""

    at: datetime
    measure: str
    delta: int


class Ended(msgspec.Struct, frozen=True):
    """What the end of a dossier adds to its day; net seconds are without the applicant's waits.

    Both are None where the end lies before the acceptance: that is no measurement. ``without_due``
    names by what it had no due date, of `WITHOUT_DUE` and `INDEX_WITHOUT_DUE`.
    """

    day: date
    measures: tuple[Measure, ...]
    supplement_requests: int
    gross_seconds: int | None
    net_seconds: int | None
    reason: str | None = None
    without_due: tuple[str, ...] = ()


class Contribution(msgspec.Struct, frozen=True):
    """Everything that one accepted dossier adds to the cells."""

    received_on: date
    ended: Ended | None
    changes: tuple[Change, ...]

    @property
    def settled_on(self) -> date:
        """Give the last day on which it came or went: before that, it is ahead of the figures."""
        return self.received_on if self.ended is None else self.ended.day


def contribution_of(dossier: Dossier, zone: str) -> Contribution | None:
    """Give what a dossier adds; None before its acceptance. It does not depend on any "now"."""
    if dossier.accepted_at is None:
        return None
    received_on = dossier.accepted_at.day_in(zone)
    ended = _ended(dossier, received_on, zone)
    if ended is not None and ended.day == received_on:
        return Contribution(received_on, ended, ())
    return Contribution(received_on, ended, tuple(_changes(dossier, received_on, ended, zone)))


def _ended(dossier: Dossier, received_on: date, zone: str) -> Ended | None:
    kind = resolution(dossier, zone)
    if dossier.ended_at is None or kind is None:
        return None
    measures = [_RESOLVED[kind]]
    is_late_by_index = _is_late_by_index(dossier, zone, kind)
    if is_late_by_index:
        measures.append(Measure.INDEX_RESOLVED_LATE)
    if dossier.supplement_requests:
        measures.append(Measure.SUPPLEMENTED)
    differs = is_late_by_index != (kind is Timeliness.LATE)
    gross = gross_duration_seconds(dossier, zone)
    return Ended(
        day=max(received_on, dossier.ended_at.day_in(zone)),
        measures=tuple(measures),
        supplement_requests=dossier.supplement_requests,
        gross_seconds=gross,
        net_seconds=net_duration_seconds(dossier, zone) if dossier.waits else gross,
        reason=_reason_at_end(dossier, zone) if differs else None,
        without_due=tuple(_without_due(dossier, is_late_by_index=is_late_by_index)),
    )


def _is_late_by_index(dossier: Dossier, zone: str, by_law: Timeliness) -> bool:
    # Held against the due date in force, what is in time by law is so by the index.
    if by_law is not Timeliness.LATE and yardstick_766(dossier) is dossier.due:
        return False
    return verdict_766(dossier, zone) is On766.LATE


def _without_due(dossier: Dossier, *, is_late_by_index: bool) -> Iterator[str]:
    if dossier.due is None:
        yield WITHOUT_DUE
    if not is_late_by_index and yardstick_766(dossier) is None:
        yield INDEX_WITHOUT_DUE


def _reason_at_end(dossier: Dossier, zone: str) -> str:
    assert dossier.accepted_at is not None
    assert dossier.ended_at is not None
    at = max(dossier.ended_at.start_in(zone), dossier.accepted_at.start_in(zone))
    found = difference_766(dossier, zone, at)
    assert found is not None
    return found.reason.value


def _changes(
    dossier: Dossier, received_on: date, ended: Ended | None, zone: str
) -> Iterator[Change]:
    first = Moment(day=received_on).start_in(zone)
    last = None if ended is None else Moment(day=ended.day).start_in(zone)
    if last is not None and _is_surely_in_time(dossier, zone, last):
        return
    for name, stretches in late_stretches(dossier, zone, last).items():
        yield from _within(stretches, name, first, last)


def _is_surely_in_time(dossier: Dossier, zone: str, until: datetime) -> bool:
    """Tell whether no due date passes before an instant, so that nothing need be looked at.

    The index may call late before that whoever was asked for papers more than once.
    """
    if dossier.supplement_requests > 1:
        return False
    if len(dossier.waits) > 1 and _times_asked(dossier) > 1:
        return False
    # What the index goes by is the appointment, or one of the due dates.
    dues = (dossier.appointment, dossier.due, *(each.due_before for each in dossier.due_changes))
    return not any(due is not None and passes_at(due, zone) < until for due in dues)


def _times_asked(dossier: Dossier) -> int:
    return sum(wait.kind is WaitKind.SUPPLEMENT for wait in dossier.waits)


def late_stretches(
    dossier: Dossier, zone: str, until: datetime | None = None
) -> dict[str, tuple[Stretch, ...]]:
    """Give when a dossier is late by law and by the index, and by reason when the two differ.

    As far as the dossier is pending: its end is for the caller. Reasons are looked for at instants
    before ``until``, if there is one, and hold from then on as they do last.
    """
    by_law = overdue_stretches(dossier, zone)
    if _is_plain(dossier, zone):
        return {OVERDUE: by_law, INDEX_OVERDUE: by_law}
    by_index = tuple(Stretch(each.since, each.until) for each in late_stretches_766(dossier, zone))
    reasons = _reasons(dossier, (by_law, by_index), zone, until)
    return {OVERDUE: by_law, INDEX_OVERDUE: by_index, **reasons}


def _is_plain(dossier: Dossier, zone: str) -> bool:
    """Tell whether law and index surely agree while it is pending: one due date, nothing waited."""
    due = dossier.due
    if due is None or dossier.supplement_requests:
        return False
    if dossier.waits or dossier.halts or dossier.due_changes:
        return False
    return due == dossier.appointment or _stands_for_appointment(due, dossier, zone)


def _stands_for_appointment(due: Due, dossier: Dossier, zone: str) -> bool:
    """Tell whether the index goes by the due date alone, from acceptance to end."""
    if dossier.appointment is not None or dossier.accepted_at is None:
        return False
    has_no_other_end = dossier.returned_at is None or dossier.ended_at is not None
    return has_no_other_end and passes_at(due, zone) >= dossier.accepted_at.start_in(zone)


def _reasons(
    dossier: Dossier,
    late: tuple[tuple[Stretch, ...], tuple[Stretch, ...]],
    zone: str,
    until: datetime | None,
) -> dict[str, tuple[Stretch, ...]]:
    """Give by reason when the judgements by law and by index of a pending dossier differ."""
    assert dossier.accepted_at is not None
    accepted_at, end = dossier.accepted_at.start_in(zone), processing_end(dossier)
    ended_at = None if end is None else end.start_in(zone)
    is_pending_until = ended_at is None or (until is not None and until <= ended_at)
    if is_pending_until and _before(late[0], until) == _before(late[1], until):
        return {}
    bounds = [moment for each in (*late[0], *late[1]) for moment in (each.since, each.until)]
    found = {accepted_at, *turning_points(dossier, zone), *(each for each in bounds if each)}
    # Before its acceptance no dossier is judged.
    cuts = sorted(cut for cut in found if accepted_at <= cut and (until is None or cut < until))
    reasons = [
        None if _agree(late, cut, ended_at) else _reason_at(dossier, zone, cut) for cut in cuts
    ]
    return {
        f"{PENDING_PREFIX}{reason}": stretches_where(cuts, [each == reason for each in reasons])
        for reason in sorted({each for each in reasons if each is not None})
    }


def _before(
    stretches: Sequence[Stretch], until: datetime | None
) -> list[tuple[datetime, datetime | None]]:
    """Cut stretches off at an instant, if there is one."""
    if until is None:
        return [(each.since, each.until) for each in stretches]
    return [
        (each.since, until if each.until is None else min(each.until, until))
        for each in stretches
        if each.since < until
    ]


def _agree(
    late: tuple[Sequence[Stretch], Sequence[Stretch]], cut: datetime, ended_at: datetime | None
) -> bool:
    """Tell whether the stretches say already that law and index agree, as they do before an end."""
    is_pending = ended_at is None or cut < ended_at
    return is_pending and holds_at(late[0], cut) == holds_at(late[1], cut)


def _reason_at(dossier: Dossier, zone: str, at: datetime) -> str | None:
    found = difference_766(dossier, zone, at)
    return None if found is None else found.reason.value


def _within(
    stretches: Sequence[Stretch], measure: str, first: datetime, last: datetime | None
) -> Iterator[Change]:
    """Give the changes of stretches as far as they lie between acceptance's day and end's day."""
    for stretch in stretches:
        since, until = max(stretch.since, first), stretch.until
        if last is not None:
            until = last if until is None else min(until, last)
        if until is None or since < until:
            yield Change(since, measure, +1)
            if until is not None:
                yield Change(until, measure, -1)
