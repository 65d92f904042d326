"""Cells that are veiled now and have open dossiers from before; crowds in which veils wait long."""

from datetime import UTC, datetime

import pytest

from domain.moments import parse_moment
from domain.offices import Level, OfficeRecord
from domain.procedures import (
    Procedure,
    ProcedureRecord,
    Publication,
    PublicationProfile,
    Sensitivity,
)
from domain.veils import Crowd, VeilAct
from ledger.writing.veils import Face
from projections.catalogue.veiled_cells import ThinMonth, shown_cells, thin_crowds
from tests.support.builders import a_procedure, an_office
from tests.support.dossier_cases import OFFICE, a_row

ROW = a_row("2026-01-05")
OFFICES = {
    OFFICE: OfficeRecord(an_office(OFFICE, level=Level.COMMUNE), "aa", parse_moment("2026-01-01"))
}
VEILED_AT_COMMUNES = PublicationProfile(commune=Publication.VEILED)
OPEN_AT_COMMUNES = PublicationProfile(commune=Publication.OPEN)


@pytest.mark.parametrize(
    ("procedure", "found"),
    [
        pytest.param(a_procedure(), [], id="nothing is said"),
        pytest.param(a_procedure(sensitivity=Sensitivity.HEALTH), [OFFICE], id="by sensitivity"),
        pytest.param(a_procedure(publication=VEILED_AT_COMMUNES), [OFFICE], id="by its profile"),
        pytest.param(
            a_procedure(sensitivity=Sensitivity.HEALTH, publication=OPEN_AT_COMMUNES),
            [],
            id="the profile comes first",
        ),
    ],
)
def test_veiled_cell_with_open_dossiers_is_named_once(
    procedure: Procedure, found: list[str]
) -> None:
    procedures = {ROW.procedure: ProcedureRecord(ROW.procedure, (procedure,), ("aa",))}

    cells = shown_cells([ROW, ROW], OFFICES, procedures)

    assert [cell.office for cell in cells] == found
    assert {cell.code for cell in cells} <= {"opened_before_veil"}


def test_cell_without_a_dossier_is_not_named() -> None:
    procedure = a_procedure(sensitivity=Sensitivity.HEALTH)
    procedures = {ROW.procedure: ProcedureRecord(ROW.procedure, (procedure,), ("aa",))}

    assert shown_cells([], OFFICES, procedures) == []


AS_OF = datetime(2026, 3, 5, tzinfo=UTC)


def recorded(act: VeilAct, month: int, count: int) -> list[tuple[Face, datetime]]:
    return [(Face("H27", act), datetime(2026, month, 4, 3, tzinfo=UTC))] * count


def test_month_with_fewer_than_ten_of_a_crowd_is_named() -> None:
    acts = [*recorded(VeilAct.RECEIVED, 1, 9), *recorded(VeilAct.RECEIVED, 2, 10)]

    (crowd,) = thin_crowds(acts, AS_OF)

    assert (crowd.code, crowd.office, crowd.crowd) == ("veil_without_crowd", "H27", Crowd.RECEIVED)
    assert crowd.months == (ThinMonth(month="2026-01", acts=9),)


def test_early_and_late_ends_are_one_crowd() -> None:
    ends = [*recorded(VeilAct.ENDED_LATE, 1, 4), *recorded(VeilAct.ENDED_EARLY, 1, 4)]

    assert thin_crowds([*ends, *recorded(VeilAct.ENDED_ON_TIME, 1, 2)], AS_OF) == []
    assert [crowd.crowd for crowd in thin_crowds(ends, AS_OF)] == [Crowd.ENDED]


def test_running_month_is_not_judged_yet() -> None:
    assert thin_crowds(recorded(VeilAct.STEP, 3, 1), AS_OF) == []
