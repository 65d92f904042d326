"""The book of reads by secret: one line a minute, shared by workers, lost reads are refused."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.reading.own_reads import MAX_LISTED, OwnRead, OwnReads
from ledger.errors import StoreUnavailable
from tests.support.builders import STREAM

NOW = datetime(2026, 11, 20, 2, 0, 30, tzinfo=UTC)
OTHER = "dossier:ffffffffffffffffffffffffffffffff"
PRESENT, FORMER = b"p" * 32, b"f" * 32


def test_reads_of_one_minute_are_one_line_in_every_worker(tmp_path: Path) -> None:
    workers = [OwnReads(tmp_path / "reads.sqlite3") for _ in range(2)]
    workers[0].note(STREAM, PRESENT, NOW)
    workers[1].note(STREAM, PRESENT, NOW + timedelta(seconds=29))
    workers[0].note(STREAM, FORMER, NOW - timedelta(minutes=1))

    assert workers[1].of(STREAM, PRESENT) == (
        OwnRead("2026-11-20T02:00:00Z", 2, with_present_secret=True),
        OwnRead("2026-11-20T01:59:00Z", 1, with_present_secret=False),
    )


def test_last_reads_are_listed_and_no_more(tmp_path: Path) -> None:
    book = OwnReads(tmp_path / "reads.sqlite3")
    for minute in range(MAX_LISTED + 1):
        book.note(STREAM, PRESENT, NOW + timedelta(minutes=minute))

    listed = book.of(STREAM, PRESENT)

    assert len(listed) == MAX_LISTED
    assert listed[-1].minute == "2026-11-20T02:01:00Z"


def test_read_that_cannot_be_kept_is_refused(tmp_path: Path) -> None:
    book = OwnReads(tmp_path)

    with pytest.raises(StoreUnavailable):
        book.note(STREAM, PRESENT, NOW)
    with pytest.raises(StoreUnavailable):
        book.of(STREAM, PRESENT)


def test_reads_of_an_erased_dossier_are_forgotten(tmp_path: Path) -> None:
    book = OwnReads(tmp_path / "reads.sqlite3")
    book.note(STREAM, PRESENT, NOW)
    book.note(OTHER, PRESENT, NOW)

    book.forget([STREAM])
    book.forget([STREAM])

    assert (book.of(STREAM, PRESENT), len(book.of(OTHER, PRESENT))) == ((), 1)
