"""Keeping the cells of figures made from acts, with every step of the follower.

What a dossier added is kept beside the cells; a step takes it out and puts in what the dossier
adds now. Where the cells are behind, or an office has moved into another time zone, everything is
counted at once from all rows and acts.
"""

from collections.abc import Mapping, Sequence

import msgspec
import sqlalchemy as sa

from domain.decisions import StreamState
from domain.dossiers import Dossier
from projections.dossier_rows import DossierRow, row_of
from projections.statistics.by_acts.cells import Changes
from projections.stored.by_acts.counting import acts_of, count_everything, parts_at
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
    zones = _zones(connection)
    if _is_level(connection, step, zones):
        rows = [row_of(state) for state in states.values() if isinstance(state, Dossier)]
        _count_changed(connection, rows, zones)
    else:
        count_everything(connection, zones)
    stand = {"log_position": step.log_position, "zones": _json.encode(zones).decode()}
    connection.execute(sa.delete(ACT_CELLS.stand))
    connection.execute(sa.insert(ACT_CELLS.stand).values(stand))


def acts_stand_at(connection: sa.Connection) -> int:
    """Give up to which log position these cells are counted; zero before the first step."""
    return connection.execute(sa.select(ACT_CELLS.stand.c.log_position)).scalar() or 0


def _is_level(connection: sa.Connection, step: Step, zones: Mapping[str, str]) -> bool:
    """Tell whether the cells are where the step begins, with every office in the zone it was in."""
    row = connection.execute(sa.select(ACT_CELLS.stand)).one_or_none()
    if row is None:
        return step.old_log_position == 0
    before = msgspec.json.decode(row.zones, type=dict[str, str])
    moved = any(zones.get(office) != zone for office, zone in before.items())
    return bool(row.log_position == step.old_log_position) and not moved


def _zones(connection: sa.Connection) -> dict[str, str]:
    places = CELLS.places.c
    query = sa.select(places.office, places.zone).order_by(places.office)
    return {place.office: place.zone for place in connection.execute(query)}


def _count_changed(
    connection: sa.Connection, rows: Sequence[DossierRow], zones: Mapping[str, str]
) -> None:
    before = added_by(connection, [row.stream for row in rows])
    accepted = [row.stream for row in rows if row.accepted_at is not None]
    acts = dict(acts_of(connection, accepted))
    changes = Changes()
    changed: dict[str, Added] = {}
    for row in rows:
        new = Added(row.procedure, row.channel, parts_at(row, acts.get(row.stream, ()), zones))
        old = before.get(row.stream, new._replace(parts=()))
        if old != new:
            changed[row.stream] = new
            changes.add(old.parts, old[:2], -1)
            changes.add(new.parts, new[:2])
    write_changes(connection, changes, is_empty=False)
    write_added(connection, changed, is_empty=False)
