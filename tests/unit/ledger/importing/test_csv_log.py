"""CSV logs: what a case holds, and every way in which a broken one is refused."""

import csv
import gzip
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.importing.csv_log import MAX_LINE_BYTES, MAX_ROW_BYTES, read_csv, read_csv_stream
from ledger.importing.errors import MalformedSource
from ledger.importing.sources import MAX_ATTRIBUTES, MAX_VALUE_CHARACTERS, ForeignCase
from tests.unit.ledger.importing.samples import CSV, CSV_COLUMNS

HEADER = "case,activity,time,who\n"
ROW = "c1,A,2012-03-01,Bo\n"


def read(text: str | bytes, *, scattered: bool = False) -> list[ForeignCase]:
    data = text if isinstance(text, bytes) else text.encode()
    return list(read_csv_stream(io.BytesIO(data), CSV_COLUMNS, scattered=scattered))


def test_rows_of_one_case_are_its_events_in_the_order_of_the_file() -> None:
    first, second = read(CSV)

    assert (first.case_id, second.case_id) == ("c1", "c2")
    assert [event.activity for event in first.events] == ["Receive", "Ponder, slowly"]
    assert [event.resource for event in first.events] == ["Anna", None]
    assert [event.line for event in first.events] == [2, 3]


def test_case_has_the_attributes_of_its_first_row() -> None:
    first, second = read(CSV)

    assert first.attributes["channel"] == "Internet"
    assert second.attributes["channel"] == "Desk"


def test_byte_order_mark_crlf_and_empty_lines_are_read_over() -> None:
    data = b"\xef\xbb\xbf" + (HEADER + "\n" + ROW).replace("\n", "\r\n").encode()

    (case,) = read(data)

    assert case.events[0].activity == "A"


def test_line_break_inside_quotes_stays_in_the_value() -> None:
    (case,) = read(HEADER + 'c1,"A\nB",2012-03-01,Bo\n')

    assert case.events[0].activity == "A\nB"


def test_scattered_rows_give_cases_in_the_order_of_their_first_rows() -> None:
    rows = ["c1,A,2012-03-01,x\n", "c2,B,2012-03-01,x\n", "c1,C,2012-03-02,x\n"]

    first, second = read(HEADER + "".join(rows), scattered=True)

    assert [event.activity for event in first.events] == ["A", "C"]
    assert [event.line for event in first.events] == [2, 4]
    assert [event.activity for event in second.events] == ["B"]


def test_contiguous_file_reads_the_same_as_scattered() -> None:
    assert read(CSV) == read(CSV, scattered=True)


def test_case_that_comes_back_is_refused_with_the_remedy() -> None:
    rows = "c1,A,2012-03-01,x\nc2,B,2012-03-01,x\nc1,C,2012-03-02,x\n"

    with pytest.raises(MalformedSource, match=r'rows = "scattered".*line 4.*c1'):
        read(HEADER + rows)


@pytest.mark.parametrize("name", ["log.csv", "log.csv.gz"])
def test_file_is_read_packed_or_not(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(CSV.encode()) if name.endswith(".gz") else CSV.encode())

    assert list(read_csv(path, CSV_COLUMNS)) == read(CSV)


BROKEN = {
    "empty": ("", "header line is missing"),
    "column missing": ("case,activity,time\n", "column 'who' is missing"),
    "column without a name": ("case,activity,time,who,\n", "name of a column is missing"),
    "two columns of one name": ("case,activity,time,who,who\n", "two columns"),
    "too many columns": (",".join(map(str, range(MAX_ATTRIBUTES + 1))), "columns"),
    "row too short": (HEADER + "c1,A\n", "2 fields instead of 4 .line 2."),
    "row too long": (HEADER + "c1,A,2012-03-01,Bo,more\n", "5 fields instead of 4"),
    "case without a name": (HEADER + ",A,2012-03-01,Bo\n", "the case in 'case' is missing"),
    "event without an activity": (HEADER + "c1,,2012-03-01,Bo\n", "activity 'activity'"),
    "event without a time": (HEADER + "c1,A,,Bo\n", "an event without 'time'"),
    "quote never closed": (HEADER + 'c1,"A,2012-03-01,Bo\n', "not CSV"),
    "text after a quote": (HEADER + 'c1,"A"x,2012-03-01,Bo\n', "not CSV"),
    "value too long": (
        HEADER + f"c1,{'A' * (MAX_VALUE_CHARACTERS + 1)},2012-03-01,Bo\n",
        "a value is over",
    ),
    "line too long": (HEADER + "c1," + "A" * MAX_LINE_BYTES, "a line over"),
}


