"""Calendars: published working days, and the arithmetic of days and hours upon them.

A calendar says for each day from `valid_from` to `valid_to` whether state offices work. Outside
of it nothing is guessed: the arithmetic refuses. The document is JSON with sorted dates, made once
from a library and our overrides, published and signed, and never computed at reading time.
"""

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from domain.errors import CalendarHorizonPassed, MalformedDocument
from domain.facts.shapes import Code
from domain.moments import FIRST_YEAR, LAST_YEAR, Moment, time_zone
from domain.offices import BilingualName, Document, Session, decode_document
from domain.procedures import DocumentText

NATIONAL_CALENDAR: Final = "VN"
MONDAY_TO_FRIDAY: Final = (0, 1, 2, 3, 4)
MONTHS_PER_YEAR: Final = 12

Dates = Annotated[tuple[date, ...], Meta(max_length=20_000)]
Interval = tuple[datetime, datetime]


# A working day has eight hours; when they lie varies by office, hence a field of the calendar.
DEFAULT_SESSIONS: Final = (
    Session(opens="08:00", closes="12:00"),
    Session(opens="13:00", closes="17:00"),
)


class DayKind(StrEnum):
    """Why a day is not what its weekday says."""

    HOLIDAY = "holiday"
    SWAPPED_OFF = "swapped_off"
    MADE_UP = "made_up"


class DayNote(Document, frozen=True, kw_only=True):
    """What a day off or a make-up day is called; `verified` is False where no decision was read."""

    day: date
    kind: DayKind
    name: BilingualName | None = None
    verified: bool = True


class Calendar(Document, frozen=True, kw_only=True, dict=True):
    """Which days are worked, between two dates, and at which hours.

    `days_off` are holidays and swapped days; `working_days_extra` are make-up Saturdays. `notes`
    name some of them, for explanations alone: nothing is counted by a note.
    """

    id: Code
    valid_from: date
    valid_to: date
    days_off: Dates = ()
    working_days_extra: Dates = ()
    working_weekdays: Annotated[tuple[int, ...], Meta(max_length=7)] = MONDAY_TO_FRIDAY
    sessions: Annotated[tuple[Session, ...], Meta(min_length=1, max_length=8)] = DEFAULT_SESSIONS
    source: DocumentText | None = None
    notes: Annotated[tuple[DayNote, ...], Meta(max_length=2_000)] = ()

    @cached_property
    def notes_by_day(self) -> dict[date, DayNote]:
        """Give the notes by their day; computed once per calendar, and not part of its bytes."""
        return {note.day: note for note in self.notes}

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

    @cached_property
    def sums_of_days(self) -> dict[tuple[str, tuple[Session, ...]], list[timedelta]]:
        """Keep what `domain.clocks.spans` adds up, by zone and hours; not part of its bytes."""
        return {}


class FormerSessions(msgspec.Struct, frozen=True):
    """The office hours of a calendar up to a version, and when the next one changed them."""

    sessions: tuple[Session, ...]
    last_version: int
    changed_at: Moment


class CalendarRecord(msgspec.Struct, frozen=True, omit_defaults=True, tag="calendar"):
    """What the registry holds of a calendar: its present document, and the hashes of earlier ones.

    Versions are numbered as the stream's actions, from 1. `former_sessions` are the hours that
    later versions changed: days before a change keep theirs.
    """

    calendar: Calendar
    document: str
    published_at: Moment
    earlier: tuple[str, ...] = ()
    former_sessions: tuple[FormerSessions, ...] = ()

    @property
    def version(self) -> int:
        """Give the number of the present version."""
        return len(self.earlier) + 1

    def document_of(self, version: int) -> str | None:
        """Give the hash of a version's document; None where there is no such version."""
        documents = (*self.earlier, self.document)
        return documents[version - 1] if 1 <= version <= len(documents) else None

    def as_of_version(self, version: int, calendar: Calendar) -> "CalendarRecord":
        """Give the record as a version left it, whose calendar the caller has read."""
        documents = (*self.earlier, self.document)
        return CalendarRecord(
            calendar,
            documents[version - 1],
            self.published_at,
            documents[: version - 1],
            tuple(one for one in self.former_sessions if one.last_version < version),
        )

    def followed_by(
        self, calendar: Calendar, document: str, published_at: Moment
    ) -> "CalendarRecord":
        """Give the record after one more version."""
        former = self.former_sessions
        if calendar.sessions != self.calendar.sessions:
            changed = FormerSessions(self.calendar.sessions, self.version, published_at)
            former = (*former, changed)
        return CalendarRecord(
            calendar, document, published_at, (*self.earlier, self.document), former
        )


