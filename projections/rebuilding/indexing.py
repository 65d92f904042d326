"""Indexes of the core's rows, made at once when all rows are there, which is faster than by row.

Beside alone: rows that somebody reads have their indexes at all times. CRASH: views beside that
lack their indexes are thrown away with all else there.
"""

from pathlib import Path
from typing import Final

import sqlalchemy as sa

from ledger.errors import StoreUnavailable
from projections.parts.writers import DividedUpdate, PartWriter
from projections.tables import acts_table, dossiers_table, open_engine

_TABLES: Final = (acts_table, dossiers_table)


def drop_indexes(path: Path) -> None:
    """Take the indexes of acts and dossiers out of views beside that are empty.

    Raises:
        StoreUnavailable: the database failed.
    """
    engine = open_engine(path, is_beside=True)
    try:
        with engine.begin() as connection:
            for index in _indexes():
                index.drop(connection, checkfirst=True)
    except sa.exc.SQLAlchemyError as error:
        raise StoreUnavailable(f"the views database failed: {error}") from error
    finally:
        engine.dispose()


def indexing_first(count: PartWriter) -> PartWriter:
    """Let the writer of statistics make the indexes before it counts, since it reads by them.

    It counts in the last step of a long fold, and from then on in each.
    """

    def write(connection: sa.Connection, divided: DividedUpdate) -> None:
        if not divided.update.counts_later:
            for index in _indexes():
                index.create(connection, checkfirst=True)
        count(connection, divided)

    return write


def _indexes() -> list[sa.Index]:
    return [
        index for table in _TABLES for index in sorted(table.indexes, key=lambda i: str(i.name))
    ]
