"""`editions` and `recompute --edition`: editions made in a folder, and held to the log anywhere."""

import json
import re
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from api.data_folder import DataFolder
from projections.editions.contents import COUNTS_FILE, DURATIONS_FILE, FILES
from projections.editions.shapes import MANIFEST, REVISIONS
from tests.support.editions import a_desk, as_data_folder, three_days
from tests.support.folder_server import Answer, serving
from tests.unit.cli.running import Ran, run

DAY = "2026-02-04"


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """A data folder with three editions, which `editions make` made."""
    folder = as_data_folder(a_desk(tmp_path / "desk", three_days), tmp_path / "data")
    shutil.copytree(_made(tmp_path), folder.editions)
    return folder


def _made(tmp_path: Path) -> Path:
    desk = a_desk(tmp_path / "maker", three_days)
    desk.maker.make_due()
    return tmp_path / "maker" / "log" / "editions"


def held(data: DataFolder, *arguments: str | Path) -> Ran:
    return run("recompute", "--data", data.path, "--json", *arguments)


def change(file: Path, old: bytes, new: bytes) -> bytes:
    body = file.read_bytes()
    assert old in body
    file.write_bytes(body.replace(old, new, 1))
    return file.read_bytes()


def served(data: DataFolder) -> Any:
    """Serve the log and its editions as a ledger does."""

    def answering(path: str) -> Answer:
        prefix = "/v1/statistics/editions/"
        file = data.path / path.lstrip("/")
        if path.startswith(prefix):
            file = data.editions / path.removeprefix(prefix)
        if path.startswith("/documents/"):
            file = data.log / path.lstrip("/")
        return (200, {}, file.read_bytes()) if file.is_file() else (404, {}, b"")

    return serving(answering)


@pytest.mark.parametrize("day", ["2026-01-20", "2026-02-02", DAY])
def test_edition_of_a_data_folder_is_what_its_log_makes_of_the_day(
    data: DataFolder, day: str
) -> None:
    ran = held(data, "--edition", day)

    assert (ran.code, ran.members["ok"], ran.members["differing"]) == (0, True, {})
    assert ran.members["edition"] == day
    assert ran.members["files"] == len(FILES) + 2


def test_edition_is_held_to_a_copy_of_the_log_a_folder_and_a_site(
    data: DataFolder, tmp_path: Path
) -> None:
    copy, alone = tmp_path / "copy", tmp_path / "edition"
    shutil.copytree(data.log, copy)
    shutil.copytree(data.editions / DAY, alone)

    with served(data) as address:
        results = [
            held(data, "--edition", DAY, "--log", copy),
            held(data, "--edition", alone),
            held(data, "--edition", DAY, "--log", address),
            held(data, "--edition", alone, "--log", address),
        ]

    assert [(each.code, each.members["ok"]) for each in results] == [(0, True)] * 4


@pytest.mark.parametrize("asks_server", [False, True], ids=["in the folder", "on a server"])
def test_wrong_figure_in_an_edition_is_finding_r32_with_document_and_checkpoint(
    data: DataFolder, *, asks_server: bool
) -> None:
    document = change(data.editions / DAY / COUNTS_FILE, b'"received":1', b'"received":8')

    with served(data) as address:
        where = ("--log", address) if asks_server else ()
        ran = held(data, "--edition", DAY, *where)

    assert ran.code == 1
    assert ran.members["differing"] == {COUNTS_FILE: "other bytes"}
    (problem,) = ran.members["problems"]
    assert problem["code"] == "edition_differs"
    assert "Finding R32" in problem["message"]
    finding = ran.members["finding"]
    assert finding["document_sha256"] == sha256(document).hexdigest()
    assert finding["tree_size"] == ran.members["checkpoint_size"]
    assert {each["published"] - each["ours"] for each in finding["differences"]} == {7}


