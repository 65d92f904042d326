"""Feeds: every act once, by entry index, on pages that never change once they are full."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy import event

from projections.opendata.acts import EVERY_ACT, ActFilter, ActReader
from projections.opendata.feeds import (
    INDEXES_PER_PAGE,
    FeedPage,
    atom_document,
    full_page,
    newest_page,
)
from projections.views import Position
from tests.support.dossier_cases import OFFICE
from tests.support.opendata.histories import (
    BACK_DATED,
    VEILED,
    a_ledger,
    acts_of_ledger,
    many_entries,
)
from tests.support.paper_ledger import BERLIN_OFFICE, ORIGIN, a_stream

ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
FILTERS = (
    EVERY_ACT,
    ActFilter(office=BERLIN_OFFICE),
    ActFilter(stream=a_stream(3)),
    ActFilter(kind="dossier.accepted"),
    ActFilter(office=OFFICE, kind="petition.complaint_filed"),
    ActFilter(office="nobody"),
)


def position_of(reader: ActReader) -> Position:
    position = reader.position()
    assert position is not None
    return position


def walk(reader: ActReader, wanted: ActFilter) -> list[FeedPage]:
    """Read as RFC 5005 says: the newest document, then each one that the last one names."""
    position = position_of(reader)
    pages = [newest_page(reader, position, wanted)]
    while (number := pages[-1].before) is not None:
        page = full_page(reader, position, wanted, number)
        assert page is not None
        pages.append(page)
    return pages


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
def test_pages_hold_every_act_that_matches_once_and_newest_first(
    tmp_path: Path, wanted: ActFilter
) -> None:
    paper = a_ledger()
    many_entries(paper, 150)
    with acts_of_ledger(paper, tmp_path) as reader:
        pages = walk(reader, wanted)
        size = position_of(reader).log_position
        expected = [act.entry_index for act in reader.acts_between(0, size, size, wanted)]

    found = [act.entry_index for page in pages for act in page.acts]

    assert found == expected[::-1]
    assert len(pages) > 2 or len(expected) < INDEXES_PER_PAGE
    assert VEILED not in {act.stream for page in pages for act in page.acts}


def test_a_full_page_never_changes(tmp_path: Path) -> None:
    paper = a_ledger()
    many_entries(paper, 100)
    with acts_of_ledger(paper, tmp_path) as reader:
        early = {page.number: _atom(page) for page in walk(reader, EVERY_ACT)[1:]}
    many_entries(paper, 120, first=400)
    paper.submit(a_stream(900), "2024-01-01T00:00:00Z")
    paper.seal_and_publish("2026-05-30T02:00:00.000Z")
    later = tmp_path / "later"
    later.mkdir()

    with acts_of_ledger(paper, later) as reader:
        late = {page.number: _atom(page) for page in walk(reader, EVERY_ACT)}

    assert early
    assert {number: late[number] for number in early} == early
    assert len(late) > len(early) + 1


def test_newest_document_holds_the_last_full_page_too(tmp_path: Path) -> None:
    paper = a_ledger()
    many_entries(paper, 150)
    with acts_of_ledger(paper, tmp_path) as reader:
        position = position_of(reader)
        page = newest_page(reader, position, EVERY_ACT)

    full_pages = position.log_position // INDEXES_PER_PAGE
    assert page.number is None
    assert page.acts[-1].entry_index is not None
    assert page.acts[-1].entry_index // INDEXES_PER_PAGE == full_pages - 1
    assert page.before == full_pages - 2


def test_page_that_is_not_full_or_holds_no_match_is_none(tmp_path: Path) -> None:
    paper = a_ledger()
    many_entries(paper, 60)
    with acts_of_ledger(paper, tmp_path) as reader:
        position = position_of(reader)
        full_pages = position.log_position // INDEXES_PER_PAGE

        assert full_page(reader, position, EVERY_ACT, full_pages) is None
        assert full_page(reader, position, ActFilter(office="nobody"), 0) is None
        assert full_page(reader, position, EVERY_ACT, 0) is not None


def test_document_is_atom_with_stable_ids_links_and_an_archive_mark(tmp_path: Path) -> None:
    paper = a_ledger()
    many_entries(paper, 150)
    with acts_of_ledger(paper, tmp_path) as reader:
        pages = walk(reader, ActFilter(kind="dossier.accepted"))

    newest, archived = (ElementTree.fromstring(_atom(page)) for page in pages[:2])

    assert newest.tag == f"{ATOM}feed"
    assert newest.find(f"{HISTORY}archive") is None
    assert archived.find(f"{HISTORY}archive") is not None
    assert newest.findtext(f"{ATOM}id") == archived.findtext(f"{ATOM}id")
    links = {link.get("rel"): link.get("href") for link in archived.findall(f"{ATOM}link")}
    assert links["current"] == "https://x.vn/v1/feeds/entries.atom?kind=dossier.accepted"
    assert links["self"] == f"{links['current']}&page={pages[1].number}"
    entry = newest.findall(f"{ATOM}entry")[0]
    index = pages[0].acts[0].entry_index
    assert entry.findtext(f"{ATOM}id") == f"tag:localhost,2026:paper/entries/{index}"
    assert {one.get("term") for one in entry.findall(f"{ATOM}category")} == {
        "dossier.accepted",
        pages[0].acts[0].office,
    }
    for name in ("title", "updated", "author", "content"):
        assert entry.find(f"{ATOM}{name}") is not None


def test_what_is_dated_back_comes_last_and_not_where_its_date_would_put_it(
    tmp_path: Path,
) -> None:
    with acts_of_ledger(a_ledger(), tmp_path) as reader:
        newest = newest_page(reader, position_of(reader), EVERY_ACT)

    assert newest.acts[0].stream == BACK_DATED


def _atom(page: FeedPage) -> bytes:
    return atom_document(page, ORIGIN, "https://x.vn")


@pytest.mark.parametrize("statement", ["window", "last"])
def test_feed_of_one_office_reads_no_act_of_another(tmp_path: Path, statement: str) -> None:
    wanted, plans = ActFilter(office=BERLIN_OFFICE), []
    paper = a_ledger()
    many_entries(paper, 150)
    with acts_of_ledger(paper, tmp_path) as reader:
        engine = reader._connection.engine

        def explain(_conn: Any, cursor: Any, text: str, given: Any, *_more: Any) -> None:
            if "FROM acts" in text:
                cursor.execute(f"EXPLAIN QUERY PLAN {text}", given)
                plans.append([row[-1] for row in cursor.fetchall()])

        event.listen(engine, "before_cursor_execute", explain)
        if statement == "window":
            reader.acts_between(1, 1_000, 10, wanted)
        else:
            reader.last_act_before(1_000, wanted)
        event.remove(engine, "before_cursor_execute", explain)

    # No sorting either: the index is in the order of the entries.
    assert [len(plan) for plan in plans] == [1]
    assert "acts_by_office (office=?" in plans[0][0]
