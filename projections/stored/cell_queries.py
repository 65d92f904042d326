"""Queries of cells: which cells of months and days answer a selection, and their sums.

Each selection is answered from the coarsest cells that can answer it. Days are kept in few grains;
what lies before the month in which they begin is summed up from months.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from projections.counts import ALL
from projections.statistics.adding import DAY_GRAINS, FINEST, MONTH_LENGTH
from projections.statistics.asking import BEFORE, WHOLE, Selection
from projections.statistics.measures import (
    INDEX_OVERDUE,
    MEASURES,
    OVERDUE,
    PENDING_PREFIX,
    Measure,
)
from projections.statistics.periods import MONTHS_PER_QUARTER, Granularity, first_day, last_day
from projections.stored.cell_spans import pieces_of
from projections.tables import CELLS

Condition = sa.ColumnElement[bool]

_DIMENSIONS: Final = (("o", "office"), ("p", "procedure"), ("c", "channel"))


class Part(NamedTuple):
    """Cells to be read: those of one table that hold certain conditions, into which period."""

    table: sa.Table
    bucket: sa.ColumnElement[str]
    conditions: list[Condition]
    is_before: bool
    is_days: bool


def parts_of(wanted: Selection, tables: tuple[sa.Table, sa.Table]) -> Iterator[Part]:
    """Give what is to be read of the tables of months and days; the same group may come twice."""
    months, days = tables
    if wanted.granularity is not Granularity.DAY:
        yield from _of_periods(wanted, months, wanted.grain)
    elif not wanted.by_period:
        for piece in pieces_of(wanted.first, wanted.last):
            table = days if piece.is_days else months
            grain = _day_grain(wanted) if piece.is_days else wanted.grain
            bucket = _text(BEFORE if piece.is_before else WHOLE)
            between = _between(table.c.period, piece.first, piece.last)
            conditions = [*_of_kind(table, wanted, grain), *between]
            yield Part(table, bucket, conditions, piece.is_before, piece.is_days)
    else:
        if wanted.first is not None:
            earlier = months.c.period < wanted.first[:MONTH_LENGTH]
            conditions = [*_of_kind(months, wanted, wanted.grain), earlier]
            yield Part(months, _text(BEFORE), conditions, is_before=True, is_days=False)
        yield from _of_periods(wanted, days, _day_grain(wanted))


def _of_periods(wanted: Selection, table: sa.Table, grain: str) -> Iterator[Part]:
    """Give cells by their periods; those before the first one apart, as one."""
    period, width = table.c.period, _width(wanted.granularity)
    is_days = wanted.granularity is Granularity.DAY
    of_kind = _of_kind(table, wanted, grain)
    last = None
    if wanted.last is not None:
        last = last_day(wanted.last, wanted.granularity).isoformat()[:width]
    first = None if wanted.first is None else first_day(wanted.first).isoformat()[:width]
    if first is not None:
        # Of the days of earlier months the cells of months tell.
        begun = [period >= f"{first[:MONTH_LENGTH]}-01"] if is_days else []
        earlier = [*of_kind, *begun, period < first]
        yield Part(table, _text(BEFORE), earlier, is_before=True, is_days=is_days)
    shown = _named_period(period, wanted.granularity) if wanted.by_period else _text(WHOLE)
    within = [*of_kind, *_between(period, first, last)]
    yield Part(table, shown, within, is_before=False, is_days=is_days)


def _between(
    period: sa.ColumnElement[str], first: str | None, last: str | None
) -> Iterator[Condition]:
    if first is not None:
        yield period >= first
    if last is not None:
        yield period <= last


def sums_query(
    part: Part, wanted: Selection, summed: Sequence[str], named: Sequence[str] = ()
) -> sa.Select[Any]:
    """Select sums by group, period and what is named; each group once."""
    table = part.table
    names = [table.c[name] for name in named]
    is_by_period = wanted.by_period and not part.is_before
    # Where each month has a row, procedures of a field are too many to be handed out one by one.
    by_field = is_by_period and bool(wanted.stand_ins)
    groups = _groups(table, wanted)
    apart: list[sa.ColumnElement[Any]] = [
        table.c[name] for letter, name in _DIMENSIONS if letter in wanted.apart
    ]
    if by_field:
        groups = [sa.func.min(each) if each is table.c.procedure else each for each in groups]
        apart = [_field_of(each) if each is table.c.procedure else each for each in apart]
    stands_alone = part.is_before and wanted.stands_alone
    sums: list[sa.ColumnElement[Any]] = [
        _standing(table, name) if stands_alone else sa.func.sum(table.c[name]) for name in summed
    ]
    columns = [*groups, part.bucket.label("bucket"), *names, *sums]
    # A period that is the same in all rows would hide that the rows lie in the order of the groups;
    # without any group there would be a sum of nothing.
    is_told = not apart or is_by_period
    told = [sa.text("bucket")] if is_told else []
    query = sa.select(*columns).where(*part.conditions).group_by(*apart, *told, *names)
    if not stands_alone:
        return query
    pending = [name.startswith(PENDING_PREFIX) for name in names]
    standing = [each for each, name in zip(sums, summed, strict=True) if name in _STANDING]
    return query.where(*pending).having(sa.or_(*(each != 0 for each in standing)))


# What of sums tells what stands at an instant; what is pending is told as received.
_STANDING: Final = frozenset({MEASURES[Measure.RECEIVED], OVERDUE, INDEX_OVERDUE, "count"})


def _standing(table: sa.Table, name: str) -> sa.ColumnElement[Any]:
    if name not in _STANDING:
        return sa.literal_column("0")
    if name != MEASURES[Measure.RECEIVED]:
        return sa.func.sum(table.c[name])
    pending: sa.ColumnElement[Any] = table.c[name]
    for ended in _ENDED:
        pending = pending - table.c[ended]
    return sa.func.sum(pending)


def groups_query(part: Part, wanted: Selection, most: int, *, ended: bool) -> sa.Select[Any]:
    """Select groups in which dossiers came, or ended; at most so many of them."""
    table = part.table
    columns: list[sa.ColumnElement[Any]] = [
        _field_of(table.c.procedure) if letter == "p" and wanted.stand_ins else table.c[name]
        for letter, name in _DIMENSIONS
        if letter in wanted.apart
    ]
    if wanted.by_period:
        columns.append(part.bucket.label("bucket"))
    counted = sum((table.c[name] for name in _ENDED), sa.literal(0)) if ended else table.c.received
    return sa.select(*columns).distinct().where(*part.conditions, counted > 0).limit(most)


_ENDED: Final = ("resolved_early", "resolved_on_time", "resolved_late")


def _field_of(procedure: sa.ColumnElement[str]) -> sa.ColumnElement[Any]:
    fields = CELLS.fields.c
    return sa.select(fields.field).where(fields.procedure == procedure).scalar_subquery()


def runs_query(part: Part, wanted: Selection) -> sa.Select[Any]:
    """Select durations: run by run, or many short ones after one another, which is quicker."""
    table = part.table
    groups, bucket = _groups(table, wanted), part.bucket.label("bucket")
    if wanted.by_period and wanted.stand_ins and not part.is_days:
        # Cells of each month, which are too many to be handed out one by one.
        named = [sa.func.min(each) if each is table.c.procedure else each for each in groups]
        told = [
            _field_of(each) if each is table.c.procedure else each
            for each in groups
            if isinstance(each, sa.Column)
        ]
        columns = [*named, bucket, *_joined(table), sa.func.count()]
        return sa.select(*columns).where(*part.conditions).group_by(*told, sa.text("bucket"))
    # Days do not lie in the order of groups, and few of them are read.
    if wanted.by_period or part.is_days or not wanted.grain.strip("c"):
        columns = [*groups, bucket, table.c.gross, table.c.net, sa.literal_column("1")]
        return sa.select(*columns).where(*part.conditions)
    # Everything that the cells tell apart, though the groups do not: their rows lie in that order.
    apart = [table.c[name] for _, name in _DIMENSIONS]
    columns = [*groups, bucket, *_joined(table), sa.func.count()]
    return sa.select(*columns).where(*part.conditions).group_by(*apart)


def _joined(table: sa.Table) -> list[sa.ColumnElement[Any]]:
    return [
        sa.cast(sa.func.group_concat(table.c[name], ""), sa.LargeBinary)
        for name in ("gross", "net")
    ]


def _groups(table: sa.Table, wanted: Selection) -> list[sa.ColumnElement[str]]:
    return [
        table.c[name] if letter in wanted.apart else _text(ALL).label(name)
        for letter, name in _DIMENSIONS
    ]


def _text(text: str) -> sa.ColumnElement[str]:
    return sa.literal_column(f"'{text}'", sa.String)


def _of_kind(table: sa.Table, wanted: Selection, grain: str) -> list[Condition]:
    found = [table.c.grain == grain]
    # What a grain does not tell apart is named, too: then the key's order is that of the groups.
    found += [table.c[name] == ALL for letter, name in _DIMENSIONS if letter not in grain]
    if wanted.offices is not None:
        found.append(table.c.office.in_(sorted(wanted.offices)))
    if wanted.procedures is not None:
        found.append(table.c.procedure.in_(sorted(wanted.procedures)))
    if wanted.channel is not None:
        found.append(table.c.channel == wanted.channel)
    return found


def _day_grain(wanted: Selection) -> str:
    return wanted.grain if wanted.grain in DAY_GRAINS else FINEST


def _width(granularity: Granularity) -> int:
    return len("2026-11-21" if granularity is Granularity.DAY else "2026-11")


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
