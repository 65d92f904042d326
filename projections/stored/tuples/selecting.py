"""Selecting: rows by many keys at once, with one statement for each table that is spelt once.

The keys travel as one value, a list in JSON: how many there are changes from step to step, the
statement does not. Spelling it anew each time cost more than its answer.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import msgspec
import sqlalchemy as sa

from projections.stored.tuples.inserting import Row

_encoder = msgspec.json.Encoder()


def rows_with_keys(
    connection: sa.Connection, table: sa.Table, names: Sequence[str], keys: Iterable[Sequence[str]]
) -> Iterator[Row]:
    """Give the rows, as tuples in the order of the table, in which these columns have such values.

    A key that stands twice gives its rows twice.
    """
    listed = _encoder.encode(list(keys)).decode()
    found = connection.exec_driver_sql(_selection(table, tuple(names)), (listed,))
    return (tuple(row) for row in found)


@cache
def _selection(table: sa.Table, names: tuple[str, ...]) -> str:
    columns = ", ".join(f'found."{column.name}"' for column in table.columns)
    same = " AND ".join(
        f"found.\"{name}\" = json_extract(listed.value, '$[{place}]')"
        for place, name in enumerate(names)
    )
    return (
        f'SELECT {columns} FROM json_each(?) AS listed JOIN "{table.name}" AS found '  # noqa: S608 - our own tables
        f"ON {same}"
    )
