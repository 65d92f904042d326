"""The book of looks: kept by several workers at once, found by who was looked at, and sealed."""

from pathlib import Path

import pytest

from api.reading.looks import MAX_LISTED, Look, LookBook, are_open
from ledger.errors import StoreUnavailable


def a_look(**members: str) -> Look:
    signed = {"target": "http://x/v1/trail", "signature_input": "sig1=()", "signature": "sig1=:a:"}
    return Look(at="2026-11-22T00:00:00Z", inspector="inspector-1", **(signed | members))


def test_looks_of_all_workers_are_found_newest_first(tmp_path: Path) -> None:
    workers = [LookBook(tmp_path / "looks.sqlite3") for _ in range(2)]
    for number, (worker, key) in enumerate(zip(workers * 2, "abca", strict=True)):
        worker.note(a_look(officer=f"officer-{key}", first_day=f"2026-11-0{number + 1}"))

    found = workers[0].at_officers(["officer-a", "officer-c"])

    assert [(look.officer, look.first_day) for look in found] == [
        ("officer-a", "2026-11-04"),
        ("officer-c", "2026-11-03"),
        ("officer-a", "2026-11-01"),
    ]
    assert found[0].target == "http://x/v1/trail"
    assert (tmp_path / "looks.sqlite3").stat().st_mode & 0o777 == 0o600


def test_proxies_units_and_dossiers_find_theirs_alone(tmp_path: Path) -> None:
    book = LookBook(tmp_path / "looks.sqlite3")
    for member in ("officer", "proxy", "office", "unit", "dossier", "procedure"):
        book.note(a_look(**{member: "x"}))

    assert [look.proxy or look.officer for look in book.at_officers(["x"])] == ["x", "x"]
    assert len(book.at_offices(["x", "y"])) == 2
    assert len(book.at_dossier("x")) == 1
    assert book.at_offices([]) == ()


def test_no_more_are_listed_than_the_limit(tmp_path: Path) -> None:
    book = LookBook(tmp_path / "looks.sqlite3")
    for number in range(MAX_LISTED + 3):
        book.note(a_look(dossier="d", last_day=str(number)))

    listed = book.at_dossier("d")

    assert len(listed) == MAX_LISTED
    assert listed[0].last_day == str(MAX_LISTED + 2)


def test_look_that_cannot_be_kept_is_said_so(tmp_path: Path) -> None:
    book = LookBook(tmp_path / "no folder" / "looks.sqlite3")

    with pytest.raises(StoreUnavailable):
        book.note(a_look(officer="x"))


def test_look_under_an_open_order_is_sealed_and_no_other() -> None:
    looks = [a_look(officer=key, order_stream=f"access:{key}") for key in "ab"]
    looks.append(a_look(officer="c"))

    assert [look.officer for look in are_open(looks, {"access:a"})] == ["b", "c"]
