"""Cells whose profile is veiled and whose dossiers are shown, office by office."""

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
from projections.catalogue.veiled_cells import shown_cells
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
def test_veiled_cell_with_dossiers_is_named_once(procedure: Procedure, found: list[str]) -> None:
    procedures = {ROW.procedure: ProcedureRecord(ROW.procedure, (procedure,), ("aa",))}

    cells = shown_cells([ROW, ROW], OFFICES, procedures)

    assert [cell.office for cell in cells] == found
    assert {cell.code for cell in cells} <= {"veiled_cell_shown"}


def test_cell_without_a_dossier_is_not_named() -> None:
    procedure = a_procedure(sensitivity=Sensitivity.HEALTH)
    procedures = {ROW.procedure: ProcedureRecord(ROW.procedure, (procedure,), ("aa",))}

    assert shown_cells([], OFFICES, procedures) == []
