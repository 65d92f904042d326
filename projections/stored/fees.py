"""Reading the public acts about money: fees assessed, asked for, paid and paid back.

Of each it gives what figures of payment need: of which dossier, how much, and by which method.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

import sqlalchemy as sa

from projections.tables import acts_table, dossiers_table

Offices = frozenset[str] | None
MOST_NAMED: Final = 500
# Days are those of the office's zone, texts those of UTC.
_ZONES_APART: Final = timedelta(days=1)


class FeeAct(NamedTuple):
    """One act about money, of a dossier that was accepted; its moment is as in a dossier's row."""

    stream: str
    office: str
    procedure: str
    accepted_at: str
    kind: str
    amount_vnd: int
    payment_method: str | None


def select_fee_acts(
    connection: sa.Connection, first: date, last: date, offices: Offices
) -> Iterator[FeeAct]:
    """Give the acts on open dossiers that were accepted in these days, or in one beside them.

    Of these offices; of all where there are none, or more than a query may name.
    """
    acts, dossiers = acts_table.c, dossiers_table.c
    query = (
        sa.select(
            acts.stream,
            dossiers.office,
            dossiers.procedure,
            dossiers.accepted_at,
            acts.kind,
            acts.amount_vnd,
            acts.payment_method,
        )
        .join_from(acts_table, dossiers_table, dossiers.stream == acts.stream)
        .where(acts.amount_vnd.is_not(None))
        .where(dossiers.accepted_at >= (first - _ZONES_APART).isoformat())
        .where(dossiers.accepted_at < (last + 2 * _ZONES_APART).isoformat())
        .order_by(acts.stream, acts.version)
    )
    if offices is not None and len(offices) <= MOST_NAMED:
        query = query.where(dossiers.office.in_(sorted(offices)))
    return (FeeAct(*row) for row in connection.execute(query))
