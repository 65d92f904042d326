"""The acts of a trail as the views hold them: entries and acts on veiled dossiers, merged.

Each row of acts is read by its own key, from where the page begins; nothing is skipped by counting.
Whoever asks for an office's acts reads on from that place until the page is full, so a trail of an
office with few acts reads all entries.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from typing import Final

import sqlalchemy as sa

from projections.dossier_rows import Act
from projections.people.subjects import TrailQuery
from projections.stored.tuples.acts import open_act
from projections.tables import (
    act_signers_table,
    acts_table,
    dossiers_table,
    veiled_act_signers_table,
    veiled_acts_table,
    veiled_dossiers_table,
)
from transparency.encoding import render_utc_milliseconds

AUTHORISED: Final = "dossier.proxy_authorised"
REVOKED: Final = "dossier.proxy_revoked"


@dataclass(frozen=True, slots=True)
class _Kept:
    """The tables of one of the two rows of acts, and by what a signer is joined to an act."""

    acts: sa.FromClause
    signers: sa.FromClause
    dossiers: sa.FromClause
    key: tuple[str, ...]

    def signed_by(self, names: tuple[str, ...]) -> sa.ColumnElement[bool]:
        """Give the condition that one of these signed, or did it in an imported history."""
        places = sa.select(*(self.signers.c[name] for name in self.key)).where(
            self.signers.c.signer.in_(names)
        )
        return sa.tuple_(*(self.acts.c[name] for name in self.key)).in_(places)


_OPEN: Final = _Kept(acts_table, act_signers_table, dossiers_table, ("entry_index",))
_VEILED: Final = _Kept(
    veiled_acts_table, veiled_act_signers_table, veiled_dossiers_table, ("stream", "version")
)


def select_trail(
    connection: sa.Connection, query: TrailQuery, *, sees_veiled: bool
) -> Iterator[Act]:
    """Give the acts of a trail from where the query begins, in the order of trails.

    With a limit, at most that many of each row of acts are read.
    """
    opened = sa.select(acts_table).where(
        acts_table.c.entry_index >= query.after.entry_index, *_conditions(query, _OPEN)
    )
    rows = [_acts(connection, opened.order_by(acts_table.c.entry_index), query)]
    if sees_veiled:
        acts = veiled_acts_table.c
        place = (acts.recorded_at, acts.stream, acts.version)
        hidden = sa.select(veiled_acts_table).where(*_conditions(query, _VEILED))
        after = query.after.veiled
        if after is not None:
            said = (render_utc_milliseconds(after.recorded_at), after.stream, after.version)
            hidden = hidden.where(sa.tuple_(*place) > sa.tuple_(*map(sa.literal, said)))
        rows.append(_acts(connection, hidden.order_by(*place), query))
    return merge(*rows, key=_place)


def _acts(
    connection: sa.Connection, selected: sa.Select[tuple[object, ...]], query: TrailQuery
) -> Iterator[Act]:
    for row in connection.execute(selected.limit(query.limit)):
        yield open_act(row)


def _place(act: Act) -> tuple[datetime, int, str, int]:
    index = -1 if act.entry_index is None else act.entry_index
    return act.recorded_at, index, act.stream, act.version


def _conditions(query: TrailQuery, kept: _Kept) -> Iterator[sa.ColumnElement[bool]]:
    acts = kept.acts.c
    yield acts.recorded_at >= render_utc_milliseconds(query.start)
    yield acts.recorded_at < render_utc_milliseconds(query.end)
    yield from _limits(query, kept)
    if query.signers is not None:
        yield kept.signed_by(query.signers)
    if query.offices is not None:
        yield acts.office.in_(query.offices)
    if query.dossiers is not None:
        yield acts.stream.in_(query.dossiers)
    if query.procedure is not None:
        dossiers = kept.dossiers.c
        streams = sa.select(dossiers.stream).where(dossiers.procedure == query.procedure)
        yield acts.stream.in_(streams)
    if query.proxy is not None:
        yield _of_proxy(query.proxy, kept)


def _limits(query: TrailQuery, kept: _Kept) -> Iterator[sa.ColumnElement[bool]]:
    """Give what the reader's grants, and an order, leave of the acts."""
    acts = kept.acts.c
    if query.covered is not None:
        yield acts.office.in_(query.covered)
    if query.scope is not None:
        yield sa.or_(acts.office.in_(query.scope.offices), acts.stream.in_(query.scope.dossiers))


def _of_proxy(proxy: str, kept: _Kept) -> sa.ColumnElement[bool]:
    # A proxy signs the authorisation, too, and not the revocation.
    alias = kept.acts.alias()
    named = _Kept(alias, kept.signers, kept.dossiers, kept.key)
    authorised = sa.select(alias.c.stream).where(
        alias.c.kind == AUTHORISED, named.signed_by((proxy,))
    )
    revoked = sa.and_(kept.acts.c.kind == REVOKED, kept.acts.c.stream.in_(authorised))
    return sa.or_(kept.signed_by((proxy,)), revoked)
