"""Writing cells: what a step adds up to is added to the rows that are there, and to nothing else.

A row that adds up to nothing is taken out, so that tables tell nothing of how they came about.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from ledger.errors import StoreCorrupt
from projections.statistics.adding import (
    DAY_GRAINS,
    MONTH_GRAINS,
    MONTH_LENGTH,
    CellChanges,
    CellKey,
    Durations,
    LaterKey,
    Vector,
    cells_of,
    merge_counts,
    merge_durations,
    merge_values,
    pack_seconds,
    unpack_seconds,
    years_of,
)
from projections.statistics.measures import COUNTED, MEASURES
from projections.stored.tuples.inserting import Row, add_tuples, put_tuples, take_out_tuples
from projections.stored.tuples.selecting import rows_with_keys
from projections.tables import CELLS

# The members of `CellKey` come first in every row; columns are named, whatever their order.
KEYS: Final = CellKey._fields
_COUNTED_PLACES: Final = [MEASURES.index(name) for name in MEASURES if name in COUNTED]


def write_changes(connection: sa.Connection, changes: CellChanges, *, is_empty: bool) -> None:
    """Add everything that a step changes; where all tables are empty, nothing is looked for."""
    write = _Writing(connection, is_empty)
    months = (
        cells_of(changes.values, MONTH_GRAINS, MONTH_LENGTH, merge_values),
        cells_of(changes.reasons, MONTH_GRAINS, MONTH_LENGTH, merge_counts),
        cells_of(changes.durations, MONTH_GRAINS, MONTH_LENGTH, merge_durations),
    )
    write.values(CELLS.months, months[0])
    write.counts(CELLS.month_reasons, months[1])
    write.durations(CELLS.month_durations, months[2])
    write.values(CELLS.years, years_of(months[0], merge_values))
    write.counts(CELLS.year_reasons, years_of(months[1], merge_counts))
    write.durations(CELLS.year_durations, years_of(months[2], merge_durations))
    days = (DAY_GRAINS, None)
    write.values(CELLS.days, cells_of(changes.values, *days, merge_values))
    write.counts(CELLS.day_reasons, cells_of(changes.reasons, *days, merge_counts))
    write.durations(CELLS.day_durations, cells_of(changes.durations, *days, merge_durations))
    later = [(*key, count) for key, count in changes.later.items() if count]
    write.rows(CELLS.later, LaterKey._fields, later)


@dataclass(frozen=True, slots=True)
class _Writing:
    """Adds to the rows of tables; where these are empty, rows are put in and none looked for."""

    connection: sa.Connection
    is_empty: bool

    def values(self, table: sa.Table, cells: Mapping[CellKey, Vector]) -> None:
        rows: list[Row] = [(*key, *values) for key, values in cells.items() if any(values)]
        names = (*KEYS, *MEASURES)
        if self.is_empty:
            put_tuples(self.connection, table, names, rows)
            return
        add_tuples(self.connection, table, names, rows)
        # What is counted, and no change of what stands, is never below zero: where more of it
        # came, the row cannot have come to nothing.
        perhaps: list[Row] = [
            key
            for key, values in cells.items()
            if any(values) and not any(values[place] > 0 for place in _COUNTED_PLACES)
        ]
        take_out_tuples(self.connection, table, KEYS, perhaps, nothing=MEASURES)

    def counts(self, table: sa.Table, cells: Mapping[CellKey, Counter[str]]) -> None:
        rows: list[Row] = [
            (*key, measure, count)
            for key, counts in cells.items()
            for measure, count in counts.items()
            if count
        ]
        self.rows(table, (*KEYS, "measure"), rows)

    def rows(self, table: sa.Table, keys: Sequence[str], rows: Sequence[Row]) -> None:
        """Add counts to rows, and take out those that come to nothing by it."""
        if self.is_empty:
            put_tuples(self.connection, table, (*keys, "count"), rows)
            return
        add_tuples(self.connection, table, (*keys, "count"), rows)
        gone = [row[:-1] for row in rows]
        take_out_tuples(self.connection, table, keys, gone, nothing=("count",))

    def durations(self, table: sa.Table, cells: Mapping[CellKey, Durations]) -> None:
        if not cells:
            return
        stored = {} if self.is_empty else _stored_durations(self.connection, table, list(cells))
        rows: list[Row] = []
        empty: list[Row] = []
        for key, durations in cells.items():
            gross, net = stored.get(key, (b"", b""))
            by_gross, by_net, signs = zip(*durations, strict=True)
            gross = _changed(gross, by_gross, signs)
            net = _changed(net, by_net, signs)
            if gross:
                rows.append((*key, gross, net))
            else:
                empty.append(key)
        put_tuples(self.connection, table, (*KEYS, "gross", "net"), rows)
        take_out_tuples(self.connection, table, KEYS, empty)


def _changed(packed: bytes, changes: Iterable[int], signs: Sequence[int]) -> bytes:
    if not packed and min(signs) > 0:
        return pack_seconds(changes)
    counts = Counter(unpack_seconds(packed))
    for seconds, sign in zip(changes, signs, strict=True):
        counts[seconds] += sign
    if any(count < 0 for count in counts.values()):
        raise StoreCorrupt("the cells do not hold what a dossier added to them: rebuild the views")
    return pack_seconds(counts.elements())


def _stored_durations(
    connection: sa.Connection, table: sa.Table, keys: list[CellKey]
) -> dict[CellKey, tuple[bytes, bytes]]:
    found = rows_with_keys(connection, table, KEYS, keys)
    places = [table.columns.keys().index(name) for name in (*KEYS, "gross", "net")]
    stored: dict[CellKey, tuple[bytes, bytes]] = {}
    for row in found:
        *key, gross, net = (row[place] for place in places)
        assert isinstance(gross, bytes)
        assert isinstance(net, bytes)
        stored[CellKey(*map(str, key))] = (gross, net)
    return stored
