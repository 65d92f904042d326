"""Where a veil hides less than it should: what `profiles check` says of veiled dossiers.

SPEC: formats.md, "Neighbour test". A dossier is veiled from its first act or never, so those that
were opened before their procedure's profile stay shown. And a veil waits until nine others of its
office and crowd wait with it: where a month brings fewer, the log lags, and says less for longer.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from domain.offices import OfficeRecord
from domain.procedures import ProcedureRecord, Publication
from domain.veils import LEAST_OF_CROWD, Crowd, crowd_of
from ledger.writing.envelopes import month_of
from ledger.writing.veils import Face
from projections.catalogue.small_cells import OpenCell
from projections.dossier_rows import DossierRow

OPENED_BEFORE_VEIL: Final = "opened_before_veil"
VEIL_WITHOUT_CROWD: Final = "veil_without_crowd"


class ThinMonth(msgspec.Struct, frozen=True, kw_only=True):
    """How many veiled acts of a crowd were recorded in one month."""

    month: str
    acts: int


class ThinCrowd(msgspec.Struct, frozen=True, kw_only=True):
    """Months in which a top office had veiled acts of a crowd, and fewer than ten."""

    office: str
    crowd: Crowd
    months: tuple[ThinMonth, ...]
    code: str = VEIL_WITHOUT_CROWD


def shown_cells(
    rows: Iterable[DossierRow],
    offices: Mapping[str, OfficeRecord],
    procedures: Mapping[str, ProcedureRecord],
) -> list[OpenCell]:
    """Give the cells, office × procedure, that are veiled now and have dossiers from before.

    ``rows`` are those of open dossiers.
    """
    found = []
    for office_id, code in sorted({(row.office, row.procedure) for row in rows}):
        office, procedure = offices.get(office_id), procedures.get(code)
        if office is None or procedure is None:
            continue
        newest, level = procedure.versions[-1], office.office.level
        if newest.publication_at(level) is Publication.VEILED:
            found.append(
                OpenCell(
                    code=OPENED_BEFORE_VEIL,
                    procedure=code,
                    level=level,
                    office=office_id,
                    field=newest.field,
                    sensitivity=newest.sensitivity,
                )
            )
    return found


def thin_crowds(acts: Iterable[tuple[Face, datetime]], as_of: datetime) -> list[ThinCrowd]:
    """Give the crowds of ended months that are no crowds; months are UTC, as veils name them.

    ``acts`` are all veiled acts, in the log or not yet, with the time at which each was recorded.
    """
    running = month_of(as_of)
    crowds: defaultdict[tuple[str, Crowd], Counter[str]] = defaultdict(Counter)
    for face, recorded_at in acts:
        crowds[face.office, crowd_of(face.act)][month_of(recorded_at)] += 1
    found = []
    for (office, crowd), months in sorted(crowds.items()):
        thin = tuple(
            ThinMonth(month=month, acts=count)
            for month, count in sorted(months.items())
            if month < running and count < LEAST_OF_CROWD
        )
        if thin:
            found.append(ThinCrowd(office=office, crowd=crowd, months=thin))
    return found
