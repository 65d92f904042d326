"""Moments: when something happened, to the second or to the day.

An instant is written `2026-11-21T08:03:11Z` (RFC 3339, UTC, whole seconds), a day `2026-11-21`.
A day is the day of the office concerned; rules about hours do not apply to it. Years run from
1900 to 2199, so that arithmetic in any time zone stays within what dates can hold.
"""

import re
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from domain.errors import MalformedMoment

SECONDS_PER_DAY: Final = 86_400
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_UTC_OFFSET: Final = "+00:00"
_INSTANT_LENGTH: Final = len("2026-11-21T08:03:11Z")
# The years are FIRST_YEAR to LAST_YEAR.
_MOMENT = re.compile(
    r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?", re.ASCII
)


@lru_cache(maxsize=256)
def time_zone(zone: str) -> ZoneInfo:
    """Give the IANA time zone of that name; the name comes from a checked office document."""
    return ZoneInfo(zone)


class Moment(msgspec.Struct, frozen=True, omit_defaults=True):
    """When something happened: exactly one of an aware UTC instant and a day."""

    instant: datetime | None = None
    day: date | None = None

    def __post_init__(self) -> None:
        assert (self.instant is None) != (self.day is None)

    @property
    def is_day_only(self) -> bool:
        """Tell whether only the day is known."""
        return self.instant is None

    def day_in(self, zone: str) -> date:
        """Give the day, in the time zone of the office."""
        if self.instant is not None:
            return self.instant.astimezone(time_zone(zone)).date()
        assert self.day is not None
        return self.day

    def start_in(self, zone: str) -> datetime:
        """Give the instant, or the first instant of the day in that time zone."""
        if self.instant is not None:
            return self.instant
        assert self.day is not None
        return _start_of_day(self.day, zone)


@lru_cache(maxsize=20_000)
def _start_of_day(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), time_zone(zone)).astimezone(UTC)


def parse_moment(text: str) -> Moment:
    """Read an instant or a day.

    Raises:
        MalformedMoment: the text has another form, or no such day or time exists.
    """
    if not _MOMENT.fullmatch(text):
        raise MalformedMoment
    try:
        if len(text) == len("2026-11-21"):
            return Moment(day=date.fromisoformat(text))
        return Moment(instant=datetime.fromisoformat(text))
    except ValueError as error:
        raise MalformedMoment from error


def moment_at(at: date) -> Moment:
    """Give the moment of an instant or a day that was read otherwise, as `parse_moment` gives it.

    Raises:
        MalformedMoment: `parse_moment` reads no text that says this: an instant that is not in UTC
            or has fractions of a second, or a year too early or too late.
    """
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise MalformedMoment
    if not isinstance(at, datetime):
        return Moment(day=at)
    if at.tzinfo is not UTC or at.microsecond:
        raise MalformedMoment
    return Moment(instant=at)


def render_moment(moment: Moment) -> str:
    """Write a moment as `parse_moment` reads it; fractions of a second are dropped."""
    if moment.instant is None:
        assert moment.day is not None
        return render_day(moment.day)
    return render_instant(moment.instant)


def render_day(day: date) -> str:
    """Write a day, in a third of the time that its own method takes."""
    text: str = msgspec.to_builtins(day)
    return text


def render_instant(instant: datetime) -> str:
    """Write an aware instant in UTC, without fractions of a second."""
    # As JSON writes it, which takes a tenth of the time, where that is a whole second in UTC.
    text: str = msgspec.to_builtins(instant)
    if len(text) == _INSTANT_LENGTH and text[-1] == "Z":
        return text
    text = instant.astimezone(UTC).isoformat(timespec="seconds")
    return text.removesuffix(_UTC_OFFSET) + "Z"


def is_before(first: Moment, second: Moment, zone: str) -> bool:
    """Tell whether one moment surely precedes another; two moments of one day only do not."""
    if first.instant is not None and second.instant is not None:
        return first.instant < second.instant
    return first.day_in(zone) < second.day_in(zone)


def seconds_between(start: Moment, end: Moment, zone: str) -> int:
    """Count the seconds from start to end, in whole days where either is a day only."""
    if start.instant is not None and end.instant is not None:
        return int((end.instant - start.instant).total_seconds())
    return (end.day_in(zone) - start.day_in(zone)).days * SECONDS_PER_DAY


def english_day(day: date) -> str:
    """Write a day for readers of English; month names do not hang on the process's language."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
