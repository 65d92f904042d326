"""Veiled dossiers in the views: written into tables of their own, read by whoever sees them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import sqlalchemy as sa

from domain.actions import StreamType
from domain.decisions import StreamState
from projections.dossier_rows import Act
from projections.stored.tuples.acts import act_columns, actors_of, open_act
from projections.tables import veiled_act_signers_table, veiled_acts_table, veiled_states_table

_STREAMS_PER_QUERY: Final = 500
_DOSSIER: Final = f"{StreamType.DOSSIER}:"


def veiled_among(connection: sa.Connection, streams: Iterable[str]) -> set[str]:
    """Give those of these streams that the views hold as veiled dossiers."""
    column = veiled_states_table.c.stream
    # Most ledgers hold none, and a rebuild asks about every dossier.
    if connection.execute(sa.select(column).limit(1)).first() is None:
        return set()
    wanted = sorted(stream for stream in streams if stream.startswith(_DOSSIER))
    found: set[str] = set()
    for start in range(0, len(wanted), _STREAMS_PER_QUERY):
        part = wanted[start : start + _STREAMS_PER_QUERY]
        found.update(connection.scalars(sa.select(column).where(column.in_(part))))
    return found


def divide_states(
    connection: sa.Connection, states: Mapping[str, StreamState], acts: Iterable[Act]
) -> tuple[dict[str, StreamState], dict[str, StreamState]]:
    """Give the open states and those of veiled dossiers, told by their acts or known as such."""
    veiled = {act.stream for act in acts if act.entry_index is None}
    veiled |= veiled_among(connection, states.keys() - veiled)
    return (
        {stream: state for stream, state in states.items() if stream not in veiled},
        {stream: state for stream, state in states.items() if stream in veiled},
    )


def insert_veiled_acts(connection: sa.Connection, acts: Collection[Act]) -> None:
    """Add acts of veiled dossiers."""
    if not acts:
        return
    connection.execute(sa.insert(veiled_acts_table), [act_columns(act) for act in acts])
    connection.execute(
        sa.insert(veiled_act_signers_table),
        [
            {"signer": name, "stream": act.stream, "version": act.version}
            for act in acts
            for name in actors_of(act)
        ],
    )


def veiled_acts_by(connection: sa.Connection, signer: str, start: str, end: str) -> Sequence[Act]:
    """Give what a key or performer did on veiled dossiers from ``start`` to before ``end``."""
    acts, signers = veiled_acts_table.c, veiled_act_signers_table.c
    same_act = sa.and_(signers.stream == acts.stream, signers.version == acts.version)
    query = (
        sa.select(veiled_acts_table)
        .join(veiled_act_signers_table, same_act)
        .where(signers.signer == signer, acts.recorded_at >= start, acts.recorded_at < end)
        .order_by(acts.recorded_at, acts.stream, acts.version)
    )
    return [open_act(row) for row in connection.execute(query)]
