import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.errors import StoreUnavailable
from ledger.private.vault import PrivatePart
from projections.entries import EntryUnreadable
from projections.follower import Follower, PrivateFold
from projections.holders import Mark, is_same_hash, mark_hash
from projections.reading import read_counts
from projections.views import Views, open_views
from tests.support.dossier_cases import OFFICE
from tests.support.followed_ledger import VIEW_SECRET, a_follower, some_history, tables_of
from tests.support.paper_ledger import CODE, ORIGIN, SECRET, PaperLedger, a_stream


@pytest.fixture
def paper() -> PaperLedger:
    paper = PaperLedger()
    paper.open_registry()
    paper.seal_and_publish("2026-01-01T00:00:00.000Z")
    return paper


@pytest.fixture
def views(tmp_path: Path) -> Iterator[Views]:
    views = open_views(tmp_path / "views.sqlite3")
    yield views
    views.close()


def test_holder_is_recognised_by_keyed_hashes_of_secret_and_code(
    paper: PaperLedger, views: Views
) -> None:
    paper.submit(a_stream(1), "2026-02-02T01:00:00Z")
    paper.accept(a_stream(1), "2026-02-02T02:00:00Z")
    paper.seal_and_publish("2026-02-02T02:00:01.000Z")

    a_follower(paper, views).catch_up()

    with views.reading() as reader:
        by_code = reader.streams_marked(Mark.CODE, mark_hash(VIEW_SECRET, Mark.CODE, CODE))
        stored = reader.hash_of(a_stream(1), Mark.SECRET)
    assert by_code == [a_stream(1)]
    assert is_same_hash(stored, mark_hash(VIEW_SECRET, Mark.SECRET, SECRET))
    assert not is_same_hash(stored, mark_hash(b"w" * 32, Mark.SECRET, SECRET))
    assert not is_same_hash(None, None)


def test_erased_details_leave_no_hash(paper: PaperLedger, views: Views) -> None:
    paper.submit(a_stream(1), "2026-02-02T01:00:00Z")
    paper.seal_and_publish("2026-02-02T02:00:01.000Z")
    paper.private.clear()

    a_follower(paper, views).catch_up()

    with views.reading() as reader:
        assert reader.hash_of(a_stream(1), Mark.SECRET) is None


def test_details_that_do_not_open_the_commitment_are_an_alarm(
    paper: PaperLedger, views: Views
) -> None:
    paper.submit(a_stream(1), "2026-02-02T01:00:00Z")
    paper.seal_and_publish("2026-02-02T02:00:01.000Z")
    other = PrivatePart(a_stream(1), 1, b"", bytes(32), b'{"secret":"x"}')
    private = PrivateFold(lambda _text_hash: other, VIEW_SECRET)

    with pytest.raises(EntryUnreadable, match="commitment"):
        Follower(ORIGIN, paper.store, views, paper.documents, private).catch_up()


def test_changed_cell_shows_in_the_figures(
    paper: PaperLedger, views: Views, tmp_path: Path
) -> None:
    some_history(paper, dossiers=2)
    a_follower(paper, views).catch_up()
    liar = sqlite3.connect(tmp_path / "views.sqlite3")
    liar.execute("UPDATE month_cells SET resolved_early = 0, resolved_on_time = 1")
    liar.commit()
    liar.close()

    with views.reading() as reader:
        statistics = read_counts(reader, office=OFFICE)

    assert statistics is not None
    assert (statistics.total.received, statistics.total.resolved) == (2, 1)


def test_views_of_another_schema_are_emptied_and_filled_again(
    paper: PaperLedger, tmp_path: Path
) -> None:
    path = tmp_path / "views.sqlite3"
    views = open_views(path)
    a_follower(paper, views).catch_up()
    views.close()
    filled = tables_of(path)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE schema SET number = 0")
    connection.execute("CREATE TABLE leftover (x)")
    connection.commit()
    connection.close()

    reopened = open_views(path)
    following = a_follower(paper, reopened)

    assert following.position() is None
    following.catch_up()
    assert tables_of(path) == filled
    reopened.close()


def test_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "views.sqlite3"
    path.write_bytes(b"not a database, and long enough to be looked at" * 40)

    with pytest.raises(StoreUnavailable):
        open_views(path)
