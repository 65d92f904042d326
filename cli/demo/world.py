"""The world that lives are lived in: office time, chance, keys, and who sits in which seat."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cli.demo.province import LEAVING, QUARTERS_NEW, QUARTERS_OLD, SUCCESSOR, ZONE
from cli.demo.steps import ActorKeys, Chance
from domain.calendars import (
    WorkingTime,
    add_working_days,
    add_working_time,
    is_working_day,
    parse_calendar,
    working_time_between,
)

ONE_DAY: Final = timedelta(days=1)


def local(day: date, clock: str) -> datetime:
    """Give the instant of a clock time in the province."""
    return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(ZONE)).astimezone(UTC)


def local_day(instant: datetime) -> date:
    """Give the day of an instant in the province."""
    return instant.astimezone(ZoneInfo(ZONE)).date()


# The demo's three months: from a Monday, over Hùng Kings' day, 30 April and 1 May, to a Friday.
FIRST_DAY: Final = date(2026, 3, 2)
LAST_DAY: Final = date(2026, 5, 29)
REPLACED_ON: Final = date(2026, 4, 15)
# Before the first office hours of the second quarter.
QUARTER_CHANGES_AT: Final = local(date(2026, 4, 1), "07:20")


@dataclass(frozen=True, slots=True)
class World:
    """What every life in the scenario shares."""

    working: WorkingTime
    chance: Chance
    keys: ActorKeys

    @classmethod
    def of(cls, calendar: bytes, chance: Chance, keys: ActorKeys) -> "World":
        """Make the world of a published calendar."""
        return cls(WorkingTime(parse_calendar(calendar), ZONE), chance, keys)

    def after_minutes(self, start: datetime, fewest: int, most: int) -> datetime:
        """Give an instant some minutes of office time later."""
        minutes = self.chance.randint(fewest, most)
        seconds = self.chance.randint(0, 59)
        return add_working_time(self.working, start, timedelta(minutes=minutes, seconds=seconds))

    def after_hours(self, start: datetime, fewest: int, most: int) -> datetime:
        """Give an instant some hours later, at any time of day: citizens have no office hours."""
        return start + timedelta(seconds=self.chance.randint(fewest * 3600, most * 3600))

    def after_share(self, start: datetime, end: datetime, share: float) -> datetime:
        """Give the instant at which that share of the office time until an end has passed."""
        available = working_time_between(self.working, start, end)
        spent = timedelta(seconds=int(available.total_seconds() * share))
        return add_working_time(self.working, start, spent)

    def opening(self, day: date) -> datetime:
        """Give when offices open on a day."""
        return self.working.sessions_of(day)[0][0]

    def closing(self, day: date) -> datetime:
        """Give when offices close on a day."""
        return self.working.sessions_of(day)[-1][1]

    def working_day_before(self, day: date) -> date:
        """Give the last working day before a day."""
        day -= ONE_DAY
        while not self.is_working(day):
            day -= ONE_DAY
        return day

    def working_day_after(self, day: date, working_days: int) -> date:
        """Give the day that many working days later."""
        return add_working_days(self.working.calendar, day, working_days)

    def is_working(self, day: date) -> bool:
        """Tell whether offices work on a day."""
        return is_working_day(self.working.calendar, day)

    def on_duty(self, actor: str, at: datetime) -> str:
        """Give who sits in an officer's seat: one of them leaves, one gets another key."""
        if actor == QUARTERS_OLD and at >= QUARTER_CHANGES_AT:
            return QUARTERS_NEW
        if actor == LEAVING and at >= local(REPLACED_ON, "17:00"):
            return SUCCESSOR
        return actor
