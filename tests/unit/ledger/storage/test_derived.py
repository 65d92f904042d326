"""A derived database is read while it is what we made, and no longer or further than said."""

import sqlite3
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.storage.derived import TimeLimit, check_tables, connect_derived, fetch_within

TABLES = {
    "one": "one (number INTEGER PRIMARY KEY, body BLOB)",
    "two": "two (key BLOB PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID",
}
UNENDING = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c"


@pytest.fixture(name="path")
def a_path(tmp_path: Path) -> Path:
    return tmp_path / "derived.sqlite3"


def opened(path: Path) -> sqlite3.Connection:
    return connect_derived(path, TABLES, ("journal_mode=WAL",), lock_seconds=1.0)


@pytest.fixture(name="connection")
def a_connection(path: Path) -> Iterator[sqlite3.Connection]:
    connection = opened(path)
    yield connection
    connection.close()


def test_what_was_made_is_opened_again(path: Path, connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO one VALUES (1, x'00')")
    again = opened(path)

    check_tables(again, TABLES)
    assert fetch_within(again, "SELECT * FROM one", most_bytes=10) == [(1, b"\0")]
    again.close()


def test_file_whose_making_was_interrupted_is_made_complete(path: Path) -> None:
    with sqlite3.connect(path) as interrupted:
        interrupted.execute(f"CREATE TABLE {TABLES['one']}")

    connection = opened(path)

    check_tables(connection, TABLES)
    connection.close()


def test_file_of_an_older_program_has_the_same_tables(path: Path) -> None:
    with sqlite3.connect(path) as older:
        for text in TABLES.values():
            older.execute(f"CREATE TABLE IF NOT EXISTS {text}")

    connection = opened(path)

    check_tables(connection, TABLES)
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW planted AS SELECT 1",
        "CREATE TRIGGER planted AFTER INSERT ON one BEGIN SELECT 1; END",
        "CREATE INDEX planted ON one (body)",
        "CREATE TABLE planted (number)",
        "ALTER TABLE one RENAME COLUMN body TO planted",
        "ALTER TABLE one RENAME TO planted",
    ],
)
def test_another_schema_is_refused_at_the_opening_and_afterwards(
    path: Path, connection: sqlite3.Connection, statement: str
) -> None:
    with sqlite3.connect(path) as other:
        other.execute(statement)

    with pytest.raises(sqlite3.DatabaseError):
        check_tables(connection, TABLES)
    with pytest.raises(sqlite3.DatabaseError):
        opened(path)


def test_database_of_somebody_else_gets_no_tables_and_no_other_journal(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE entries (number)")
    before = path.read_bytes()

    with pytest.raises(sqlite3.DatabaseError):
        opened(path)

    assert path.read_bytes() == before


def test_large_field_is_not_read(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO one VALUES (1, zeroblob(50000000))")
    tracemalloc.start()
    try:
        with pytest.raises(sqlite3.Error):
            fetch_within(connection, "SELECT body FROM one", most_bytes=1_000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 1_000_000


def test_many_rows_are_not_all_read(connection: sqlite3.Connection) -> None:
    connection.executemany("INSERT INTO one VALUES (NULL, ?)", [(bytes(100),)] * 50)

    assert len(fetch_within(connection, "SELECT body FROM one", most_bytes=50 * 101)) == 50
    with pytest.raises(sqlite3.DataError):
        fetch_within(connection, "SELECT body FROM one", most_bytes=50 * 101 - 1)
    # The limit was for that reading.
    connection.execute("INSERT INTO one VALUES (NULL, ?)", (bytes(100_000),))


def test_statement_that_never_ends_is_ended(connection: sqlite3.Connection) -> None:
    limit = TimeLimit(connection, 0.1)

    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        connection.execute(UNENDING).fetchall()
    limit.begin(10.0)
    assert connection.execute("SELECT 1").fetchall() == [(1,)]
