"""Clocks over random lives: the slow references, invariant 6 of domain.md 2.7, and monotonicity."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendars import (
    Calendar,
    WorkingTime,
    working_days_between,
    working_time_between,
)
from domain.clocks.counting import (
    Count,
    Start,
    StartReason,
    Stretch,
    StretchEffect,
    count,
)
from domain.dossiers import WaitKind
from domain.moments import Moment
from domain.procedures import Limit, LimitUnit, SupplementPolicy
from tests.support.builders import ZONE, a_calendar
from tests.support.references.clocks import (
    office_minutes,
    slow_calendar_days,
    slow_hours,
    slow_months,
    slow_working_days,
)

WORKING = WorkingTime(a_calendar(), ZONE)
FIRST_DAY = date(2026, 1, 28)
SLOW_DAYS = {
    LimitUnit.WORKING_DAYS: slow_working_days,
    LimitUnit.CALENDAR_DAYS: slow_calendar_days,
    LimitUnit.MONTHS: slow_months,
}
AMOUNTS = {
    LimitUnit.WORKING_DAYS: 30,
    LimitUnit.CALENDAR_DAYS: 40,
    LimitUnit.MONTHS: 3,
    LimitUnit.HOURS: 24,
}

units = st.sampled_from(sorted(AMOUNTS))
policies = st.sampled_from(list(SupplementPolicy))
minutes = st.integers(0, 40 * 1440).map(
    lambda number: datetime(2026, 1, 27, 17, tzinfo=UTC) + timedelta(minutes=number)
)
pairs = st.lists(
    st.tuples(minutes, minutes, policies).map(lambda three: (*sorted(three[:2]), three[2])),
    max_size=4,
)
pauses = st.lists(
    st.tuples(minutes, minutes).map(lambda two: (*sorted(two), SupplementPolicy.PAUSE)), max_size=3
)


def a_start(limit: Limit, at: Moment) -> Start:
    if limit.unit is LimitUnit.HOURS:
        return Start(at, at, StartReason.FROM_THE_MOMENT)
    return Start(at, Moment(day=at.day_in(ZONE)), StartReason.DAY_AFTER)


def counted(
    limit: Limit,
    at: datetime,
    rests: list[tuple[datetime, datetime, SupplementPolicy]],
    working: WorkingTime = WORKING,
) -> Count:
    stretches = [
        Stretch(WaitKind.SUPPLEMENT, Moment(instant=since), Moment(instant=until), policy)
        for since, until, policy in rests
        if since >= at
    ]
    return count(
        limit, Moment(instant=at), lambda moment: a_start(limit, moment), stretches, working
    )


@settings(deadline=None)
@given(st.data(), units, minutes, pairs)
def test_count_agrees_with_the_one_that_steps(
    data: st.DataObject,
    unit: LimitUnit,
    at: datetime,
    rests: list[tuple[datetime, datetime, SupplementPolicy]],
) -> None:
    limit = Limit(unit=unit, amount=data.draw(st.integers(0, AMOUNTS[unit])))

    found = counted(limit, at, rests)

    taken = [each.stretch for each in found.stretches if each.effect is StretchEffect.PAUSED]
    begins = found.start.at.start_in(ZONE)
    assert found.due is not None
    if unit is LimitUnit.HOURS:
        instants = [(each.since.start_in(ZONE), each.until.start_in(ZONE)) for each in taken]
        after = [(max(since, begins), until) for since, until in instants]
        if limit.amount:
            assert found.due.instant == slow_hours(WORKING, begins, limit.amount, after)
        return
    first = found.start.at.day_in(ZONE)
    days = [(max(each.since.day_in(ZONE), first), each.until.day_in(ZONE)) for each in taken]
    assert found.due.day == SLOW_DAYS[unit](WORKING, first, limit.amount or 0, days)


@settings(deadline=None)
@given(st.integers(1, 24), minutes, pauses)
def test_working_time_spent_and_pauses_are_the_working_time_that_elapsed(
    hours: int, at: datetime, rests: list[tuple[datetime, datetime, SupplementPolicy]]
) -> None:
    found = counted(Limit(unit=LimitUnit.HOURS, amount=hours), at, rests)

    assert found.due is not None
    assert found.due.instant is not None
    paused = timedelta(seconds=sum(each.counted for each in found.stretches))
    elapsed = working_time_between(WORKING, at, found.due.instant)
    assert elapsed == timedelta(hours=hours) + paused
    assert elapsed == timedelta(minutes=office_minutes(WORKING, at, found.due.instant))


@settings(deadline=None)
@given(st.integers(1, 30), minutes, pauses)
def test_working_days_spent_and_pauses_are_the_working_days_that_elapsed(
    days: int, at: datetime, rests: list[tuple[datetime, datetime, SupplementPolicy]]
) -> None:
    found = counted(Limit(unit=LimitUnit.WORKING_DAYS, amount=days), at, rests)

    assert found.due is not None
    assert found.due.day is not None
    first = found.first_start.counts_from.day_in(ZONE)
    elapsed = working_days_between(WORKING.calendar, first, found.due.day)
    assert elapsed == days + sum(each.counted for each in found.stretches)


@settings(deadline=None)
@given(st.data(), units, minutes, minutes, pauses)
def test_later_start_longer_limit_and_longer_pause_never_end_earlier(
    data: st.DataObject,
    unit: LimitUnit,
    one: datetime,
    another: datetime,
    rests: list[tuple[datetime, datetime, SupplementPolicy]],
) -> None:
    amount = data.draw(st.integers(0, AMOUNTS[unit]))
    limit, longer = (Limit(unit=unit, amount=each) for each in (amount, amount + 1))
    early, late = sorted((one, another))

    assert due_text(counted(limit, early, [])) <= due_text(counted(limit, late, []))
    assert due_text(counted(limit, early, [])) <= due_text(counted(longer, early, []))
    assert due_text(counted(limit, early, [])) <= due_text(counted(limit, early, rests))


@settings(deadline=None)
@given(st.data(), units, minutes, st.lists(st.integers(0, 60), max_size=4))
def test_one_more_day_off_never_ends_a_limit_earlier(
    data: st.DataObject, unit: LimitUnit, at: datetime, offsets: list[int]
) -> None:
    limit = Limit(unit=unit, amount=data.draw(st.integers(0, AMOUNTS[unit])))
    more = {FIRST_DAY + timedelta(days=offset) for offset in offsets}
    calendar = a_calendar()
    with_more: Calendar = a_calendar(days_off=tuple(sorted({*calendar.days_off, *more})))

    fewer = counted(limit, at, [])
    later = counted(limit, at, [], WorkingTime(with_more, ZONE))

    assert due_text(fewer) <= due_text(later)


def due_text(found: Count) -> str:
    assert found.due is not None
    due = found.due.instant if found.due.day is None else found.due.day
    assert due is not None
    return due.isoformat()
