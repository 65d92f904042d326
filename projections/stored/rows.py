"""Rows of the views as they are written, within the transaction of whoever moves the views."""

from collections.abc import Mapping, Sequence

import msgspec
import sqlalchemy as sa

from domain.decisions import StreamState
from domain.dossiers import Dossier
from ledger.errors import StoreCorrupt
from projections.dossier_rows import Act, row_of
from projections.holders import HolderMark
from projections.stored.tuples.acts import actors_of
from projections.stored.tuples.inserting import NULL, Row, act_row, insert_tuples, replace_tuples
from projections.tables import act_signers_table, acts_table, holders_table

_state_encoder = msgspec.msgpack.Encoder()
_state_decoder = msgspec.msgpack.Decoder(StreamState)


def decode_state(stream: str, state: bytes) -> StreamState:
    """Read the state of a stream.

    Raises:
        StoreCorrupt: what is stored is no state.
    """
    try:
        decoded: StreamState = _state_decoder.decode(state)
    except msgspec.MsgspecError as error:
        raise StoreCorrupt(f"the stored state of {stream} cannot be read: {error}") from error
    return decoded


def replace_states(
    connection: sa.Connection,
    states: Mapping[str, StreamState],
    dossiers_in: sa.Table,
    states_in: sa.Table,
) -> None:
    """Write the states of streams, and of dossiers the rows that figures are computed from."""
    dossiers = [row_of(state) for state in states.values() if isinstance(state, Dossier)]
    replace_tuples(connection, dossiers_in, list(map(msgspec.structs.astuple, dossiers)))
    encoded = [(stream, _state_encoder.encode(state)) for stream, state in states.items()]
    replace_tuples(connection, states_in, encoded)


def replace_marks(connection: sa.Connection, marks: Sequence[HolderMark]) -> None:
    """Write holders' marks; of several of one kind the last."""
    last = {(mark.stream, mark.mark): mark for mark in marks}
    rows = [(stream, str(mark), kept.hash) for (stream, mark), kept in last.items()]
    replace_tuples(connection, holders_table, rows)


def forget_marks(connection: sa.Connection, streams: Sequence[str]) -> None:
    """Zero the holders' marks of dossiers whose private parts were erased."""
    if not streams:
        return
    connection.exec_driver_sql("PRAGMA secure_delete=ON")
    condition = holders_table.c.stream == sa.bindparam("erased")
    connection.execute(
        sa.delete(holders_table).where(condition), [{"erased": stream} for stream in streams]
    )


def replace_rows(
    connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, object]]
) -> None:
    """Delete and insert by primary key: the one spelling that every database understands."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key.columns]
    condition = sa.and_(*(table.c[name] == sa.bindparam(f"old_{name}") for name in keys))
    connection.execute(
        sa.delete(table).where(condition),
        [{f"old_{name}": row[name] for name in keys} for row in rows],
    )
    connection.execute(sa.insert(table), rows)


def insert_acts(connection: sa.Connection, acts: Sequence[Act]) -> None:
    """Add published acts, and by whom each is found."""
    insert_tuples(connection, acts_table, [act_row(act, NULL) for act in acts])
    insert_tuples(connection, act_signers_table, _found_by(acts))


def _found_by(acts: Sequence[Act]) -> list[Row]:
    rows: list[Row] = []
    for act in acts:
        if len(act.signers) == 1 and act.performer is None:
            # As `actors_of` says of nearly all acts, without a list for each.
            rows.append((act.signers[0].key, act.entry_index))
        else:
            rows += [(name, act.entry_index) for name in actors_of(act)]
    return rows
