"""`recompute --request`: every address of statistics, byte for byte what the views answer."""

import json
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from api.data_folder import DataFolder
from api.figures.addresses import split_address, wanted_format
from api.figures.answering import answer
from api.figures.indexing import INDEX_MEMBERS, REPORT, answer_index, answer_report
from api.figures.sources import Answered
from cli.commands.recompute import recompute
from cli.served_figures.comparing import ADDRESSES as COMPARED
from cli.served_figures.comparing import differences_of, size_of
from domain.index766 import formulas_of
from ledger.documents import DocumentFolder
from ledger.key_files import render_anchors
from projections.index766.reading import read_index, read_report
from projections.reading import FiguresInViews
from projections.views import ViewReader, open_views
from tests.support.dossier_cases import OFFICE
from tests.support.followed_ledger import a_follower
from tests.support.lives.on_paper import some_lives
from tests.support.paper_ledger import BERLIN_OFFICE, PaperLedger
from transparency.tile_store import FileTileStore

ADDRESSES = (
    "/v1/statistics/steps",
    "/v1/statistics/steps?by=office,period&format=csv",
    f"/v1/statistics/steps?office={BERLIN_OFFICE}&by=procedure",
    "/v1/statistics/visits?by=period",
    "/v1/statistics/visits?by=office,procedure&format=csv",
    "/v1/statistics/fees?by=office,period",
    "/v1/statistics/fees?by=period&granularity=day&from=2026-03-01&to=2026-03-31&format=csv",
    "/v1/statistics/petitions",
    "/v1/statistics/petitions?format=csv",
    "/v1/statistics/veiled",
    "/v1/statistics/veiled?format=csv",
    "/v1/statistics/backlog?by=office",
    "/v1/statistics/comparison",
    "/v1/statistics/index?period=2026-Q1",
    f"/v1/statistics/index?office={OFFICE}&period=2026-03&format=csv",
    "/v1/statistics/index",
    "/v1/statistics/report?period=2026-Q1",
    f"/v1/statistics/report?office={OFFICE}&period=2026&format=csv",
    "/v1/statistics/report?period=2026-02&format=xlsx",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataFolder]:
    folder, paper = DataFolder(tmp_path_factory.mktemp("requests") / "data"), PaperLedger()
    some_lives(paper)
    folder.keys.mkdir(parents=True)
    with closing(open_views(folder.views)) as views:
        a_follower(paper, views).catch_up()
    (folder.keys / "anchors.toml").write_text(render_anchors(paper.anchors), encoding="ascii")
    tiles = FileTileStore(folder.log)
    tiles.write_all(paper.tiles._files)
    tiles.write_checkpoint(paper.tiles.read_checkpoint())
    for document in paper.documents._documents.values():
        DocumentFolder(folder.documents).store(document)
    yield folder


def served(reader: ViewReader, address: str) -> Answered:
    path, members = split_address(address)
    position = reader.position()
    assert position is not None
    if path not in INDEX_MEMBERS:
        source = FiguresInViews(reader, position)
        return answer(source, path, members, wanted_format(members))
    asked, wanted = (members.get("office"), members.get("period")), members.get("format", "json")
    if path == REPORT:
        report = read_report(reader, *asked)
        assert report is not None
        return answer_report(report, wanted)
    formulas = formulas_of()
    assert formulas is not None
    index = read_index(reader, formulas, *asked)
    assert index is not None
    return answer_index(index, wanted)


@pytest.mark.parametrize("address", ADDRESSES)
def test_request_is_answered_from_tiles_with_the_bytes_of_the_views(
    folder: DataFolder, address: str
) -> None:
    with closing(open_views(folder.views)) as views, views.reading() as reader:
        expected = served(reader, address)

    result = CliRunner().invoke(recompute, ["--data", str(folder.path), "--request", address])

    assert result.exit_code == 0
    assert result.stdout_bytes == expected.body


@pytest.mark.parametrize(
    "address",
    [
        "/v1/statistics/index?office=nobody",
        "/v1/statistics/index?period=2026-03-01",
        "/v1/statistics/index?formulas=none",
        "/v1/statistics/index?by=office",
        "/v1/statistics/report?format=pdf",
        "/v1/statistics/steps?by=stage",
    ],
)
def test_request_that_no_server_answers_is_refused(folder: DataFolder, address: str) -> None:
    result = CliRunner().invoke(recompute, ["--data", str(folder.path), "--request", address])

    assert result.exit_code == 2
    assert result.stdout_bytes == b""


def test_every_published_answer_is_compared_and_a_changed_cell_is_found(
    folder: DataFolder, tmp_path: Path
) -> None:
    copy = tmp_path / "data"
    shutil.copytree(folder.path, copy)
    honest = recomputed(copy)
    with closing(sqlite3.connect(DataFolder(copy).views)) as views, views:
        views.execute("DELETE FROM act_cells WHERE theme = 'fees' AND period = '2026-02'")

    cheated = recomputed(copy)

    assert (honest["ok"], honest["answers"], honest["differences"]) == (True, len(COMPARED), 0)
    assert (cheated["ok"], cheated["answers"]) == (False, len(COMPARED))
    assert {each["field"].split("?")[0] for each in cheated["shown"]} == {"/v1/statistics/fees"}


def recomputed(data: Path) -> dict[str, Any]:
    result = CliRunner().invoke(recompute, ["--data", str(data), "--json"])
    members: dict[str, Any] = json.loads(result.stdout)
    return members


@pytest.mark.parametrize(
    ("theirs", "field"),
    [
        (b'{"total": 3}', "a total"),
        (b'{"total":2}', "a bytes"),
        (b"nothing", "a"),
        (b'{"total": 2, "more": 1}', "a more"),
    ],
)
def test_each_member_that_differs_is_named(theirs: bytes, field: str) -> None:
    (difference,) = differences_of("a", theirs, b'{"total": 2}')

    assert difference.field == field


@pytest.mark.parametrize("theirs", [b"[" * 100_000, b'{"checkpoint":' + b"[" * 100_000])
def test_answer_nested_without_end_is_other_bytes_and_ends_no_comparison(theirs: bytes) -> None:
    (difference,) = differences_of("a", theirs, b'{"total": 2}')

    assert (difference.field, difference.recomputed) == ("a", "{'total': 2}")
    assert size_of(theirs) == 0


def test_answer_nested_as_deep_as_can_be_read_ends_no_comparison() -> None:
    found = [
        list(
            differences_of(
                "a", b'{"total":%s1%s}' % (b'{"a":' * depth, b"}" * depth), b'{"total":2}'
            )
        )
        for depth in range(1, sys.getrecursionlimit())
    ]

    assert all(found)
