"""Cutting the log of the views database, which holds pages as they were before an erasure."""

import sqlite3

import sqlalchemy as sa

from ledger.errors import StoreUnavailable


def cut_log(engine: sa.Engine) -> None:
    """Write the log of the database into its file, and make it empty.

    The marks are zeroed in the file; the log holds the pages as they were. A reader may keep it
    from being cut: then it is overwritten later, and what it holds is keyed hashes.

    Raises:
        StoreUnavailable: the database failed.
    """
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise StoreUnavailable(f"the views database failed: {error}") from error
    finally:
        connection.close()
