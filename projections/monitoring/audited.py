"""The public figures of an audited log, made from what the audit itself remembers.

The auditor's shards each fold the dossiers and petitions that they look after (`fold_shard`, in
their processes); `figures_of` adds them up. It is the arithmetic of `projections.recompute`, over
states that an audit has decided about instead of entries that it would have to read once more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.calendars import NATIONAL_CALENDAR, Calendar
from domain.dossiers import Dossier
from domain.offices import OfficeRecord
from domain.oversight.petitions import PetitionRecord
from ledger.state import LedgerState
from projections.counts import CountCells, Counts, add_cells, count_cells, counts_of
from projections.dossier_rows import row_of
from projections.petitions.figures import PetitionCounts, count_petitions
from projections.petitions.rows import PetitionRow, row_of_petition
from projections.petitions.standing import PetitionWorld
from projections.veiled.counts import VeilCounts, VeiledCounts, count_veiled


@dataclass(frozen=True, slots=True)
class FoldedShard:
    """What one shard's streams come to; offices, calendar and veils are the same in each."""

    as_of: datetime
    cells: CountCells
    petitions: tuple[PetitionRow, ...]
    offices: dict[str, OfficeRecord]
    calendar: Calendar | None
    veils: VeilCounts


@dataclass(frozen=True, slots=True)
class AuditedFigures:
    """All public counts, as of the last seal."""

    as_of: datetime
    counts: Counts
    petitions: PetitionCounts
    veiled: VeiledCounts


def fold_shard(state: LedgerState, as_of: datetime) -> FoldedShard:
    """Count what one shard of an audit looks after (`ledger.auditing.messages.Fold`).

    Raises:
        StoreCorrupt: a dossier is of an office that is not registered.
    """
    states = {stream: head.state for stream, head in state.streams().items()}
    offices = {each.office.id: each for each in states.values() if isinstance(each, OfficeRecord)}
    zones = {name: record.office.time_zone for name, record in offices.items()}
    dossiers = (row_of(each) for each in states.values() if isinstance(each, Dossier))
    petitions = tuple(
        row_of_petition(stream, each)
        for stream, each in states.items()
        if isinstance(each, PetitionRecord)
    )
    record = state.calendar(NATIONAL_CALENDAR)
    return FoldedShard(
        as_of,
        count_cells(dossiers, as_of, zones),
        petitions,
        offices,
        None if record is None else record.calendar,
        {(office, month, act): count for (month, office, act), count in state.veils.items()},
    )


def figures_of(shards: Sequence[FoldedShard]) -> AuditedFigures:
    """Add up what the shards of one audit counted."""
    first = shards[0]
    assert all(shard.as_of == first.as_of for shard in shards)
    petitions = [row for shard in shards for row in shard.petitions]
    world = PetitionWorld(first.offices, first.calendar, first.as_of)
    return AuditedFigures(
        first.as_of,
        counts_of(add_cells(shard.cells for shard in shards), first.as_of),
        count_petitions(petitions, world),
        count_veiled(first.veils, first.as_of),
    )