@pytest.mark.parametrize("asks_server", [False, True], ids=["in the folder", "on a server"])
def test_wrong_duration_in_an_edition_is_finding_r32_of_its_address(
    data: DataFolder, *, asks_server: bool
) -> None:
    old = json.loads((data.editions / DAY / DURATIONS_FILE).read_bytes())["durations"][0]
    was = f'"net_median_seconds":{old["net_median_seconds"]}'.encode()
    document = change(data.editions / DAY / DURATIONS_FILE, was, b'"net_median_seconds":77')

    with served(data) as address:
        where = ("--log", address) if asks_server else ()
        ran = held(data, "--edition", DAY, *where)

    assert (ran.code, ran.members["differing"]) == (1, {DURATIONS_FILE: "other bytes"})
    finding = ran.members["finding"]
    assert finding["document_sha256"] == sha256(document).hexdigest()
    assert finding["address"] == "/v1/statistics/durations?by=period"
    (difference,) = finding["differences"]
    assert (difference["published"], difference["ours"]) == (77, old["net_median_seconds"])


def test_every_file_with_wrong_numbers_is_a_finding_of_its_own(data: DataFolder) -> None:
    for name in (COUNTS_FILE, "counts-by-office.json", "backlog.json"):
        body = (data.editions / DAY / name).read_bytes()
        number = re.search(rb':([1-9][0-9]*)[,}](?=.*"checkpoint")', body, re.DOTALL)
        assert number is not None
        changed = body[: number.start(1)] + b"9" + body[number.start(1) :]
        (data.editions / DAY / name).write_bytes(changed)

    ran = held(data, "--edition", DAY)

    assert len(ran.members["differing"]) == 3
    assert len(ran.members["findings"]) == 3


@pytest.mark.parametrize("name", [COUNTS_FILE, DURATIONS_FILE, "backlog.json"])
@pytest.mark.parametrize(
    "other", [(rb'"definition":"[a-z]+@v1"', b'"definition":"old@v0"'), (rb'"size":', b'"size":1')]
)
def test_file_by_another_definition_or_checkpoint_is_other_bytes_and_no_second_book(
    data: DataFolder, name: str, other: tuple[bytes, bytes]
) -> None:
    path = data.editions / DAY / name
    body = re.sub(rb'(_seconds|"received|_in_time)":(?=[0-9])', rb'\1":1', path.read_bytes())
    assert body != path.read_bytes()
    path.write_bytes(re.sub(*other, body))

    ran = held(data, "--edition", DAY)

    assert (ran.code, ran.members["differing"]) == (1, {name: "other bytes"})
    assert (ran.members["finding"], ran.members["findings"]) == (None, [])


@pytest.mark.parametrize("name", [MANIFEST, REVISIONS, "counts.csv", "comparison.json"])
def test_every_other_byte_that_was_changed_is_named_by_its_file(
    data: DataFolder, name: str
) -> None:
    with (data.editions / DAY / name).open("ab") as file:
        file.write(b" ")

    ran = held(data, "--edition", DAY)

    assert (ran.code, ran.members["differing"]) == (1, {name: "other bytes"})
    assert ran.members["finding"] is None


def test_file_that_is_missing_or_does_not_belong_is_named(data: DataFolder) -> None:
    (data.editions / DAY / "veiled.json").unlink()
    (data.editions / DAY / "more.json").write_bytes(b"{}")

    ran = held(data, "--edition", DAY)

    assert ran.code == 1
    assert ran.members["differing"] == {
        "veiled.json": "missing",
        "more.json": "not of this edition",
    }


def test_file_that_a_server_does_not_answer_is_named(data: DataFolder) -> None:
    (data.editions / DAY / "veiled.json").unlink()

    with served(data) as address:
        ran = held(data, "--edition", DAY, "--log", address)

    assert (ran.code, ran.members["differing"]) == (1, {"veiled.json": "missing"})


@pytest.mark.parametrize("asks_server", [False, True])
def test_day_without_an_edition_is_told(data: DataFolder, *, asks_server: bool) -> None:
    with served(data) as address:
        where = ("--log", address) if asks_server else ()
        ran = held(data, "--edition", "2026-02-03", *where)

    assert (ran.code, ran.members["code"]) == (4, "no_edition")


def test_edition_under_another_days_name_is_not_taken_for_that_days(
    data: DataFolder, tmp_path: Path
) -> None:
    moved = tmp_path / "2026-02-02"
    shutil.copytree(data.editions / DAY, moved)

    ran = held(data, "--edition", moved)

    assert (ran.code, ran.members["code"]) == (1, "edition_differs")
    assert "not of 2026-02-02" in ran.members["message"]


