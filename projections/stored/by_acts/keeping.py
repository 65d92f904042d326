"""Keeping the cells of figures made from acts, with every step of the follower.

What a dossier added is kept beside the cells; a step takes it out and puts in what the dossier
adds now. Where the cells are behind, or an office has another time zone or level, everything is
counted at once from all rows and acts.
"""

from collections.abc import Mapping, Sequence

import msgspec
import sqlalchemy as sa

from domain.decisions import StreamState
from domain.dossiers import Dossier
from projections.dossier_rows import DossierRow, row_of
from projections.statistics.by_acts.cells import Changes
from projections.stored.by_acts.counting import (
    CountedAt,
    acts_of,
    count_everything,
    levels_in,
    parts_at,
)
from projections.stored.by_acts.writing import Added, added_by, write_added, write_changes
from projections.stored.cells import Step
from projections.tables import ACT_CELLS, CELLS

_json = msgspec.json.Encoder()


def keep_act_cells(
    connection: sa.Connection, states: Mapping[str, StreamState], step: Step
) -> None:
    """Bring the cells to a step, after the rows and acts of open dossiers were written.

    Raises:
        StoreCorrupt: a dossier was accepted by an office that is not registered, or the cells do
            not hold what a dossier added to them.
    """
    if step.counts_later:
        return
    places = _places(connection)
    if _is_level(connection, step, places):
        rows = [row_of(state) for state in states.values() if isinstance(state, Dossier)]
        _count_changed(connection, rows, places)
    else:
        count_everything(connection, places)
    stand = {"log_position": step.log_position, "places": _json.encode(places).decode()}
    connection.execute(sa.delete(ACT_CELLS.stand))
    connection.execute(sa.insert(ACT_CELLS.stand).values(stand))


def acts_stand_at(connection: sa.Connection) -> int:
    """Give up to which log position these cells are counted; zero before the first step."""
    return connection.execute(sa.select(ACT_CELLS.stand.c.log_position)).scalar() or 0


def _is_level(connection: sa.Connection, step: Step, places: Mapping[str, CountedAt]) -> bool:
    """Tell whether the cells are where the step begins, with every office where it was."""
    row = connection.execute(sa.select(ACT_CELLS.stand)).one_or_none()
    if row is None:
        return step.old_log_position == 0
    before = msgspec.json.decode(row.places, type=dict[str, CountedAt])
    moved = any(places.get(office) != place for office, place in before.items())
    return bool(row.log_position == step.old_log_position) and not moved


def _places(connection: sa.Connection) -> dict[str, CountedAt]:
    places = CELLS.places.c
    query = sa.select(places.office, places.zone, places.level).order_by(places.office)
    return {place.office: CountedAt(place.zone, place.level) for place in connection.execute(query)}


def _count_changed(
    connection: sa.Connection, rows: Sequence[DossierRow], places: Mapping[str, CountedAt]
) -> None:
    before = added_by(connection, [row.stream for row in rows])
    accepted = [row.stream for row in rows if row.accepted_at is not None]
    acts = dict(acts_of(connection, accepted))
    changes = Changes(levels_in(places))
    changed: dict[str, Added] = {}
    for row in rows:
        new = Added(row.procedure, row.channel, parts_at(row, acts.get(row.stream, ()), places))
        old = before.get(row.stream, new._replace(parts=()))
        if old != new:
            changed[row.stream] = new
            changes.add(old.parts, old[:2], -1)
            changes.add(new.parts, new[:2])
    write_changes(connection, changes, is_empty=False)
    write_added(connection, changed, is_empty=False)
