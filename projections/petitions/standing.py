"""How a petition stands to its limits, judged from its public acts alone (`petitions@v1`).

SPEC: domain.md 5.1, indicator 5.2: in time is what was answered in time and what is pending in
time. Judged are the limits that the indicator names for feedback, and those of a complaint.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from domain.calendars import Calendar, WorkingTime
from domain.errors import CalendarHorizonPassed
from domain.offices import OfficeRecord
from domain.oversight.petition_law import PetitionClock
from domain.oversight.petitions import PetitionDue, PetitionRecord, petition_dues
from ledger.errors import StoreCorrupt


class Standing(StrEnum):
    """Whether a petition was answered, or is pending, in time; undated: no calendar covers it."""

    ANSWERED_ON_TIME = "answered_on_time"
    ANSWERED_LATE = "answered_late"
    PENDING_IN_TIME = "pending_in_time"
    PENDING_OVERDUE = "pending_overdue"
    UNDATED = "undated"


# LAW: Decision 766/QD-TTg, formula of 5.2; sending on is a limit of Decree 20/2008, shown and not
# counted there.
JUDGED_CLOCKS: Final = frozenset(PetitionClock) - {PetitionClock.FORWARDING}


@dataclass(frozen=True, slots=True)
class PetitionWorld:
    """What petitions are judged by: the offices, the national calendar, and the instant."""

    offices: Mapping[str, OfficeRecord]
    calendar: Calendar | None
    as_of: datetime

    def zone(self, office_id: str) -> str:
        """Give the time zone of an office.

        Raises:
            StoreCorrupt: no such office is registered, which no recorded act can name.
        """
        record = self.offices.get(office_id)
        if record is None:
            raise StoreCorrupt("a petition is with an office that is not registered")
        return record.office.time_zone


def clocks_of(record: PetitionRecord, world: PetitionWorld) -> tuple[PetitionDue, ...]:
    """Give the clocks of a petition; none where no published calendar covers them."""
    if world.calendar is None:
        return ()
    try:
        return petition_dues(record, WorkingTime(world.calendar, world.zone(record.office)))
    except CalendarHorizonPassed:
        return ()


def standing_of(record: PetitionRecord, world: PetitionWorld) -> Standing:
    """Judge a petition as of an instant: one limit that was missed makes it late."""
    clocks = [due for due in clocks_of(record, world) if due.clock in JUDGED_CLOCKS]
    if not clocks:
        return Standing.UNDATED
    zone = world.zone(record.office)
    is_late = any(due.is_late(world.as_of, zone) for due in clocks)
    if record.is_open:
        return Standing.PENDING_OVERDUE if is_late else Standing.PENDING_IN_TIME
    return Standing.ANSWERED_LATE if is_late else Standing.ANSWERED_ON_TIME
