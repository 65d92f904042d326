"""Under which office a petition may be shown: its own, or the nearest above it with a crowd.

SPEC: formats.md, "Neighbour test". A cell is one office, track and month of filing. Below ten its
petitions are shown under the office above, with whatever else has moved there; what stays below
ten up to the top is shown under no office, and is never listed one by one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from heapq import heapify, heappop, heappush
from itertools import groupby
from typing import Final

from domain.figures import period_of
from domain.offices import OfficeRecord
from domain.oversight.petitions import PetitionRecord, PetitionTrack
from projections.petitions.rows import PetitionRow, petition_of_row
from projections.petitions.standing import PetitionWorld
from projections.statistics.periods import Granularity, first_day, last_day

LEAST_SHOWN: Final = 10
_ZONES_APART: Final = timedelta(days=1)
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


def filed_about(
    rows: Iterable[PetitionRow], track: PetitionTrack, months: Sequence[str]
) -> Iterator[PetitionRow]:
    """Give the petitions of a track filed in these months, and perhaps some of those beside them.

    No petition of another track or month is in a group of theirs, so the others need no grouping.
    """
    # Months are those of the office's zone, texts of instants those of UTC.
    first, last = first_day(min(months)), last_day(max(months), Granularity.MONTH)
    start, end = (first - _ZONES_APART).isoformat(), (last + 2 * _ZONES_APART).isoformat()
    return (row for row in rows if row.track == track and start <= row.filed_at < end)


def _cell(record: PetitionRecord, world: PetitionWorld) -> tuple[str, str, str]:
    period = period_of(record.filed_at, world.zone(record.office))
    return record.track.value, period, record.office


def roll_up(
    by_office: Mapping[str, list[PetitionRecord]], offices: Mapping[str, OfficeRecord]
) -> dict[str, list[PetitionRecord]]:
    """Move what is too small to the office above, from the lowest offices to the highest."""
    found = {office: list(records) for office, records in by_office.items()}
    over = {office: above(office, offices) for office in found}
    waiting = [_turn(office, over[office]) for office in found]
    heapify(waiting)
    while waiting:
        office = heappop(waiting)[2]
        if office == WHOLE_LEDGER or len(found[office]) >= LEAST_SHOWN:
            continue
        parent = next(iter(over[office]), WHOLE_LEDGER)
        if parent not in found:
            found[parent], over[parent] = [], above(parent, offices)
            heappush(waiting, _turn(parent, over[parent]))
        found[parent] += found.pop(office)
    return found


def _turn(office: str, over: tuple[str, ...]) -> tuple[int, tuple[int, ...], str]:
    """Give what sorts the lowest offices first, and of one level the last by name."""
    return -len(over), (*(-ord(letter) for letter in office), 1), office


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
