"""Petitions for tests of what is made of them: records, rows, and offices above one another."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from domain.moments import Moment, parse_moment
from domain.offices import OfficeRecord
from domain.oversight.petitions import PetitionRecord, PetitionState, PetitionTrack
from projections.petitions.rows import PetitionRow, row_of_petition
from projections.petitions.standing import PetitionWorld
from tests.support.builders import a_calendar, an_office

PROVINCE, COMMUNE, OTHER_COMMUNE = "H27", "H27.15", "H27.16"
FILED = "2026-03-02T02:00:00Z"
AS_OF = datetime(2026, 4, 30, tzinfo=UTC)


def a_petition(**changes: Any) -> PetitionRecord:
    """Give feedback that was answered on the day after it was filed, and published."""
    record = PetitionRecord(
        track=PetitionTrack.FEEDBACK,
        state=PetitionState.PUBLISHED,
        office=COMMUNE,
        filed_at=parse_moment(FILED),
        answered_at=parse_moment("2026-03-03"),
        published_at=parse_moment("2026-03-04"),
    )
    return msgspec.structs.replace(record, **changes)


def a_pending_petition(**changes: Any) -> PetitionRecord:
    """Give feedback that nobody answered."""
    unanswered = {"state": PetitionState.TAKEN_UP, "answered_at": None, "published_at": None}
    return a_petition(**(unanswered | changes))


def rows_of_petitions(*records: PetitionRecord) -> list[PetitionRow]:
    """Give the rows of petitions, each on a stream of its own."""
    return [row_of_petition(f"petition:{n:032x}", one) for n, one in enumerate(records)]


def a_petition_world(as_of: datetime = AS_OF, **changes: Any) -> PetitionWorld:
    """Give a province with two communes and a calendar."""
    offices = {
        PROVINCE: an_office(PROVINCE),
        COMMUNE: an_office(COMMUNE, parent=PROVINCE),
        OTHER_COMMUNE: an_office(OTHER_COMMUNE, parent=PROVINCE),
    } | changes.pop("offices", {})
    records = {
        name: OfficeRecord(office, "0" * 64, Moment(instant=AS_OF))
        for name, office in offices.items()
    }
    return PetitionWorld(records, changes.pop("calendar", a_calendar()), as_of)
