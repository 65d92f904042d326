"""Lists that are kept for whoever pages through them: for one key, for a while, a few of each."""

import contextlib
import sqlite3
import stat
import zlib
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
    KeptShape,
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


def rows_in(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        count_of_rows: int = connection.execute("SELECT count(*) FROM lists").fetchone()[0]
        return count_of_rows


def test_list_that_is_too_old_is_deleted_when_any_list_is_asked_for(
    kept: KeptLists, tmp_path: Path
) -> None:
    kept.keep("officer-a", b"body", NOW)

    with pytest.raises(QueueCursorEnded):
        kept.find("0" * 32, "officer-b", NOW + KEPT_FOR + timedelta(seconds=1))

    assert rows_in(tmp_path / "lists.sqlite3") == 0


def test_file_of_lists_is_its_owners_alone_also_where_an_earlier_release_made_it(
    kept: KeptLists, tmp_path: Path
) -> None:
    path = tmp_path / "lists.sqlite3"
    list_id = kept.keep("officer-a", b"body", NOW)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)

    kept.find(list_id, "officer-a", NOW)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_is_kept_of_lists_that_were_forgotten(kept: KeptLists, tmp_path: Path) -> None:
    list_id = kept.keep("officer-a", b"body", NOW)

    kept.forget()

    assert rows_in(tmp_path / "lists.sqlite3") == 0
    with pytest.raises(QueueCursorEnded):
        kept.find(list_id, "officer-a", NOW)


def test_lists_that_never_were_are_forgotten_without_a_file(tmp_path: Path) -> None:
    KeptLists(tmp_path / "lists.sqlite3", bytes).forget()

    assert not list(tmp_path.iterdir())


def test_body_that_is_damaged_leads_nowhere(kept: KeptLists, tmp_path: Path) -> None:
    list_id = kept.keep("officer-a", b"body", NOW)
    with contextlib.closing(sqlite3.connect(tmp_path / "lists.sqlite3")) as connection, connection:
        connection.execute("UPDATE lists SET body = ?", (zlib.compress(b"body")[:-1],))

    with pytest.raises(QueueCursorEnded):
        kept.find(list_id, "officer-a", NOW)


@pytest.mark.parametrize(
    "body",
    [
        KeptShape("queue", 1, int).write(7),
        KeptShape("findings", 2, int).write(7),
        KeptShape("queue", 2, str).write("7"),
        b"\x07",
    ],
    ids=["an older shape", "another kind", "a shape whose number stayed", "neither"],
)
def test_list_of_another_kind_or_shape_leads_nowhere(body: bytes) -> None:
    shape = KeptShape("queue", 2, int)

    assert shape.read(shape.write(7)) == 7
    with pytest.raises(QueueCursorEnded):
        shape.read(body)


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
