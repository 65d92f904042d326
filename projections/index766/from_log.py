"""The public record as a replayed log leaves it, without any database: for recompute."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from domain.calendars import NATIONAL_CALENDAR
from domain.procedures import ProcedureRecord
from projections.dossier_rows import Act, DossierRow, row_of
from projections.index766.inputs import PublicRecord
from projections.petitions.rows import row_of_petition
from projections.petitions.standing import PetitionWorld
from projections.states import StreamStates
from projections.statistics.in_memory import CellsInMemory
from projections.statistics.places import places_of
from projections.stored.fees import FeeAct, Offices


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

    def fee_acts(first: date, last: date, _offices: Offices) -> Iterator[FeeAct]:
        # As the views do: a day to each side, since texts are those of UTC.
        start, end = (first - _DAY).isoformat(), (last + 2 * _DAY).isoformat()
        return (act for act in fees if start <= act.accepted_at < end)

    return PublicRecord(
        cells=CellsInMemory(
            rows.values(), places_of([*offices.values(), *procedures.values()]), sealed_at
        ),
        procedures=procedures,
        petitions=[row_of_petition(stream, one) for stream, one in states.petitions().items()],
        petition_world=PetitionWorld(
            offices, None if calendar is None else calendar.calendar, sealed_at
        ),
        fee_acts=fee_acts,
    )


_DAY = timedelta(days=1)


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
