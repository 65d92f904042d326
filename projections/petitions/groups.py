"""Under which office a petition may be shown: its own, or the nearest above it with a crowd.

SPEC: formats.md, "Neighbour test". A cell is one office, track and month of filing. Below ten its
petitions are shown under the office above, with whatever else has moved there; what stays below
ten up to the top is shown under no office, and is never listed one by one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from domain.figures import period_of
from domain.offices import OfficeRecord
from domain.oversight.petitions import PetitionRecord
from projections.petitions.rows import PetitionRow, petition_of_row
from projections.petitions.standing import PetitionWorld

LEAST_SHOWN: Final = 10
WHOLE_LEDGER: Final = "*"


@dataclass(frozen=True, slots=True)
class PetitionGroup:
    """The petitions of one track and month that are shown under one office."""

    track: str
    period: str
    office: str
    petitions: tuple[PetitionRecord, ...]

    @property
    def may_be_listed(self) -> bool:
        """Tell whether its petitions are so many that none of them stands alone."""
        return len(self.petitions) >= LEAST_SHOWN


def group_petitions(rows: Iterable[PetitionRow], world: PetitionWorld) -> Iterator[PetitionGroup]:
    """Put every petition into exactly one group; groups come by track, month and office."""
    records = [petition_of_row(row) for row in rows]
    placed = [(_cell(record, world), record) for record in records]
    placed.sort(key=lambda each: each[0])
    for (track, period), cells in groupby(placed, key=lambda each: each[0][:2]):
        by_office = defaultdict(list)
        for (_, _, office), record in cells:
            by_office[office].append(record)
        moved = roll_up(by_office, world.offices)
        for office, records in sorted(moved.items()):
            yield PetitionGroup(track, period, office, tuple(records))


def _cell(record: PetitionRecord, world: PetitionWorld) -> tuple[str, str, str]:
    period = period_of(record.filed_at, world.zone(record.office))
    return record.track.value, period, record.office


def roll_up(
    by_office: Mapping[str, list[PetitionRecord]], offices: Mapping[str, OfficeRecord]
) -> dict[str, list[PetitionRecord]]:
    """Move what is too small to the office above, from the lowest offices to the highest."""
    found = {office: list(records) for office, records in by_office.items()}
    waiting = set(found)
    while waiting:
        office = max(waiting, key=lambda each: (len(above(each, offices)), each))
        waiting.discard(office)
        if office == WHOLE_LEDGER or len(found[office]) >= LEAST_SHOWN:
            continue
        parent = next(iter(above(office, offices)), WHOLE_LEDGER)
        found[parent] = [*found.get(parent, ()), *found.pop(office)]
        waiting.add(parent)
    return found


def above(office_id: str, offices: Mapping[str, OfficeRecord]) -> tuple[str, ...]:
    """Give the offices above one, nearest first; none for an office above itself."""
    found: list[str] = []
    record = offices.get(office_id)
    while record is not None and record.office.parent in offices:
        parent = record.office.parent
        assert parent is not None
        if parent in (office_id, *found):
            return ()
        found.append(parent)
        record = offices[parent]
    return tuple(found)
