"""A ledger on paper with something of everything that open data must get right."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from domain.veils import VeilAct
from projections.opendata.acts import ActReader
from projections.tallies.published import Tallies
from projections.views import ViewReader, open_views
from tests.support.dossier_cases import OFFICE
from tests.support.followed_ledger import a_follower, some_history
from tests.support.paper_ledger import BERLIN_OFFICE, ORIGIN, PaperLedger, a_stream
from tests.support.tallies.on_paper import some_ratings, tally_month

VEILED = a_stream(90)
DAY_ONLY = a_stream(91)
# Recorded last, and said to have happened before everything else.
BACK_DATED = a_stream(92)
OPEN_DOSSIERS = 7


def a_ledger() -> PaperLedger:
    """Five ended dossiers, one by day alone, one dated back, a petition, ratings, one veiled."""
    paper = PaperLedger()
    paper.open_registry()
    some_history(paper, OPEN_DOSSIERS - 2)
    paper.submit(DAY_ONLY, "2026-03-02", office=BERLIN_OFFICE)
    paper.accept(DAY_ONLY, "2026-03-02", office=BERLIN_OFFICE)
    paper.complain("petition:" + "7" * 32, "2026-03-03T00:30:00Z")
    tally_month(paper, "2026-02", some_ratings(), "2026-03-03T00:40:00Z")
    paper.veiled.add(VEILED)
    paper.submit(VEILED, "2026-03-03T01:00:00Z")
    paper.append_veil(VEILED, 1, VeilAct.STEP)
    paper.seal_and_publish("2026-03-03T02:00:00.000Z")
    paper.submit(BACK_DATED, "2025-06-01T01:00:00Z")
    paper.seal_and_publish("2026-03-04T02:00:00.000Z")
    return paper


def tallies_of(paper: PaperLedger) -> Tallies:
    """Give where a server finds the tallies."""
    return Tallies(ORIGIN, paper.store, paper.documents)


def many_entries(paper: PaperLedger, dossiers: int, first: int = 200) -> None:
    """Add dossiers of two acts each, in two offices by turns, published ten at a time."""
    for number in range(first, first + dossiers):
        office = BERLIN_OFFICE if number % 2 else OFFICE
        paper.submit(a_stream(number), "2026-04-01T01:00:00Z", office=office)
        paper.accept(a_stream(number), "2026-04-01T02:00:00Z", office=office)
        if number % 10 == 9:
            paper.seal_and_publish(f"2026-04-{2 + (number - first) // 10:02d}T02:00:00.000Z")
    paper.seal_and_publish("2026-04-30T02:00:00.000Z")


@contextmanager
def read_by_follower(paper: PaperLedger, folder: Path) -> Iterator[ViewReader]:
    """Follow a ledger with everything that a server has, the private parts too, and read."""
    with closing(open_views(folder / "followed.sqlite3")) as views:
        a_follower(paper, views).catch_up()
        with views.reading() as reader:
            yield reader


@contextmanager
def acts_of_ledger(paper: PaperLedger, folder: Path) -> Iterator[ActReader]:
    """Follow a ledger and read its published acts."""
    with read_by_follower(paper, folder) as reader:
        yield ActReader.beside(reader)
