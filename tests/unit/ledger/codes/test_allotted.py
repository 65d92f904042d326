"""Running numbers: by agency and day, without gaps, and the same one for the same dossier."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from domain.errors import MalformedDossierCode
from domain.offices.codes import CodeBook, CodeFormat
from ledger.codes.allotted import AllottedCodes
from ledger.errors import CodesExhausted

DAY, NEXT_DAY = date(2026, 3, 1), date(2026, 3, 2)
SECRET = bytes(range(32))
NOW = "2026-03-01T02:00:00Z"


@pytest.fixture
def codes(tmp_path: Path) -> Iterator[AllottedCodes]:
    book = AllottedCodes(tmp_path / "codes.sqlite3", SECRET)
    yield book
    book.close()


def a_book(day: date = DAY, identity_code: str = "H27.15") -> CodeBook:
    return CodeBook(CodeFormat.SHORT, identity_code, day)


def allot(codes: AllottedCodes, number: int, book: CodeBook | None = None) -> str:
    return codes.allot(book or a_book(), "H27.15", f"dossier:{number:032x}", NOW).code


def test_numbers_run_by_agency_and_day(codes: AllottedCodes) -> None:
    given = [
        allot(codes, 1),
        allot(codes, 2),
        allot(codes, 3, a_book(NEXT_DAY)),
        allot(codes, 4, a_book(identity_code="H27.16")),
        allot(codes, 5),
    ]

    assert given == [
        "H27.15-260301-0001",
        "H27.15-260301-0002",
        "H27.15-260302-0001",
        "H27.16-260301-0001",
        "H27.15-260301-0003",
    ]


def test_owners_of_format_b_have_runs_of_their_own(codes: AllottedCodes) -> None:
    books = [CodeBook(CodeFormat.B, "H26.012.00", DAY, owner) for owner in ("05", "06", "05")]

    given = [allot(codes, number, book)[-6:] for number, book in enumerate(books)]

    assert given == ["050001", "060001", "050002"]


def test_dossier_that_asks_again_on_the_day_gets_the_code_it_has(codes: AllottedCodes) -> None:
    first = codes.allot(a_book(), "H27.15", "dossier:1", NOW)
    again = codes.allot(a_book(), "H27.15", "dossier:1", NOW)

    assert (again.code, first.repeated, again.repeated) == (first.code, False, True)
    assert allot(codes, 2) == "H27.15-260301-0002"


def test_numbers_stay_given_after_a_new_start(tmp_path: Path) -> None:
    for number in (1, 2):
        book = AllottedCodes(tmp_path / "codes.sqlite3", SECRET)
        assert allot(book, number) == f"H27.15-260301-{number:04d}"
        book.close()


def test_many_who_ask_at_once_leave_no_gap(tmp_path: Path) -> None:
    books = [AllottedCodes(tmp_path / "codes.sqlite3", SECRET) for _ in range(4)]

    with ThreadPoolExecutor(4) as pool:
        given = list(pool.map(lambda number: allot(books[number % 4], number), range(40)))

    assert sorted(given) == [f"H27.15-260301-{number:04d}" for number in range(1, 41)]
    for book in books:
        book.close()


def test_refused_request_costs_no_number(codes: AllottedCodes) -> None:
    with pytest.raises(MalformedDossierCode):
        allot(codes, 1, a_book(identity_code="gso-00004"))

    assert allot(codes, 1) == "H27.15-260301-0001"


def test_day_that_is_used_up_says_so(codes: AllottedCodes) -> None:
    book = CodeBook(CodeFormat.SHORT, "H27.15", DAY)
    for number in range(3):
        allot(codes, number, book)
    with codes._writing() as connection:
        connection.exec_driver_sql(
            "UPDATE allotted_codes SET running_number = 9999 WHERE running_number = 3"
        )

    with pytest.raises(CodesExhausted):
        allot(codes, 9, book)


def test_book_does_not_say_which_dossier_a_code_belongs_to(tmp_path: Path) -> None:
    codes = AllottedCodes(tmp_path / "codes.sqlite3", SECRET)
    allot(codes, 0xABCDEF)
    codes.close()

    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    assert b"abcdef" not in stored


def test_number_of_an_erased_dossier_stays_given_out_and_its_code_is_gone(tmp_path: Path) -> None:
    codes = AllottedCodes(tmp_path / "codes.sqlite3", SECRET)
    codes.allot(a_book(), "H27.15", "dossier:1", NOW)

    codes.forget("dossier:1")

    assert [(each.code, each.running_number) for each in codes.all()] == [("", 1)]
    assert not [path for path in tmp_path.iterdir() if b"H27.15-260301" in path.read_bytes()]
    assert codes.allot(a_book(), "H27.15", "dossier:1", NOW).code == "H27.15-260301-0002"
    codes.close()
