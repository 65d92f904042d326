"""Calendars: published working days, and the arithmetic of days and hours upon them.

A calendar says for each day from `valid_from` to `valid_to` whether state offices work. Outside
of it nothing is guessed: the arithmetic refuses. The document is JSON with sorted dates, made once
from a library and our overrides, published and signed, and never computed at reading time.
"""

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from domain.errors import CalendarHorizonPassed, MalformedDocument
from domain.facts.shapes import Code
from domain.moments import FIRST_YEAR, LAST_YEAR, Moment, time_zone
from domain.offices import Document, decode_document
from domain.procedures import ClockText, DocumentText

NATIONAL_CALENDAR: Final = "VN"
MONDAY_TO_FRIDAY: Final = (0, 1, 2, 3, 4)
MONTHS_PER_YEAR: Final = 12

Dates = Annotated[tuple[date, ...], Meta(max_length=20_000)]
Interval = tuple[datetime, datetime]


class Session(Document, frozen=True, kw_only=True):
    """One stretch of office time, such as the morning."""

    opens: ClockText
    closes: ClockText


# A working day has eight hours; when they lie varies by office, hence a field of the calendar.
DEFAULT_SESSIONS: Final = (
    Session(opens="08:00", closes="12:00"),
    Session(opens="13:00", closes="17:00"),
)


class Calendar(Document, frozen=True, kw_only=True, dict=True):
    """Which days are worked, between two dates, and at which hours.

    `days_off` are holidays and swapped days; `working_days_extra` are make-up Saturdays.
    """

    id: Code
    valid_from: date
    valid_to: date
    days_off: Dates = ()
    working_days_extra: Dates = ()
    working_weekdays: Annotated[tuple[int, ...], Meta(max_length=7)] = MONDAY_TO_FRIDAY
    sessions: Annotated[tuple[Session, ...], Meta(min_length=1, max_length=8)] = DEFAULT_SESSIONS
    source: DocumentText | None = None

    @cached_property
    def working_days(self) -> tuple[date, ...]:
        """Every working day in order; computed once per calendar, and not part of its bytes."""
        off, extra, weekdays = (
            set(self.days_off),
            set(self.working_days_extra),
            self.working_weekdays,
        )
        length = (self.valid_to - self.valid_from).days + 1
        days = (self.valid_from + timedelta(days=number) for number in range(length))
        return tuple(
            day for day in days if day in extra or (day.weekday() in weekdays and day not in off)
        )


class CalendarRecord(msgspec.Struct, frozen=True, omit_defaults=True, tag="calendar"):
    """What the registry holds of a calendar: its present document."""

    calendar: Calendar
    document: str
    published_at: Moment


_CALENDAR_DECODER = msgspec.json.Decoder(Calendar)


def parse_calendar(document: bytes) -> Calendar:
    """Read a calendar's document.

    Raises:
        MalformedDocument: another shape; dates unsorted, repeated or outside the horizon; a day
            both off and worked; sessions that overlap.
    """
    calendar = decode_document(document, _CALENDAR_DECODER)
    _check_horizon_years(calendar)
    _check_rising("working_weekdays", calendar.working_weekdays, 0, 6)
    first, last = calendar.valid_from.toordinal(), calendar.valid_to.toordinal()
    _check_rising("days_off", _ordinals(calendar.days_off), first, last)
    _check_rising("working_days_extra", _ordinals(calendar.working_days_extra), first, last)
    if not set(calendar.days_off).isdisjoint(calendar.working_days_extra):
        raise MalformedDocument("working_days_extra")
    hours = [clock for session in calendar.sessions for clock in (session.opens, session.closes)]
    if hours != sorted(set(hours)):
        raise MalformedDocument("sessions")
    return calendar


def _check_horizon_years(calendar: Calendar) -> None:
    if not FIRST_YEAR <= calendar.valid_from.year <= calendar.valid_to.year <= LAST_YEAR:
        raise MalformedDocument("valid_from")
    if calendar.valid_to < calendar.valid_from:
        raise MalformedDocument("valid_to")


def _ordinals(days: tuple[date, ...]) -> list[int]:
    return [day.toordinal() for day in days]


def _check_rising(name: str, values: Sequence[int], lowest: int, highest: int) -> None:
    if list(values) != sorted(set(values)):
        raise MalformedDocument(name)
    if values and (values[0] < lowest or values[-1] > highest):
        raise MalformedDocument(name)


def _check_covered(calendar: Calendar, day: date) -> None:
    if not calendar.valid_from <= day <= calendar.valid_to:
        raise CalendarHorizonPassed(day.isoformat())


def is_working_day(calendar: Calendar, day: date) -> bool:
    """Tell whether offices work on that day.

    Raises:
        CalendarHorizonPassed: the calendar does not cover the day. So do all functions below.
    """
    _check_covered(calendar, day)
    days = calendar.working_days
    position = bisect_left(days, day)
    return position < len(days) and days[position] == day


