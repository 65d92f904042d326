"""Keeping the rows of desks, in the transaction of whoever moves the views.

Where a dossier lies rests on its own acts, so a step makes the rows of those dossiers anew that
were acted on; of those that acts on other streams moved (due dates), the line alone.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from typing import Final

import msgspec
import sqlalchemy as sa

from domain.dossiers import Dossier, Status
from projections.desks.lines import encode_line
from projections.desks.rows import held_of, is_pending, row_of_held
from projections.desks.tables import desks_stand_table, desks_table, veiled_desks_table
from projections.dossier_rows import Act
from projections.status.stages import Stage
from projections.stored.rows import decode_state
from projections.stored.steps import ViewUpdate
from projections.stored.tuples.acts import open_act
from projections.tables import OPEN_ALONE, VEILED_ALONE, Visible

_DOSSIERS_PER_QUERY: Final = 500


@dataclass(frozen=True, slots=True)
class _Desks:
    """A table of desks, of which dossiers, and the seal that rows are made at."""

    visible: Visible
    table: sa.Table
    sealed_at: datetime


def keep_desks(connection: sa.Connection, update: ViewUpdate, opened: Collection[str]) -> None:
    """Bring the rows to an update whose acts are written; ``opened`` are its open streams.

    With ``counts_later`` they stay behind, and the step that ends it makes all of them.
    """
    if update.counts_later:
        return
    if desks_stand_at(connection) == (update.old_log_position, update.old_veiled_position):
        acted_on = {act.stream for act in update.acts}
        plain: dict[str, Dossier] = {}
        hidden: dict[str, Dossier] = {}
        moved: dict[str, Dossier] = {}
        for stream, state in update.states.items():
            if isinstance(state, Dossier):
                acted = plain if stream in opened else hidden
                (acted if stream in acted_on else moved)[stream] = state
        sealed_at = update.position.sealed_at
        _replace(connection, plain, _Desks(OPEN_ALONE, desks_table, sealed_at))
        _replace(connection, hidden, _Desks(VEILED_ALONE, veiled_desks_table, sealed_at))
        _move_lines(connection, moved, sealed_at)
    else:
        _make_all(connection, update.position.sealed_at)
    _move_stand(connection, update)


def desks_stand_at(connection: sa.Connection) -> tuple[int, int]:
    """Give up to which log position and which veiled position the rows are kept."""
    stand = connection.execute(sa.select(desks_stand_table)).one_or_none()
    return (0, 0) if stand is None else (stand.log_position, stand.veiled_position)


def _move_stand(connection: sa.Connection, update: ViewUpdate) -> None:
    connection.execute(sa.delete(desks_stand_table))
    position = update.position
    moved = {
        "log_position": position.log_position,
        "veiled_position": position.veiled_position,
    }
    connection.execute(sa.insert(desks_stand_table).values(moved))


def _move_lines(
    connection: sa.Connection, moved: Mapping[str, Dossier], sealed_at: datetime
) -> None:
    """Make the lines anew of dossiers that nobody acted on; those without a row have none."""
    for desks in (desks_table, veiled_desks_table) if moved else ():
        of_stream = desks.c.stream == sa.bindparam("of_stream")
        found = sa.select(desks.c.stage).where(of_stream)
        for stream, dossier in moved.items():
            stage = connection.execute(found, {"of_stream": stream}).scalar()
            if stage is not None:
                line = encode_line(dossier, Stage(stage), sealed_at)
                changed = sa.update(desks).where(of_stream).values(line=line)
                connection.execute(changed, {"of_stream": stream})


def _make_all(connection: sa.Connection, sealed_at: datetime) -> None:
    for visible, desks in ((OPEN_ALONE, desks_table), (VEILED_ALONE, veiled_desks_table)):
        connection.execute(sa.delete(desks))
        pending = _pending(connection, visible)
        while part := dict(islice(pending, _DOSSIERS_PER_QUERY)):
            _insert(connection, part, _Desks(visible, desks, sealed_at))


def _pending(connection: sa.Connection, visible: Visible) -> Iterator[tuple[str, Dossier]]:
    dossiers, states = visible.dossiers.c, visible.states.c
    may_be = sa.or_(dossiers.ended_at.is_(None), dossiers.status == Status.PROCESSED.value)
    query = (
        sa.select(states.stream, states.state)
        .join(visible.dossiers, dossiers.stream == states.stream)
        .where(may_be)
    )
    for stream, state in connection.execute(query).all():
        dossier = decode_state(stream, state)
        if isinstance(dossier, Dossier):
            yield stream, dossier


def _replace(connection: sa.Connection, changed: Mapping[str, Dossier], into: _Desks) -> None:
    if not changed:
        return
    gone = sa.delete(into.table).where(into.table.c.stream == sa.bindparam("gone"))
    connection.execute(gone, [{"gone": stream} for stream in changed])
    _insert(connection, changed, into)


def _insert(connection: sa.Connection, dossiers: Mapping[str, Dossier], into: _Desks) -> None:
    pending = {stream: each for stream, each in dossiers.items() if is_pending(each)}
    rows = []
    for stream, acts in _acts_of(connection, pending, into.visible):
        dossier = pending[stream]
        held = held_of(dossier, acts)
        line = encode_line(dossier, held.standing.stage, into.sealed_at)
        rows.append(row_of_held(stream, held, line))
    if rows:
        connection.execute(sa.insert(into.table), rows)


def _acts_of(
    connection: sa.Connection, streams: Collection[str], visible: Visible
) -> Iterator[tuple[str, list[Act]]]:
    """Give each stream's acts by version; not those streams that have none."""
    if not streams:
        return
    # One list as one value: the number of streams changes from step to step, the statement not.
    listed = sa.func.json_each(msgspec.json.encode(list(streams)).decode()).table_valued("value")
    acts = visible.acts
    query = (
        sa.select(acts)
        .join(listed, acts.c.stream == listed.c.value)
        .order_by(acts.c.stream, acts.c.version)
    )
    rows = connection.execute(query).all()
    for stream, group in groupby(rows, key=lambda row: row.stream):
        yield stream, [open_act(row) for row in group]
