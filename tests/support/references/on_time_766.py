"""Slow reference for the index's rule of on time: the progression of statuses, read out at length.

It follows domain.md 5.3 sentence by sentence over what the national portal would see: the status
of a dossier after each act, the appointment as it stands at last, and the acceptance's own date.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.dossiers import Dossier, Due, Status
from domain.moments import time_zone

SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Seen:
    """One line of a progression: when, and the dossier's state after it."""

    at: datetime
    kind: str
    after: Dossier


def slow_judge_766(progression: Sequence[Seen], last: Dossier, at: datetime, zone: str) -> bool:
    """Tell whether an accepted dossier is late as of an instant."""
    lines = [line for line in progression if line.at <= at]
    assert lines[0].kind == "dossier.accepted"
    counted_from = lines[0].after.due
    due = last.appointment or counted_from
    assert due is not None
    status = lines[-1].after.status

    # 1. 9, else 10, else 8 or 3; 7 only for accepted dossiers; no end: the end of the period.
    end, is_ended = at, False
    for wanted in (Status.PROCESSED, Status.RESULT_RETURNED, Status.STOPPED):
        if status is wanted:
            end, is_ended = _reached(lines, wanted), True
    if status is Status.WITHDRAWAL_REQUESTED:
        end, is_ended = _reached(lines, status), True

    # 2. One open supplement request is the end; more than one, and it is late.
    if status is Status.SUPPLEMENT_REQUIRED:
        asked = [line.at for line in lines if line.kind == "dossier.supplement_requested"]
        return len(asked) > 1 or _is_after(asked[0], due, zone)

    # 3. and 4. Completion of each supplement less its request, off the end of what ended; without
    # an appointment off the end of the period too.
    if is_ended or last.appointment is None:
        end -= _supplement_time([line for line in lines if line.at <= end])
    return _is_after(end, due, zone)


def _reached(lines: Sequence[Seen], status: Status) -> datetime:
    """Give when the last unbroken run of a status began; a rest under 8 is not its end under 8."""
    at, is_rest = lines[-1].at, lines[-1].after.suspended
    for line in reversed(lines):
        if line.after.status is not status or line.after.suspended is not is_rest:
            break
        at = line.at
    return at


def _supplement_time(lines: Sequence[Seen]) -> timedelta:
    total, asked = timedelta(), None
    for line in lines:
        if line.kind == "dossier.supplement_requested":
            asked = line.at
        if line.kind == "dossier.processing_suspended":
            asked = None
        if line.kind == "dossier.supplement_completed" and asked is not None:
            total, asked = total + (line.at - asked), None
    return total


def _is_after(end: datetime, due: Due, zone: str) -> bool:
    if due.instant is not None:
        return end > due.instant
    assert due.day is not None
    return end.astimezone(time_zone(zone)).date() > due.day