_CALENDAR_DECODER = msgspec.json.Decoder(Calendar)


def parse_calendar(document: bytes) -> Calendar:
    """Read a calendar's document.

    Raises:
        MalformedDocument: another shape; dates unsorted, repeated or outside the horizon; a day
            both off and worked; sessions that overlap; a note on another day than its kind's.
    """
    calendar = decode_document(document, _CALENDAR_DECODER)
    _check_horizon_years(calendar)
    _check_rising("working_weekdays", calendar.working_weekdays, 0, 6)
    first, last = calendar.valid_from.toordinal(), calendar.valid_to.toordinal()
    _check_rising("days_off", _ordinals(calendar.days_off), first, last)
    _check_rising("working_days_extra", _ordinals(calendar.working_days_extra), first, last)
    if not set(calendar.days_off).isdisjoint(calendar.working_days_extra):
        raise MalformedDocument("working_days_extra: a day is in days_off too")
    _check_notes(calendar)
    hours = [clock for session in calendar.sessions for clock in (session.opens, session.closes)]
    if hours != sorted(set(hours)):
        raise MalformedDocument("sessions: each must open and close after the one before")
    return calendar


def _check_notes(calendar: Calendar) -> None:
    off, extra = set(calendar.days_off), set(calendar.working_days_extra)
    for note in calendar.notes:
        if note.day not in (extra if note.kind is DayKind.MADE_UP else off):
            raise MalformedDocument(f"notes: {note.day.isoformat()} is no day of its kind here")
    if len(calendar.notes_by_day) != len(calendar.notes):
        raise MalformedDocument("notes: one day has two")


def _check_horizon_years(calendar: Calendar) -> None:
    if not FIRST_YEAR <= calendar.valid_from.year <= calendar.valid_to.year <= LAST_YEAR:
        raise MalformedDocument(f"valid_from: years {FIRST_YEAR} to {LAST_YEAR} are wanted")
    if calendar.valid_to < calendar.valid_from:
        raise MalformedDocument("valid_to: it is before valid_from")


def _ordinals(days: tuple[date, ...]) -> list[int]:
    return [day.toordinal() for day in days]


def _check_rising(name: str, values: Sequence[int], lowest: int, highest: int) -> None:
    if list(values) != sorted(set(values)):
        raise MalformedDocument(f"{name}: they must rise, each once")
    if values and (values[0] < lowest or values[-1] > highest):
        raise MalformedDocument(f"{name}: one is outside of what the document is for")


def check_covered(calendar: Calendar, day: date) -> None:
    """Check that the calendar says whether a day is worked.

    Raises:
        CalendarHorizonPassed: it does not.
    """
    if not calendar.valid_from <= day <= calendar.valid_to:
        raise CalendarHorizonPassed(day.isoformat())


def is_working_day(calendar: Calendar, day: date) -> bool:
    """Tell whether offices work on that day.

    Raises:
        CalendarHorizonPassed: the calendar does not cover the day. So do all functions below.
    """
    check_covered(calendar, day)
    days = calendar.working_days
    position = bisect_left(days, day)
    return position < len(days) and days[position] == day


