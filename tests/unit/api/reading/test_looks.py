"""The book of looks: kept by several workers at once, found by who was looked at, and sealed."""

import os
import sqlite3
from pathlib import Path

import pytest

from api.reading.looks import MAX_LISTED, LookBook, are_open
from ledger.errors import StoreUnavailable
from ledger.looks.leaves import KeptLook, Look


def a_look(**members: str) -> Look:
    signed = {"target": "http://x/v1/trail", "signature_input": "sig1=()", "signature": "sig1=:a:"}
    return Look(at="2026-11-22T00:00:00Z", inspector="inspector-1", **(signed | members))


def a_book(path: Path) -> LookBook:
    return LookBook(path, os.urandom)


def test_looks_of_all_workers_are_found_newest_first(tmp_path: Path) -> None:
    workers = [a_book(tmp_path / "looks.sqlite3") for _ in range(2)]
    for number, (worker, key) in enumerate(zip(workers * 2, "abca", strict=True)):
        worker.note(a_look(officer=f"officer-{key}", first_day=f"2026-11-0{number + 1}"))

    found = workers[0].at_officers(["officer-a", "officer-c"])

    assert [(kept.look.officer, kept.look.first_day) for kept in found] == [
        ("officer-a", "2026-11-04"),
        ("officer-c", "2026-11-03"),
        ("officer-a", "2026-11-01"),
    ]
    assert found[0].look.target == "http://x/v1/trail"
    assert (tmp_path / "looks.sqlite3").stat().st_mode & 0o777 == 0o600


def test_proxies_units_and_dossiers_find_theirs_alone(tmp_path: Path) -> None:
    book = a_book(tmp_path / "looks.sqlite3")
    for member in ("officer", "proxy", "office", "unit", "dossier", "procedure"):
        book.note(a_look(**{member: "x"}))

    assert [kept.look.proxy or kept.look.officer for kept in book.at_officers(["x"])] == ["x", "x"]
    assert len(book.at_offices(["x", "y"])) == 2
    assert len(book.at_dossier("x")) == 1
    assert book.at_offices([]) == ()


def test_no_more_are_listed_than_the_limit(tmp_path: Path) -> None:
    book = a_book(tmp_path / "looks.sqlite3")
    for number in range(MAX_LISTED + 3):
        book.note(a_look(dossier="d", last_day=str(number)))

    listed = book.at_dossier("d")

    assert len(listed) == MAX_LISTED
    assert listed[0].look.last_day == str(MAX_LISTED + 2)


def test_look_that_cannot_be_kept_is_said_so(tmp_path: Path) -> None:
    book = a_book(tmp_path / "no folder" / "looks.sqlite3")

    with pytest.raises(StoreUnavailable):
        book.note(a_look(officer="x"))


def test_look_under_an_open_order_is_sealed_and_no_other() -> None:
    looks = [a_look(officer=key, order_stream=f"access:{key}") for key in "ab"]
    looks.append(a_look(officer="c"))

    kept = [KeptLook(place, bytes(32), look) for place, look in enumerate(looks)]

    assert [one.look.officer for one in are_open(kept, {"access:a"})] == ["b", "c"]


def test_book_numbers_looks_without_gaps_and_salts_each(tmp_path: Path) -> None:
    workers = [a_book(tmp_path / "looks.sqlite3") for _ in range(2)]
    for worker in workers * 3:
        worker.note(a_look(officer="officer-a"), a_look(officer="officer-a"))

    kept = workers[0].all()

    assert [one.look_index for one in kept] == list(range(12))
    assert len({one.salt for one in kept}) == len({one.leaf for one in kept}) == 12


def test_book_of_an_earlier_release_gets_its_salts_once(tmp_path: Path) -> None:
    path = tmp_path / "looks.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE looks (number INTEGER PRIMARY KEY, at TEXT, inspector TEXT, officer TEXT,"
            " target TEXT, signature_input TEXT, signature TEXT)"
        )
        connection.execute("INSERT INTO looks VALUES (1, 'then', 'i', 'officer-a', 't', 's', 'g')")
    connection.close()

    (first,), (again,) = a_book(path).all(), a_book(path).all()

    assert first.leaf == again.leaf
    assert (first.look.officer, len(first.salt)) == ("officer-a", 32)


def test_look_at_a_procedure_is_the_heads_whose_office_it_reached(tmp_path: Path) -> None:
    book = a_book(tmp_path / "looks.sqlite3")
    book.note(a_look(procedure="1.1", reach="H27.15 H27.16"), a_look(procedure="1.2", reach="*"))
    book.note(a_look(procedure="1.3", reach="H27.15", officer="officer-a"))

    def procedures(*offices: str) -> list[str | None]:
        return [kept.look.procedure for kept in book.that_reached(offices)]

    assert procedures("H27.15") == ["1.2", "1.1"]
    assert procedures("H27.1") == ["1.2"]
    assert procedures() == []


def test_book_that_takes_a_lost_ones_place_says_so(tmp_path: Path) -> None:
    book = a_book(tmp_path / "looks.sqlite3")
    before = book.book
    book.call_itself(2)

    assert (before, book.book) == (1, 2)
