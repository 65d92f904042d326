"""Papers that requests asked for: kept as keyed hashes, found by R03, and gone with an erasure."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.facts import (
    IntakeSupplementRequested,
    IntakeSupplementRequestedDetails,
    SupplementJudgedIncomplete,
    SupplementJudgedIncompleteDetails,
    SupplementSubmitted,
)
from domain.facts.shapes import SupplementItem
from domain.procedures import ComponentCase, RequiredComponent
from domain.roles import Role
from ledger.private.vault import PrivatePart
from projections.comparing import FoldSources, compare_views
from projections.entries import EntryUnreadable
from projections.follower import Follower, PrivateFold
from projections.reading import read_findings
from projections.stored.examining import forget_papers
from projections.tables import open_engine
from projections.views import Views, open_views
from tests.support.followed_ledger import VIEW_SECRET, a_follower
from tests.support.paper_ledger import ORIGIN, PaperLedger, a_stream

DOSSIER, OTHER = a_stream(1), a_stream(2)
LISTED = tuple(RequiredComponent(code=code, name=code) for code in ("form", "identity"))


@pytest.fixture
def paper() -> PaperLedger:
    paper = PaperLedger()
    paper.open_registry(cases=(ComponentCase(code="all", components=LISTED),))
    return paper


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "views.sqlite3"


@pytest.fixture
def views(path: Path) -> Iterator[Views]:
    views = open_views(path)
    yield views
    views.close()


def ask(paper: PaperLedger, stream: str, first: tuple[str, ...], later: tuple[str, ...]) -> None:
    """Let an office ask at intake, get something, and ask once more."""
    items = [tuple(SupplementItem(component=each, reason="thiếu") for each in first)]
    items.append(tuple(SupplementItem(component=each, reason="thiếu") for each in later))
    paper.submit(stream, "2026-02-02T01:00:00Z")
    paper.act(
        "dossier.intake_supplement_requested",
        stream,
        "2026-02-02T02:00:00Z",
        Role.RECEIVER,
        paper.officer,
        facts=IntakeSupplementRequested(),
        details=IntakeSupplementRequestedDetails(items=items[0]),
    )
    paper.act(
        "dossier.supplement_submitted",
        stream,
        "2026-02-03T02:00:00Z",
        Role.RECEIVER,
        paper.officer,
        facts=SupplementSubmitted(),
    )
    paper.act(
        "dossier.supplement_judged_incomplete",
        stream,
        "2026-02-03T03:00:00Z",
        Role.RECEIVER,
        paper.officer,
        facts=SupplementJudgedIncomplete(),
        details=SupplementJudgedIncompleteDetails(items=items[1]),
    )


def found(views: Views, stream: str) -> list[int]:
    """Give how many acts are the evidence of each hit of R03 on a dossier."""
    with views.reading() as reader:
        findings = read_findings(reader)
    return [len(each.evidence) for each in findings if (each.rule, each.stream) == ("R03", stream)]


def test_lists_are_compared_and_looked_up_without_being_read(
    paper: PaperLedger, views: Views, path: Path
) -> None:
    ask(paper, DOSSIER, ("identity",), ("identity", "land-map"))
    ask(paper, OTHER, ("identity", "form"), ("form",))
    paper.seal_and_publish("2026-02-03T04:00:00.000Z")

    a_follower(paper, views).catch_up()

    assert found(views, DOSSIER) == [1, 2]
    assert found(views, OTHER) == []
    connection = sqlite3.connect(path)
    hashes = [row[0] for row in connection.execute("SELECT paper FROM requested_papers")]
    connection.close()
    # Equal papers of two dossiers do not look alike, and none can be read.
    assert len(hashes) == 6
    assert len(set(hashes)) == 4
    assert not any(b"identity" in each for each in hashes)


def test_without_the_private_parts_nothing_is_kept(paper: PaperLedger, views: Views) -> None:
    ask(paper, DOSSIER, ("identity",), ("land-map",))
    paper.seal_and_publish("2026-02-03T04:00:00.000Z")
    paper.private.clear()

    a_follower(paper, views).catch_up()

    assert found(views, DOSSIER) == []


def test_erasure_takes_the_papers_of_its_dossier_away(
    paper: PaperLedger, views: Views, path: Path
) -> None:
    for stream in (DOSSIER, OTHER):
        ask(paper, stream, ("identity",), ("land-map",))
    paper.seal_and_publish("2026-02-03T04:00:00.000Z")
    a_follower(paper, views).catch_up()

    engine = open_engine(path)
    with engine.begin() as connection:
        forget_papers(connection, [DOSSIER])
    engine.dispose()

    assert found(views, DOSSIER) == []
    assert found(views, OTHER) == [1, 2]


def test_part_that_does_not_open_the_commitment_is_an_alarm(
    paper: PaperLedger, views: Views
) -> None:
    ask(paper, DOSSIER, ("identity",), ("form",))
    paper.seal_and_publish("2026-02-03T04:00:00.000Z")
    other = PrivatePart(DOSSIER, 2, b"", bytes(32), b'{"items":[]}')
    true = {key: part for key, part in paper.private.items() if part.version != 2}
    private = PrivateFold(lambda text_hash: true.get(text_hash, other), VIEW_SECRET)

    with pytest.raises(EntryUnreadable, match="commitment"):
        Follower(ORIGIN, paper.store, views, paper.documents, private).catch_up()


def test_papers_that_somebody_changed_show_to_whoever_holds_the_vault(
    paper: PaperLedger, views: Views, path: Path
) -> None:
    ask(paper, DOSSIER, ("identity",), ("identity",))
    paper.seal_and_publish("2026-02-03T04:00:00.000Z")
    a_follower(paper, views).catch_up()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE requested_papers SET listed = 0")
    connection.commit()
    connection.close()
    private = PrivateFold(paper.private.get, VIEW_SECRET)

    public = FoldSources(paper.tiles, paper.anchors, paper.documents)
    vault = FoldSources(paper.tiles, paper.anchors, paper.documents, private)

    assert compare_views(path, public).differences == ()
    assert [each.table for each in compare_views(path, vault).differences] == ["requested_papers"]
