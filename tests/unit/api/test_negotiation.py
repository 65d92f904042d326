"""Preferences of clients: language, waiting, format, and cells that are no formulas."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.negotiation import (
    accepts_gzip,
    preferred_format,
    preferred_language,
    preferred_wait_seconds,
    render_csv,
)
from projections.statistics.lines import csv_cell


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "vi"),
        ("", "vi"),
        ("en", "en"),
        ("en-GB,en;q=0.9,vi;q=0.5", "en"),
        ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("fr", "vi"),
        ("fr;q=0.9,en;q=0.4", "en"),
        ("*", "vi"),
        ("en;q=0", "vi"),
        ("en;q=x", "en"),
    ],
)
def test_language_is_the_one_the_client_prefers_of_our_two(
    header: str | None, language: str
) -> None:
    assert preferred_language(header) == language


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        (None, 2.0),
        ("wait=5", 5.0),
        ("Wait=5", 5.0),
        ("respond-async", 0.0),
        ("respond-async, wait=10", 0.0),
        ("wait=10, respond-async", 0.0),
        ("wait=3; foo=bar", 3.0),
        ("wait=900", 30.0),
        ("wait=0", 0.0),
        ("wait=-1", 2.0),
        ("wait=99999999999999", 2.0),
        ("handling=lenient", 2.0),
    ],
)
def test_waiting_time_is_the_clients_within_our_limit(prefer: str | None, seconds: float) -> None:
    waited = preferred_wait_seconds(prefer, default_seconds=2.0, longest_seconds=30.0)

    assert waited == seconds


@pytest.mark.parametrize(
    ("parameter", "accept", "wanted"),
    [
        (None, None, "json"),
        (None, "*/*", "json"),
        (None, "text/csv", "csv"),
        (None, "application/json, text/csv;q=0.5", "json"),
        (None, "text/csv, application/json;q=0.5", "csv"),
        ("csv", "application/json", "csv"),
        ("json", "text/csv", "json"),
        ("xml", None, None),
    ],
)
def test_format_parameter_goes_before_the_accept_header(
    parameter: str | None, accept: str | None, wanted: str | None
) -> None:
    assert preferred_format(parameter, accept) == wanted


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        (None, False),
        ("", False),
        ("gzip", True),
        ("GZIP", True),
        ("gzip, identity", True),
        ("deflate, gzip;q=0.5, br", True),
        ("gzip;q=0", False),
        ("gzip;q=0.0, identity", False),
        ("br", False),
        ("*", False),
        ("identity", False),
        (";;,,=", False),
    ],
)
def test_gzip_is_given_to_whoever_names_it(header: str | None, *, accepted: bool) -> None:
    assert accepts_gzip(header) is accepted


@given(st.text())
def test_no_header_text_breaks_the_parsers(header: str) -> None:
    assert accepts_gzip(header) in (True, False)
    assert preferred_language(header) in ("vi", "en")
    assert 0 <= preferred_wait_seconds(header, default_seconds=2.0, longest_seconds=30.0) <= 30
    assert preferred_format(None, header) in ("json", "csv")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_text_that_a_spreadsheet_would_run_is_disarmed(text: str) -> None:
    assert csv_cell(text) == "'" + text


def test_negative_number_stays_a_number() -> None:
    assert csv_cell(-86_400) == "-86400"


@given(st.lists(st.fixed_dictionaries({"a": st.text(), "b": st.integers()}), max_size=5))
def test_csv_reads_back_cell_by_cell(rows: list[dict[str, object]]) -> None:
    rendered = render_csv(("a", "b"), rows).decode()

    read = list(csv.reader(io.StringIO(rendered, newline="")))
    assert read[0] == ["a", "b"]
    assert read[1:] == [[csv_cell(row["a"]), csv_cell(row["b"])] for row in rows]
