"""Reading cells: sums from the tables of the views, in one transaction, as of its checkpoint.

Each question is answered from the coarsest cells that can answer it. Days are kept in the finest
and the coarsest grain; what lies before the month in which they begin is summed up from months.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from projections.counts import ALL, Span, open_row
from projections.dossier_rows import DossierRow
from projections.statistics.adding import COARSEST, FINEST
from projections.statistics.asking import (
    BEFORE,
    WHOLE,
    Ahead,
    DurationSum,
    ReasonSum,
    Selection,
    Sum,
)
from projections.statistics.being_ahead import ahead_of
from projections.statistics.measures import MEASURES
from projections.statistics.periods import MONTHS_PER_QUARTER, Granularity, first_day, last_day
from projections.statistics.places import OfficePlace, Places
from projections.tables import CELLS, dossiers_table

Condition = sa.ColumnElement[bool]

_DIMENSIONS: Final = (("o", "office"), ("p", "procedure"), ("c", "channel"))


class StoredCells:
    """A `CellSource` over the views."""

    def __init__(self, connection: sa.Connection, as_of: datetime) -> None:
        self._connection = connection
        self._as_of = as_of
        self._places: Places | None = None

    def as_of(self) -> datetime:
        """Give the instant that the figures are as of."""
        return self._as_of

    def places(self) -> Places:
        """Give offices and procedures as they are at the checkpoint."""
        if self._places is None:
            offices = self._connection.execute(sa.select(CELLS.places)).all()
            fields = self._connection.execute(sa.select(CELLS.fields)).all()
            self._places = Places(
                {
                    office: OfficePlace(office=office, parent=parent, level=level, zone=zone)
                    for office, parent, level, zone in offices
                },
                {each.procedure: each.field for each in fields},
            )
        return self._places

    def sums(self, wanted: Selection) -> Iterator[Sum]:
        """Give the sums of all measures."""
        for query in _queries(wanted, CELLS.months, CELLS.days, MEASURES):
            for row in self._connection.execute(query):
                yield Sum(row[0], row[1], row[2], row[3], row[4:])

    def reasons(self, wanted: Selection) -> Iterator[ReasonSum]:
        """Give the sums of the reasons for which law and index differ."""
        tables = CELLS.month_reasons, CELLS.day_reasons
        for query in _queries(wanted, *tables, ("count",), named=("measure",)):
            for row in self._connection.execute(query):
                yield ReasonSum(*row)

    def durations(self, wanted: Selection) -> Iterator[DurationSum]:
        """Give the durations of what ended in the periods asked for."""
        table, grain = CELLS.month_durations, wanted.grain
        if wanted.granularity is Granularity.DAY:
            table, grain = CELLS.day_durations, _day_grain(wanted)
        period = table.c.period
        conditions = [*_of_kind(table, wanted, grain), *_until_last(period, wanted)]
        if wanted.first is not None:
            conditions.append(period >= _lowest(wanted.first, wanted.granularity))
        groups = _groups(table, wanted)
        shown = _named_period(period, wanted.granularity) if wanted.by_period else _text(WHOLE)
        columns = [*groups, shown, table.c.gross, table.c.net]
        rows = self._connection.execute(sa.select(*columns).where(*conditions))
        return map(DurationSum._make, rows)

    def count_lines(self, span: Span, office: str | None, procedure: str | None) -> bytes:
        """Give the figures of `counts@v1` of a span as a JSON list, in their order."""
        lines = CELLS.lines.c
        conditions: list[Condition] = []
        for column, wanted in ((lines.office, office), (lines.procedure, procedure)):
            if wanted is not None:
                conditions.append(column == wanted)
        if span.first is not None:
            conditions.append(lines.period >= span.first)
        if span.last is not None:
            conditions.append(lines.period <= span.last)
        ordered = sa.select(lines.line).where(*conditions)
        listed = ordered.order_by(lines.office, lines.procedure, lines.period).subquery()
        joined = sa.select(sa.func.group_concat(listed.c.line, ","))
        found: str = self._connection.execute(joined).scalar() or ""
        return b"[" + found.encode() + b"]"

    def ahead(self) -> Iterator[Ahead]:
        """Give the dossiers that are ahead of the figures."""
        streams = self._connection.scalars(sa.select(CELLS.ahead.c.stream)).all()
        # Hardly ever is there one; only then the dossiers are looked at.
        query = sa.select(dossiers_table).where(dossiers_table.c.stream.in_(streams))
        for row in self._connection.execute(query).all() if streams else ():
            stored = DossierRow(**row._mapping)
            zone = self.places().zone_of(stored.office)
            assert zone is not None
            found = ahead_of(open_row(stored), zone, self._as_of)
            if found is not None:
                yield found


def _queries(
    wanted: Selection,
    months: sa.Table,
    days: sa.Table,
    summed: Sequence[str],
    named: Sequence[str] = (),
) -> Iterator[sa.Select[Any]]:
    if wanted.granularity is not Granularity.DAY:
        period = months.c.period
        conditions = [*_of_kind(months, wanted, wanted.grain), *_until_last(period, wanted)]
        yield _query(months, wanted, _bucket(period, wanted), conditions, summed, named)
        return
    period = days.c.period
    conditions = [*_of_kind(days, wanted, _day_grain(wanted)), *_until_last(period, wanted)]
    if wanted.first is not None:
        month = wanted.first[: len("2026-11")]
        conditions.append(period >= f"{month}-01")
        earlier = [*_of_kind(months, wanted, wanted.grain), months.c.period < month]
        yield _query(months, wanted, _text(BEFORE), earlier, summed, named)
    yield _query(days, wanted, _bucket(period, wanted), conditions, summed, named)


def _query(
    table: sa.Table,
    wanted: Selection,
    bucket: sa.ColumnElement[str],
    conditions: Sequence[Condition],
    summed: Sequence[str],
    named: Sequence[str],
) -> sa.Select[Any]:
    names = [table.c[name] for name in named]
    apart = [table.c[name] for letter, name in _DIMENSIONS if letter in wanted.apart]
    sums = [sa.func.sum(table.c[name]) for name in summed]
    columns = [*_groups(table, wanted), bucket.label("bucket"), *names, *sums]
    return sa.select(*columns).where(*conditions).group_by(*apart, sa.text("bucket"), *names)


def _groups(table: sa.Table, wanted: Selection) -> list[sa.ColumnElement[str]]:
    return [
        table.c[name] if letter in wanted.apart else _text(ALL).label(name)
        for letter, name in _DIMENSIONS
    ]


def _text(text: str) -> sa.ColumnElement[str]:
    return sa.literal_column(f"'{text}'", sa.String)


def _of_kind(table: sa.Table, wanted: Selection, grain: str) -> list[Condition]:
    found = [table.c.grain == grain]
    if wanted.offices is not None:
        found.append(table.c.office.in_(sorted(wanted.offices)))
    if wanted.procedures is not None:
        found.append(table.c.procedure.in_(sorted(wanted.procedures)))
    if wanted.channel is not None:
        found.append(table.c.channel == wanted.channel)
    return found


def _day_grain(wanted: Selection) -> str:
    return FINEST if wanted.grain else COARSEST


def _until_last(period: sa.ColumnElement[str], wanted: Selection) -> list[Condition]:
    if wanted.last is None:
        return []
    last = last_day(wanted.last, wanted.granularity).isoformat()
    return [period <= last[: _width(wanted.granularity)]]


def _width(granularity: Granularity) -> int:
    return len("2026-11-21" if granularity is Granularity.DAY else "2026-11")


def _lowest(first: str, granularity: Granularity) -> str:
    return first_day(first).isoformat()[: _width(granularity)]


def _bucket(period: sa.ColumnElement[str], wanted: Selection) -> sa.ColumnElement[str]:
    name = _named_period(period, wanted.granularity) if wanted.by_period else _text(WHOLE)
    if wanted.first is None:
        return name
    is_before = period < _lowest(wanted.first, wanted.granularity)
    return sa.case((is_before, _text(BEFORE)), else_=name)


def _named_period(period: sa.ColumnElement[str], granularity: Granularity) -> sa.ColumnElement[str]:
    """Write in SQL what `period_at` gives for the month or the day of a row."""
    year = sa.func.substr(period, 1, 4)
    if granularity is Granularity.YEAR:
        return year
    if granularity is Granularity.QUARTER:
        month = sa.cast(sa.func.substr(period, 6, 2), sa.Integer)
        quarter = sa.cast((month + 2) // MONTHS_PER_QUARTER, sa.String)
        return year.concat("-Q").concat(quarter)
    return period