@pytest.mark.parametrize(("text", "problem"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_log_is_refused_with_a_clear_error(text: str, problem: str) -> None:
    with pytest.raises(MalformedSource, match=problem) as raised:
        read(text)

    assert raised.value.code == "malformed_source"


@pytest.fixture(params=[1 << 17, 1 << 30], ids=["as python sets it", "raised by a library"])
def process_field_limit(request: pytest.FixtureRequest) -> Iterator[int]:
    before = csv.field_size_limit(request.param)
    yield request.param
    csv.field_size_limit(before)


def test_long_field_is_refused_also_where_a_library_raised_the_process_limit(
    process_field_limit: int,
) -> None:
    problem = "not CSV" if process_field_limit < 200_000 else "a value is over"

    with pytest.raises(MalformedSource, match=problem):
        read(HEADER + "c1," + "A" * 200_000 + ",2012-03-01,Bo\n")


def test_quote_never_closed_ends_at_the_row_limit_not_at_the_end_of_the_file(
    process_field_limit: int,
) -> None:
    problem = "not CSV" if process_field_limit < MAX_ROW_BYTES else r"a row over .*line 12"

    with pytest.raises(MalformedSource, match=problem):
        read(HEADER + 'c1,"' + ("A" * 100_000 + "\n") * 20)


@pytest.mark.parametrize(
    ("limit", "most"),
    [("MAX_EVENTS_PER_CASE", 3), ("MAX_CASE_CHARACTERS", 3 * len("c1A2012-03-01Bo"))],
)
def test_case_at_the_limit_is_read_and_one_beyond_refused(
    monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    monkeypatch.setattr(f"ledger.importing.csv_log.{limit}", most)
    (case,) = read(HEADER + ROW * 3)
    monkeypatch.setattr(f"ledger.importing.csv_log.{limit}", most - 1)

    assert len(case.events) == 3
    with pytest.raises(MalformedSource, match="a case of over"):
        read(HEADER + ROW * 3)


def test_bad_utf_8_is_refused_with_its_line() -> None:
    with pytest.raises(MalformedSource, match="not UTF-8") as raised:
        read(HEADER.encode() + ROW.encode() + b"c1,\xff,2012-03-01,Bo\n")

    assert raised.value.line == 3


@pytest.mark.parametrize("kept", [0.5, 0.9])
def test_truncated_gzip_is_refused(tmp_path: Path, kept: float) -> None:
    path = tmp_path / "log.csv.gz"
    data = gzip.compress((HEADER + ROW * 1_000).encode())
    path.write_bytes(data[: int(len(data) * kept)])

    with pytest.raises(MalformedSource, match="cut short"):
        list(read_csv(path, CSV_COLUMNS))


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_read_or_refused(data: bytes, scattered: bool) -> None:
    try:
        read(data, scattered=scattered)
    except MalformedSource:
        return


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_after_the_header_are_read_or_refused(data: bytes, scattered: bool) -> None:
    try:
        read(HEADER.encode() + data, scattered=scattered)
    except MalformedSource:
        return


@given(st.lists(st.text(alphabet=',"\r\nc1A\x00', max_size=30), max_size=8))
def test_any_rows_are_read_or_refused(rows: list[str]) -> None:
    try:
        read(HEADER + ROW.join(rows))
    except MalformedSource:
        return
