"""Leaving no byte behind: what SQLite keeps of deleted rows in its log and in its free pages.

`secure_delete` zeroes deleted rows in the main file. The write-ahead log still holds the pages as
they were before, until it is cut to nothing. Rows that were moved when a page was split may have
left copies in a page's unused middle: writing the file anew leaves no unused middle.
"""

import time
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from ledger.errors import StoreUnavailable

# Beyond this a file is not written anew: rows are zeroed, and what might be left of one is
# ciphertext under a key that was destroyed. The keyring is always written anew.
LARGEST_REWRITTEN_BYTES: Final = 256 * 1024 * 1024
ATTEMPTS: Final = 20
ATTEMPT_SECONDS: Final = 0.25


def wipe_remains(engine: sa.Engine, *, largest_bytes: int | None) -> None:
    """Cut the write-ahead log, and write the file anew unless it is larger than that.

    Other processes may have the file open; a long read of theirs is waited for.

    Raises:
        StoreUnavailable: somebody reads all the time; it has to be done again.
    """
    # Cut first: only then does the file's size say how large it is.
    _cut_log(engine)
    path = Path(str(engine.url.database))
    if largest_bytes is not None and path.stat().st_size > largest_bytes:
        return
    _run(engine, "VACUUM")
    _cut_log(engine)


def _cut_log(engine: sa.Engine) -> None:
    for _ in range(ATTEMPTS):
        if _run(engine, "PRAGMA wal_checkpoint(TRUNCATE)") == 0:
            return
        time.sleep(ATTEMPT_SECONDS)
    raise StoreUnavailable("a reader keeps the private store's log from being cut; try again")


def _run(engine: sa.Engine, statement: str) -> int | None:
    """Run a statement outside a transaction; give the first column of its row, if it has one."""
    try:
        with engine.connect() as connection:
            outside = connection.execution_options(isolation_level="AUTOCOMMIT")
            result = outside.exec_driver_sql(statement)
            first = result.first() if result.returns_rows else None
            return None if first is None else int(first[0])
    except sa.exc.SQLAlchemyError as failure:
        raise StoreUnavailable(f"the private store was not cleaned: {failure}") from failure
