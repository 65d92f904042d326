"""Keeping the cells: what a step of the follower takes out of them and adds, in its transaction.

A dossier whose row says nothing new to figures changes nothing. Otherwise what it added before is
taken out and what it adds now is put in, summed up over the step before anything is written. An
office that moves into another time zone has all of its dossiers taken out and put in again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from domain.decisions import StreamState
from domain.dossiers import Dossier
from ledger.errors import StoreCorrupt
from projections.counts import open_row
from projections.dossier_rows import DossierRow, row_of
from projections.statistics.adding import MONTH_LENGTH, CellChanges, LaterKey, microseconds_of
from projections.statistics.being_ahead import settled_at
from projections.statistics.places import Places, places_of
from projections.statistics.tables import CellTables
from projections.stored.cell_writing import write_changes
from projections.stored.count_lines import Touched, keep_lines
from projections.stored.duration_lines import keep_duration_lines
from projections.stored.payments import keep_payments
from projections.stored.rows import replace_rows, replace_states
from projections.stored.tuples.inserting import insert_tuples, take_out_tuples
from projections.stored.tuples.selecting import rows_with_keys
from projections.tables import CELLS, dossiers_table, states_table

# What figures do not look at: only this may change without the cells being touched.
UNCOUNTED: Final = frozenset({"procedure_version", "status", "submitted_at", "outcome", "imported"})
_counted = attrgetter(*(name for name in DossierRow.__struct_fields__ if name not in UNCOUNTED))

_ACCEPTED: Final = (
    f"SELECT {', '.join(DossierRow.__struct_fields__)} FROM {dossiers_table.name} "  # noqa: S608 - our own
    "WHERE accepted_at IS NOT NULL"
)
_ROWS_AT_ONCE: Final = 20_000

Zones = Mapping[str, str]
LATEST_MONTH: Final = "9999-12"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the follower: from which log position and instant to which.

    ``counts_later``: others follow at once, and the last of them counts for all.
    """

    old_log_position: int
    old_as_of: datetime | None
    log_position: int
    as_of: datetime
    counts_later: bool = False


def keep_dossiers(connection: sa.Connection, states: Mapping[str, StreamState], step: Step) -> None:
    """Write the states of open streams and the rows of dossiers, and bring the cells to both.

    The acts of the step stand in the views already: payments are counted by them.

    Raises:
        StoreCorrupt: a dossier was accepted by an office that is not registered.
    """
    is_level = stands_at(connection) == step.old_log_position
    if is_level and not step.counts_later:
        # The cells before the rows: what a dossier added is known by its row as it was.
        touched = keep_cells(connection, states, step.as_of)
        replace_states(connection, states, dossiers_table, states_table)
        keep_lines(connection, touched, step.old_as_of, step.as_of)
        offices = places_of(states.values()).offices
        keep_payments(connection, states, offices, _zones(connection))
    else:
        _keep_places(connection, places_of(states.values()))
        replace_states(connection, states, dossiers_table, states_table)
        if not step.counts_later:
            _count_everything(connection, step.as_of)
    if not step.counts_later:
        connection.execute(sa.delete(CELLS.stand))
        connection.execute(sa.insert(CELLS.stand).values(log_position=step.log_position))


def stands_at(connection: sa.Connection) -> int:
    """Give up to which log position the cells are counted; zero before the first step."""
    return connection.execute(sa.select(CELLS.stand.c.log_position)).scalar() or 0


def _count_everything(connection: sa.Connection, as_of: datetime) -> None:
    """Make all cells from the rows of all dossiers."""
    kept = (CELLS.places, CELLS.fields, CELLS.stand)
    for table in (getattr(CELLS, name) for name in CellTables.__slots__):
        if table not in kept:
            connection.execute(sa.delete(table))
    zones = _zones(connection)
    # The driver's own tuples, since there is one for every dossier.
    cursor = connection.connection.cursor()
    cursor.execute(_ACCEPTED)
    rows = chain.from_iterable(iter(partial(cursor.fetchmany, _ROWS_AT_ONCE), []))
    changed = ((None, _row_of(row)) for row in rows)
    touched = _count_anew(connection, changed, (zones, zones), as_of, is_empty=True)
    keep_lines(connection, touched, None, as_of)
    keep_payments(connection, None, (), zones)


def keep_cells(
    connection: sa.Connection, states: Mapping[str, StreamState], as_of: datetime
) -> Touched:
    """Bring the cells to an instant and to new states; before the dossiers' rows are replaced.

    Gives the lines of figures that are no longer true.

    Raises:
        StoreCorrupt: a dossier was accepted by an office that is not registered.
    """
    before = _zones(connection)
    zones = {**before, **_keep_places(connection, places_of(states.values()))}
    moved = [office for office, zone in before.items() if zones[office] != zone]
    changed = _changed_rows(connection, states, moved)
    return _count_anew(connection, changed, (before, zones), as_of)


def recount(
    connection: sa.Connection, changed: Iterable[tuple[DossierRow, DossierRow]], as_of: datetime
) -> None:
    """Count dossiers as other rows say, which were counted as they were, at the cells' instant."""
    zones, changed = _zones(connection), list(changed)
    touched = _count_anew(connection, changed, (zones, zones), as_of)
    replace_rows(connection, dossiers_table, [msgspec.structs.asdict(new) for _, new in changed])
    keep_lines(connection, touched, as_of, as_of)
    keep_payments(connection, [new.stream for _, new in changed], (), zones)


