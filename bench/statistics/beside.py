"""What stands beside the dossiers of the world: acts about money, petitions, and a calendar."""

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from domain.actions import Signer
from domain.calendars import NATIONAL_CALENDAR, Calendar, CalendarRecord
from domain.decisions import StreamState
from domain.dossiers import Dossier
from domain.facts import PaymentMethod
from domain.facts.feedback import FeedbackCategory
from domain.moments import Moment
from domain.oversight.petitions import PetitionRecord, PetitionState, PetitionTrack
from domain.roles import Role
from projections.dossier_rows import Act

FEE_VND: Final = 50_000
PROCEDURES_PER_FREE_ONE: Final = 3
DOSSIERS_PER_PETITION: Final = 100
_SIGNERS: Final = (Signer("receiver", Role.RECEIVER),)
_METHODS: Final = (PaymentMethod.ONLINE_PORTAL, PaymentMethod.ONLINE_GATEWAY, PaymentMethod.CASH)


def calendar(first: date, last: date) -> dict[str, StreamState]:
    """Give the national calendar, without any holiday."""
    document = Calendar(id=NATIONAL_CALENDAR, valid_from=first, valid_to=last)
    record = CalendarRecord(document, "0" * 64, Moment(day=first))
    return {f"calendar:{NATIONAL_CALENDAR}": record}


def fee_of(procedure: str) -> int | None:
    """Give the fee of a procedure; one of three is free."""
    return None if int(procedure[2:]) % PROCEDURES_PER_FREE_ONE == 0 else FEE_VND


def fee_acts(states: Iterable[tuple[datetime, Dossier]]) -> list[Act]:
    """Give what is asked of an applicant at the acceptance, and what he paid by the end."""
    found: list[Act] = []
    for at, dossier in states:
        fee, number = fee_of(dossier.procedure), int(dossier.stream[8:], 16)
        if fee is None:
            continue
        entry_index = 2 * number + 1
        if dossier.ended_at is not None:
            paid = _act(entry_index + 1, dossier, at, "dossier.payment_confirmed", fee, number % 3)
            found.append(paid)
        elif not dossier.waits:
            # One of ten owes nothing. What waits was asked before.
            amount = fee if number % 10 else 0
            found.append(_act(entry_index, dossier, at, "dossier.fee_assessed", amount))
    return found


def _act(
    entry_index: int,
    dossier: Dossier,
    at: datetime,
    kind: str,
    amount_vnd: int,
    method: int | None = None,
) -> Act:
    return Act(
        entry_index=entry_index,
        stream=dossier.stream,
        version=1 if method is None else 2,
        kind=kind,
        at=Moment(instant=at),
        recorded_at=at,
        office=dossier.office,
        signers=_SIGNERS,
        amount_vnd=amount_vnd,
        payment_method=None if method is None else _METHODS[method].value,
    )


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
