"""R32 of answers: durations and other figures that differ from those that the log has."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.data_folder import DataFolder
from cli.finding_acts.answers import books_of_answer
from domain.oversight.two_books import PublishedAnswer, parse_books
from projections.findings.peers.two_books import TwoBooks
from projections.recompute import replay_log
from tests.support.editions import a_desk as a_paper_desk
from tests.support.editions import as_data_folder, three_days
from tests.unit.cli.findings.desk import Desk, a_desk
from tests.unit.cli.running import Ran, run

DURATIONS = "/v1/statistics/durations?by=period"
WORDS = "Ông Đặng Văn A"
NUMBERS = {"median_seconds": 5, "share": 1.5, "nothing": None, "text": WORDS, "done": True}
OURS = {
    "total": NUMBERS,
    "rows": [{"office": "H27.15", "period": "2026-01", "of": [1, 2]}],
    "checkpoint": {"size": 3, "root": "AAAA"},
    "definition": "durations@v1",
}


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


def _held(folder: Path, change: Callable[[Any], None]) -> TwoBooks:
    """Hold an answer that was changed so to a small one of our own."""
    paper = a_paper_desk(folder, three_days).paper
    world = replay_log(paper.tiles, paper.anchors, paper.documents)
    ours = json.dumps(OURS).encode()
    return books_of_answer(_changed(ours, change), DURATIONS, world, ours)


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
        (
            lambda read: read["total"].update(median_seconds=None),
            [("total.median_seconds", None, 5)],
        ),
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
    books = _held(tmp_path, change)

    found = [(each.measure, each.published, each.ours) for each in books.measures]
    assert (found, books.finding is not None) == (expected, bool(expected))
    assert WORDS not in str(books)


@pytest.mark.parametrize(
    "change",
    [
        lambda read: read["total"].update(share=1.50, median_seconds=5.0),
        lambda read: read["rows"][0].update(of=[1.0, 2]),
    ],
)
def test_number_written_as_another_program_writes_it_is_no_second_book(
    tmp_path: Path, change: Callable[[Any], None]
) -> None:
    books = _held(tmp_path, change)

    assert (books.finding, books.left_out) == (None, {})


@pytest.mark.parametrize(
    ("change", "left_out"),
    [
        (lambda read: read["total"].pop("median_seconds"), {"total.median_seconds": 1}),
        (lambda read: read["rows"][0].pop("of"), {"rows[].of[]": 2}),
        (lambda read: read.pop("total"), {"total.median_seconds": 1, "total.share": 1}),
        (lambda read: read["total"].pop("text"), {}),
        (lambda read: read["total"].update(share=WORDS), {"total.share": 1}),
    ],
)
def test_member_that_an_answer_kept_from_before_lacks_is_named_and_convicts_nobody(
    tmp_path: Path, change: Callable[[Any], None], left_out: dict[str, int]
) -> None:
    books, whole = _held(tmp_path / "old", change), _held(tmp_path / "new", lambda read: None)

    assert (books.finding, books.left_out) == (None, left_out)
    assert whole.compared - books.compared == sum(left_out.values())


@pytest.mark.parametrize("other", [{"office": "H27.16"}, {"period": None}, {"field": "land"}])
def test_row_of_another_office_is_not_held_to_the_row_in_its_place(
    tmp_path: Path, other: dict[str, str | None]
) -> None:
    books = _held(tmp_path, lambda read: read["rows"][0].update(other, of=[8, 9]))

    assert (books.finding, books.left_out) == (None, {"rows[].of[]": 2})


@pytest.mark.parametrize(
    "change",
    [
        lambda read: read.update(definition="durations@v0"),
        lambda read: read.pop("definition"),
        lambda read: read.update(asked={"by": ["office"]}),
        lambda read: read.update(office="H27.15"),
        lambda read: read["checkpoint"].update(size=2),
        lambda read: read["checkpoint"].update(root="BBBB"),
    ],
)
def test_answer_of_another_definition_question_or_checkpoint_is_no_second_book(
    tmp_path: Path, change: Callable[[Any], None]
) -> None:
    def wrong(read: Any) -> None:
        read["total"]["median_seconds"] = 6
        change(read)

    books = _held(tmp_path, wrong)

    assert (books.finding, books.compared) == (None, 0)


@pytest.mark.parametrize(
    ("kept", "asked"),
    [
        ("visits?by=office", "fees"),
        ("visits?by=office", "visits?by=period"),
        ("visits?by=period", "visits?by=office"),
        ("durations?by=period", "durations?by=office"),
        ("counts", "counts?from=2026-01"),
        ("index", "index?office=SAMPLE"),
        ("report?period=2011", "report"),
    ],
)
def test_answer_to_another_address_is_refused_and_no_second_book(
    desk: Desk, kept: str, asked: str
) -> None:
    ran = _compare(desk, _answer(desk, f"/v1/statistics/{kept}"), f"/v1/statistics/{asked}")

    assert ran.code == 2, ran.members
    assert ran.members["code"] in {"answer_to_other_question", "answer_of_other_definition"}
    assert "--answer-to" in ran.members["message"] or "definition" in ran.members["message"]
    assert re.search("[ạảấậếộợư]", ran.members["message"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda read: read.update(definition="ratings@v0"), "answer_of_other_definition"),
        (lambda read: read.pop("definition"), "answer_of_other_definition"),
        (lambda read: read.pop("asked"), "answer_to_other_question"),
        (lambda read: read["checkpoint"].update(root="AAAA"), "answer_of_other_checkpoint"),
    ],
)
def test_answer_of_an_older_definition_is_refused_and_no_second_book(
    desk: Desk, change: Callable[[Any], None], code: str
) -> None:
    asked = "/v1/statistics/ratings?by=office"

    def older(read: Any) -> None:
        read.pop("least_ratings")
        change(read)

    ran = _compare(desk, _changed(_answer(desk, asked), older), asked)

    assert (ran.code, ran.members["code"]) == (2, code)


def test_answer_without_a_member_that_was_added_later_is_compared_in_all_others(
    desk: Desk,
) -> None:
    asked = "/v1/statistics/ratings?by=office"

    def older(read: Any) -> None:
        read.pop("least_ratings")

    ran = _compare(desk, _changed(_answer(desk, asked), older), asked)

    assert (ran.code, ran.members["ok"]) == (0, True)
    assert ran.members["not_compared"] == {"least_ratings": 1}


@pytest.mark.parametrize(
    ("kept", "asked"),
    [
        ("durations", "durations?by=period"),
        ("durations?by=period", "durations"),
        ("durations?by=period&to=2020-01", "durations?by=period"),
        ("durations?by=period", "durations?by=period&to=2020-01"),
        ("durations?from=2020-01", "durations"),
        ("counts?to=2020-01", "counts"),
    ],
)
def test_answer_that_does_not_tell_its_question_is_refused_where_its_rows_do_not_tell_it(
    tmp_path: Path, kept: str, asked: str
) -> None:
    data = as_data_folder(a_paper_desk(tmp_path / "desk", three_days), tmp_path / "data").path
    path = tmp_path / "kept.json"
    path.write_text(run("recompute", "--request", f"/v1/statistics/{kept}", "--data", data).out)

    words = ("--published", path, "--answer-to", f"/v1/statistics/{asked}", "--data", data)
    ran = run("findings", "compare", *words, "--json")

    assert (ran.code, ran.members["code"]) == (2, "answer_to_other_question")


def test_answer_is_held_to_the_log_as_of_its_own_checkpoint(tmp_path: Path) -> None:
    data = as_data_folder(a_paper_desk(tmp_path / "desk", three_days), tmp_path / "data").path
    newest = json.loads(run("recompute", "--request", DURATIONS, "--data", data).out)
    sizes = range(1, newest["checkpoint"]["size"])
    kept = [
        run("recompute", "--request", DURATIONS, "--size", str(n), "--data", data) for n in sizes
    ]
    earlier = [each.out.encode() for each in kept if each.code == 0]
    assert earlier

    for number, body in enumerate(earlier):
        path = tmp_path / f"{number}.json"
        path.write_bytes(body)
        words = ("--published", path, "--answer-to", DURATIONS, "--data", data, "--json")
        ran = run("findings", "compare", *words)
        assert (ran.code, ran.members["tree_size"]) == (0, json.loads(body)["checkpoint"]["size"])


def test_answer_in_csv_is_refused_in_plain_words(desk: Desk) -> None:
    asked = "/v1/statistics/ratings?by=office"

    ran = _compare(desk, _answer(desk, asked), f"{asked}&format=csv")

    assert (ran.code, "format=csv" in ran.members["message"]) == (2, True)
