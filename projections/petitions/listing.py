"""The public list of petitions of one month: office, dates, state, in time or late; no text, no id.

Streams stand in no line, and lines are sorted by what they show, so that their order tells
nothing; what belongs to a group that is too small is counted and not listed.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from domain.moments import Moment
from domain.oversight.petitions import PetitionRecord
from projections.petitions.groups import PetitionGroup, group_petitions
from projections.petitions.rows import PetitionRow
from projections.petitions.standing import PetitionWorld, standing_of


class ListedPetition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One petition as everybody sees it; dates are days of its office's time zone."""

    track: str
    office: str
    filed_on: str
    state: str
    standing: str
    category: str | None = None
    level: int | None = None
    outcome: str | None = None
    answered_on: str | None = None
    published_on: str | None = None
    decided_on: str | None = None


@dataclass(frozen=True, slots=True)
class PetitionList:
    """The petitions of one month; `months` are those that have any, newest first."""

    month: str | None
    months: tuple[str, ...]
    petitions: tuple[ListedPetition, ...]
    withheld: int


def list_petitions(
    rows: Iterable[PetitionRow], world: PetitionWorld, month: str | None = None
) -> PetitionList:
    """List the petitions of a month, or of the newest that has any."""
    groups = list(group_petitions(rows, world))
    months = tuple(sorted({group.period for group in groups}, reverse=True))
    asked = month or next(iter(months), None)
    of_month = [group for group in groups if group.period == asked]
    listed = [
        _listed(group, record, world)
        for group in of_month
        if group.may_be_listed
        for record in group.petitions
    ]
    withheld = sum(len(group.petitions) for group in of_month if not group.may_be_listed)
    return PetitionList(asked, months, tuple(sorted(listed, key=_order)), withheld)


def _order(listed: ListedPetition) -> tuple[str, ...]:
    return tuple("" if value is None else str(value) for value in msgspec.structs.astuple(listed))


def _listed(group: PetitionGroup, record: PetitionRecord, world: PetitionWorld) -> ListedPetition:
    zone = world.zone(record.office)

    def day(moment: Moment | None) -> str | None:
        return None if moment is None else moment.day_in(zone).isoformat()

    filed_on = day(record.filed_at)
    assert filed_on is not None
    return ListedPetition(
        track=record.track.value,
        office=group.office,
        filed_on=filed_on,
        state=record.state.value,
        standing=standing_of(record, world).value,
        category=None if record.category is None else record.category.value,
        level=record.level,
        outcome=None if record.outcome is None else record.outcome.value,
        answered_on=day(record.answered_at),
        published_on=day(record.published_at),
        decided_on=day(record.decided_at),
    )
