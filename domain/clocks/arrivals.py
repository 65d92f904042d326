"""Arrivals: from when what arrives late in the day, or on a day off, counts."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from domain.calendars import WorkingTime, is_working_day, next_working_day
from domain.moments import time_zone


@dataclass(frozen=True, slots=True)
class LateArrivals:
    """From when what arrives late counts: a parameter of a version of the law.

    What arrives later than `after`, in the `last_office_time` or on a day off counts from
    `counts_from` on the next working day, or from the opening if that is later. `verified` is
    False where `source` is not the law's own text.
    """

    after: time
    last_office_time: timedelta
    counts_from: time
    source: str
    verified: bool


def is_late_arrival(working: WorkingTime, received: datetime, rule: LateArrivals) -> bool:
    """Tell whether what arrived at an instant counts from the next working day only."""
    local = received.astimezone(time_zone(working.zone))
    if not is_working_day(working.calendar, local.date()) or local.time() > rule.after:
        return True
    return received >= working.sessions_of(local.date())[-1][1] - rule.last_office_time


def acceptance_start(working: WorkingTime, received: datetime, rule: LateArrivals) -> datetime:
    """Give the instant from which the time limit of intake runs.

    LAW: Decree 297/2025 arts 3.5 and 6.3: what arrives after office time, on a day off or in the
    last hour of office time counts from 08:00 of the next working day.
    """
    day = received.astimezone(time_zone(working.zone)).date()
    if not is_late_arrival(working, received, rule):
        return max(received, working.sessions_of(day)[0][0])
    next_day = next_working_day(working.calendar, day + timedelta(days=1))
    opens = datetime.combine(next_day, rule.counts_from, time_zone(working.zone)).astimezone(UTC)
    return max(opens, working.sessions_of(next_day)[0][0])
