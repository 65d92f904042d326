"""`findings compare`: published totals held against the log, and the public alarm R32."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from api.data_folder import DataFolder
from ledger.calendar_source import calendar_document
from tests.unit.cli.findings.desk import Desk, a_desk
from tests.unit.cli.running import Ran, run

# The sample's only dossier is of 2011: of this month the ledger has nothing.
PERIOD = "2026-01"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk, document = a_desk(tmp_path), tmp_path / "calendar.json"
    document.write_bytes(calendar_document(2026, 2026))
    name = hashlib.sha256(document.read_bytes()).hexdigest()
    admin = desk.enroll("admin", "catalogue_admin@*")
    published = run(
        *("act", "calendar.published", "--stream", "calendar:VN", "--office", "SAMPLE"),
        *("--document", document, "--sign", f"catalogue_admin={admin}", "--data", desk.data),
        *("--facts", f'{{"document":"{name}"}}'),
    )
    assert published.code == 0, published.said
    return desk


def a_book(desk: Desk, received: int) -> Path:
    book = desk.folder / "published.csv"
    book.write_text(f"office,procedure,received\nSAMPLE,*,{received}\n")
    return book


def compare(desk: Desk, book: Path, *more: str | Path) -> Ran:
    return desk.type("compare", "--published", book, "--period", PERIOD, *more)


def test_honest_totals_are_no_finding(desk: Desk) -> None:
    honest = compare(desk, a_book(desk, received=0))

    assert (honest.code, honest.members["ok"], honest.members["compared"]) == (0, True, 1)


def test_other_totals_are_r32_with_document_checkpoint_and_figures(desk: Desk) -> None:
    book = a_book(desk, received=7)

    found = compare(desk, book)

    assert found.code == 1
    evidence = found.members["finding"]
    assert evidence["rule"] == "R32"
    assert evidence["document_sha256"] == hashlib.sha256(book.read_bytes()).hexdigest()
    assert evidence["evidence"] == [evidence["tree_size"] - 1]
    (difference,) = evidence["differences"]
    assert (difference["published"], difference["ours"], difference["period"]) == (7, 0, PERIOD)


def test_alarm_is_raised_once_with_its_evidence_as_a_public_document(desk: Desk) -> None:
    book = a_book(desk, received=7)

    first = compare(desk, book, "--raise").members
    again = compare(desk, book, "--raise").members

    assert len(first["raised"]) == 1
    assert again["raised"] == []
    (life,) = [each for each in desk.listed()["findings"] if each["rule"] == "R32"]
    assert life["stream"] == first["raised"][0]
    assert _document(desk, life["document"])["differences_found"] == 1
    assert run("audit", "--data", desk.data).code == 0


def _document(desk: Desk, name: str) -> Any:
    return json.loads((DataFolder(desk.data).published_documents / name).read_bytes())


@pytest.mark.parametrize("text", ["", "office,received\nSAMPLE,7\n", "office,procedure,x\nA,B,1\n"])
def test_file_that_holds_no_totals_is_named(desk: Desk, text: str) -> None:
    book = desk.folder / "empty.csv"
    book.write_text(text)

    refused = compare(desk, book)

    assert (refused.code, refused.members["code"]) == (2, "usage")
    assert str(book) in refused.members["message"]
