"""The public record as a replayed log leaves it, without any database: for recompute."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from domain.calendars import NATIONAL_CALENDAR
from domain.procedures import ProcedureRecord
from projections.dossier_rows import Act, DossierRow, row_of
from projections.index766.inputs import PublicRecord
from projections.index766.payments import payments_of
from projections.petitions.rows import row_of_petition
from projections.petitions.standing import PetitionWorld
from projections.recompute import PublicWorld
from projections.states import StreamStates
from projections.statistics.asking import CellSource
from projections.statistics.in_memory import CellsInMemory
from projections.statistics.places import places_of
from projections.stored.fees import FeeAct


def record_of_log(
    states: StreamStates,
    procedures: Mapping[str, ProcedureRecord],
    acts: Iterable[Act],
    sealed_at: datetime,
) -> PublicRecord:
    """Give the record of a log folded up to a seal; ``acts`` are all that it folded, in order."""
    rows = {dossier.stream: row_of(dossier) for dossier in states.dossiers()}
    offices, calendar = states.offices(), states.calendar(NATIONAL_CALENDAR)
    fees = sorted(_fee_acts(acts, rows), key=lambda each: each.stream)
    places = places_of([*offices.values(), *procedures.values()])
    return PublicRecord(
        cells=CellsInMemory(rows.values(), places, sealed_at),
        procedures=procedures,
        petitions=[row_of_petition(stream, one) for stream, one in states.petitions().items()],
        petition_world=PetitionWorld(
            offices, None if calendar is None else calendar.calendar, sealed_at
        ),
        payments=lambda wanted: payments_of(fees, places, wanted),
    )


def record_of_world(world: PublicWorld, cells: CellSource) -> PublicRecord:
    """Give the record of a log that was replayed, with the cells of its dossiers."""
    fees = [
        FeeAct(
            row.stream,
            row.office,
            row.procedure,
            row.accepted_at,
            act.kind,
            act.amount_vnd,
            act.payment_method,
        )
        for row in world.rows
        if row.accepted_at is not None
        for act in world.acts.get(row.stream, ())
        if act.amount_vnd is not None
    ]
    return PublicRecord(
        cells=cells,
        procedures=world.procedures,
        petitions=world.petition_rows,
        petition_world=PetitionWorld(world.offices, world.calendar, world.sealed_at),
        payments=lambda wanted: payments_of(fees, world.places, wanted),
    )


def _fee_acts(acts: Iterable[Act], rows: Mapping[str, DossierRow]) -> Iterator[FeeAct]:
    for act in acts:
        row = rows.get(act.stream)
        if act.amount_vnd is None or row is None or row.accepted_at is None:
            continue
        yield FeeAct(
            row.stream,
            row.office,
            row.procedure,
            row.accepted_at,
            act.kind,
            act.amount_vnd,
            act.payment_method,
        )
