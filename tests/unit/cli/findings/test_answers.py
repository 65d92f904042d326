"""R32 of answers: durations and other figures that differ from those that the log has."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.data_folder import DataFolder
from cli.finding_acts.answers import books_of_answer
from domain.oversight.two_books import PublishedAnswer, parse_books
from projections.recompute import replay_log
from tests.support.editions import a_desk as a_paper_desk
from tests.support.editions import as_data_folder, three_days
from tests.unit.cli.findings.desk import Desk, a_desk
from tests.unit.cli.running import Ran, run

DURATIONS = "/v1/statistics/durations?by=period"
WORDS = "Ông Đặng Văn A"
NUMBERS = {"median_seconds": 5, "share": 1.5, "nothing": None, "text": WORDS, "done": True}
OURS = {"total": NUMBERS, "rows": [{"office": "H27.15", "period": "2026-01", "of": [1, 2]}]}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return a_desk(tmp_path)


def _answer(desk: Desk, asked: str) -> bytes:
    return run("recompute", "--request", asked, "--data", desk.data).out.encode()


def _compare(desk: Desk, answer: bytes, asked: str, *more: str | Path) -> Ran:
    path = desk.folder / "answer.json"
    path.write_bytes(answer)
    return desk.type("compare", "--published", path, "--answer-to", asked, *more)


def _changed(answer: bytes, change: Callable[[Any], None]) -> bytes:
    read = json.loads(answer)
    change(read)
    return json.dumps(read).encode()


def _longer(read: Any) -> None:
    read["durations"][0]["net_median_seconds"] += 60


@pytest.mark.parametrize(
    "asked",
    [
        DURATIONS,
        "/v1/statistics/durations?by=office",
        "/v1/statistics/timeliness?by=period",
        "/v1/statistics/steps",
        "/v1/statistics/visits?by=office",
        "/v1/statistics/fees?by=period",
        "/v1/statistics/backlog",
        "/v1/statistics/petitions",
        "/v1/statistics/index",
    ],
)
def test_honest_answer_is_no_finding(desk: Desk, asked: str) -> None:
    honest = _compare(desk, _answer(desk, asked), asked)

    assert (honest.code, honest.members["ok"]) == (0, True), honest.said
    assert honest.members["compared"] > 0


def test_duration_that_was_published_otherwise_is_r32_with_its_place_and_checkpoint(
    tmp_path: Path,
) -> None:
    data = as_data_folder(a_paper_desk(tmp_path / "desk", three_days), tmp_path / "data").path
    honest = run("recompute", "--request", DURATIONS, "--data", data).out.encode()
    wrong, path = _changed(honest, _longer), tmp_path / "durations.json"
    path.write_bytes(wrong)

    found = run(
        *("findings", "compare", "--published", path, "--answer-to", DURATIONS),
        *("--data", data, "--json"),
    )

    assert found.code == 1
    finding, figure = found.members["finding"], json.loads(honest)["durations"][0]
    assert (finding["rule"], finding["shape"]) == ("R32", "two-books@v2")
    assert (finding["address"], finding["tree_size"]) == (
        DURATIONS,
        json.loads(honest)["checkpoint"]["size"],
    )
    assert finding["evidence"] == [finding["tree_size"] - 1]
    assert finding["document_sha256"] == hashlib.sha256(wrong).hexdigest()
    assert finding["differences"] == [
        {
            "office": figure["office"],
            "procedure": figure["procedure"],
            "period": figure["period"],
            "measure": "durations[0].net_median_seconds",
            "published": figure["net_median_seconds"] + 60,
            "ours": figure["net_median_seconds"],
        }
    ]


def test_alarm_on_an_answer_is_raised_once_with_a_document_of_the_second_shape(
    desk: Desk,
) -> None:
    asked = "/v1/statistics/backlog"
    wrong = _changed(
        _answer(desk, asked), lambda read: read["figures"][0].update(pending_overdue=99)
    )

    first = _compare(desk, wrong, asked, "--raise").members
    again = _compare(desk, wrong, asked, "--raise").members

    assert (len(first["raised"]), again["raised"]) == (1, [])
    (life,) = [each for each in desk.listed()["findings"] if each["rule"] == "R32"]
    document = (DataFolder(desk.data).published_documents / life["document"]).read_bytes()
    books = parse_books(document)
    assert isinstance(books, PublishedAnswer)
    assert (books.address, books.differences_found) == (asked, 1)
    assert run("audit", "--data", desk.data).code == 0


@pytest.mark.parametrize(
    ("asked", "body"),
    [("/v1/ledger", b"{}"), (DURATIONS, b"{}"), (DURATIONS, b"\xff"), (DURATIONS, b"[" * 9_000)],
)
def test_what_is_no_answer_is_refused(desk: Desk, asked: str, body: bytes) -> None:
    assert _compare(desk, body, asked).code == 2


def test_answer_and_period_together_are_refused(desk: Desk) -> None:
    ran = _compare(desk, _answer(desk, DURATIONS), DURATIONS, "--period", "2026-01")

    assert ran.code == 2


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda read: read["total"].update(median_seconds=6), [("total.median_seconds", 6, 5)]),
        (lambda read: read["total"].update(share=2.25), [("total.share", "2.25", "1.5")]),
        (lambda read: read["total"].update(nothing=3), [("total.nothing", 3, None)]),
        (lambda read: read["total"].pop("median_seconds"), [("total.median_seconds", None, 5)]),
        (lambda read: read["rows"].append({}), [("rows.items", 2, 1)]),
        (lambda read: read["rows"][0].update(of=[1, 9]), [("rows[0].of[1]", 9, 2)]),
        (lambda read: read["total"].update(median_seconds=WORDS), []),
        (lambda read: read["total"].update(text="other"), []),
        (lambda read: read["total"].update(done=False), []),
        (lambda read: read.update({WORDS: 7}), []),
        (lambda read: read["total"].update(median_seconds=2**60), []),
    ],
)
def test_every_number_of_an_answer_is_compared_and_no_words_are_repeated(
    tmp_path: Path, change: Callable[[Any], None], expected: list[tuple[str, Any, Any]]
) -> None:
    paper = a_paper_desk(tmp_path, three_days).paper
    world = replay_log(paper.tiles, paper.anchors, paper.documents)
    ours = json.dumps(OURS).encode()

    books = books_of_answer(_changed(ours, change), DURATIONS, world, ours)

    found = [(each.measure, each.published, each.ours) for each in books.measures]
    assert (found, books.finding is not None) == (expected, bool(expected))
    assert WORDS not in str(books)
