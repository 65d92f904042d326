"""A paper ledger over several days, its editions, and its files as a data folder."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from api.data_folder import DataFolder
from api.figures.edition_files import answer_file
from ledger.documents import DocumentFolder
from ledger.key_files import render_anchors
from projections.editions.folder import EditionFolder
from projections.editions.making import EditionMaker, EditionSources
from projections.editions.remaking import RemadeEdition, remake_edition
from tests.support.paper_ledger import PaperLedger, a_stream
from transparency.checkpoints import open_checkpoint
from transparency.tile_store import FileTileStore
from transparency.trusted_log import TrustedLog


@dataclass(frozen=True)
class Desk:
    """A ledger on paper, and where its editions are made."""

    paper: PaperLedger
    folder: EditionFolder
    maker: EditionMaker
    place: Path

    def log(self) -> TrustedLog:
        signed = open_checkpoint(self.paper.tiles.read_checkpoint(), self.paper.anchors.logs)
        return TrustedLog(self.paper.tiles, signed)

    def remade(self, day: str) -> RemadeEdition:
        log, paper, wanted = self.log(), self.paper, date.fromisoformat(day)
        return remake_edition(log, paper.anchors, paper.documents, wanted, answer_file)


def a_desk(place: Path, live: Callable[[PaperLedger], None]) -> Desk:
    """Let a ledger live through some days."""
    paper = PaperLedger()
    paper.open_registry()
    live(paper)
    folder = EditionFolder(place / "log" / "editions")
    return Desk(paper, folder, maker_of(paper, folder, place / "editions"), place)


def maker_of(paper: PaperLedger, folder: EditionFolder, place: Path) -> EditionMaker:
    sources = EditionSources(paper.tiles, paper.documents, lambda: paper.anchors, answer_file)
    return EditionMaker(sources, folder, place)


def three_days(paper: PaperLedger) -> None:
    """Live through three days, and publish the seal after the third that makes it final."""
    three_running_days(paper)
    next_day(paper)


def next_day(paper: PaperLedger) -> None:
    """Publish a seal an hour after the last of the three days, in Vietnam's time."""
    paper.seal_and_publish("2026-02-04T18:00:00.000Z")


def three_running_days(paper: PaperLedger) -> None:
    """Live through three days of two months; on the third, late acts of January come in."""
    for number, day in enumerate(("2026-01-20", "2026-02-02")):
        _accept(paper, number, day)
        paper.seal_and_publish(f"{day}T09:00:00.000Z")
    _accept(paper, 2, "2026-02-04")
    paper.finish(a_stream(0), "2026-01-28T03:00:00Z")
    paper.seal_and_publish("2026-02-04T09:00:00.000Z")


def _accept(paper: PaperLedger, number: int, day: str) -> None:
    paper.submit(a_stream(number), f"{day}T01:00:00Z")
    paper.accept(a_stream(number), f"{day}T02:00:00Z", code=f"H27-{day}-{number:04d}")


def as_data_folder(desk: Desk, path: Path) -> DataFolder:
    """Lay a desk's log, documents and anchors out as a data folder without a ledger."""
    folder, paper = DataFolder(path), desk.paper
    folder.keys.mkdir(parents=True)
    (folder.keys / "anchors.toml").write_text(render_anchors(paper.anchors), encoding="ascii")
    tiles = FileTileStore(folder.log)
    tiles.write_all(paper.tiles.files())
    tiles.write_checkpoint(paper.tiles.read_checkpoint())
    for document in paper.documents._documents.values():
        DocumentFolder(folder.published_documents).store(document)
    return folder
