"""Sweeping orphans: private parts whose action was never recorded.

Details are stored before the hand-over, so a crash or a refusal in between leaves them behind.
They are kept for a day, since their sender may send the same action again, and then deleted.
"""

from datetime import datetime, timedelta
from typing import Final

from ledger.action_notes import open_text
from ledger.private.vault import Vault
from ledger.storage.port import LedgerReader
from transparency.encoding import render_utc_seconds

KEPT_FOR: Final = timedelta(days=1)
LOOKED_BACK: Final = timedelta(days=30)


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
    vault.discard(orphans)
    return len(orphans)


def _is_recorded(reader: LedgerReader, text_hash: bytes, stream: str, version: int) -> bool:
    event = reader.find(stream, version)
    return event is not None and open_text(event.note, None).text_hash == text_hash
