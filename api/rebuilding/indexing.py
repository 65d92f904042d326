"""Keeping the index of histories close to the log, and its stop where everybody sees it.

It is tried again and again: whatever is wrong with the file itself is made again from the ledger,
so that a failure which stays lies in what it is made from.
"""

from contextlib import suppress
from typing import Final

from ledger.errors import StoreUnavailable
from ledger.histories.stored_index import StoredIndex
from ledger.storage.port import LedgerReader
from projections.follower import Tell
from projections.parts.registry import Projection
from projections.views import Views

INDEX_ENTRIES: Final = 50_000


class KeptIndex:
    """The index of histories, as the process keeps it that follows the log."""

    def __init__(self, index: StoredIndex, reader: LedgerReader, views: Views, tell: Tell) -> None:
        self._index = index
        self._reader = reader
        self._views = views
        self._tell = tell
        # None: perhaps an earlier process has noted that it stopped.
        self._is_stopped: bool | None = None

    def catch_up(self) -> int:
        """Take in what was published, and note whether that can be done; gives no count.

        Raises:
            StoreUnavailable: a database failed; ask again.
        """
        if self._reader.checkpoint() is None:
            return 0
        try:
            self._index.catch_up(INDEX_ENTRIES)
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - the edge of a projection: it stops alone
            self._note_stop(error)
            return 0
        if self._is_stopped is not False:
            self._views.end_stop(Projection.HISTORIES)
            self._is_stopped = False
        return 0

    def _note_stop(self, error: Exception) -> None:
        if self._is_stopped:
            return
        log_position = 0
        with suppress(StoreUnavailable):
            log_position = self._index.log_position()
        self._views.stop(Projection.HISTORIES, error, log_position)
        self._is_stopped = True
        self._tell(Projection.HISTORIES, error)
