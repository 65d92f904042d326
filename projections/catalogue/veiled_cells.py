"""Cells that ask for a veil and are shown: what `profiles check` must say while none is woven.

SPEC: formats.md, "Neighbour test". Entries of veiled procedures are not veiled yet (docs/trust.md),
so whoever opens such a cell learns of it from the ledger itself, and not from a neighbour.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from domain.offices import OfficeRecord
from domain.procedures import ProcedureRecord, Publication
from projections.catalogue.small_cells import OpenCell
from projections.dossier_rows import DossierRow

VEILED_CELL_SHOWN: Final = "veiled_cell_shown"


def shown_cells(
    rows: Iterable[DossierRow],
    offices: Mapping[str, OfficeRecord],
    procedures: Mapping[str, ProcedureRecord],
) -> list[OpenCell]:
    """Give the cells, office × procedure, whose profile is veiled and that have dossiers."""
    found = []
    for office_id, code in sorted({(row.office, row.procedure) for row in rows}):
        office, procedure = offices.get(office_id), procedures.get(code)
        if office is None or procedure is None:
            continue
        newest, level = procedure.versions[-1], office.office.level
        if newest.publication_at(level) is Publication.VEILED:
            found.append(
                OpenCell(
                    code=VEILED_CELL_SHOWN,
                    procedure=code,
                    level=level,
                    office=office_id,
                    field=newest.field,
                    sensitivity=newest.sensitivity,
                )
            )
    return found
