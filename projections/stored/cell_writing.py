"""Writing cells: what a step adds up to is added to the rows that are there, and to nothing else.

A row that adds up to nothing is taken out, so that tables tell nothing of how they came about.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from ledger.errors import StoreCorrupt
from projections.statistics.adding import (
    DAY_GRAINS,
    MONTH_GRAINS,
    MONTH_LENGTH,
    CellChanges,
    CellKey,
    Durations,
    Vector,
    cells_of,
    merge_counts,
    merge_durations,
    merge_values,
    pack_seconds,
    unpack_seconds,
)
from projections.statistics.measures import COUNTED, MEASURES
from projections.stored.rows import replace_rows
from projections.tables import CELLS

Row = dict[str, object]


def write_changes(connection: sa.Connection, changes: CellChanges) -> None:
    """Add everything that a step changes."""
    months, days = (MONTH_GRAINS, MONTH_LENGTH), (DAY_GRAINS, None)
    for (grains, length), values, reasons, durations in (
        (months, CELLS.months, CELLS.month_reasons, CELLS.month_durations),
        (days, CELLS.days, CELLS.day_reasons, CELLS.day_durations),
    ):
        _add_values(connection, values, cells_of(changes.values, grains, length, merge_values))
        counted = cells_of(changes.reasons, grains, length, merge_counts)
        _add_counts(connection, reasons, counted)
        measured = cells_of(changes.durations, grains, length, merge_durations)
        _add_durations(connection, durations, measured)
    later = [{**key._asdict(), "count": count} for key, count in changes.later.items() if count]
    _add_rows(connection, CELLS.later, later, ("count",))


def _add_values(
    connection: sa.Connection, table: sa.Table, cells: Mapping[CellKey, Vector]
) -> None:
    rows: list[Row] = [
        {**key._asdict(), **dict(zip(MEASURES, values, strict=True))}
        for key, values in cells.items()
        if any(values)
    ]
    _add_rows(connection, table, rows, MEASURES)


def _add_counts(
    connection: sa.Connection, table: sa.Table, cells: Mapping[CellKey, Counter[str]]
) -> None:
    rows: list[Row] = [
        {**key._asdict(), "measure": measure, "count": count}
        for key, counts in cells.items()
        for measure, count in counts.items()
        if count
    ]
    _add_rows(connection, table, rows, ("count",))


def _add_rows(
    connection: sa.Connection, table: sa.Table, rows: Sequence[Row], names: Sequence[str]
) -> None:
    if not rows:
        return
    keys = [column.name for column in table.primary_key.columns]
    adding = insert(table)
    sums = {name: table.c[name] + adding.excluded[name] for name in names}
    connection.execute(adding.on_conflict_do_update(index_elements=keys, set_=sums), rows)
    _take_out_nothings(connection, table, rows, names)


def _take_out_nothings(
    connection: sa.Connection, table: sa.Table, rows: Sequence[Row], names: Sequence[str]
) -> None:
    """Take out those of these rows that add up to nothing now.

    What is counted, and no change of what stands, is never below zero: where more of it came, the
    row cannot have come to nothing.
    """
    keys = [column.name for column in table.primary_key.columns]
    counted = [name for name in names if name in COUNTED]
    perhaps = [row for row in rows if not any(_is_positive(row[name]) for name in counted)]
    if not perhaps:
        return
    same = [table.c[name] == sa.bindparam(f"of_{name}") for name in keys]
    nothing = [table.c[name] == 0 for name in names]
    connection.execute(
        sa.delete(table).where(*same, *nothing),
        [{f"of_{name}": row[name] for name in keys} for row in perhaps],
    )


def _is_positive(value: object) -> bool:
    return isinstance(value, int) and value > 0


def _add_durations(
    connection: sa.Connection, table: sa.Table, cells: Mapping[CellKey, Durations]
) -> None:
    if not cells:
        return
    stored = _stored_durations(connection, table, list(cells))
    rows: list[Row] = []
    for key, durations in cells.items():
        gross, net = stored.get(key, (b"", b""))
        rows.append(
            {
                **key._asdict(),
                "gross": _changed(gross, [(seconds, sign) for seconds, _, sign in durations]),
                "net": _changed(net, [(seconds, sign) for _, seconds, sign in durations]),
            }
        )
    replace_rows(connection, table, rows)
    empty = [row for row in rows if not row["gross"]]
    if empty:
        keys = [column.name for column in table.primary_key.columns]
        same = [table.c[name] == sa.bindparam(f"of_{name}") for name in keys]
        gone = [{f"of_{name}": row[name] for name in keys} for row in empty]
        connection.execute(sa.delete(table).where(*same), gone)


def _changed(packed: bytes, changes: list[tuple[int, int]]) -> bytes:
    counts = Counter(unpack_seconds(packed))
    for seconds, sign in changes:
        counts[seconds] += sign
    if any(count < 0 for count in counts.values()):
        raise StoreCorrupt("the cells do not hold what a dossier added to them: rebuild the views")
    return pack_seconds(counts.elements())


def _stored_durations(
    connection: sa.Connection, table: sa.Table, keys: list[CellKey]
) -> dict[CellKey, tuple[bytes, bytes]]:
    listed = sa.func.json_each(msgspec.json.encode(keys).decode()).table_valued("value")
    same = [
        table.c[name] == sa.func.json_extract(listed.c.value, f"$[{place}]")
        for place, name in enumerate(CellKey._fields)
    ]
    columns = [table.c[name] for name in (*CellKey._fields, "gross", "net")]
    query = sa.select(*columns).select_from(listed.join(table, sa.and_(*same)))
    return {
        CellKey(*row[: len(CellKey._fields)]): (row.gross, row.net)
        for row in connection.execute(query)
    }
