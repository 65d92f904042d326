"""Computing the document of the Vietnamese calendar once, to be published and signed.

The days off come from the `holidays` library, as do the make-up Saturdays; `OVERRIDES` adds what
the library lacks. Time limits are never computed from the library: only from the published
document (LAW: Labour Code 2019 art. 111, 112; swaps are decided each year).
"""

from collections.abc import Iterable, Iterator
from datetime import date
from importlib.metadata import version
from typing import Final

import holidays
import msgspec

from domain.calendars import NATIONAL_CALENDAR, Calendar, DayKind, DayNote
from domain.offices import BilingualName
from ledger.bodies import canonical_json

FIRST_YEAR: Final = 2018
LAST_YEAR: Final = 2027

# Swaps that the library lacks: (day off, day worked instead, is it verified against a decision).
OVERRIDES: Final = ((date(2026, 1, 2), date(2026, 1, 10), False),)


# Culture Day is known from the library alone: the law that made it was not read.
CULTURE_DAY: Final = (11, 24)
SUBSTITUTED: Final = "Day off (substituted"


def calendar_document(first_year: int = FIRST_YEAR, last_year: int = LAST_YEAR) -> bytes:
    """Give the public document of the national calendar for whole years, in canonical form."""
    years = range(first_year, last_year + 1)
    table = holidays.country_holidays("VN", years=years, language="en_US")
    days_off = set(table.keys()) | {off for off, _, _ in OVERRIDES}
    extra = set(table.weekend_workdays) | {worked for _, worked, _ in OVERRIDES}
    calendar = Calendar(
        id=NATIONAL_CALENDAR,
        valid_from=date(first_year, 1, 1),
        valid_to=date(last_year, 12, 31),
        days_off=_within(days_off, years),
        working_days_extra=_within(extra, years),
        source=_source(),
    )
    return canonical_json(msgspec.structs.replace(calendar, notes=tuple(_notes(calendar, table))))


def _notes(calendar: Calendar, english: holidays.HolidayBase) -> Iterator[DayNote]:
    """Name the days off and the make-up days, and say which of them nobody has verified."""
    vietnamese = holidays.country_holidays("VN", years=english.years, language="vi")
    unverified = {
        day for off, worked, verified in OVERRIDES if not verified for day in (off, worked)
    }
    for day in calendar.days_off:
        name = english.get(day)
        is_holiday = name is not None and not name.startswith(SUBSTITUTED)
        is_verified = day not in unverified and (day.month, day.day) != CULTURE_DAY
        yield DayNote(
            day=day,
            kind=DayKind.HOLIDAY if is_holiday else DayKind.SWAPPED_OFF,
            name=BilingualName(vi=vietnamese[day], en=name) if name and is_holiday else None,
            verified=is_verified,
        )
    for day in calendar.working_days_extra:
        yield DayNote(day=day, kind=DayKind.MADE_UP, verified=day not in unverified)


def _within(days: Iterable[date], years: range) -> tuple[date, ...]:
    return tuple(sorted(day for day in days if day.year in years))


def _source() -> str:
    unverified = ", ".join(
        f"{off} worked on {worked}" for off, worked, verified in OVERRIDES if not verified
    )
    package_version = version("holidays")
    return (
        f"Python package holidays {package_version}, country VN, with make-up Saturdays; "
        f"added by this ledger and not verified against a decision: {unverified}"
    )
