"""On time as the index of Decision 766 counts it, for one dossier (domain.md 5.3).

The law and the index use other yardsticks, and both are published. In the order of 5.3:

1. The end is that of processing (status 9; else 10; else 3 or 8); else a suspension (status 8) or
   a withdrawal (status 7) that is under way. Without any of them it is the end of the period. A
   suspended dossier that is stopped for good ends when it is stopped.
2. A supplement request that is open is the end, if it is the only one; more than one, and the
   dossier is late. A dossier that has ended is not judged by how often it was asked.
3. From the end of a dossier that ended, the time of each supplement (completed less requested) is
   taken off; it is not taken off the end of a period.
4. On time is an end not after the appointment, as it stands now, however often it was moved.
   Without one, end less acceptance less the time of supplements must not exceed the longest time
   of the law: then the due date that was counted first stands for the acceptance plus that time.

Only what was asked for after the acceptance counts. A dossier does not hold when a supplement was
judged incomplete, which counts as one more request: where it can be placed, it counts from the
request that it belongs to, and where papers were asked for before the acceptance too, not at all.
Moments of which only the day is known are compared by the day.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from domain.deadlines import is_late, passes_at
from domain.dossiers import Dossier, Due, Halt, HaltKind, Wait, WaitKind
from domain.figures import Stretch, stretches_where
from domain.moments import Moment, is_before, seconds_between

_NEXT: Final = timedelta(microseconds=1)
_NO_TIME: Final = timedelta()


class On766(StrEnum):
    """How the index counts a dossier."""

    ON_TIME = "on_time"
    LATE = "late"
    NOT_COUNTED = "not_counted"


class End766(StrEnum):
    """What the index takes for the end of a dossier."""

    ENDED = "ended"
    OPEN_SUSPENSION = "open_suspension"
    OPEN_WITHDRAWAL = "open_withdrawal"
    OPEN_SUPPLEMENT = "open_supplement"
    PERIOD = "period"


class Request766(msgspec.Struct, frozen=True):
    """One supplement request: made, completed if it was, and over in whatever way."""

    requested_at: Moment
    completed_at: Moment | None
    over_at: Moment | None


class Judgement766(msgspec.Struct, frozen=True):
    """The verdict with what it rests on.

    `is_repeated`: late because papers were asked for more than once; `is_saved`: on time only
    because the time of supplements was taken off.
    """

    verdict: On766
    end: End766
    end_at: Moment
    yardstick: Due | None
    is_repeated: bool = False
    is_saved: bool = False


def judge_766(dossier: Dossier, zone: str, at: datetime) -> On766:
    """Judge a dossier as of an instant: the last one of a period, or of what is known.

    Not counted is what was not accepted by then. Whether it was received or handled in the period
    at all is for the caller.
    """
    judgement = explain_766(dossier, zone, at)
    return On766.NOT_COUNTED if judgement is None else judgement.verdict


def explain_766(dossier: Dossier, zone: str, at: datetime) -> Judgement766 | None:
    """Judge a dossier as of an instant, with what the verdict rests on; None if not counted."""
    if dossier.accepted_at is None or dossier.accepted_at.start_in(zone) > at:
        return None
    return _explained(dossier, requests_766(dossier, zone), zone, at)


def _explained(
    dossier: Dossier, requests: tuple[Request766, ...], zone: str, at: datetime
) -> Judgement766:
    end, end_at = _end_as_of(dossier, requests, zone, at)
    yardstick = yardstick_766(dossier)
    if end is End766.OPEN_SUPPLEMENT and _is_repeated(dossier, requests, zone, at):
        return Judgement766(On766.LATE, end, end_at, yardstick, is_repeated=True)
    if yardstick is None or not is_late(end_at, yardstick, zone):
        return Judgement766(On766.ON_TIME, end, end_at, yardstick)
    if _takes_off(dossier, end):
        end_at = _less_supplements(end_at, requests, zone)
    if is_late(end_at, yardstick, zone):
        return Judgement766(On766.LATE, end, end_at, yardstick)
    return Judgement766(On766.ON_TIME, end, end_at, yardstick, is_saved=True)


def verdict_766(dossier: Dossier, zone: str) -> On766 | None:
    """Judge a dossier that has ended; None while it has not, or was never accepted."""
    end = processing_end(dossier)
    if end is None or dossier.accepted_at is None:
        return None
    # By its end nothing is open; and time is only taken off an end that is late.
    yardstick = yardstick_766(dossier)
    if yardstick is None or not is_late(end, yardstick, zone):
        return On766.ON_TIME
    return judge_766(dossier, zone, max(end.start_in(zone), dossier.accepted_at.start_in(zone)))


def late_stretches_766(dossier: Dossier, zone: str) -> tuple[Stretch, ...]:
    """Give the stretches in which a dossier that had not ended yet was late, in order.

    At every instant between acceptance and end they agree with `judge_766`: so how many are late
    can be kept as sums of +1 and -1. None touches the next.
    """
    if dossier.accepted_at is None:
        return ()
    first, end = dossier.accepted_at.start_in(zone), processing_end(dossier)
    last = None if end is None else end.start_in(zone)
    cuts = sorted({first, *(cut for cut in _cuts(dossier, zone) if cut > first)})
    if last is not None:
        cuts = [cut for cut in cuts if cut < last]
    requests = requests_766(dossier, zone)
    late = [_explained(dossier, requests, zone, cut).verdict is On766.LATE for cut in cuts]
    return tuple(
        stretch if stretch.until is not None else Stretch(stretch.since, last)
        for stretch in stretches_where(cuts, late)
    )


def processing_end(dossier: Dossier) -> Moment | None:
    """Give the end of processing: of status 9, else of 10, else of 3 or 8."""
    return dossier.ended_at or dossier.returned_at


def yardstick_766(dossier: Dossier) -> Due | None:
    """Give what the end is held against: the appointment, else the due date counted first.

    None where there is neither: then nothing can be late.
    """
    if dossier.appointment is not None:
        return dossier.appointment
    if not dossier.due_changes:
        return dossier.due
    earlier = (change.due_before for change in dossier.due_changes)
    return next((due for due in earlier if due is not None), dossier.due)


def requests_766(dossier: Dossier, zone: str) -> tuple[Request766, ...]:
    """Give the supplement requests since the acceptance, as the waits of a dossier tell them.

    A wait that a withdrawal broke off goes on when that is denied: both are one request.
    """
    accepted = dossier.accepted_at
    if accepted is None or not dossier.waits:
        return ()
    return tuple(
        request
        for request in _all_requests(dossier.waits)
        if not is_before(request.requested_at, accepted, zone)
    )


def _all_requests(waits: tuple[Wait, ...]) -> Iterator[Request766]:
    number = 0
    while number < len(waits):
        first = waits[number]
        while _goes_on(waits, number):
            number += 2
        if first.kind is WaitKind.SUPPLEMENT:
            last = waits[number]
            is_unanswered = last.interrupted or last.cut_off
            yield Request766(first.since, None if is_unanswered else last.until, last.until)
        number += 1


def _goes_on(waits: tuple[Wait, ...], number: int) -> bool:
    """Tell whether a wait for papers is taken up again by the one after the next."""
    if number + 2 >= len(waits):
        return False
    broken_off, withdrawal, again = waits[number : number + 3]
    return (
        broken_off.kind is WaitKind.SUPPLEMENT
        and broken_off.interrupted
        and withdrawal.kind is WaitKind.WITHDRAWAL
        and again.kind is WaitKind.SUPPLEMENT
        and again.since == withdrawal.until
    )


def _is_repeated(
    dossier: Dossier, requests: tuple[Request766, ...], zone: str, at: datetime
) -> bool:
    made = [request for request in requests if request.requested_at.start_in(zone) <= at]
    if len(made) > 1:
        return True
    all_requests = sum(1 for _ in _all_requests(dossier.waits))
    is_placed = all_requests == len(requests) and made[-1] is requests[-1]
    return is_placed and dossier.supplement_requests > all_requests


def _end_as_of(
    dossier: Dossier, requests: tuple[Request766, ...], zone: str, at: datetime
) -> tuple[End766, Moment]:
    end = processing_end(dossier)
    if end is not None and end.start_in(zone) <= at:
        return End766.ENDED, end
    open_ends = (
        (End766.OPEN_SUSPENSION, _suspensions(dossier)),
        (End766.OPEN_WITHDRAWAL, _withdrawals(dossier)),
        (End766.OPEN_SUPPLEMENT, map(_as_wait, requests)),
    )
    for kind, stretches in open_ends:
        since = _open_since(stretches, zone, at)
        if since is not None:
            return kind, since
    return End766.PERIOD, Moment(instant=at)


def _suspensions(dossier: Dossier) -> Iterator[Halt]:
    return (halt for halt in dossier.halts if halt.kind is HaltKind.SUSPENSION)


def _withdrawals(dossier: Dossier) -> Iterator[Wait]:
    return (wait for wait in dossier.waits if wait.kind is WaitKind.WITHDRAWAL)


def _as_wait(request: Request766) -> Wait:
    return Wait(WaitKind.SUPPLEMENT, request.requested_at, request.over_at)


def _open_since(stretches: Iterable[Wait | Halt], zone: str, at: datetime) -> Moment | None:
    """Give when the last of the stretches began that had begun and was not over."""
    since = None
    for stretch in stretches:
        is_over = stretch.until is not None and stretch.until.start_in(zone) <= at
        if stretch.since.start_in(zone) <= at and not is_over:
            since = stretch.since
    return since


def _takes_off(dossier: Dossier, end: End766) -> bool:
    """Tell whether the time of supplements is taken off this kind of end."""
    if end is End766.PERIOD:
        return dossier.appointment is None
    return end is not End766.OPEN_SUPPLEMENT


def _less_supplements(end: Moment, requests: tuple[Request766, ...], zone: str) -> Moment:
    """Take the time of supplements off an end; in whole days where only a day is known."""
    taken_off, is_by_day = _time_of(requests, end, zone)
    if taken_off == _NO_TIME:
        return end
    if is_by_day or end.instant is None:
        return Moment(day=end.day_in(zone) - timedelta(days=taken_off.days))
    return Moment(instant=end.instant - taken_off)


def _time_of(requests: tuple[Request766, ...], end: Moment, zone: str) -> tuple[timedelta, bool]:
    """Add up the time of supplements that were complete by an end, and tell if by the day."""
    spans = [
        (request.requested_at, request.completed_at)
        for request in requests
        if request.completed_at is not None and not is_before(end, request.completed_at, zone)
    ]
    is_by_day = end.is_day_only or any(
        requested.is_day_only or completed.is_day_only for requested, completed in spans
    )
    if is_by_day:
        spans = [(_day(requested, zone), _day(completed, zone)) for requested, completed in spans]
    seconds = sum(max(0, seconds_between(*span, zone)) for span in spans)
    return timedelta(seconds=seconds), is_by_day


def _day(moment: Moment, zone: str) -> Moment:
    return Moment(day=moment.day_in(zone))


def _cuts(dossier: Dossier, zone: str) -> Iterator[datetime]:
    """Give every instant at which the verdict on a dossier that has not ended may change."""
    stretches: tuple[Wait | Halt, ...] = (*dossier.waits, *dossier.halts)
    for stretch in stretches:
        yield stretch.since.start_in(zone)
        if stretch.until is not None:
            yield stretch.until.start_in(zone)
    yardstick = yardstick_766(dossier)
    if yardstick is None:
        return
    yield _first_late(yardstick, zone)
    if dossier.appointment is None:
        yield from _later_cuts(yardstick, requests_766(dossier, zone), zone)


def _later_cuts(due: Due, requests: tuple[Request766, ...], zone: str) -> Iterator[datetime]:
    """Give when a due date passes, if it is put off by the supplements complete at some instant."""
    for request in requests:
        if request.completed_at is None:
            continue
        at = Moment(instant=request.completed_at.start_in(zone))
        taken_off, is_by_day = _time_of(requests, at, zone)
        if is_by_day:
            day = (due.day or Moment(instant=due.instant).day_in(zone)) + taken_off
            yield passes_at(Due(day=day), zone)
        else:
            yield _first_late(due, zone) + taken_off


def _first_late(due: Due, zone: str) -> datetime:
    """Give the first instant that is late: an instant's own is still in time."""
    passed = passes_at(due, zone)
    return passed if due.instant is None else passed + _NEXT
