"""Open cells that are too small, and open procedures of private fields."""

from typing import Any

import pytest

from domain.moments import parse_moment
from domain.offices import Level, OfficeRecord
from domain.procedures import Procedure, ProcedureRecord, Publication, PublicationProfile
from projections.catalogue.small_cells import (
    MonthCount,
    OpenCell,
    sensitive_fields,
    small_cells,
)
from projections.dossier_rows import DossierRow
from tests.support.builders import a_procedure, an_office
from tests.support.dossier_cases import OFFICE, a_row, instant

CODE = a_row("2026-01-05").procedure
AS_OF = instant("2026-03-15T00:00:00Z")
OFFICES = {
    OFFICE: OfficeRecord(an_office(OFFICE, level=Level.COMMUNE), "aa", parse_moment("2026-01-01"))
}


def rows(**months: int) -> list[DossierRow]:
    """Give so many acceptances in the middle of each month: `jan=3`."""
    numbers = {"jan": "01", "feb": "02", "mar": "03"}
    return [
        a_row(f"2026-{numbers[name]}-10") for name, count in months.items() for _ in range(count)
    ]


def procedures(*versions: Procedure) -> dict[str, ProcedureRecord]:
    return {CODE: ProcedureRecord(CODE, versions, tuple("ab"[: len(versions)]))}


def check(counted: list[DossierRow], *versions: Procedure) -> list[OpenCell]:
    listed = versions or (a_procedure(code=CODE),)
    return small_cells(counted, OFFICES, procedures(*listed), AS_OF)


def a_count(month: str, accepted: int, **more: Any) -> MonthCount:
    return MonthCount(month=month, accepted=accepted, **more)


@pytest.mark.parametrize(
    ("counted", "months"),
    [
        pytest.param(rows(), (), id="nothing accepted"),
        pytest.param(rows(jan=10), (), id="ten are enough"),
        pytest.param(rows(jan=9), (a_count("2026-01", 9),), id="nine are not"),
        pytest.param(rows(jan=12, feb=1), (a_count("2026-02", 1),), id="one small month"),
        pytest.param(rows(jan=10, mar=1), (), id="the running month is not over"),
        pytest.param(rows(mar=1), (a_count("2026-03", 1, ended=False),), id="no other month"),
    ],
)
def test_open_cell_is_small_in_months_below_ten(
    counted: list[DossierRow], months: tuple[MonthCount, ...]
) -> None:
    assert tuple(month for cell in check(counted) for month in cell.months) == months


def test_finding_names_office_procedure_and_level() -> None:
    (cell,) = check(rows(jan=1))

    assert (cell.code, cell.office, cell.procedure, cell.level) == (
        "small_open_cell",
        OFFICE,
        CODE,
        Level.COMMUNE,
    )


def test_cell_that_a_newer_version_veils_is_no_finding() -> None:
    veiled = a_procedure(
        code=CODE, version=2, publication=PublicationProfile(commune=Publication.VEILED)
    )

    assert check(rows(jan=1), a_procedure(code=CODE), veiled) == []


def test_profile_of_another_level_does_not_veil_the_cell() -> None:
    other = a_procedure(code=CODE, publication=PublicationProfile(province=Publication.VEILED))

    assert len(check(rows(jan=1), other)) == 1


def test_open_procedure_of_a_private_field_is_found_at_each_level() -> None:
    levels = (Level.PROVINCE, Level.COMMUNE)
    record = procedures(a_procedure(code=CODE, field="Hộ tịch", levels=levels))

    assert [(cell.level, cell.sensitivity) for cell in sensitive_fields(record)] == [
        (Level.PROVINCE, "civil_status"),
        (Level.COMMUNE, "civil_status"),
    ]


def test_private_field_that_was_opened_on_purpose_is_no_finding() -> None:
    profile = PublicationProfile(commune=Publication.OPEN)
    chosen = a_procedure(code=CODE, level=Level.COMMUNE, field="Hộ tịch", publication=profile)

    assert sensitive_fields(procedures(chosen)) == []
