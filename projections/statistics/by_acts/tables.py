"""The tables of figures made from acts, as part of the views database: all of them public.

What adds up to nothing has no row; so the tables hold the same, however many steps were taken.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class ActTables:
    """Every table of these figures.

    ``cells`` holds the sums; ``parts`` what each dossier added to them, so that it can be taken
    out; ``lists`` the same by month and office, read one by one where no cells are so fine;
    ``stand`` up to which log position all is counted, and with which zones and levels of offices.
    """

    cells: sa.Table
    parts: sa.Table
    lists: sa.Table
    stand: sa.Table


def act_tables(metadata: sa.MetaData) -> ActTables:
    """Define these tables among the others of a database."""
    return ActTables(
        cells=sa.Table(
            "act_cells",
            metadata,
            _key("theme", 8),
            _key("grain", 3),
            *(_key(name, 64) for name in ("office", "procedure")),
            _key("period", 10),
            # By channel and measure how many and the total; and by stage the stays of all channels
            # in rising order (`by_acts.cells.told_stay`), each as a signed 64-bit integer with the
            # lowest byte first. As MessagePack, every name in its own order.
            sa.Column("cell", sa.LargeBinary, nullable=False),
            # In the order of the key: what is told apart first, then by period.
            sqlite_with_rowid=False,
        ),
        parts=sa.Table(
            "act_parts",
            metadata,
            _key("stream", 120),
            sa.Column("parts", sa.LargeBinary, nullable=False),
            sqlite_with_rowid=False,
        ),
        lists=sa.Table(
            "act_lists",
            metadata,
            # In the order of the key: whoever asks for a span reads what lies in it, and no more.
            _key("theme", 8),
            _key("month", 7),
            _key("office", 64),
            # Every part of them (`by_acts.cells.PairPart`), as `stored.by_acts.lists` writes them.
            sa.Column("parts", sa.LargeBinary, nullable=False),
            sqlite_with_rowid=False,
        ),
        stand=sa.Table(
            "act_cells_stand",
            metadata,
            sa.Column("log_position", sa.BigInteger, primary_key=True, autoincrement=False),
            sa.Column("places", sa.Text, nullable=False),
        ),
    )


def _key(name: str, length: int) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), primary_key=True)
