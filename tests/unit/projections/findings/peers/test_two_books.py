import hashlib
import json
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendars import Calendar
from domain.errors import MalformedDocument
from projections.counts import (
    ALL_HISTORY,
    CheckpointReference,
    CountStatistics,
    count_dossiers,
)
from projections.findings.peers.two_books import (
    R32,
    Book,
    BookFigure,
    Ours,
    TwoBooks,
    compare_books,
    read_book,
)
from projections.findings.shapes import Audience
from tests.support.dossier_cases import CALENDAR, HANOI, a_row, instant

SEALED = date(2026, 6, 1)
FLOWS: dict[str, Any] = {
    "received": 7,
    "resolved_early": 1,
    "resolved_on_time": 2,
    "resolved_late": 3,
}
STOCKS: dict[str, Any] = {"pending_in_time": 4, "pending_overdue": 5, "carried_over": 8}


def a_figure(
    period: str = "2026-01", office: str = "H27", procedure: str = "1.004222", **counts: int
) -> BookFigure:
    return BookFigure(office, procedure, period, FLOWS | STOCKS | counts)


def ours(
    *figures: BookFigure, sealed_on: date = SEALED, calendar: Calendar | None = CALENDAR
) -> Ours:
    return Ours(figures or (a_figure(),), 900, "cm9vdA==", sealed_on, calendar)


def a_book(
    period: str = "2026-01", office: str = "H27", procedure: str = "1.004222", **counts: Any
) -> bytes:
    figure = {"office": office, "procedure": procedure, "period": period} | counts
    return json.dumps([figure]).encode()


def compared(book: bytes, mine: Ours | None = None) -> TwoBooks:
    return compare_books(read_book(book), mine or ours())


def test_same_figures_are_no_finding() -> None:
    result = compared(a_book(**FLOWS, **STOCKS))

    assert (result.finding, result.differences, result.compared) == (None, (), 1)


def test_planted_figure_is_found_with_document_checkpoint_and_count() -> None:
    document = a_book(**(FLOWS | {"resolved_late": 0}))

    result = compared(document)

    assert result.document_sha256 == hashlib.sha256(document).hexdigest()
    assert (result.tree_size, result.root) == (900, "cm9vdA==")
    (difference,) = result.differences
    assert (difference.office, difference.period) == ("H27", "2026-01")
    assert (difference.count, difference.published, difference.ours) == ("resolved_late", 0, 3)
    finding = result.finding
    assert finding is not None
    assert (finding.rule, finding.severity) == ("R32", "critical")
    assert finding.audience is Audience.PUBLIC_ALARM
    assert finding.recomputable
    assert (finding.office, finding.evidence) == ("H27", (899,))
    assert result.document_sha256 in finding.reason.en
    assert "published 0, ledger 3" in finding.reason.en
    assert finding.reason.en.startswith("1 published figure differs from")


def test_sums_may_be_published_in_place_of_their_parts() -> None:
    assert compared(a_book(resolved=6, pending=9)).finding is None
    assert compared(a_book(resolved=6, pending=10)).finding is not None


def test_quarter_adds_flows_and_takes_stocks_from_its_ends() -> None:
    months = (
        a_figure("2025-12", pending_overdue=99),
        a_figure("2026-01", carried_over=8),
        a_figure("2026-02", carried_over=50),
        a_figure("2026-03", carried_over=60, pending_overdue=6),
        a_figure("2026-04", received=99),
    )
    right: dict[str, Any] = {
        "received": 21,
        "resolved_late": 9,
        "carried_over": 8,
        "pending_overdue": 6,
    }

    assert compared(a_book("2026-Q1", **right), ours(*months)).differences == ()
    assert (
        len(compared(a_book("2026-Q1", **{**right, "received": 20}), ours(*months)).differences)
        == 1
    )


