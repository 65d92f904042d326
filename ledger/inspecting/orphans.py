"""Orphans: private parts in the vault that belong to no recorded action."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final

from ledger.action_notes import open_text
from ledger.inspecting.report import ORPHANED_PART, VaultReport
from ledger.private.vault import Vault
from ledger.storage.port import LedgerReader
from ledger.sweeping import KEPT_FOR
from transparency.encoding import render_utc_seconds

LAST_TEXT: Final = "~"
MONTHS: Final = 12


class Orphans:
    """Walks all parts of a vault, by months from the ledger's opening on: no list grows with it."""

    def __init__(self, vault: Vault, reader: LedgerReader, report: VaultReport):
        self._vault = vault
        self._reader = reader
        self._report = report

    def find(self, opened_at: datetime, now: datetime, erased: Collection[str]) -> frozenset[str]:
        """Name parts that no recorded action has; those of the last day are swept later.

        Gives the streams among the ``erased`` that have parts left.

        Raises:
            StoreUnavailable: vault or ledger database cannot be read.
        """
        young_from = render_utc_seconds(now.replace(microsecond=0) - KEPT_FOR)
        left_over: set[str] = set()
        for start, end in _windows(opened_at, young_from):
            places = self._vault.places(start, end)
            left_over.update(stream for _, stream, _ in places if stream in erased)
            count = sum(not self._is_recorded(*place) for place in places)
            if start >= young_from:
                self._report.waiting_for_sweep += count
            else:
                self._report.orphans += count
        if self._report.orphans:
            message = (
                f"{self._report.orphans} private parts older than a day are of no recorded act"
            )
            self._report.add_problem(ORPHANED_PART, None, message)
        return frozenset(left_over)

    def _is_recorded(self, text_hash: bytes, stream: str, version: int) -> bool:
        event = self._reader.find(stream, version)
        return event is not None and open_text(event.note, None).text_hash == text_hash


def _windows(opened_at: datetime, young_from: str) -> Iterator[tuple[str, str]]:
    start, (year, month) = "", (opened_at.year, opened_at.month)
    while (end := f"{year:04d}-{month:02d}") < young_from:
        yield start, end
        start = end
        year, month = (year, month + 1) if month < MONTHS else (year + 1, 1)
    yield start, young_from
    yield young_from, LAST_TEXT
