"""The figures of `counts@v1`, one by one as they are published, so that lists of them are fast.

Each office, procedure and month with something carried or received has a line: its figure as JSON
and as CSV, and what stood at the month's end. A step of the follower writes the lines anew from the
first month in which a cell changed; when a month begins, every pair that carries something gets a
line. What they hold follows from the cells and the instant alone, as all else of these tables.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

import msgspec
import sqlalchemy as sa

from domain.moments import time_zone
from projections.counts import ALL
from projections.statistics.asking import BEFORE, Ahead, Dimension, Query
from projections.statistics.being_ahead import moves_of
from projections.statistics.counting import first_figure
from projections.statistics.lines import csv_line_of, json_line_of
from projections.statistics.measures import MEASURES, Measure
from projections.statistics.periods import Granularity, first_day, period_at
from projections.statistics.places import Places
from projections.statistics.walking import Group, PeriodSums, added, no_sums, stands
from projections.stored.cell_reading import StoredCells
from projections.tables import CELLS

# From which month on the lines of an office and procedure are no longer true.
Touched = dict[tuple[str, str], str]
GRAIN: Final = "op"
BY: Final = frozenset({Dimension.OFFICE, Dimension.PROCEDURE, Dimension.PERIOD})

_encoder = msgspec.json.Encoder()


def keep_lines(
    connection: sa.Connection, touched: Touched, old_as_of: datetime | None, as_of: datetime
) -> None:
    """Write anew what is no longer true; after cells and dossiers were written."""
    cells = StoredCells(connection, as_of)
    places, ahead = cells.places(), list(cells.ahead())
    today = {zone: _day(as_of, zone) for zone in {each.zone for each in places.offices.values()}}
    _touch_new_months(connection, touched, places, old_as_of, today)
    for each in ahead:
        pair = (each.kind.office, each.kind.procedure)
        touched.setdefault(pair, _month(today[places.offices[pair[0]].zone]))
    for pair, first in touched.items():
        touched[pair] = min(first, _month(today[places.offices[pair[0]].zone]))
    if touched:
        sums = _sums(connection, touched)
        _add_ahead(sums, ahead)
        _write(
            connection,
            touched,
            sums,
            {pair: today[places.offices[pair[0]].zone] for pair in touched},
        )


def _touch_new_months(
    connection: sa.Connection,
    touched: Touched,
    places: Places,
    old_as_of: datetime | None,
    today: Mapping[str, date],
) -> None:
    """Touch every pair that carries something into a month that has begun since."""
    if old_as_of is None:
        return
    lines = CELLS.lines.c
    for zone, day in today.items():
        old = _month(_day(old_as_of, zone))
        if old == _month(day):
            continue
        query = sa.select(lines.office, lines.procedure).where(
            lines.period == old, lines.pending > 0
        )
        for office, procedure in connection.execute(query).all():
            if places.offices[office].zone == zone:
                pair = (office, procedure)
                touched[pair] = min(touched.get(pair, old), old)


def _sums(connection: sa.Connection, touched: Touched) -> dict[tuple[str, str], PeriodSums]:
    """Give what stood before the first month touched, and the cells from then on."""
    # The grain stands in the list, too: named as a constant, it would have all its cells read.
    listed = [[*pair, first, _month_before(first), GRAIN] for pair, first in touched.items()]
    wanted = sa.func.json_each(_encoder.encode(listed).decode()).table_valued("value")
    office, procedure, first, before, grain = (
        sa.func.json_extract(wanted.c.value, f"$[{place}]") for place in range(len(listed[0]))
    )
    sums = {pair: no_sums() for pair in touched}
    lines, months = CELLS.lines, CELLS.months
    same = sa.and_(lines.c.office == office, lines.c.procedure == procedure)
    stood = sa.select(lines).select_from(
        wanted.join(lines, sa.and_(same, lines.c.period == before))
    )
    for row in connection.execute(stood):
        values = [0] * len(MEASURES)
        values[Measure.RECEIVED], values[Measure.OVERDUE] = row.pending, row.overdue
        values[Measure.INDEX_OVERDUE] = row.index_overdue
        sums[row.office, row.procedure][BEFORE] = values
    same = sa.and_(
        months.c.grain == grain,
        months.c.office == office,
        months.c.procedure == procedure,
        months.c.channel == ALL,
        months.c.period >= first,
    )
    for row in connection.execute(sa.select(months).select_from(wanted.join(months, same))):
        sums[row.office, row.procedure][row.period] = row[-len(MEASURES) :]
    return sums


def _add_ahead(sums: Mapping[tuple[str, str], PeriodSums], ahead: Iterable[Ahead]) -> None:
    for each in ahead:
        of_pair = sums[each.kind.office, each.kind.procedure]
        for period, measure, delta in moves_of(each, Granularity.MONTH):
            if measure in MEASURES:
                values = [0] * len(MEASURES)
                values[MEASURES.index(measure)] = delta
                of_pair[period] = added(of_pair[period], values)


def _write(
    connection: sa.Connection,
    touched: Touched,
    sums: Mapping[tuple[str, str], PeriodSums],
    today: Mapping[tuple[str, str], date],
) -> None:
    rows = []
    for (office, procedure), first in touched.items():
        group = Group(office, procedure, ALL, ALL)
        of_pair, day = sums[office, procedure], today[office, procedure]
        for stand in stands(of_pair, Query(first=first, by=BY), day):
            figure = first_figure(group, stand)
            rows.append(
                {
                    "office": office,
                    "procedure": procedure,
                    "period": stand.period,
                    "pending": stand.pending,
                    "overdue": stand.overdue,
                    "index_overdue": stand.index_overdue,
                    "line": json_line_of(figure),
                    "csv": csv_line_of(figure),
                }
            )
    lines = CELLS.lines.c
    gone = sa.delete(CELLS.lines).where(
        lines.office == sa.bindparam("of_office"),
        lines.procedure == sa.bindparam("of_procedure"),
        lines.period >= sa.bindparam("first"),
    )
    connection.execute(
        gone,
        [
            {"of_office": pair[0], "of_procedure": pair[1], "first": first}
            for pair, first in touched.items()
        ],
    )
    if rows:
        connection.execute(sa.insert(CELLS.lines), rows)


def _day(instant: datetime, zone: str) -> date:
    return instant.astimezone(time_zone(zone)).date()


def _month(day: date) -> str:
    return period_at(day, Granularity.MONTH)


def _month_before(month: str) -> str:
    return _month(first_day(month) - timedelta(days=1))
