"""Payments: which dossiers were paid online, which owe nothing, and how many of both there are.

A dossier counts in the month of its acceptance (`projections.index766.payments`). Its mark says how
it is counted now; a step compares the marks of the dossiers that it touches with what rows and
acts say, and the cells take the difference. What counts neither way has no mark.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

import msgspec
import sqlalchemy as sa

from domain.facts import PaymentMethod
from ledger.errors import StoreCorrupt
from projections.counts import ALL
from projections.statistics.adding import MONTH_LENGTH
from projections.statistics.by_acts.acts import day_of
from projections.stored.tuples.inserting import insert_tuples
from projections.tables import CELLS, acts_table, dossiers_table

ONLINE: Final = (PaymentMethod.ONLINE_PORTAL.value, PaymentMethod.ONLINE_GATEWAY.value)
PAID_ONLINE: Final = "paid_online"
OWING_NOTHING: Final = "owing_nothing"
BY_OFFICE: Final = "op"
BY_PROCEDURE: Final = "p"

Zones = Mapping[str, str]


class Mark(NamedTuple):
    """How one dossier is counted: where, in the month of its acceptance, as paid or as owing."""

    stream: str
    office: str
    procedure: str
    period: str
    payment: str


class PaymentKey(NamedTuple):
    """One cell, and which of its two counts."""

    grain: str
    office: str
    period: str
    procedure: str
    payment: str


def keep_payments(
    connection: sa.Connection, streams: Iterable[str] | None, offices: Iterable[str], zones: Zones
) -> None:
    """Count anew these dossiers and all of these offices; None counts every dossier.

    After rows and acts were written; ``offices`` are those whose zone may be another now.

    Raises:
        StoreCorrupt: a dossier was accepted by an office that is not registered.
    """
    if streams is None:
        old, wanted = [], None
    else:
        wanted = {*streams, *_marked_at(connection, list(offices))}
        old = _marks_of(connection, wanted)
    new = list(_found(connection, zones, wanted))
    gone, come = set(old) - set(new), set(new) - set(old)
    if gone:
        taken = sa.delete(CELLS.payment_marks).where(
            CELLS.payment_marks.c.stream == sa.bindparam("gone")
        )
        connection.execute(taken, [{"gone": mark.stream} for mark in gone])
    insert_tuples(connection, CELLS.payment_marks, sorted(come))
    _add(connection, _changes(gone, come))


def _marked_at(connection: sa.Connection, offices: list[str]) -> Iterable[str]:
    marks = CELLS.payment_marks.c
    if not offices:
        return ()
    return connection.scalars(sa.select(marks.stream).where(marks.office.in_(offices))).all()


def _marks_of(connection: sa.Connection, streams: Iterable[str]) -> list[Mark]:
    listed = _listed(streams)
    joined = listed.join(CELLS.payment_marks, CELLS.payment_marks.c.stream == listed.c.value)
    query = sa.select(CELLS.payment_marks).select_from(joined)
    return [Mark(*row) for row in connection.execute(query)]


def _found(
    connection: sa.Connection, zones: Zones, streams: Iterable[str] | None
) -> Iterator[Mark]:
    acts, dossiers = acts_table.c, dossiers_table.c
    joined = acts_table.join(dossiers_table, dossiers.stream == acts.stream)
    if streams is not None:
        listed = _listed(streams)
        joined = listed.join(joined, acts.stream == listed.c.value)
    owes, online = acts.amount_vnd != 0, acts.payment_method.in_(ONLINE)
    query = (
        sa.select(
            acts.stream,
            dossiers.office,
            dossiers.procedure,
            dossiers.accepted_at,
            sa.func.max(sa.case((owes, 1), else_=0)),
            sa.func.max(sa.case((online, 1), else_=0)),
        )
        .select_from(joined)
        .where(acts.amount_vnd.is_not(None), dossiers.accepted_at.is_not(None))
        .group_by(acts.stream)
    )
    for stream, office, procedure, accepted_at, owes_any, is_online in connection.execute(query):
        if owes_any and not is_online:
            continue
        zone = zones.get(office)
        if zone is None:
            raise StoreCorrupt(f"the row of {stream} names an office that is not registered")
        month = day_of(accepted_at, zone)[:MONTH_LENGTH]
        yield Mark(stream, office, procedure, month, PAID_ONLINE if owes_any else OWING_NOTHING)


def _listed(streams: Iterable[str]) -> sa.TableValuedAlias:
    # One list as one value: the number of streams changes from step to step, the statement not.
    return sa.func.json_each(msgspec.json.encode(list(streams)).decode()).table_valued("value")


def _changes(gone: Iterable[Mark], come: Iterable[Mark]) -> Counter[PaymentKey]:
    changes: Counter[PaymentKey] = Counter()
    for marks, sign in ((gone, -1), (come, +1)):
        for _, office, procedure, period, payment in marks:
            changes[PaymentKey(BY_OFFICE, office, period, procedure, payment)] += sign
            changes[PaymentKey(BY_PROCEDURE, ALL, period, procedure, payment)] += sign
    return changes


_UPSERT: Final = (
    "INSERT INTO payment_cells (grain, office, period, procedure, paid_online, owing_nothing) "
    "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (grain, office, period, procedure) DO UPDATE SET "
    "paid_online = paid_online + excluded.paid_online, "
    "owing_nothing = owing_nothing + excluded.owing_nothing"
)


def _add(connection: sa.Connection, changes: Mapping[PaymentKey, int]) -> None:
    rows = [
        (*key[:4], *((count, 0) if key.payment == PAID_ONLINE else (0, count)))
        for key, count in changes.items()
        if count
    ]
    if rows:
        connection.exec_driver_sql(_UPSERT, rows)
    if any(count < 0 for count in changes.values()):
        # What adds up to nothing has no row, so that cells tell nothing of how they came about.
        cells = CELLS.payments.c
        nothing = sa.and_(cells.paid_online == 0, cells.owing_nothing == 0)
        connection.execute(sa.delete(CELLS.payments).where(nothing))


class PaymentCount(NamedTuple):
    """How many dossiers of a procedure were paid online, and how many owe nothing."""

    procedure: str
    paid_online: int
    owing_nothing: int


def read_payments(
    connection: sa.Connection, months: Iterable[str], offices: frozenset[str] | None
) -> list[PaymentCount]:
    """Count the dossiers accepted in these months, of these offices or of all, by procedure."""
    cells = CELLS.payments.c
    grain = BY_PROCEDURE if offices is None else BY_OFFICE
    # One list as one value, and in the order of the key: each office and month is looked up.
    names = [ALL] if offices is None else sorted(offices)
    listed = [(name, month) for name in names for month in months]
    wanted = sa.func.json_each(msgspec.json.encode(listed).decode()).table_valued("value")
    office, period = (sa.func.json_extract(wanted.c.value, f"$[{place}]") for place in range(2))
    same = sa.and_(cells.grain == grain, cells.office == office, cells.period == period)
    query = (
        sa.select(cells.procedure, sa.func.sum(cells.paid_online), sa.func.sum(cells.owing_nothing))
        .select_from(wanted.join(CELLS.payments, same))
        .group_by(cells.procedure)
    )
    return [PaymentCount(*row) for row in connection.execute(query)]
