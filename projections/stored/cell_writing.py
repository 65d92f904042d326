"""Writing cells: what a step adds up to is added to the rows that are there, and to nothing else.

A row that adds up to nothing is taken out, so that tables tell nothing of how they came about.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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


def write_changes(connection: sa.Connection, changes: CellChanges) -> None:
    """Add everything that a step changes."""
    months = (
        cells_of(changes.values, MONTH_GRAINS, MONTH_LENGTH, merge_values),
        cells_of(changes.reasons, MONTH_GRAINS, MONTH_LENGTH, merge_counts),
        cells_of(changes.durations, MONTH_GRAINS, MONTH_LENGTH, merge_durations),
    )
    _add_values(connection, CELLS.months, months[0])
    _add_counts(connection, CELLS.month_reasons, months[1])
    _add_durations(connection, CELLS.month_durations, months[2])
    _add_values(connection, CELLS.years, years_of(months[0], merge_values))
    _add_counts(connection, CELLS.year_reasons, years_of(months[1], merge_counts))
    _add_durations(connection, CELLS.year_durations, years_of(months[2], merge_durations))
    days = (DAY_GRAINS, None)
    _add_values(connection, CELLS.days, cells_of(changes.values, *days, merge_values))
    _add_counts(connection, CELLS.day_reasons, cells_of(changes.reasons, *days, merge_counts))
    measured = cells_of(changes.durations, *days, merge_durations)
    _add_durations(connection, CELLS.day_durations, measured)
    later = [(*key, count) for key, count in changes.later.items() if count]
    _add_rows(connection, CELLS.later, LaterKey._fields, later)


def _add_values(
    connection: sa.Connection, table: sa.Table, cells: Mapping[CellKey, Vector]
) -> None:
    rows = [(*key, *values) for key, values in cells.items() if any(values)]
    add_tuples(connection, table, (*KEYS, *MEASURES), rows)
    # What is counted, and no change of what stands, is never below zero: where more of it came,
    # the row cannot have come to nothing.
    perhaps: list[Row] = [
        key
        for key, values in cells.items()
        if any(values) and not any(values[place] > 0 for place in _COUNTED_PLACES)
    ]
    take_out_tuples(connection, table, KEYS, perhaps, nothing=MEASURES)


def _add_counts(
    connection: sa.Connection, table: sa.Table, cells: Mapping[CellKey, Counter[str]]
) -> None:
    rows = [
        (*key, measure, count)
        for key, counts in cells.items()
        for measure, count in counts.items()
        if count
    ]
    _add_rows(connection, table, (*KEYS, "measure"), rows)


def _add_rows(
    connection: sa.Connection, table: sa.Table, keys: Sequence[str], rows: Sequence[Row]
) -> None:
    """Add counts to rows, and take out those that come to nothing by it."""
    add_tuples(connection, table, (*keys, "count"), rows)
    take_out_tuples(connection, table, keys, [row[:-1] for row in rows], nothing=("count",))


def _add_durations(
    connection: sa.Connection, table: sa.Table, cells: Mapping[CellKey, Durations]
) -> None:
    if not cells:
        return
    stored = _stored_durations(connection, table, list(cells))
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
    put_tuples(connection, table, (*KEYS, "gross", "net"), rows)
    take_out_tuples(connection, table, KEYS, empty)


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
