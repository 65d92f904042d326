"""What stands beside the dossiers of the world: fees, petitions, and a calendar."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from domain.calendars import NATIONAL_CALENDAR, Calendar, CalendarRecord
from domain.decisions import StreamState
from domain.facts.feedback import FeedbackCategory
from domain.moments import Moment
from domain.oversight.petitions import PetitionRecord, PetitionState, PetitionTrack

FEE_VND: Final = 50_000
PROCEDURES_PER_FREE_ONE: Final = 3
DOSSIERS_PER_PETITION: Final = 100


def calendar(first: date, last: date) -> dict[str, StreamState]:
    """Give the national calendar, without any holiday."""
    document = Calendar(id=NATIONAL_CALENDAR, valid_from=first, valid_to=last)
    record = CalendarRecord(document, "0" * 64, Moment(day=first))
    return {f"calendar:{NATIONAL_CALENDAR}": record}


def fee_of(procedure: str) -> int | None:
    """Give the fee of a procedure; one of three is free."""
    return None if int(procedure[2:]) % PROCEDURES_PER_FREE_ONE == 0 else FEE_VND


def petitions(
    count: int, offices: int, first: date, days: int
) -> Iterator[tuple[str, StreamState]]:
    """Draw feedback, most of it answered within three weeks."""
    draw = random.Random(count)
    for number in range(count):
        filed = datetime.combine(first, datetime.min.time(), UTC) + timedelta(
            days=number * days // count, hours=2
        )
        answered = filed + timedelta(days=draw.randrange(1, 21))
        is_answered = answered.date() < first + timedelta(days=days)
        yield (
            f"petition:{number:032x}",
            PetitionRecord(
                track=PetitionTrack.FEEDBACK,
                state=PetitionState.ANSWERED if is_answered else PetitionState.TAKEN_UP,
                office=f"H44.{draw.randrange(offices):03d}",
                filed_at=Moment(instant=filed),
                category=draw.choice(list(FeedbackCategory)),
                answered_at=Moment(instant=answered) if is_answered else None,
            ),
        )
