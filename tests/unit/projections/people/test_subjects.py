"""Cursors of trails: one spelling, read back; anything else is refused with one error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.people.subjects import TrailCursor, VeiledPlace, parse_cursor
from transparency.encoding import parse_utc_milliseconds

places = st.builds(
    VeiledPlace,
    st.datetimes().map(
        lambda at: parse_utc_milliseconds(f"{at.replace(microsecond=0).isoformat()}.000Z")
    ),
    st.integers(0, 2**128 - 1).map("dossier:{:032x}".format),
    st.integers(1, 2**53 - 1),
)


@given(st.integers(0, 2**53 - 1), st.none() | places)
def test_cursor_is_read_as_it_was_written(index: int, place: VeiledPlace | None) -> None:
    cursor = TrailCursor(index, place)

    assert parse_cursor(str(cursor)) == cursor


@given(st.text())
def test_any_text_is_a_cursor_or_refused(text: str) -> None:
    try:
        cursor = parse_cursor(text)
    except ValueError:
        return
    assert str(cursor) == text


@pytest.mark.parametrize(
    "text", ["", "-1", "01", "1~", "1~2~3", f"{2**53}", "1~2026-01-01T00:00:00Z~dossier:1~1", "x"]
)
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_cursor(text)