def test_star_stands_for_all_offices_and_procedures() -> None:
    figures = (a_figure(), a_figure(procedure="2.000001"), a_figure(office="H28"))

    assert (
        compared(a_book(office="H27", procedure="*", received=14), ours(*figures)).finding is None
    )
    assert compared(a_book(office="*", procedure="*", received=21), ours(*figures)).finding is None


def test_figure_of_an_office_that_the_ledger_lacks_is_all_zero() -> None:
    result = compared(a_book(office="H99", received=3))

    assert [one.ours for one in result.differences] == [0]


@pytest.mark.parametrize(
    ("name", "book", "mine"),
    [
        # January ends on a Saturday; the fifth working day after is 6 February.
        ("reconciliation_window", a_book(received=1), ours(sealed_on=date(2026, 2, 6))),
        ("other_period", a_book("2026-01-15", received=1), ours()),
        ("other_period", a_book("*", received=1), ours()),
        ("other_period", a_book("0000", received=1), ours()),
        ("no_calendar", a_book(received=1), ours(calendar=None)),
        ("beyond_calendar", a_book("2028-01", received=1), ours()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_silence_compares_nothing_and_says_why(name: str, book: bytes, mine: Ours) -> None:
    result = compared(book, mine)

    assert (result.finding, result.compared, result.left_out) == (None, 0, {name: 1})


def test_every_silence_of_the_rule_has_a_fixture() -> None:
    (mark,) = test_silence_compares_nothing_and_says_why.pytestmark  # type: ignore[attr-defined]

    assert {case.name for case in R32.silent_cases} == {case[0] for case in mark.args[1]}


def test_day_after_the_window_is_compared() -> None:
    assert compared(a_book(received=1), ours(sealed_on=date(2026, 2, 7))).finding is not None


def test_answer_of_the_statistics_server_is_a_book() -> None:
    rows = [a_row("2026-01-05", "2026-02-03", "2026-01-30"), a_row("2026-01-20")]
    counts = count_dossiers(rows, instant("2026-06-01T00:00:00Z"), {"H27": HANOI}, ALL_HISTORY)
    answer = CountStatistics(
        figures=counts.figures,
        total=counts.total,
        checkpoint=CheckpointReference(900, "cm9vdA=="),
        as_of="2026-06-01T00:00:00.000Z",
    )
    mine = ours(
        *(
            BookFigure(each.office, each.procedure, each.period, msgspec.structs.asdict(each))
            for each in counts.figures
        )
    )

    result = compared(msgspec.json.encode(answer), mine)

    # The total is of all history; May and June have not been over for five working days.
    assert result.finding is None
    assert result.compared == 4
    assert result.left_out == {"reconciliation_window": 2, "other_period": 1}


def test_table_of_a_spreadsheet_is_a_book() -> None:
    rows = "H27,1.004222,2026-01,8,x\nH27,1.004222,2026-02,,y\n"
    text = f"\ufeffoffice,procedure,period,received,note\n{rows}"

    book = read_book(text.encode())

    assert book.figures == (BookFigure("H27", "1.004222", "2026-01", {"received": 8}),)
    assert len(compare_books(book, ours()).differences) == 1


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b"[1]",
        b'{"figures":{}}',
        b"[]",
        b"office,procedure,period\nH27,1,2026-01\n",
        b"office,period,received\nH27,2026-01,1\n",
        a_book(received=-1),
        a_book(received=1.5),
        a_book(received=True),
        a_book(received="1 000"),
        b'"' + b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_book_is_refused(document: bytes) -> None:
    with pytest.raises(MalformedDocument):
        read_book(document)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_book_or_refused(document: bytes) -> None:
    try:
        book = read_book(document)
    except MalformedDocument:
        return
    assert isinstance(book, Book)


@pytest.mark.parametrize("period", ["9999", "9999-12", "9999-Q4"])
def test_book_of_the_last_year_that_a_date_can_have_ends_no_comparison(period: str) -> None:
    result = compared(a_book(period, received=1))

    assert (result.finding, result.left_out) == (None, {"other_period": 1})
