"""A province with two communes, their dossiers, petitions and payments: a public record."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from domain.dossiers import Dossier
from domain.facts import Channel, PaymentMethod
from domain.moments import Moment, render_moment
from domain.offices import Level, OfficeRecord
from domain.oversight.petitions import PetitionRecord
from domain.procedures import Procedure, ProcedureRecord
from domain.procedures.contents import Service, ServiceLevel
from projections.dossier_rows import row_of
from projections.index766.inputs import PublicRecord
from projections.index766.payments import payments_of
from projections.petitions.standing import PetitionWorld
from projections.statistics.in_memory import CellsInMemory
from projections.statistics.places import places_of
from projections.stored.fees import FeeAct
from tests.support.builders import a_procedure, an_office
from tests.support.oversight.petitions import (
    COMMUNE,
    OTHER_COMMUNE,
    PROVINCE,
    a_petition_world,
    rows_of_petitions,
)

AS_OF = datetime(2026, 10, 15, 9, tzinfo=UTC)
ELSEWHERE = "H40"

OFFICES = {
    PROVINCE: an_office(PROVINCE, level=Level.PROVINCE),
    COMMUNE: an_office(COMMUNE, parent=PROVINCE, level=Level.COMMUNE),
    OTHER_COMMUNE: an_office(OTHER_COMMUNE, parent=PROVINCE, level=Level.COMMUNE),
    ELSEWHERE: an_office(ELSEWHERE, level=Level.PROVINCE),
}


def a_listed_procedure(code: str, **more: Any) -> Procedure:
    """Give a procedure of communes with full online service and a fee."""
    settled: dict[str, Any] = {
        "code": code,
        "level": Level.COMMUNE,
        "service_level": ServiceLevel(service=Service.FULL),
        "fee_vnd": 50_000,
    }
    return a_procedure(**(settled | more))


def a_record(
    dossiers: Iterable[Dossier] = (),
    procedures: Sequence[Procedure] = (),
    petitions: Sequence[PetitionRecord] = (),
    fees: Sequence[FeeAct] = (),
    as_of: datetime = AS_OF,
) -> PublicRecord:
    records = {one.code: ProcedureRecord(one.code, (one,), ("0" * 64,)) for one in procedures}
    offices = [
        OfficeRecord(office, "0" * 64, Moment(day=date(2025, 1, 1))) for office in OFFICES.values()
    ]
    world = a_petition_world(offices=OFFICES)
    places = places_of([*offices, *records.values()])
    acts = sorted(fees, key=lambda act: act.stream)
    return PublicRecord(
        cells=CellsInMemory(map(row_of, dossiers), places, as_of),
        procedures=records,
        petitions=rows_of_petitions(*petitions),
        petition_world=PetitionWorld(world.offices, world.calendar, as_of),
        payments=lambda wanted: payments_of(acts, places, wanted),
    )


def a_payment(dossier: Dossier, amount_vnd: int = 50_000, method: str | None = None) -> FeeAct:
    assert dossier.accepted_at is not None
    return FeeAct(
        dossier.stream,
        dossier.office,
        dossier.procedure,
        render_moment(dossier.accepted_at),
        "dossier.payment_confirmed" if method else "dossier.fee_assessed",
        amount_vnd,
        method,
    )


ONLINE = PaymentMethod.ONLINE_PORTAL.value
GATEWAY = PaymentMethod.ONLINE_GATEWAY.value
CASH = PaymentMethod.CASH.value
CHANNELS = tuple(Channel)