def _count_anew(
    connection: sa.Connection,
    changed: Iterable[tuple[DossierRow | None, DossierRow]],
    zones: tuple[Zones, Zones],
    as_of: datetime,
    *,
    is_empty: bool = False,
) -> Touched:
    changes = CellChanges(as_of)
    touched = _ahead_until_now(connection)
    settled: dict[str, datetime | None] = {}
    for old, new in changed:
        if old is not None and old.accepted_at is not None:
            changes.add_dossier(open_row(old), _zone_of(old, zones[0]), -1)
        settled[new.stream] = _add(changes, new, zones[1])
    changes.add_due(_take_due(connection, as_of))
    write_changes(connection, changes, is_empty=is_empty)
    keep_duration_lines(connection, changes.durations)
    _keep_ahead(connection, settled, as_of, is_empty=is_empty)
    for kind, day in changes.values:
        pair, month = (kind.office, kind.procedure), day[:MONTH_LENGTH]
        touched[pair] = min(touched.get(pair, month), month)
    return touched


def _ahead_until_now(connection: sa.Connection) -> Touched:
    """Give the pairs of dossiers that were ahead: their lines hold what may have come to pass."""
    streams = connection.scalars(sa.select(CELLS.ahead.c.stream)).all()
    if not streams:
        return {}
    dossiers = dossiers_table.c
    query = sa.select(dossiers.office, dossiers.procedure).where(dossiers.stream.in_(streams))
    return {(row.office, row.procedure): LATEST_MONTH for row in connection.execute(query)}


def _add(changes: CellChanges, row: DossierRow, zones: Zones) -> datetime | None:
    """Add a dossier, and give when it is settled; None before its acceptance."""
    if row.accepted_at is None:
        return None
    zone = _zone_of(row, zones)
    contribution = changes.add_dossier(open_row(row), zone)
    assert contribution is not None
    return settled_at(contribution, zone)


def _zone_of(row: DossierRow, zones: Zones) -> str:
    zone = zones.get(row.office)
    if zone is None:
        raise StoreCorrupt(f"the row of {row.stream} names an office that is not registered")
    return zone


def _zones(connection: sa.Connection) -> dict[str, str]:
    places = CELLS.places.c
    query = sa.select(places.office, places.zone)
    return {place.office: place.zone for place in connection.execute(query)}


def _keep_places(connection: sa.Connection, places: Places) -> Zones:
    """Keep where offices stand and what field procedures are of; give the zones of the offices."""
    offices = list(places.offices.values())
    rows = [
        msgspec.structs.asdict(each) | {"former_parents": _listed(each.former_parents)}
        for each in offices
    ]
    replace_rows(connection, CELLS.places, rows)
    fields: list[dict[str, object]] = [
        {
            "procedure": code,
            "field": field,
            "former_fields": _listed(places.former_fields.get(code, ())),
        }
        for code, field in places.fields.items()
    ]
    replace_rows(connection, CELLS.fields, fields)
    return {place.office: place.zone for place in offices}


def _listed(former: tuple[str, ...]) -> str | None:
    """Write what hardly any place has: a JSON list, or nothing."""
    return msgspec.json.encode(former).decode() if former else None


def _changed_rows(
    connection: sa.Connection, states: Mapping[str, StreamState], moved: list[str]
) -> Iterator[tuple[DossierRow | None, DossierRow]]:
    """Give each dossier whose figures may change, as it was and as it is."""
    dossiers = {name: state for name, state in states.items() if isinstance(state, Dossier)}
    old_rows = {row.stream: row for row in _rows_of(connection, dossiers)}
    for row in _rows_at(connection, moved):
        if row.stream not in dossiers:
            yield row, row
    for stream, dossier in dossiers.items():
        old, new = old_rows.get(stream), row_of(dossier)
        if old is None or old.office in moved or _counted(old) != _counted(new):
            yield old, new


def _rows_of(connection: sa.Connection, streams: Iterable[str]) -> Iterator[DossierRow]:
    keys = [(stream,) for stream in streams]
    found = rows_with_keys(connection, dossiers_table, ("stream",), keys)
    return map(_row_of, found)


def _row_of(row: Sequence[object]) -> DossierRow:
    """Make the row of a dossier of its columns, in their order."""
    values: dict[str, Any] = dict(zip(DossierRow.__struct_fields__, row, strict=True))
    values["imported"] = bool(values["imported"])
    return DossierRow(**values)


def _rows_at(connection: sa.Connection, offices: list[str]) -> Iterator[DossierRow]:
    if not offices:
        return iter(())
    query = sa.select(dossiers_table).where(dossiers_table.c.office.in_(offices))
    return map(_row, connection.execute(query).all())


def _row(row: sa.Row[tuple[object, ...]]) -> DossierRow:
    return DossierRow(**row._mapping)


def _take_due(connection: sa.Connection, as_of: datetime) -> dict[LaterKey, int]:
    """Take the changes whose instant has come out of those that wait for it."""
    table = CELLS.later
    taken = connection.execute(
        sa.delete(table)
        .where(table.c.at_microseconds <= microseconds_of(as_of))
        .returning(*table.columns)
    )
    return {LaterKey(*row[:-1]): row[-1] for row in taken.all()}


def _keep_ahead(
    connection: sa.Connection,
    settled: Mapping[str, datetime | None],
    as_of: datetime,
    *,
    is_empty: bool,
) -> None:
    table = CELLS.ahead
    ahead = [
        (stream, microseconds_of(at))
        for stream, at in settled.items()
        if at is not None and at > as_of
    ]
    if not is_empty:
        take_out_tuples(connection, table, ("stream",), [(stream,) for stream in settled])
    insert_tuples(connection, table, ahead)
    connection.execute(
        sa.delete(table).where(table.c.settled_at_microseconds <= microseconds_of(as_of))
    )
