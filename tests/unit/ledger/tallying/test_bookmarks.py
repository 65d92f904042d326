"""A tally begins where the last one ended; a lost or foreign bookmark costs one reading of all."""

import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import StoreUnavailable
from ledger.storage.port import LedgerReader, StoredEvent
from ledger.tallying.bookmarks import Bookmark, BookmarkFile
from tests.support.tallies.rated import RatedLedger

MONTHS = 6
A_MONTH = 25
A_BOOKMARK = Bookmark(month="2026-03", entry_index=70, counted=15, others=2, first_waiting_index=58)


class CountingReader:
    """Reads a store, and counts the envelopes that it was asked for."""

    def __init__(self, inner: LedgerReader) -> None:
        self._inner = inner
        self.read = 0

    def enveloped_events(self, start_index: int = 0) -> Sequence[StoredEvent]:
        found = self._inner.enveloped_events(start_index)
        self.read += len(found)
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def _rated_for(months: int) -> RatedLedger:
    rated = RatedLedger()
    for _ in range(months):
        rated.rate(A_MONTH)
        rated.end_month()
        rated.publish()
    return rated


def test_a_month_reads_the_envelopes_since_the_last_tally_but_one() -> None:
    rated, read = RatedLedger(), []
    for _ in range(MONTHS):
        rated.rate(A_MONTH)
        rated.end_month()
        counting = CountingReader(rated.world.store)
        rated.reader = counting
        rated.publish()
        read.append(counting.read)

    # What waited of two months, and these two months: never more, however old the ledger.
    assert max(read) <= 4 * A_MONTH
    assert read[-1] < MONTHS * A_MONTH


@pytest.mark.parametrize(
    "bookmark",
    [
        pytest.param(None, id="lost"),
        pytest.param(A_BOOKMARK, id="another ledger's"),
        pytest.param(
            Bookmark(month="2031-01", entry_index=1, counted=0, others=0, first_waiting_index=9),
            id="of a month without a tally",
        ),
    ],
)
def test_tally_is_the_same_whatever_became_of_the_bookmark(bookmark: Bookmark | None) -> None:
    rated = _rated_for(3)
    rated.rate(A_MONTH)
    rated.end_month()
    kept = rated.draft()

    rated.bookmarks.kept = bookmark
    again = rated.draft()

    assert kept is not None
    assert again is not None
    assert (again.note, again.document) == (kept.note, kept.document)


def test_bookmark_is_as_old_as_a_tally_that_is_recorded() -> None:
    rated = RatedLedger()
    rated.rate(A_MONTH)
    rated.end_month()

    rated.draft()

    assert rated.bookmarks.kept is None


def test_bookmark_of_a_ledger_that_was_put_back_to_an_older_copy_is_not_used() -> None:
    rated, older = _rated_for(2), _rated_for(1)
    rated.draft()
    older.bookmarks.kept = rated.bookmarks.kept
    older.rate(A_MONTH)
    older.end_month()

    tally = older.draft()

    older.bookmarks.kept = None
    again = older.draft()
    assert tally is not None
    assert again is not None
    assert tally.note == again.note


def test_file_is_private_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "tallied.json"
    bookmarks = BookmarkFile(path)
    assert bookmarks.read() is None

    bookmarks.write(A_BOOKMARK)

    assert bookmarks.read() == A_BOOKMARK
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_half_a_file_is_none(tmp_path: Path) -> None:
    path = tmp_path / "tallied.json"
    path.write_bytes(b'{"month":"2026')

    assert BookmarkFile(path).read() is None


def test_folder_that_takes_no_file_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        BookmarkFile(tmp_path / "none" / "tallied.json").write(A_BOOKMARK)
