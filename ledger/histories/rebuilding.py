"""Rebuilding the index that proofs of histories are made from, while proofs are made from it."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from ledger.errors import StoreUnavailable
from ledger.histories.stored_index import ENTRIES_AT_ONCE, StoredIndex
from ledger.storage.port import LedgerReader

MOST_ATTEMPTS: Final = 100


def rebuild_index(
    path: Path,
    beside: Path,
    origin: str,
    reader: LedgerReader,
    progress: Callable[[int], None],
) -> int:
    """Make the index anew in a file beside, and put it in place; gives its log position.

    ``beside`` is a path where nothing lies yet.

    Raises:
        UnknownEntry: nothing is published yet.
        StoreUnavailable: a file does not read or write; the old index stays.
        StoreCorrupt: the stored entries do not have the root that their seal names.
    """
    remade, stored = StoredIndex(beside, origin, reader), StoredIndex(path, origin, reader)
    for _ in range(MOST_ATTEMPTS):
        while not remade.catch_up(ENTRIES_AT_ONCE):
            progress(remade.log_position())
        if stored.replace_by(beside):
            return remade.log_position()
    raise StoreUnavailable("the index moved on each time: try again when there is less to do")
