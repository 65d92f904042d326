"""Searching the catalogue: every word of the question must begin a word of the procedure.

Words are compared folded, so that `dang ky khai sinh` finds `Đăng ký khai sinh`. Results stand in
the order of their codes, which never changes between two pages; a page says after which code it
begins.
"""

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from domain.offices import Level, OfficeRecord
from domain.procedures.search_words import fold_text
from projections.tables import procedures_table

MAX_PAGE: Final = 100
DEFAULT_PAGE: Final = 20
MAX_QUERY_WORDS: Final = 20


@dataclass(frozen=True, slots=True)
class ProcedureQuery:
    """What is asked for; an absent member asks for nothing.

    ``office``: what that office has published, or carries out of what an office above it, or a
    central one, has published for its level.
    """

    words: str | None = None
    field: str | None = None
    level: Level | None = None
    office: str | None = None
    life_event: str | None = None
    after: str | None = None
    limit: int = DEFAULT_PAGE


def search_codes(
    connection: sa.Connection, query: ProcedureQuery, offices: dict[str, OfficeRecord]
) -> tuple[list[str], str | None]:
    """Give the codes of one page, and after which code the next begins; None where it ends."""
    assert 1 <= query.limit <= MAX_PAGE
    code = procedures_table.c.code
    found = sa.select(code).where(*_conditions(query, offices)).order_by(code)
    codes = list(connection.scalars(found.limit(query.limit + 1)))
    page = codes[: query.limit]
    return page, page[-1] if len(codes) > query.limit else None


def _conditions(
    query: ProcedureQuery, offices: dict[str, OfficeRecord]
) -> list[sa.ColumnElement[bool]]:
    table = procedures_table.c
    # Folded words hold letters and digits only: nothing that LIKE reads as a sign.
    words = fold_text(query.words or "").split()[:MAX_QUERY_WORDS]
    wanted: list[sa.ColumnElement[bool]] = [table.words.like(f"% {word}%") for word in words]
    field, life_event = fold_text(query.field or ""), fold_text(query.life_event or "")
    if field:
        wanted.append(table.field_words.like(f"% {field} %"))
    if query.level is not None:
        wanted.append(_of_level(query.level))
    if life_event:
        wanted.append(table.life_events.like(f"%|{life_event}|%"))
    if query.office is not None:
        wanted.append(_at_office(query.office, offices))
    if query.after is not None:
        wanted.append(table.code > query.after)
    return wanted


def _of_level(level: Level) -> sa.ColumnElement[bool]:
    # An underscore in LIKE is any character, and levels hold one.
    return procedures_table.c.levels.contains(f"|{level}|", autoescape=True)


def _at_office(office_id: str, offices: dict[str, OfficeRecord]) -> sa.ColumnElement[bool]:
    own = procedures_table.c.office == office_id
    record = offices.get(office_id)
    if record is None:
        return own
    above = procedures_table.c.office.in_(_publishers_above(record, offices))
    return sa.or_(own, sa.and_(above, _of_level(record.office.level)))


def _publishers_above(record: OfficeRecord, offices: dict[str, OfficeRecord]) -> list[str]:
    found = {id_ for id_, each in offices.items() if each.office.level is Level.CENTRAL}
    parent = record.office.parent
    while parent is not None and parent not in found:
        found.add(parent)
        above = offices.get(parent)
        parent = None if above is None else above.office.parent
    return sorted(found)
