"""Profiles that are open and should not be: cells that are too small, and fields that are private.

SPEC: formats.md, "Neighbour test". A cell is one office × procedure. Whoever knows that a neighbour
went there finds the entry among so few; below ten acceptances a month it should be veiled. Judged
are the months that have ended, and the running one where a cell has no other. The newest version's
profile counts, since it is the one that can still be mended.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

import msgspec

from domain.figures import period_of
from domain.moments import Moment, parse_moment
from domain.offices import Level, OfficeRecord
from domain.procedures import Procedure, ProcedureRecord, Publication
from domain.procedures.sensitive_fields import likely_sensitivity
from projections.dossier_rows import DossierRow

LEAST_ACCEPTED: Final = 10
SMALL_CELL: Final = "small_open_cell"
SENSITIVE_FIELD: Final = "sensitive_field_open"

Cell = tuple[str, str]


class MonthCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many dossiers a cell accepted in one month of the office's time zone."""

    month: str
    accepted: int
    ended: bool = True


class OpenCell(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A procedure, at an office or at a level, whose entries are open and should be veiled."""

    code: str
    procedure: str
    level: Level
    office: str | None = None
    months: tuple[MonthCount, ...] = ()
    field: str | None = None
    sensitivity: str | None = None


def small_cells(
    rows: Iterable[DossierRow],
    offices: Mapping[str, OfficeRecord],
    procedures: Mapping[str, ProcedureRecord],
    as_of: datetime,
    least: int = LEAST_ACCEPTED,
) -> list[OpenCell]:
    """Give the open cells that accepted fewer than that in a month in which they accepted any."""
    found = []
    for (office_id, code), months in sorted(_accepted(rows, offices).items()):
        office, record = offices[office_id].office, procedures.get(code)
        running = period_of(Moment(instant=as_of), office.time_zone)
        small = tuple(_small_months(months, running, least))
        if small and record is not None and _is_open(record.versions[-1], office.level):
            found.append(
                OpenCell(
                    code=SMALL_CELL,
                    procedure=code,
                    level=office.level,
                    office=office_id,
                    months=small,
                )
            )
    return found


def sensitive_fields(procedures: Mapping[str, ProcedureRecord]) -> list[OpenCell]:
    """Give the procedures whose field is private and whose version is open at a level."""
    return [
        OpenCell(
            code=SENSITIVE_FIELD,
            procedure=code,
            level=level,
            field=newest.field,
            sensitivity=suggested,
        )
        for code, newest in sorted((code, each.versions[-1]) for code, each in procedures.items())
        if newest.sensitivity is None and (suggested := likely_sensitivity(newest.field))
        for level in newest.office_levels()
        if newest.publication.of(level) is None
    ]


def _is_open(procedure: Procedure, level: Level) -> bool:
    return procedure.publication_at(level) is Publication.OPEN


def _accepted(
    rows: Iterable[DossierRow], offices: Mapping[str, OfficeRecord]
) -> dict[Cell, Counter[str]]:
    cells: dict[Cell, Counter[str]] = {}
    for row in rows:
        if row.accepted_at is not None and row.office in offices:
            zone = offices[row.office].office.time_zone
            months = cells.setdefault((row.office, row.procedure), Counter())
            months[period_of(parse_moment(row.accepted_at), zone)] += 1
    return cells


def _small_months(months: Mapping[str, int], running: str, least: int) -> Iterator[MonthCount]:
    ended = {month: count for month, count in months.items() if month < running}
    for month, count in sorted((ended or months).items()):
        if count < least:
            yield MonthCount(month=month, accepted=count, ended=month < running)
