"""`recompute`: published figures may be a moment behind the log, and no longer than its delay."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from api.bodies import encode
from api.data_folder import DataFolder
from api.figures.addresses import split_address, wanted_format
from api.figures.answering import answer
from cli.commands.recompute import recompute
from cli.output import EXIT_UNREACHABLE
from cli.served_figures.comparing import ADDRESSES as COMPARED
from ledger.documents import DocumentFolder
from ledger.key_files import render_anchors
from projections.reading import FiguresInViews, read_counts
from projections.views import open_views
from tests.support.folder_server import Answer, serving
from tests.support.followed_ledger import a_follower
from tests.support.paper_ledger import PaperLedger, a_stream
from tests.unit.cli.running import run
from transparency.tile_store import FileTileStore

FOLLOWED_AT = "2026-03-02T08:00:00.000Z"
A_MOMENT_LATER = ("2026-03-09T08:00:00.000Z", "2026-03-09T08:00:01.000Z")
TWO_HOURS_LATER = ("2026-03-02T08:30:00.000Z", "2026-03-02T10:30:00.000Z")


@dataclass(frozen=True)
class Recomputed:
    code: int
    members: dict[str, Any]
    said: str

    @property
    def problems(self) -> list[str]:
        return [problem["code"] for problem in self.members["problems"]]


def _recompute(folder: DataFolder, *arguments: str) -> Recomputed:
    given = ["--data", str(folder.path), "--json", *arguments]
    result = CliRunner().invoke(recompute, given)
    return Recomputed(result.exit_code, json.loads(result.stdout), result.stderr)


def _folder_with(
    path: Path, *published_after: str, complaints: int = 0, accepted: int = 0
) -> DataFolder:
    """A data folder whose follower ended, and whose log was published at these times after."""
    folder, paper = DataFolder(path), PaperLedger()
    paper.open_registry()
    for number in range(complaints):
        paper.complain(f"petition:{number:032x}", "2026-03-02T00:30:00Z")
    for number in range(100, 100 + accepted):
        paper.submit(a_stream(number), "2026-03-02T00:30:00Z")
        paper.accept(a_stream(number), "2026-03-02T00:40:00Z")
    _publish(paper, 0, FOLLOWED_AT)
    folder.keys.mkdir(parents=True)
    with closing(open_views(folder.views)) as views:
        a_follower(paper, views).catch_up()
    for number, sealed_at in enumerate(published_after, 1):
        _publish(paper, number, sealed_at)
    (folder.keys / "anchors.toml").write_text(render_anchors(paper.anchors), encoding="ascii")
    tiles = FileTileStore(folder.log)
    tiles.write_all(paper.tiles._files)
    tiles.write_checkpoint(paper.tiles.read_checkpoint())
    for document in paper.documents._documents.values():
        DocumentFolder(folder.documents).store(document)
    return folder


def _publish(paper: PaperLedger, number: int, sealed_at: str) -> None:
    paper.submit(a_stream(number), "2026-03-02T01:00:00Z")
    paper.seal_and_publish(sealed_at)


def test_figures_a_few_entries_behind_pass_and_say_so(tmp_path: Path) -> None:
    recomputed = _recompute(_folder_with(tmp_path / "data", *A_MOMENT_LATER))

    assert (recomputed.code, recomputed.members["ok"], recomputed.problems) == (0, True, [])
    assert recomputed.members["compared"]
    assert "nothing to compare with" not in recomputed.said
    assert recomputed.members["entries_behind"] == 4
    assert recomputed.members["seconds_behind"] == 1.0


def test_figures_behind_by_more_than_the_publication_delay_fail_though_none_differs(
    tmp_path: Path,
) -> None:
    recomputed = _recompute(_folder_with(tmp_path / "data", *TWO_HOURS_LATER))

    assert (recomputed.code, recomputed.members["ok"]) == (1, False)
    assert recomputed.problems == ["figures_behind"]
    assert recomputed.members["differences"] == 0
    assert recomputed.members["seconds_behind"] == 7200.0


def test_log_without_published_figures_is_only_computed(tmp_path: Path) -> None:
    folder = _folder_with(tmp_path / "data", *TWO_HOURS_LATER)

    recomputed = _recompute(folder, "--log", str(folder.log))

    assert (recomputed.code, recomputed.members["ok"]) == (0, True)
    assert not recomputed.members["compared"]
    assert "nothing to compare with" in recomputed.said
    assert recomputed.members["entries_behind"] == 0


@pytest.mark.parametrize(
    ("times", "code"),
    [(A_MOMENT_LATER, 0), (TWO_HOURS_LATER, 1)],
    ids=["a moment behind", "two hours behind"],
)
def test_site_whose_figures_stand_still_fails(
    tmp_path: Path, times: tuple[str, ...], code: int
) -> None:
    folder = _folder_with(tmp_path / "data", *times)
    with closing(open_views(folder.views)) as views, views.reading() as reader:
        counts = msgspec.json.encode(read_counts(reader))

    def answering(path: str) -> Answer:
        file = folder.path / path.lstrip("/")
        if path == "/v1/statistics/counts":
            return 200, {}, counts
        return (200, {}, file.read_bytes()) if file.is_file() else (404, {}, b"")

    with serving(answering) as address:
        recomputed = _recompute(folder, "--log", address)

    assert (recomputed.code, recomputed.members["compared"]) == (code, True)


@pytest.mark.parametrize(
    "asked",
    [
        "/v1/statistics/counts",
        "/v1/statistics/counts?by=office,period&granularity=quarter",
        "https://ledger.example/v1/statistics/durations?by=field",
        "/v1/statistics/timeliness?by=office&format=csv",
    ],
)
def test_answer_to_a_request_is_printed_byte_for_byte(tmp_path: Path, asked: str) -> None:
    folder = _folder_with(tmp_path / "data", *A_MOMENT_LATER)
    path, members = split_address(asked)
    with closing(open_views(folder.views)) as views, views.reading() as reader:
        position = reader.position()
        assert position is not None
        served = answer(FiguresInViews(reader, position), path, members, wanted_format(members))
    options = ["--data", str(folder.path), "--request", asked]

    result = CliRunner().invoke(recompute, [*options, "--size", str(position.log_position)])

    assert result.exit_code == 0
    assert result.stdout_bytes == served.body


@pytest.mark.parametrize(
    "asked",
    ["/v1/statistics/nothing", "/v1/statistics/counts?by=colour", "/v1/statistics/counts?x=1"],
)
def test_request_that_no_server_answers_is_refused(tmp_path: Path, asked: str) -> None:
    folder = _folder_with(tmp_path / "data", *A_MOMENT_LATER)

    result = CliRunner().invoke(recompute, ["--data", str(folder.path), "--request", asked])

    assert result.exit_code == 2
    assert result.stdout_bytes == b""


def test_site_without_counts_is_told_and_nothing_is_taken_for_compared(tmp_path: Path) -> None:
    folder = _folder_with(tmp_path / "data")

    def answer(path: str) -> Answer:
        file = folder.path / path.lstrip("/")
        return (200, {}, file.read_bytes()) if file.is_file() else (404, {}, b"")

    with serving(answer) as address:
        given = ["--data", str(folder.path), "--json", "--log", address]
        result = CliRunner().invoke(recompute, given)

    assert result.exit_code == EXIT_UNREACHABLE
    assert "publishes no counts" in json.loads(result.stdout)["message"]


def test_count_of_petitions_that_somebody_changed_is_found(tmp_path: Path) -> None:
    folder = _folder_with(tmp_path / "data", complaints=1)
    honest = _recompute(folder)
    with closing(sqlite3.connect(folder.views)) as views, views:
        views.execute("DELETE FROM petitions")

    cheated = _recompute(folder)

    assert (honest.code, honest.members["differences"]) == (0, 0)
    assert (cheated.code, cheated.problems) == (1, ["figures_differ"])
    assert {shown["procedure"] for shown in cheated.members["shown"]} == {"complaint"}


@pytest.mark.parametrize("asks_server", [False, True], ids=["in the views", "on a server"])
def test_planted_wrong_figure_is_finding_r32_with_document_checkpoint_and_figures(
    tmp_path: Path, *, asks_server: bool
) -> None:
    folder = _folder_with(tmp_path / "data", accepted=1)
    honest = _recompute(folder)
    with closing(sqlite3.connect(folder.views)) as views, views:
        views.execute("UPDATE month_cells SET received = received + 7")
    with closing(open_views(folder.views)) as opened, opened.reading() as reader:
        planted = read_counts(reader)
    assert planted is not None
    published = encode(planted)

    def answering(path: str) -> Answer:
        file = folder.path / path.lstrip("/")
        if path == "/v1/statistics/counts":
            return 200, {}, published
        return (200, {}, file.read_bytes()) if file.is_file() else (404, {}, b"")

    with serving(answering) as address:
        cheated = _recompute(folder, *(("--log", address) if asks_server else ()))

    assert (honest.code, honest.members["finding"]) == (0, None)
    assert (cheated.code, cheated.problems) == (1, ["figures_differ"])
    assert "Finding R32" in cheated.members["problems"][0]["message"]
    finding, checkpoint = cheated.members["finding"], planted.checkpoint
    assert (finding["rule"], finding["document_sha256"]) == ("R32", sha256(published).hexdigest())
    assert (finding["tree_size"], finding["root"]) == (checkpoint.size, checkpoint.root)
    assert finding["evidence"] == [checkpoint.size - 1]
    assert {each["count"] for each in finding["differences"]} >= {"received"}
    for each in finding["differences"]:
        assert each["published"] == each["ours"] + 7


def test_wrong_answer_besides_the_counts_is_finding_r32_of_its_address(tmp_path: Path) -> None:
    folder = _folder_with(tmp_path / "data", accepted=1)
    asked = "/v1/statistics/backlog"
    honest = json.loads(run("recompute", "--request", asked, "--data", folder.path).out)
    honest["figures"][0]["pending_overdue"] += 3
    published = json.dumps(honest).encode()
    with closing(open_views(folder.views)) as opened, opened.reading() as reader:
        counts = encode(read_counts(reader))

    def answering(path: str) -> Answer:
        file = folder.path / path.lstrip("/")
        answers = {asked: published, "/v1/statistics/counts": counts}
        if path in answers:
            return 200, {}, answers[path]
        return (200, {}, file.read_bytes()) if file.is_file() else (404, {}, b"")

    with serving(answering) as address:
        cheated = _recompute(folder, "--log", address)

    assert cheated.code == 1
    (finding,) = cheated.members["findings"]
    assert cheated.members["finding"] == finding
    assert (finding["address"], finding["shape"]) == (asked, "two-books@v2")
    (difference,) = finding["differences"]
    assert difference["measure"] == "figures[0].pending_overdue"
    assert difference["published"] - difference["ours"] == 3


@pytest.mark.parametrize("name", ["counts", "backlog"])
@pytest.mark.parametrize(
    "other",
    [
        lambda read: read.update(definition="older@v0"),
        lambda read: read.pop("definition"),
        lambda read: read["checkpoint"].update(root="A" * 43 + "="),
    ],
)
def test_wrong_answer_by_another_definition_or_checkpoint_differs_and_is_no_second_book(
    tmp_path: Path, name: str, other: Callable[[Any], None]
) -> None:
    folder = _folder_with(tmp_path / "data", accepted=1)
    with closing(open_views(folder.views)) as opened, opened.reading() as reader:
        counts = encode(read_counts(reader))
    asked = f"/v1/statistics/{name}"
    honest = run("recompute", "--request", asked, "--data", folder.path).out
    wrong = json.loads(counts if name == "counts" else honest)
    for figure in wrong["figures"]:
        figure["pending_overdue"] += 3
    other(wrong)
    answers = {"/v1/statistics/counts": counts, asked: json.dumps(wrong).encode()}

    def answering(path: str) -> Answer:
        file = folder.path / path.lstrip("/")
        if path in answers:
            return 200, {}, answers[path]
        return (200, {}, file.read_bytes()) if file.is_file() else (404, {}, b"")

    with serving(answering) as address:
        cheated = _recompute(folder, "--log", address)

    assert (cheated.code, cheated.problems) == (1, ["figures_differ"])
    assert (cheated.members["finding"], cheated.members["findings"]) == (None, [])


@pytest.mark.parametrize("left", ["petitions", "veiled", "timeliness?by=period"])
@pytest.mark.parametrize(
    ("times", "code"),
    [(A_MOMENT_LATER, 0), (TWO_HOURS_LATER, 1)],
    ids=["a moment behind", "two hours behind"],
)
def test_address_that_is_left_at_an_old_checkpoint_fails_though_the_counts_are_new(
    tmp_path: Path, times: tuple[str, ...], code: int, left: str
) -> None:
    folder, asked = _folder_with(tmp_path / "data", *times), f"/v1/statistics/{left}"
    newest = run("recompute", "--request", "/v1/statistics/counts", "--data", folder.path).out
    path, members = split_address(asked)
    with closing(open_views(folder.views)) as views, views.reading() as reader:
        position = reader.position()
        assert position is not None
        old = answer(FiguresInViews(reader, position), path, members, wanted_format(members)).body

    def answering(path: str) -> Answer:
        file = folder.path / path.lstrip("/")
        answers = {asked: old, "/v1/statistics/counts": newest.encode()}
        if path in answers:
            return 200, {}, answers[path]
        return (200, {}, file.read_bytes()) if file.is_file() else (404, {}, b"")

    with serving(answering) as address:
        recomputed = _recompute(folder, "--log", address)

    assert (recomputed.code, recomputed.members["differences"]) == (code, 0)
    assert recomputed.problems == (["figures_behind"] if code else [])
    # What a site keeps back is no wrong figure, and is said.
    lacking = set(COMPARED) - {asked}
    assert set(recomputed.members["not_published"]) == lacking


@pytest.mark.parametrize(
    "change",
    [
        lambda read: read["figures"].insert(0, read["figures"][0] | {"filed": 9}),
        lambda read: read.update(as_of="2020-01-01T00:00:00.000Z"),
        lambda read: read["checkpoint"].update(root="A" * 43 + "="),
    ],
    ids=["a figure twice", "another time", "another root"],
)
def test_petitions_said_twice_or_as_of_something_else_differ(
    tmp_path: Path, change: Callable[[Any], object]
) -> None:
    folder, asked = _folder_with(tmp_path / "data", complaints=12), "/v1/statistics/petitions"
    read = json.loads(run("recompute", "--request", asked, "--data", folder.path).out)
    counts = run("recompute", "--request", "/v1/statistics/counts", "--data", folder.path).out
    change(read)

    def answering(path: str) -> Answer:
        file = folder.path / path.lstrip("/")
        answers = {asked: json.dumps(read).encode(), "/v1/statistics/counts": counts.encode()}
        if path in answers:
            return 200, {}, answers[path]
        return (200, {}, file.read_bytes()) if file.is_file() else (404, {}, b"")

    with serving(answering) as address:
        cheated = _recompute(folder, "--log", address)

    assert (cheated.code, cheated.problems) == (1, ["figures_differ"])
    assert cheated.members["shown"]
