"""Sweeping orphans: private parts and public documents whose action was never recorded.

Both are stored before the hand-over, so a crash or a refusal in between leaves them behind.
They are kept for a day, since their sender may send the same action again, and then deleted.
"""

from datetime import datetime, timedelta
from typing import Final

from ledger.action_notes import open_text
from ledger.documents import DocumentFolder, documents_named
from ledger.private.vault import Vault
from ledger.storage.port import LedgerReader
from transparency.encoding import render_utc_seconds

KEPT_FOR: Final = timedelta(days=1)
LOOKED_BACK: Final = timedelta(days=30)
READ_BATCH: Final = 2_000


def sweep_orphans(vault: Vault, reader: LedgerReader, now: datetime) -> int:
    """Delete private parts of the last thirty days that belong to no recorded action.

    Gives how many were deleted. Those younger than a day are left alone.
    """
    whole = now.replace(microsecond=0)
    first, last = render_utc_seconds(whole - LOOKED_BACK), render_utc_seconds(whole - KEPT_FOR)
    orphans = [
        text_hash
        for text_hash, stream, version in vault.places(first, last)
        if not _is_recorded(reader, text_hash, stream, version)
    ]
    # Whoever sends one of them again meanwhile makes it young: the vault then leaves it alone.
    return vault.discard(orphans, stored_before=last)


def _is_recorded(reader: LedgerReader, text_hash: bytes, stream: str, version: int) -> bool:
    event = reader.find(stream, version)
    return event is not None and open_text(event.note, None).text_hash == text_hash


class DocumentSweeper:
    """Deletes kept documents that no recorded entry names, and remembers what it has read.

    The ledger alone says what is named: that the served copy of a document is lost must not cost
    its original. Copies only spare reading the ledger where there is nothing to sweep.
    """

    def __init__(self, kept: DocumentFolder, served: DocumentFolder, reader: LedgerReader):
        self._kept = kept
        self._served = served
        self._reader = reader
        self._named: set[str] = set()
        self._log_position = 0

    def sweep(self, now: datetime) -> int:
        """Delete what lies there for more than a day; ``now`` is the system's clock, as of files.

        Gives how many were deleted.

        Raises:
            StoreUnavailable: the ledger cannot be read, or the disk does not delete.
        """
        limit = now - KEPT_FOR
        found = [name for name in self._kept.names() if self._is_candidate(name, limit)]
        if not found:
            return 0
        self._catch_up()
        orphans = [name for name in found if name not in self._named]
        return sum(self._kept.discard(name, stored_before=limit) for name in orphans)

    def _is_candidate(self, name: str, limit: datetime) -> bool:
        return not self._served.has(name) and self._kept.is_older(name, limit)

    def _catch_up(self) -> None:
        size = self._reader.sequenced_size()
        for start in range(self._log_position, size, READ_BATCH):
            end = min(size, start + READ_BATCH)
            for entry in self._reader.entries(start, end):
                self._named.update(documents_named(entry.body))
            self._log_position = end
