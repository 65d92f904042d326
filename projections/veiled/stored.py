"""Where the counts of veils are kept and read again, within a transaction of the views."""

from collections.abc import Mapping

import sqlalchemy as sa

from domain.veils import VeilAct
from projections.tables import veil_counts_table
from projections.veiled.counts import VeilCounts


def add_veils(connection: sa.Connection, veils: Mapping[tuple[str, str, VeilAct], int]) -> None:
    """Add the veils that a step of the follower brought to those that are counted."""
    table = veil_counts_table
    for (office, month, act), count in sorted(veils.items()):
        place = sa.and_(table.c.office == office, table.c.month == month, table.c.act == act.value)
        before = connection.execute(sa.delete(table).where(place).returning(table.c.veils)).scalar()
        connection.execute(
            sa.insert(table).values(
                office=office, month=month, act=act.value, veils=(before or 0) + count
            )
        )


def read_veils(connection: sa.Connection) -> VeilCounts:
    """Give how many veils there are of each office, month and act."""
    table = veil_counts_table.c
    rows = connection.execute(sa.select(table.office, table.month, table.act, table.veils))
    return {(office, month, VeilAct(act)): veils for office, month, act, veils in rows}