def next_working_day(calendar: Calendar, day: date) -> date:
    """Give the day itself if it is worked, else the next one that is."""
    check_covered(calendar, day)
    days = calendar.working_days
    position = bisect_left(days, day)
    if position == len(days):
        raise CalendarHorizonPassed(day.isoformat())
    return days[position]


def previous_working_day(calendar: Calendar, day: date) -> date:
    """Give the last day before that one that is worked."""
    check_covered(calendar, day)
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
    check_covered(calendar, start)
    days = calendar.working_days
    position = bisect_right(days, start) + working_days - 1
    if position >= len(days):
        raise CalendarHorizonPassed(start.isoformat())
    return days[position]


def working_days_between(calendar: Calendar, start: date, end: date) -> int:
    """Count the working days after start, up to and with end; none if end is not later."""
    if end <= start:
        return 0
    check_covered(calendar, start)
    check_covered(calendar, end)
    days = calendar.working_days
    return bisect_right(days, end) - bisect_right(days, start)


def end_of_calendar_days(calendar: Calendar, start: date, calendar_days: int) -> date:
    """Count calendar days; the first does not count, and a limit never ends on a day off.

    LAW: Civil Code 2015 arts 147 and 148.5: if the last day is a weekend or a holiday, the limit
    ends at the end of the next working day.
    """
    check_covered(calendar, start)
    return next_working_day(calendar, start + timedelta(days=calendar_days))


def end_of_months(calendar: Calendar, start: date, months: int) -> date:
    """Count months; a limit never ends on a day off."""
    check_covered(calendar, start)
    return next_working_day(calendar, add_months(start, months))


def add_months(start: date, months: int) -> date:
    """Give the day of the same number so many months later, or the last one of a shorter month.

    Raises:
        CalendarHorizonPassed: the day lies beyond all years.
    """
    count = start.year * MONTHS_PER_YEAR + start.month - 1 + months
    year, month = count // MONTHS_PER_YEAR, count % MONTHS_PER_YEAR + 1
    if year > LAST_YEAR:
        raise CalendarHorizonPassed(start.isoformat())
    day = min(start.day, monthrange(year, month)[1])
    return date(year, month, day)


class HoursFrom(msgspec.Struct, frozen=True):
    """Office hours from a day on."""

    from_on: date
    sessions: tuple[Session, ...]


class WorkingTime(msgspec.Struct, frozen=True):
    """A calendar as it runs in one office's time zone, at its own hours where it has some.

    `changed_hours`, in the order of their days, hold from their day on; before the first of them
    `office_hours` do, or else the calendar's.
    """

    calendar: Calendar
    zone: str
    office_hours: tuple[Session, ...] = ()
    changed_hours: tuple[HoursFrom, ...] = ()

    def hours_on(self, day: date) -> tuple[Session, ...]:
        """Give the office hours of a day, whether or not it is worked."""
        for changed in reversed(self.changed_hours):
            if changed.from_on <= day:
                return changed.sessions
        return self.office_hours or self.calendar.sessions

    def sessions_of(self, day: date) -> list[Interval]:
        """Give the office time of a day, as UTC intervals."""
        return [
            (self._at(day, session.opens), self._at(day, session.closes))
            for session in self.hours_on(day)
        ]

    def sessions_from(self, start: datetime) -> Iterator[Interval]:
        """Give all office time from an instant to the end of the calendar."""
        first_day = start.astimezone(time_zone(self.zone)).date()
        check_covered(self.calendar, first_day)
        days = self.calendar.working_days
        for position in range(bisect_left(days, first_day), len(days)):
            for opens, closes in self.sessions_of(days[position]):
                if closes > start:
                    yield max(opens, start), closes

    def _at(self, day: date, clock: str) -> datetime:
        local = datetime.combine(day, time.fromisoformat(clock), time_zone(self.zone))
        return local.astimezone(UTC)


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
    check_covered(working.calendar, end.astimezone(time_zone(working.zone)).date())
    total = timedelta()
    for opens, closes in working.sessions_from(start):
        if opens >= end:
            return total
        total += min(closes, end) - opens
    return total