def test_what_is_neither_day_nor_folder_is_refused(data: DataFolder) -> None:
    assert held(data, "--edition", "2026-13-01").code == 2


def test_editions_are_made_listed_and_shown(tmp_path: Path) -> None:
    folder = as_data_folder(a_desk(tmp_path / "desk", three_days), tmp_path / "data")
    empty = run("editions", "list", "--data", folder.path)

    made = run("editions", "make", "--data", folder.path, "--json")
    again = run("editions", "make", "--data", folder.path, "--json")
    listed = run("editions", "list", "--data", folder.path, "--limit", "2")
    as_json = run("editions", "list", "--data", folder.path, "--json")
    shown = run("editions", "show", DAY, "--data", folder.path)
    counts = run("editions", "show", DAY, "--file", COUNTS_FILE, "--data", folder.path)

    assert empty.out == "there is no edition yet: a day's is made when the day is over\n"
    assert made.members["made"] == ["2026-01-20", "2026-02-02", DAY]
    assert again.members["made"] == []
    assert [path.name for path in folder.keys.iterdir()] == ["anchors.toml"]
    assert [line[:10] for line in listed.out.splitlines()] == [DAY, "2026-02-02"]
    assert len(as_json.members["editions"]) == 3
    assert json.loads(shown.out)["edition"] == DAY
    assert counts.out.encode() == (folder.editions / DAY / COUNTS_FILE).read_bytes()


def test_showing_a_day_without_an_edition_names_the_one_that_stands(data: DataFolder) -> None:
    ran = run("editions", "show", "2026-02-03", "--data", data.path, "--json")

    assert ran.code == 4
    assert "the edition of 2026-02-02 still stands" in ran.members["message"]
    assert run("editions", "show", "yesterday", "--data", data.path).code == 2


@pytest.mark.parametrize("words", [["make"], ["list"], ["show", DAY]], ids=" ".join)
def test_folder_without_a_log_is_told_and_nothing_is_made(tmp_path: Path, words: list[str]) -> None:
    ran = run("editions", *words, "--data", tmp_path / "nothing")

    assert ran.code == 2
    assert not (tmp_path / "nothing").exists()


def test_making_beside_an_edition_that_somebody_changed_fails(tmp_path: Path) -> None:
    folder = as_data_folder(a_desk(tmp_path / "desk", three_days), tmp_path / "data")
    run("editions", "make", "--data", folder.path)
    shutil.rmtree(folder.editions / DAY)
    change(folder.editions / "2026-02-02" / COUNTS_FILE, b'"received":1', b'"received":8')

    ran = run("editions", "make", "--data", folder.path, "--json")

    assert (ran.code, ran.members["code"]) == (1, "edition_differs")


def test_list_says_when_there_are_more(data: DataFolder) -> None:
    whole = run("editions", "list", "--data", data.path)
    cut = run("editions", "list", "--data", data.path, "--limit", "1")

    assert whole.said == ""
    assert "there are more, of days before 2026-02-" in cut.said
    assert cut.out.count("earlier figures revised") == 1


@pytest.mark.parametrize("asks_server", [False, True], ids=["in the folder", "on a server"])
@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2026-02-05", "the edition of 2026-02-05 is not final yet"),
        ("2026-02-20", "the edition of 2026-02-20 is not final yet"),
        ("2026-02-03", "nothing was published on 2026-02-03; the edition of 2026-02-02 still"),
    ],
)
def test_day_without_an_edition_was_not_said_to_be_not_final(
    data: DataFolder, day: str, why: str, *, asks_server: bool
) -> None:
    with served(data) as address:
        where = ("--log", address) if asks_server else ()
        ran = held(data, "--edition", day, *where)

    assert (ran.code, ran.members["code"]) == (4, "no_edition")
    assert why in ran.members["message"]
    assert "still stands" in ran.members["message"]


def test_missing_edition_of_a_final_day_is_said_to_lie_nowhere(data: DataFolder) -> None:
    shutil.rmtree(data.editions / DAY)

    ran = held(data, "--edition", DAY)

    assert (ran.code, ran.members["code"]) == (4, "no_edition")
    assert f"no edition of {DAY} lies in" in ran.members["message"]
