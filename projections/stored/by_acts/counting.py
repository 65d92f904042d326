"""Counting everything at once: what all dossiers and their acts add to the figures made from acts.

Rows and acts are read side by side, by stream, straight from the driver: a dossier has some ten
acts, and whatever is done for each of them is done a million times.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

import msgspec
import sqlalchemy as sa

from domain.roles import Role
from ledger.errors import StoreCorrupt
from projections.dossier_rows import DossierRow
from projections.statistics.by_acts.acts import SIGNED_AT_THE_COUNTER, SeenAct
from projections.statistics.by_acts.adding import SEEN_KINDS, Part, parts_of
from projections.statistics.by_acts.cells import Changes
from projections.stored.by_acts.writing import MOST_AT_ONCE, Added, write_added, write_changes
from projections.tables import ACT_CELLS, acts_table, dossiers_table

# So many parts are kept in memory, some hundreds of bytes each; then they are added to the tables.
MOST_PARTS: Final = 2_000_000

ROW_COLUMNS: Final = DossierRow.__struct_fields__


class CountedAt(NamedTuple):
    """Where an office stands as far as cells depend on it: the zone of its days, and its level."""

    zone: str
    level: str


class _Signer(msgspec.Struct):
    role: Role


_roles_of_signers = msgspec.json.Decoder(tuple[_Signer, ...])
_NOBODY: Final = frozenset[Role]()
_ALONE: Final = {role: frozenset({role}) for role in Role}


def count_everything(connection: sa.Connection, places: Mapping[str, CountedAt]) -> None:
    """Make the tables anew from all rows and acts.

    Raises:
        StoreCorrupt: a dossier was accepted by an office that is not registered.
    """
    for table in (ACT_CELLS.cells, ACT_CELLS.lists, ACT_CELLS.parts):
        connection.execute(sa.delete(table))
    levels = levels_in(places)
    changes, is_empty, listed = Changes(levels), True, 0
    waiting: dict[str, Added] = {}
    for row, acts in _everything(connection):
        parts = parts_at(row, acts, places)
        waiting[row.stream] = Added(row.procedure, row.channel, parts)
        changes.add(parts, (row.procedure, row.channel))
        listed += len(parts)
        if len(waiting) >= MOST_AT_ONCE:
            write_added(connection, waiting, is_empty=True)
            waiting = {}
        if listed >= MOST_PARTS:
            write_changes(connection, changes, is_empty=is_empty)
            changes, is_empty, listed = Changes(levels), False, 0
    write_added(connection, waiting, is_empty=True)
    write_changes(connection, changes, is_empty=is_empty)


def levels_in(places: Mapping[str, CountedAt]) -> dict[str, str]:
    """Give the level of each office."""
    return {office: place.level for office, place in places.items()}


def parts_at(
    row: DossierRow, acts: Sequence[SeenAct], places: Mapping[str, CountedAt]
) -> tuple[Part, ...]:
    """Give what a dossier adds by the time zone of its office.

    Raises:
        StoreCorrupt: it was accepted by an office that is not registered.
    """
    if row.accepted_at is None:
        return ()
    place = places.get(row.office)
    if place is None:
        raise StoreCorrupt(f"the row of {row.stream} names an office that is not registered")
    return tuple(parts_of(row, acts, place.zone))


def _everything(connection: sa.Connection) -> Iterator[tuple[DossierRow, list[SeenAct]]]:
    """Give every accepted dossier with its acts, by stream: two lists read side by side."""
    # With the plus sign all is sorted at once; by the index each row would be looked up alone.
    rows = _read(connection, _ROWS)
    acts = grouped(_read(connection, f"{_SELECTED} ORDER BY +stream, version"))
    stream, of_stream = next(acts, (None, []))
    for found in rows:
        row = dossier_row(found)
        while stream is not None and stream < row.stream:
            stream, of_stream = next(acts, (None, []))
        yield row, of_stream if stream == row.stream else []


_ROWS: Final = " ".join(
    (
        "SELECT",
        ", ".join(ROW_COLUMNS),
        f"FROM {dossiers_table.name} WHERE accepted_at IS NOT NULL ORDER BY +stream",
    )
)


def _read(connection: sa.Connection, query: str) -> Iterator[Sequence[Any]]:
    """Give rows as the driver's own tuples, a part at a time."""
    cursor = connection.connection.cursor()
    cursor.execute(query)
    while found := cursor.fetchmany(MOST_AT_ONCE):
        yield from found


def acts_of(
    connection: sa.Connection, streams: Sequence[str]
) -> Iterator[tuple[str, list[SeenAct]]]:
    """Give the acts of some dossiers that figures look at, by stream and version."""
    listed = msgspec.json.encode(streams).decode()
    query = f"{_SELECTED} AND stream IN (SELECT value FROM json_each(?)) ORDER BY stream, version"  # noqa: S608
    return grouped(connection.exec_driver_sql(query, (listed,)))


def _in(kinds: Iterable[str]) -> str:
    return f"kind IN ({', '.join(repr(kind) for kind in sorted(kinds))})"


# Who signed matters for few kinds, and reading it costs more than all else.
_SELECTED: Final = (
    "SELECT stream, kind, at, office, to_office, amount_vnd, payment_method, "  # noqa: S608 - our own
    f"CASE WHEN {_in(SIGNED_AT_THE_COUNTER)} THEN signers END "
    f"FROM {acts_table.name} WHERE {_in(SEEN_KINDS)}"
)


def grouped(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[str, list[SeenAct]]]:
    """Give acts by stream, from rows in that order."""
    for stream, found in groupby(rows, key=itemgetter(0)):
        # As their own constructor makes them, which takes twice as long.
        yield (
            stream,
            [
                tuple.__new__(SeenAct, (*act, _NOBODY if signers is None else _roles(signers)))
                for _, *act, signers in found
            ],
        )


def _roles(signers: str) -> frozenset[Role]:
    found = _roles_of_signers.decode(signers)
    if len(found) == 1:
        return _ALONE[found[0].role]
    return frozenset(signer.role for signer in found)


def dossier_row(found: Sequence[Any]) -> DossierRow:
    """Make the row of a dossier of its columns, in their order."""
    values = dict(zip(ROW_COLUMNS, found, strict=True))
    values["imported"] = bool(values["imported"])
    return DossierRow(**values)
