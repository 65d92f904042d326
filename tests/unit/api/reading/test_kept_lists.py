"""Lists that are kept for whoever pages through them: for one key, for a while, a few of each."""

import contextlib
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import MalformedParameter, QueueCursorEnded
from api.reading.kept_lists import (
    KEPT_FOR,
    MAX_LISTS_OF_ONE,
    KeptLists,
    KeptPlace,
    parse_cursor,
)
from ledger.errors import StoreUnavailable

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.fixture
def kept(tmp_path: Path) -> KeptLists:
    numbers = count(1)
    return KeptLists(tmp_path / "lists.sqlite3", lambda size: next(numbers).to_bytes(size, "big"))


def test_list_is_found_by_the_key_that_asked_and_by_no_other(kept: KeptLists) -> None:
    list_id = kept.keep("officer-a", b"body", NOW)

    assert kept.find(list_id, "officer-a", NOW) == b"body"
    with pytest.raises(QueueCursorEnded):
        kept.find(list_id, "officer-b", NOW)


def test_list_is_kept_for_a_quarter_of_an_hour(kept: KeptLists) -> None:
    list_id = kept.keep("officer-a", b"body", NOW)

    assert kept.find(list_id, "officer-a", NOW + KEPT_FOR)
    with pytest.raises(QueueCursorEnded):
        kept.find(list_id, "officer-a", NOW + KEPT_FOR + timedelta(seconds=1))


def test_one_key_keeps_its_newest_lists_alone(kept: KeptLists) -> None:
    other = kept.keep("officer-b", b"other", NOW)
    ids = [
        kept.keep("officer-a", b"body", NOW + timedelta(seconds=number))
        for number in range(MAX_LISTS_OF_ONE + 1)
    ]

    with pytest.raises(QueueCursorEnded):
        kept.find(ids[0], "officer-a", NOW)
    assert all(kept.find(each, "officer-a", NOW) for each in ids[1:])
    assert kept.find(other, "officer-b", NOW) == b"other"


def test_list_without_a_place_to_keep_it_says_so(tmp_path: Path) -> None:
    nowhere = KeptLists(tmp_path / "none" / "lists.sqlite3", bytes)

    with pytest.raises(StoreUnavailable):
        nowhere.keep("officer-a", b"body", NOW)
    with pytest.raises(StoreUnavailable):
        nowhere.find("0" * 32, "officer-a", NOW)


@given(st.binary(min_size=16, max_size=16), st.integers(1, 999_999_999))
def test_cursor_is_read_as_it_was_written(raw: bytes, position: int) -> None:
    place = KeptPlace(raw.hex(), position)

    assert parse_cursor(str(place)) == place


@given(st.text())
def test_any_other_text_is_no_cursor(text: str) -> None:
    with contextlib.suppress(MalformedParameter):
        assert str(parse_cursor(text)) == text
