"""The folder beside: where projections are made again, by one process at a time.

CRASH: what a process that was killed leaves there is of no use to anybody; the next rebuild, or
the next start of the follower, takes it away. It may hold keyed hashes of the holders' projection.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.errors import LedgerBusy


@contextmanager
def beside(folder: Path) -> Iterator[Path]:
    """Give an empty folder that is this process's own, and empty it again at the end.

    Raises:
        LedgerBusy: another process rebuilds.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LedgerBusy("another process rebuilds projections of this data folder") from error
        _empty(folder)
        try:
            yield folder
        finally:
            _empty(folder)
    finally:
        os.close(descriptor)


def take_away_leftovers(folder: Path) -> None:
    """Take away what a killed rebuild left, if none runs."""
    if not folder.exists():
        return
    try:
        with beside(folder):
            pass
    except LedgerBusy:
        return


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
