"""Lines are joined to what the same figures are written as at once."""

import csv
import io

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.statistics.lines import (
    AS_JSON,
    as_csv,
    csv_line,
    csv_line_of,
    join_lines,
    json_line_of,
)

texts = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=12)


class Figure(msgspec.Struct):
    office: str
    late: int
    median: int | None


figures = st.lists(st.builds(Figure, texts, st.integers(), st.none() | st.integers()), max_size=4)


@given(figures)
def test_json_lines_that_are_joined_are_the_list(found: list[Figure]) -> None:
    joined = AS_JSON.between.join(map(json_line_of, found)).encode()

    assert AS_JSON.whole(joined) == join_lines(found, AS_JSON) == msgspec.json.encode(found)


@given(figures, st.lists(texts, max_size=2))
def test_csv_lines_that_are_joined_are_read_as_rows(found: list[Figure], shared: list[str]) -> None:
    form = as_csv(shared)

    whole = form.whole(form.between.join(map(csv_line_of, found)).encode())

    assert whole == join_lines(found, form)
    ends = next(csv.reader([csv_line(shared)]), []) if shared else []
    rows = list(csv.reader(io.StringIO(whole.decode(), newline="")))
    assert [row[1:] for row in rows] == [
        [str(one.late), "" if one.median is None else str(one.median), *ends] for one in found
    ]


@pytest.mark.parametrize("text", ["=1+1", "+84", "-x", "@now", "\tx"])
def test_text_that_could_be_a_formula_is_none(text: str) -> None:
    assert csv_line([text, -5, None, "plain"]) == f"'{text},-5,,plain"


def test_booleans_of_csv_are_spelt_as_in_json_and_open_data() -> None:
    assert csv_line([True, 1, False, None, "x"]) == "true,1,false,,x"


def test_text_with_a_comma_a_quote_or_a_line_stays_one_cell() -> None:
    odd = 'a, "b"\r\nc'

    assert next(csv.reader(io.StringIO(csv_line([odd, 1]), newline=""))) == [odd, "1"]


def test_no_lines_are_nothing_but_an_empty_list() -> None:
    assert join_lines([], AS_JSON) == b"[]"
    assert join_lines([], as_csv(["x"])) == b""