def next_working_day(calendar: Calendar, day: date) -> date:
    """Give the day itself if it is worked, else the next one that is."""
    _check_covered(calendar, day)
    days = calendar.working_days
    position = bisect_left(days, day)
    if position == len(days):
        raise CalendarHorizonPassed(day.isoformat())
    return days[position]


def previous_working_day(calendar: Calendar, day: date) -> date:
    """Give the last day before that one that is worked."""
    _check_covered(calendar, day)
    position = bisect_left(calendar.working_days, day)
    if position == 0:
        raise CalendarHorizonPassed(day.isoformat())
    return calendar.working_days[position - 1]


def add_working_days(calendar: Calendar, start: date, working_days: int) -> date:
    """Count working days; the first day does not count (LAW: Civil Code 2015 art. 147).

    Zero working days end on the day itself, or on the next that is worked.
    """
    assert working_days >= 0
    if working_days == 0:
        return next_working_day(calendar, start)
    _check_covered(calendar, start)
    days = calendar.working_days
    position = bisect_right(days, start) + working_days - 1
    if position >= len(days):
        raise CalendarHorizonPassed(start.isoformat())
    return days[position]


def working_days_between(calendar: Calendar, start: date, end: date) -> int:
    """Count the working days after start, up to and with end; none if end is not later."""
    if end <= start:
        return 0
    _check_covered(calendar, start)
    _check_covered(calendar, end)
    days = calendar.working_days
    return bisect_right(days, end) - bisect_right(days, start)


def end_of_calendar_days(calendar: Calendar, start: date, calendar_days: int) -> date:
    """Count calendar days; the first does not count, and a limit never ends on a day off.

    LAW: Civil Code 2015 arts 147 and 148.5: if the last day is a weekend or a holiday, the limit
    ends at the end of the next working day.
    """
    _check_covered(calendar, start)
    return next_working_day(calendar, start + timedelta(days=calendar_days))


def end_of_months(calendar: Calendar, start: date, months: int) -> date:
    """Count months: to the day of the same number, or to the last day of a shorter month."""
    _check_covered(calendar, start)
    count = start.year * MONTHS_PER_YEAR + start.month - 1 + months
    year, month = count // MONTHS_PER_YEAR, count % MONTHS_PER_YEAR + 1
    if year > LAST_YEAR:
        raise CalendarHorizonPassed(start.isoformat())
    day = min(start.day, monthrange(year, month)[1])
    return next_working_day(calendar, date(year, month, day))


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """A calendar as it runs in one office's time zone."""

    calendar: Calendar
    zone: str

    def sessions_of(self, day: date) -> list[Interval]:
        """Give the office time of a day, as UTC intervals."""
        return [
            (self._at(day, session.opens), self._at(day, session.closes))
            for session in self.calendar.sessions
        ]

    def sessions_from(self, start: datetime) -> Iterator[Interval]:
        """Give all office time from an instant to the end of the calendar."""
        first_day = start.astimezone(time_zone(self.zone)).date()
        _check_covered(self.calendar, first_day)
        days = self.calendar.working_days
        for position in range(bisect_left(days, first_day), len(days)):
            for opens, closes in self.sessions_of(days[position]):
                if closes > start:
                    yield max(opens, start), closes

    def _at(self, day: date, clock: str) -> datetime:
        local = datetime.combine(day, time.fromisoformat(clock), time_zone(self.zone))
        return local.astimezone(UTC)


def acceptance_start(working: WorkingTime, received: datetime) -> datetime:
    """Give the instant from which the time limit of intake runs.

    LAW: Decree 297/2025 arts 3.5 and 6.3: what arrives after office time, on a day off or in the
    last hour of office time counts from the opening of the next working day.
    """
    day = received.astimezone(time_zone(working.zone)).date()
    if is_working_day(working.calendar, day):
        sessions = working.sessions_of(day)
        if received < sessions[-1][1] - timedelta(hours=1):
            return max(received, sessions[0][0])
    next_day = next_working_day(working.calendar, day + timedelta(days=1))
    return working.sessions_of(next_day)[0][0]


def add_working_hours(working: WorkingTime, start: datetime, hours: int) -> datetime:
    """Count working hours from an instant (LAW: Civil Code 2015 art. 147.1: from the moment)."""
    return add_working_time(working, start, timedelta(hours=hours))


def add_working_time(working: WorkingTime, start: datetime, duration: timedelta) -> datetime:
    """Count office time from an instant."""
    remaining = duration
    for opens, closes in working.sessions_from(start):
        if remaining <= closes - opens:
            return opens + remaining
        remaining -= closes - opens
    raise CalendarHorizonPassed(start.isoformat())


def working_time_between(working: WorkingTime, start: datetime, end: datetime) -> timedelta:
    """Measure the office time from start to end; none if end is not later."""
    _check_covered(working.calendar, end.astimezone(time_zone(working.zone)).date())
    total = timedelta()
    for opens, closes in working.sessions_from(start):
        if opens >= end:
            return total
        total += min(closes, end) - opens
    return total
