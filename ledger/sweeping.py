"""Sweeping: orphans in vault and documents, and partial tiles that a full one has replaced.

Private parts and documents are stored before the hand-over, so a crash or a refusal in between
leaves orphans behind. They are kept for a day, since their sender may send the same action
again, and then deleted. Partial tiles are kept for a grace time after the full tile is there.
"""

from datetime import datetime, timedelta
from typing import Final

from ledger.action_notes import open_text
from ledger.documents import DocumentFolder, documents_named
from ledger.errors import StoreCorrupt, StoreUnavailable
from ledger.private.vault import Vault
from ledger.storage.port import LedgerReader
from transparency.checkpoints import open_checkpoint
from transparency.encoding import render_utc_seconds
from transparency.errors import (
    CheckpointNotSigned,
    MalformedCheckpoint,
    TileNotFound,
    TileStoreUnavailable,
)
from transparency.log_keys import LogKey
from transparency.tile_store import LogSource, SupersededPartials

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


class PartialTileSweeper:
    """Deletes partial tiles and bundles of the log once the full one has stood for a grace time."""

    def __init__(
        self,
        log: LogSource,
        partials: SupersededPartials,
        log_key: LogKey,
        grace: timedelta,
    ):
        self._log = log
        self._partials = partials
        self._log_key = log_key
        self._grace = grace

    def sweep(self, now: datetime) -> int:
        """Delete what was replaced before the grace; ``now`` is the system's clock, as of files.

        What the served checkpoint needs is never deleted. Gives how many files were.

        Raises:
            StoreUnavailable: the disk does not read or delete.
            StoreCorrupt: the served checkpoint is none of ours.
        """
        try:
            served = open_checkpoint(self._log.read_checkpoint(), self._log_key).checkpoint
            return self._partials.remove(served.tree_size, now - self._grace)
        except TileNotFound:
            return 0
        except TileStoreUnavailable as error:
            raise StoreUnavailable(f"partial tiles cannot be deleted: {error}") from error
        except (MalformedCheckpoint, CheckpointNotSigned) as error:
            raise StoreCorrupt(f"the served checkpoint is not ours: {error}") from error
