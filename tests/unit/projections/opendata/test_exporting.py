"""Exports: the same bytes from a server's views and from public tiles alone, and nothing veiled."""

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from domain.actions import Action
from domain.facts.tallies import TallyPublished
from domain.tallies import LEAST_OF_CELL
from ledger.action_notes import open_text
from ledger.errors import StoreUnavailable
from projections.entries import EntryUnreadable, public_entries
from projections.opendata import exporting
from projections.opendata.datasets import DATASETS, rows_of
from projections.opendata.exporting import Exported, export_folder
from projections.opendata.files import CATALOGUE, DATA_PACKAGE, Form, data_file
from projections.opendata.refolding import logged_tallies, refolded_views
from projections.opendata.shapes import AsOf, Row
from projections.tallies.adding import TALLY_BEGINS
from projections.tallies.published import Tallies
from projections.views import ViewReader, open_views
from tests.support.dossier_cases import OFFICE
from tests.support.opendata.histories import (
    BACK_DATED,
    DAY_ONLY,
    VEILED,
    a_ledger,
    many_entries,
    read_by_follower,
    tallies_of,
)
from tests.support.paper_ledger import BERLIN_OFFICE, ORIGIN, PaperLedger
from tests.support.tallies.on_paper import some_ratings, tally_month


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def from_tiles(paper: PaperLedger, folder: Path, size: int | None = None) -> Exported:
    work = folder / "work"
    work.mkdir(parents=True)
    sources = (paper.tiles, paper.anchors, paper.documents)
    with refolded_views(*sources, work, size) as views, views.reading() as reader:
        tallies = logged_tallies(*sources, reader)
        return export_folder(reader, ORIGIN, folder / "files", Form, tallies)


def actions_of(paper: PaperLedger) -> list[Action]:
    return [entry.action for entry in public_entries(paper.bodies(), ORIGIN)]


def test_tiles_alone_give_the_bytes_that_a_data_folder_gives(tmp_path: Path) -> None:
    paper = a_ledger()
    with read_by_follower(paper, tmp_path) as reader:
        exported = export_folder(reader, ORIGIN, tmp_path / "server", Form, tallies_of(paper))

    again = from_tiles(paper, tmp_path / "tiles")

    assert again == exported
    assert bytes_of(tmp_path / "tiles" / "files") == bytes_of(tmp_path / "server")
    assert len(bytes_of(tmp_path / "server")) == len(DATASETS) * (len(Form) + 1) + 2


