"""Reading cells: sums from the tables of the views, in one transaction, as of its checkpoint."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from math import prod
from operator import neg
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from domain.facts import Channel
from domain.moments import time_zone
from projections.counts import ALL, ALL_HISTORY, Span, open_row
from projections.dossier_rows import DossierRow
from projections.statistics.asking import Ahead, DurationSum, ReasonSum, Selection, Sum
from projections.statistics.being_ahead import ahead_of
from projections.statistics.by_acts.adding import Theme
from projections.statistics.lines import AS_JSON, LineForm
from projections.statistics.measures import MEASURES
from projections.statistics.periods import Granularity, period_at
from projections.statistics.places import OfficePlace, Places
from projections.statistics.tables import MONTH_SPAN, WHOLE_SPAN
from projections.stored.cell_queries import (
    Condition,
    Tables,
    groups_query,
    parts_of,
    runs_query,
    sums_query,
)
from projections.stored.tuples.pair_months import (
    cells_counted,
    cells_of_month,
    is_one_month,
    month_before,
    stood_query,
    tells_all_pairs,
)
from projections.tables import ACT_CELLS, CELLS, dossiers_table

# Offices of which anything was counted: by their own dossiers, or by what they held of others.
_OF_OFFICE: Final = (
    sa.and_(CELLS.months.c.grain == "o", CELLS.months.c.office == CELLS.places.c.office),
    sa.and_(ACT_CELLS.cells.c.grain == "ow", ACT_CELLS.cells.c.office == CELLS.places.c.office),
)
MOST_DAYS_OF_MONTH: Final = 31
_VALUES: Final = Tables(CELLS.years, CELLS.months, CELLS.days)
_REASONS: Final = Tables(CELLS.year_reasons, CELLS.month_reasons, CELLS.day_reasons)
_DURATIONS: Final = Tables(CELLS.year_durations, CELLS.month_durations, CELLS.day_durations)
# Office, procedure, channel and period come first in a row.
_NAMED: Final = 4
_THEMES: Final = [theme.value for theme in Theme]
_former_places = msgspec.json.Decoder(tuple[str, ...])
_BUSY: Final = sa.select(CELLS.places.c.office).where(
    sa.or_(
        sa.exists().where(_OF_OFFICE[0]),
        sa.exists().where(ACT_CELLS.cells.c.theme.in_(_THEMES), _OF_OFFICE[1]),
    )
)


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
            busy = self._connection.scalars(_BUSY).all()
            self._places = Places(
                {
                    office: OfficePlace(
                        office=office,
                        parent=parent,
                        level=level,
                        zone=zone,
                        former_parents=_former(former),
                    )
                    for office, parent, level, zone, former in offices
                },
                {each.procedure: each.field for each in fields},
                frozenset(busy),
                {
                    each.procedure: _former(each.former_fields)
                    for each in fields
                    if each.former_fields
                },
            )
        return self._places

    def months(self, office: str | None = None) -> tuple[str, ...]:
        """Give the months in which an office, or any, has acts, ascending."""
        table = CELLS.months
        grain, name = ("", ALL) if office is None else ("o", office)
        query = sa.select(table.c.period).distinct().order_by(table.c.period)
        wanted = query.where(table.c.grain == grain, table.c.office == name)
        return tuple(self._connection.scalars(wanted))

    def sums(self, wanted: Selection) -> Iterator[Sum]:
        """Give the sums of all measures; where that reads less, those of others taken off all."""
        if wanted.stands_alone and tells_all_pairs(wanted):
            yield from self._sums_of_pairs(wanted)
        else:
            yield from self._summed_up(wanted)

    def _sums_of_pairs(self, wanted: Selection) -> Iterator[Sum]:
        zones = set(self.places().zones().values())
        days = [self._as_of.astimezone(time_zone(zone)).date() for zone in zones]
        before = month_before(wanted, days)
        # What stands by lines is with those ahead, who would be added once more.
        if before is None or self._is_any_ahead():
            yield from self._summed_up(wanted)
            return
        for row in self._rows(stood_query(before)):
            yield *row[:_NAMED], row[_NAMED:]
        if is_one_month(wanted):
            assert wanted.first is not None
            for row in self._rows(cells_of_month(wanted.first)):
                yield *row[:_NAMED], row[_NAMED:]
        else:
            yield from self._summed_up(wanted, with_before=False)

    def _summed_up(self, wanted: Selection, *, with_before: bool = True) -> Iterator[Sum]:
        for sign, read in self._readings(wanted):
            for part in parts_of(read, _VALUES, may_subtract=True, with_before=with_before):
                for row in self._rows(sums_query(part, read, MEASURES)):
                    office, procedure, channel, bucket = row[:_NAMED]
                    values = row[_NAMED:]
                    for period, used in part.uses_of(bucket):
                        signed = values if sign * used > 0 else tuple(map(neg, values))
                        yield office, procedure, channel, period, signed

    def reasons(self, wanted: Selection) -> Iterator[ReasonSum]:
        """Give the sums of the reasons for which law and index differ, in the same way."""
        for sign, read in self._readings(wanted):
            for part in parts_of(read, _REASONS, may_subtract=True):
                query = sums_query(part, read, ("count",), ("measure",))
                for office, procedure, channel, bucket, measure, count in self._rows(query):
                    for period, used in part.uses_of(bucket):
                        signed = sign * used * count
                        yield ReasonSum(office, procedure, channel, period, measure, signed)

    def _rows(self, query: sa.Executable) -> Sequence[Any]:
        # The driver's own tuples, since there may be many thousands.
        cursor = self._connection.execute(query).cursor
        assert cursor is not None
        return cursor.fetchall()

    def _readings(self, wanted: Selection) -> tuple[tuple[int, Selection], ...]:
        """Say what is read for a selection, each added (1) or taken off (-1)."""
        busy = self.places().busy
        if wanted.offices is None or busy is None or "o" in wanted.apart:
            return ((1, wanted),)
        others = busy - wanted.offices
        # A dossier ahead of the figures may add to a period that only others have cells of.
        if len(others) * 2 > len(busy & wanted.offices) or self._is_any_ahead():
            return ((1, wanted),)
        return ((1, replace(wanted, offices=None)), (-1, replace(wanted, offices=others)))

    def _is_any_ahead(self) -> bool:
        return self._connection.scalar(sa.select(CELLS.ahead.c.stream).limit(1)) is not None

    def durations(self, wanted: Selection) -> Iterator[DurationSum]:
        """Give the durations of what ended in the periods asked for."""
        for part in parts_of(wanted, _DURATIONS, with_before=False):
            yield from self._rows(runs_query(part, wanted))

    def has_more_groups(self, wanted: Selection, most: int, *, ended: bool) -> bool:
        """Tell whether dossiers of more groups and periods than so many surely came, or ended."""
        if self._most_groups(wanted) <= most:
            return False
        if tells_all_pairs(wanted) and wanted.granularity is not Granularity.DAY:
            counted = self._connection.scalar(cells_counted(wanted))
            if counted is not None and counted <= most:
                return False
        parts = parts_of(wanted, _VALUES, with_before=False)
        return any(
            len(self._connection.execute(groups_query(part, wanted, most + 1, ended=ended)).all())
            > most
            for part in parts
        )

    def _most_groups(self, wanted: Selection) -> int:
        """Give a bound of how many groups and periods have cells, which is told at once."""
        places = self.places()
        codes = places.fields if wanted.procedures is None else wanted.procedures
        sizes = {
            "o": len(places.offices if wanted.offices is None else wanted.offices),
            "p": len({wanted.stand_ins.get(code, code) for code in codes}),
            "c": len(Channel),
        }
        periods = 1
        if wanted.by_period:
            days = MOST_DAYS_OF_MONTH if wanted.granularity is Granularity.DAY else 1
            periods = days * sum(_is_within(month, wanted) for month in self.months())
        return periods * prod(sizes[letter] for letter in wanted.apart)

    def count_lines(
        self, span: Span, office: str | None, procedure: str | None, form: LineForm = AS_JSON
    ) -> bytes:
        """Give the figures of `counts@v1` of a span, in their order."""
        return self._lines(CELLS.lines, (), (span, office, procedure), form)

    def duration_lines(
        self,
        span: Span,
        office: str | None,
        procedure: str | None,
        form: LineForm = AS_JSON,
        *,
        by_period: bool,
    ) -> bytes:
        """Give the figures of `durations@v1` by months, or of all history, which has no span."""
        assert by_period or span == ALL_HISTORY
        kept = CELLS.duration_lines.c.span == (MONTH_SPAN if by_period else WHOLE_SPAN)
        return self._lines(CELLS.duration_lines, (kept,), (span, office, procedure), form)

    def _lines(
        self,
        table: sa.Table,
        conditions: Sequence[Condition],
        asked: tuple[Span, str | None, str | None],
        form: LineForm,
    ) -> bytes:
        span, wanted = asked[0], [*conditions]
        for column, name in ((table.c.office, asked[1]), (table.c.procedure, asked[2])):
            if name is not None:
                wanted.append(column == name)
        if span.first is not None:
            wanted.append(table.c.period >= span.first)
        if span.last is not None:
            wanted.append(table.c.period <= span.last)
        line = (table.c.csv if form.is_csv else table.c.line).label("line")
        keys = (table.c.office, table.c.procedure, table.c.period)
        listed = sa.select(line).where(*wanted).order_by(*keys).subquery()
        joined = sa.func.group_concat(listed.c.line, form.between)
        # As bytes: millions of characters are neither decoded here nor encoded again.
        found: bytes = self._connection.scalar(sa.select(sa.cast(joined, sa.LargeBinary))) or b""
        return form.whole(found)

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


def _is_within(month: str, wanted: Selection) -> bool:
    """Tell whether a month has days that are asked for."""
    days = [period_at(f"{month}-{day}", wanted.granularity) for day in ("01", "31")]
    return (wanted.first is None or days[1] >= wanted.first) and (
        wanted.last is None or days[0] <= wanted.last
    )


def _former(listed: str | None) -> tuple[str, ...]:
    """Read the places that one had before; most had none."""
    return () if listed is None else _former_places.decode(listed)
