"""Where the rows of petitions are kept and read again, within a transaction of the views."""

from collections.abc import Mapping

import msgspec
import sqlalchemy as sa

from domain.decisions import StreamState
from ledger.errors import StoreCorrupt
from projections.petitions.rows import PetitionRow, petition_rows_of
from projections.tables import petitions_table


def replace_petitions(connection: sa.Connection, states: Mapping[str, StreamState]) -> None:
    """Replace the rows of the petitions among these states."""
    rows = [msgspec.structs.asdict(row) for row in petition_rows_of(states)]
    if not rows:
        return
    condition = petitions_table.c.stream == sa.bindparam("old_stream")
    connection.execute(
        sa.delete(petitions_table).where(condition),
        [{"old_stream": row["stream"]} for row in rows],
    )
    connection.execute(sa.insert(petitions_table), rows)


def read_petitions(connection: sa.Connection) -> list[PetitionRow]:
    """Give the rows of all petitions, by stream.

    Raises:
        StoreCorrupt: a column holds something of another type.
    """
    names = PetitionRow.__struct_fields__
    query = sa.select(*(petitions_table.c[name] for name in names)).order_by("stream")
    rows = [dict(zip(names, row, strict=True)) for row in connection.execute(query)]
    try:
        return msgspec.convert(rows, list[PetitionRow])
    except msgspec.ValidationError as error:
        raise StoreCorrupt(f"the rows of petitions cannot be read: {error}") from error
