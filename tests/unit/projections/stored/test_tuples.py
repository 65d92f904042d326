"""Rows as tuples: written, added up, taken out and looked up as whoever names columns does it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from msgspec import structs

from domain.actions import Signer
from domain.dossiers import Due, Status
from domain.moments import Moment
from domain.roles import Role
from projections.dossier_rows import Act
from projections.stored.rows import insert_acts
from projections.stored.tuples.acts import act_columns
from projections.stored.tuples.inserting import (
    act_row,
    add_tuples,
    insert_tuples,
    put_tuples,
    replace_tuples,
    take_out_tuples,
)
from projections.stored.tuples.selecting import rows_with_keys
from projections.tables import act_signers_table, acts_table
from tests.support.paper_ledger import a_stream

_metadata = sa.MetaData()
# The key stands last, so that an order that is taken for granted shows.
TABLE = sa.Table(
    "heaps",
    _metadata,
    sa.Column("stones", sa.BigInteger, nullable=False),
    sa.Column("sticks", sa.BigInteger, nullable=False),
    sa.Column("place", sa.String(64), primary_key=True),
    sa.Column("day", sa.String(10), primary_key=True),
)
KEYS = ("place", "day")
NAMES = (*KEYS, "stones", "sticks")
ODD = 'Thủ Đức "quận" \\ '


@pytest.fixture
def connection() -> Iterator[sa.Connection]:
    engine = sa.create_engine("sqlite://")
    _metadata.create_all(engine)
    with engine.begin() as connection:
        insert_tuples(connection, TABLE, [(1, 2, "a", "1"), (3, 4, ODD, "2")])
        yield connection
    engine.dispose()


def rows(connection: sa.Connection) -> set[tuple[object, ...]]:
    return {tuple(row) for row in connection.execute(sa.select(TABLE))}


def test_a_row_of_the_same_key_is_replaced(connection: sa.Connection) -> None:
    replace_tuples(connection, TABLE, [(9, 9, "a", "1"), (5, 5, "a", "2")])
    put_tuples(connection, TABLE, NAMES, [(ODD, "2", 7, 8)])

    assert rows(connection) == {(9, 9, "a", "1"), (5, 5, "a", "2"), (7, 8, ODD, "2")}


def test_what_is_added_adds_up_with_what_is_there(connection: sa.Connection) -> None:
    add_tuples(connection, TABLE, NAMES, [("a", "1", 10, -2), ("b", "1", 1, 1), ("b", "1", 1, 1)])

    assert rows(connection) == {(11, 0, "a", "1"), (3, 4, ODD, "2"), (2, 2, "b", "1")}


def test_only_what_came_to_nothing_is_taken_out(connection: sa.Connection) -> None:
    add_tuples(connection, TABLE, NAMES, [("a", "1", -1, -2), (ODD, "2", -3, 0)])

    take_out_tuples(connection, TABLE, KEYS, [("a", "1"), (ODD, "2")], nothing=("stones", "sticks"))

    assert rows(connection) == {(0, 4, ODD, "2")}


def test_rows_are_taken_out_by_their_keys(connection: sa.Connection) -> None:
    take_out_tuples(connection, TABLE, KEYS, [(ODD, "2"), ("nowhere", "1")])

    assert rows(connection) == {(1, 2, "a", "1")}


def test_rows_are_found_by_all_of_their_key(connection: sa.Connection) -> None:
    keys = [(ODD, "2"), ("a", "2"), ("a", "1"), ("nowhere", "1")]

    assert set(rows_with_keys(connection, TABLE, KEYS, keys)) == {
        (1, 2, "a", "1"),
        (3, 4, ODD, "2"),
    }
    assert list(rows_with_keys(connection, TABLE, KEYS, [])) == []


def test_nothing_to_write_writes_nothing(connection: sa.Connection) -> None:
    before = rows(connection)
    for write in (insert_tuples, replace_tuples):
        write(connection, TABLE, [])
    add_tuples(connection, TABLE, NAMES, [])
    take_out_tuples(connection, TABLE, KEYS, [])

    assert rows(connection) == before


PAID = Act(
    entry_index=17,
    stream=a_stream(1),
    version=3,
    kind="dossier.payment_confirmed",
    at=Moment(instant=datetime(2026, 2, 3, 8, tzinfo=timezone(timedelta(hours=7)))),
    recorded_at=datetime(2026, 2, 3, 1, 0, 0, 250_000, tzinfo=UTC),
    office="H27",
    signers=(Signer("officer-1", Role.RECEIVER), Signer("applicant-2", Role.APPLICANT)),
    status=Status.ACCEPTED,
    due=Due(instant=datetime(2026, 2, 9, tzinfo=UTC)),
    appointment=Due(day=date(2026, 2, 10)),
    amount_vnd=20_000,
    payment_method="cash",
)
IMPORTED = Act(
    entry_index=None,
    stream=a_stream(2),
    version=1,
    kind="dossier.forwarded",
    at=Moment(day=date(2026, 2, 3)),
    recorded_at=datetime(2026, 2, 3, 1, tzinfo=UTC),
    office=None,
    signers=(Signer("importer-1", Role.IMPORTER),),
    performer="ab" * 8,
    to_office="H28",
    answer_by=date(2026, 3, 1),
    refers_to=2,
    label="01_HOOFD_010",
)


@pytest.mark.parametrize("act", [PAID, IMPORTED])
def test_an_act_is_the_same_row_by_names_and_as_a_tuple(act: Act) -> None:
    columns = act_columns(act)

    assert tuple(columns) == tuple(acts_table.columns.keys())
    assert act_row(act) == tuple(columns.values())


# Whoever reads where something is said must not meet a number where nothing is.
@pytest.mark.parametrize("act", [PAID, structs.replace(IMPORTED, entry_index=18)])
def test_what_an_act_does_not_say_is_stored_as_null(connection: sa.Connection, act: Act) -> None:
    metadata = sa.MetaData()
    for table in (acts_table, act_signers_table):
        table.to_metadata(metadata)
    metadata.create_all(connection)

    insert_acts(connection, [act])

    stored = connection.execute(sa.select(acts_table)).one()
    assert tuple(stored) == tuple(act_columns(act).values())
    unsaid = {name for name, value in act_columns(act).items() if value is None}
    types = [sa.func.typeof(column).label(column.name) for column in acts_table.columns]
    found = connection.execute(sa.select(*types)).one()
    assert {name for name, stored_as in found._mapping.items() if stored_as == "null"} == unsaid
