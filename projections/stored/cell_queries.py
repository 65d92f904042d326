"""Queries of cells: which cells of months and days answer a selection, and their sums.

Each selection is answered from the coarsest cells that can answer it. Days are kept in few grains;
what lies before the month in which they begin is summed up from months.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from projections.counts import ALL
from projections.statistics.adding import (
    DAY_GRAINS,
    FINEST,
    MONTH_LENGTH,
    YEAR_GRAINS,
    YEAR_LENGTH,
)
from projections.statistics.asking import BEFORE, WHOLE, Selection
from projections.statistics.measures import (
    INDEX_OVERDUE,
    MEASURES,
    OVERDUE,
    PENDING_PREFIX,
    Measure,
)
from projections.statistics.periods import MONTHS_PER_QUARTER, Granularity, first_day, last_day
from projections.stored.cell_spans import Reading
from projections.tables import CELLS

Condition = sa.ColumnElement[bool]

DAY_LENGTH: Final = len("2026-11-21")
_DIMENSIONS: Final = (("o", "office"), ("p", "procedure"), ("c", "channel"))


class Tables(NamedTuple):
    """Cells of years, months and days that hold the same."""

    years: sa.Table
    months: sa.Table
    days: sa.Table

    def of(self, length: int) -> sa.Table:
        """Give the table of the periods whose names are so long."""
        return {YEAR_LENGTH: self.years, MONTH_LENGTH: self.months}.get(length, self.days)


# Into which sums cells go, each with 1, or with -1 where they are taken off what others hold.
Uses = tuple[tuple[str, int], ...]


class Part(NamedTuple):
    """Cells to be read: those of one table that hold certain conditions, into which sums.

    Where ``uses`` is None, they go into those of the period that the bucket names.
    """

    table: sa.Table
    bucket: sa.ColumnElement[str]
    conditions: list[Condition]
    is_before: bool
    is_days: bool
    uses: Uses | None = None
    # Of one year or month, or by them: what a grain tells apart has one row then.
    has_single_cells: bool = False

    def uses_of(self, bucket: str) -> Uses:
        """Say into which sums a row of a bucket goes."""
        return ((bucket, 1),) if self.uses is None else self.uses


def parts_of(
    wanted: Selection, tables: Tables, *, may_subtract: bool = False, with_before: bool = True
) -> Iterator[Part]:
    """Give what is to be read of years, months and days; the same group may come several times."""
    span = _days_of(wanted)
    reading = Reading(has_years=wanted.grain in YEAR_GRAINS, may_subtract=may_subtract)
    # What is added to one sum and taken off another is read once.
    uses: defaultdict[tuple[int, str | None, str | None], list[tuple[str, int]]]
    uses = defaultdict(list)
    for piece in reading.stretches(*span):
        if with_before if piece.is_before else not wanted.by_period:
            name = BEFORE if piece.is_before else WHOLE
            uses[piece.length, piece.first, piece.last].append((name, piece.sign))
    for (length, first, last), into in uses.items():
        table, is_days = tables.of(length), length == DAY_LENGTH
        grain = _day_grain(wanted) if is_days else wanted.grain
        conditions = [*_of_kind(table, wanted, grain), *_between(table.c.period, first, last)]
        is_before = all(name == BEFORE for name, _ in into)
        bucket = _text(BEFORE if is_before else WHOLE)
        is_single = first is not None and first == last
        yield Part(table, bucket, conditions, is_before, is_days, tuple(into), is_single)
    if wanted.by_period:
        yield _of_periods(wanted, tables, span)


def _days_of(wanted: Selection) -> tuple[str | None, str | None]:
    first = None if wanted.first is None else first_day(wanted.first).isoformat()
    last = None if wanted.last is None else last_day(wanted.last, wanted.granularity).isoformat()
    return first, last


def _of_periods(wanted: Selection, tables: Tables, span: tuple[str | None, str | None]) -> Part:
    """Give cells by their periods, between two days."""
    is_days = wanted.granularity is Granularity.DAY
    grain, length = wanted.grain, DAY_LENGTH if is_days else MONTH_LENGTH
    if is_days:
        grain = _day_grain(wanted)
    elif wanted.granularity is Granularity.YEAR and grain in YEAR_GRAINS:
        length = YEAR_LENGTH
    table = tables.of(length)
    period = table.c.period
    between = _between(period, *(None if day is None else day[:length] for day in span))
    conditions = [*_of_kind(table, wanted, grain), *between]
    shown = _named_period(period, wanted.granularity)
    is_single = length == _NAME_LENGTHS.get(wanted.granularity)
    return Part(
        table, shown, conditions, is_before=False, is_days=is_days, has_single_cells=is_single
    )


_NAME_LENGTHS: Final = {
    Granularity.YEAR: YEAR_LENGTH,
    Granularity.MONTH: MONTH_LENGTH,
    Granularity.DAY: DAY_LENGTH,
}


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
    if _has_single_cells(part, wanted):
        return _cells_query(part, wanted, (*named, *summed))
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
        apart = [_FIELD if each is table.c.procedure else each for each in apart]
    stands_alone = part.is_before and wanted.stands_alone
    sums: list[sa.ColumnElement[Any]] = [
        _standing(table, name) if stands_alone else sa.func.sum(table.c[name]) for name in summed
    ]
    columns = [*groups, part.bucket.label("bucket"), *names, *sums]
    # A period that is the same in all rows would hide that the rows lie in the order of the groups;
    # without any group there would be a sum of nothing.
    is_told = not apart or is_by_period
    told = [sa.text("bucket")] if is_told else []
    source = _with_fields(table) if by_field else table
    query = sa.select(*columns).select_from(source).where(*part.conditions)
    query = query.group_by(*apart, *told, *names)
    if not stands_alone:
        return query
    pending = [name.startswith(PENDING_PREFIX) for name in names]
    standing = [each for each, name in zip(sums, summed, strict=True) if name in _STANDING]
    return query.where(*pending).having(sa.or_(*(each != 0 for each in standing)))


def _has_single_cells(part: Part, wanted: Selection) -> bool:
    """Tell whether each group and period has one cell at most, so that nothing is summed up."""
    tells_as_wanted = wanted.apart == frozenset(wanted.grain) and not wanted.stand_ins
    is_of_grain = not part.is_days or _day_grain(wanted) == wanted.grain
    stands_alone = part.is_before and wanted.stands_alone
    return part.has_single_cells and tells_as_wanted and is_of_grain and not stands_alone


def _cells_query(part: Part, wanted: Selection, names: Sequence[str]) -> sa.Select[Any]:
    """Select cells as they are, which is quicker than sums of one each."""
    columns: list[sa.ColumnElement[Any]] = [part.table.c[name] for name in names]
    told = [*_groups(part.table, wanted), part.bucket.label("bucket")]
    return sa.select(*[*told, *columns]).where(*part.conditions)


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
    # Of years there are few cells, which are brought together quickly in any order.
    is_of_years = len(wanted.apart) > 0 and table.name == CELLS.year_durations.name
    if is_of_years or (wanted.by_period and wanted.stand_ins and not part.is_days):
        return _joined_runs(part, wanted)
    # Days do not lie in the order of groups, and few of them are read.
    if wanted.by_period or part.is_days or not wanted.grain.strip("c"):
        columns = [*groups, bucket, table.c.gross, table.c.net, sa.literal_column("1")]
        return sa.select(*columns).where(*part.conditions)
    # Everything that the cells tell apart, though the groups do not: their rows lie in that order.
    apart = [table.c[name] for _, name in _DIMENSIONS]
    columns = [*groups, bucket, *_joined(table), sa.func.count()]
    return sa.select(*columns).where(*part.conditions).group_by(*apart)


def _joined_runs(part: Part, wanted: Selection) -> sa.Select[Any]:
    """Select one row for each group and period, whatever the order of the cells."""
    table, groups = part.table, _groups(part.table, wanted)
    source: sa.FromClause = table
    told: list[sa.ColumnElement[Any]] = [each for each in groups if isinstance(each, sa.Column)]
    if wanted.stand_ins:
        source = _with_fields(table)
        groups = [sa.func.min(each) if each is table.c.procedure else each for each in groups]
        told = [_FIELD if each is table.c.procedure else each for each in told]
    if wanted.by_period:
        told.append(sa.text("bucket"))  # type: ignore[arg-type]
    columns = [*groups, part.bucket.label("bucket"), *_joined(table), sa.func.count()]
    return sa.select(*columns).select_from(source).where(*part.conditions).group_by(*told)


_FIELD: Final = CELLS.fields.c.field


def _with_fields(table: sa.Table) -> sa.Join:
    return table.outerjoin(CELLS.fields, CELLS.fields.c.procedure == table.c.procedure)


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