def test_events_are_all_published_acts_in_the_order_of_the_log(tmp_path: Path) -> None:
    paper = a_ledger()
    exported = from_tiles(paper, tmp_path)

    lines = (tmp_path / "files" / "events.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    actions = actions_of(paper)

    assert [(row["stream"], row["version"], row["kind"]) for row in rows] == [
        (action.stream, action.version, action.kind.name) for action in actions
    ]
    assert exported.rows["events"] == len(actions) > 30
    indexes = [row["entry_index"] for row in rows]
    assert indexes == sorted(set(indexes))
    # By the log, never by time: what is dated back to the year before stands last.
    assert rows[-1]["stream"] == BACK_DATED
    assert rows[-1]["at"] < rows[10]["at"]


def test_nothing_of_a_veiled_dossier_is_in_any_file(tmp_path: Path) -> None:
    paper = a_ledger()
    with read_by_follower(paper, tmp_path) as reader:
        tallies = tallies_of(paper)
        export_folder(reader, ORIGIN, tmp_path / "files", Form, tallies)
        rows = {name: len(list(each)) for name, each in _all_rows(reader, tallies).items()}

    for name, content in bytes_of(tmp_path / "files").items():
        assert VEILED.partition(":")[2].encode() not in content, name
    assert rows["events"] == len(actions_of(paper))


def _all_rows(reader: ViewReader, tallies: Tallies) -> dict[str, list[Row]]:
    position = reader.position()
    assert position is not None
    return {name: list(rows_of(each, reader, position, tallies)) for name, each in DATASETS.items()}


def test_ratings_are_the_cells_of_the_tallies_and_none_is_of_fewer_than_ten(
    tmp_path: Path,
) -> None:
    from_tiles(a_ledger(), tmp_path)

    lines = (tmp_path / "files" / "rating_cells.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]

    assert [(row["office"], row["stage"], row["ratings"]) for row in rows] == [
        (OFFICE, "result", 12),
        (BERLIN_OFFICE, "receipt", 11),
        (None, None, 10),
    ]
    assert rows[0]["period"] == "2026-02"
    assert [rows[0][f"overall_mark_{mark}"] for mark in range(1, 6)] == [1, 2, 1, 5, 3]
    # Everybody gave the same mark, so the question is not shown.
    assert rows[0]["attitude_points_2"] is None


def test_ratings_of_a_later_export_less_an_earlier_are_whole_cells(tmp_path: Path) -> None:
    paper = a_ledger()
    from_tiles(paper, tmp_path / "early")
    tally_month(paper, "2026-03", some_ratings()[:30], "2026-04-02T03:00:00Z", counted_before=33)
    paper.seal_and_publish("2026-04-02T09:00:00.000Z")
    from_tiles(paper, tmp_path / "late")

    early, late = (
        (tmp_path / name / "files" / "rating_cells.csv").read_text(encoding="utf-8").splitlines()
        for name in ("early", "late")
    )

    assert late[: len(early)] == early
    added = list(csv.DictReader([late[0], *late[len(early) :]]))
    assert [each["period"] for each in added] == ["2026-03", "2026-03"]
    assert sum(int(each["ratings"]) for each in added) == 30
    assert min(int(each["ratings"]) for each in added) >= LEAST_OF_CELL


def test_tally_without_its_document_gives_no_file_of_ratings(tmp_path: Path) -> None:
    paper = a_ledger()
    (line,) = [body for _, body in paper.bodies() if body.startswith(TALLY_BEGINS)]
    facts = open_text(line, ORIGIN).action.facts
    assert isinstance(facts, TallyPublished)
    del paper.documents._documents[facts.document]

    with pytest.raises(StoreUnavailable, match="2026-02"):
        from_tiles(paper, tmp_path)

    assert not (tmp_path / "files" / "rating_cells.csv").exists()


def test_a_day_keeps_its_precision_and_begins_in_its_offices_zone(tmp_path: Path) -> None:
    from_tiles(a_ledger(), tmp_path)

    with (tmp_path / "files" / "events.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["stream"] == DAY_ONLY]

    assert {row["at"] for row in rows} == {"2026-03-02"}
    assert {row["at_precision"] for row in rows} == {"day"}
    # Midnight in Berlin.
    assert {row["at_start"] for row in rows} == {"2026-03-01T23:00:00.000Z"}


def test_an_earlier_published_size_gives_the_bytes_of_then(tmp_path: Path) -> None:
    paper = a_ledger()
    early = from_tiles(paper, tmp_path / "early")
    many_entries(paper, 20)

    again = from_tiles(paper, tmp_path / "again", size=early.made.tree_size)

    assert again == early
    assert bytes_of(tmp_path / "again" / "files") == bytes_of(tmp_path / "early" / "files")
    assert from_tiles(paper, tmp_path / "late").made.tree_size > early.made.tree_size


def test_a_size_that_was_never_published_is_refused(tmp_path: Path) -> None:
    paper = a_ledger()
    published = from_tiles(paper, tmp_path / "published").made.tree_size
    many_entries(paper, 20)

    for number, size in enumerate((1, published - 1, published + 1)):
        with pytest.raises(EntryUnreadable):
            from_tiles(paper, tmp_path / str(number), size=size)


def test_groups_of_rows_change_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = a_ledger()
    from_tiles(paper, tmp_path / "whole")
    monkeypatch.setattr(exporting, "ROWS_PER_GROUP", 3)

    from_tiles(paper, tmp_path / "parts")

    whole, parts = bytes_of(tmp_path / "whole" / "files"), bytes_of(tmp_path / "parts" / "files")
    texts = [name for name in whole if not name.endswith((".parquet", CATALOGUE, DATA_PACKAGE))]
    assert [name for name in texts if whole[name] != parts[name]] == []


def test_at_most_one_group_of_rows_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are pulled group by group: a sink never waits for more than it is given."""
    monkeypatch.setattr(exporting, "ROWS_PER_GROUP", 5)
    pulled: list[int] = []
    written: list[int] = []

    class Counting:
        def write(self, rows: Sequence[Row]) -> None:
            written.append(len(rows))
            assert len(pulled) == sum(written)

        def close(self) -> None:
            (tmp_path / "events.csv.part").touch()

    def rows() -> Iterator[Row]:
        for number in range(23):
            pulled.append(number)
            yield {"entry_index": number}

    monkeypatch.setattr(exporting, "open_sink", lambda *_: Counting())
    file = data_file("events.csv")
    assert file is not None

    count = exporting.write_dataset([file], rows(), tmp_path, AsOf(ORIGIN, 1, "", ""))

    assert (count, written) == (23, [5, 5, 5, 5, 3])


def test_views_without_a_checkpoint_give_nothing(tmp_path: Path) -> None:
    views = open_views(tmp_path / "views.sqlite3")
    try:
        with views.reading() as reader, pytest.raises(StoreUnavailable):
            export_folder(reader, ORIGIN, tmp_path / "files", Form)
    finally:
        views.close()
