"""The figures of `durations@v1`, one by one as they are published, so that lists of them are fast.

Each office and procedure with something resolved has a line for all history, and one for each
month. Where durations of a month changed, its line and that of all history are written anew, from
the cells alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec
import sqlalchemy as sa

from projections.counts import ALL
from projections.statistics.adding import MONTH_LENGTH, Kind
from projections.statistics.lasting import Measured, Packed, first_duration
from projections.statistics.lines import csv_line_of, json_line_of
from projections.statistics.tables import MONTH_SPAN, WHOLE_SPAN
from projections.stored.tuples.inserting import Row, replace_tuples
from projections.tables import CELLS

GRAIN: Final = "op"

Pair = tuple[str, str]
Runs = Mapping[str, tuple[bytes, bytes]]


def keep_duration_lines(connection: sa.Connection, changed: Iterable[tuple[Kind, str]]) -> None:
    """Write anew what changed: kinds of dossiers with days; after the cells were written."""
    touched: defaultdict[Pair, set[str]] = defaultdict(set)
    for kind, day in changed:
        touched[kind.office, kind.procedure].add(day[:MONTH_LENGTH])
    if not touched:
        return
    runs = _runs_of(connection, touched)
    rows, gone = [], []
    for pair, months in touched.items():
        for span, period, measured in _periods(runs[pair], months):
            if measured.resolved:
                rows.append(_row(pair, span, period, measured))
            else:
                gone.append({"of_span": span, "of_period": period, **_named(pair)})
    replace_tuples(connection, CELLS.duration_lines, rows)
    _take_out(connection, gone)


def _periods(runs: Runs, months: Iterable[str]) -> Iterator[tuple[str, str, Measured]]:
    every = Packed()
    for gross, net in runs.values():
        every.add(gross, net)
    yield WHOLE_SPAN, ALL, every.measured()
    for month in months:
        packed = Packed()
        if month in runs:
            packed.add(*runs[month])
        yield MONTH_SPAN, month, packed.measured()


def _row(pair: Pair, span: str, period: str, measured: Measured) -> Row:
    duration = first_duration(*pair, period, measured)
    return (span, *pair, period, json_line_of(duration), csv_line_of(duration))


def _runs_of(
    connection: sa.Connection, pairs: Iterable[Pair]
) -> dict[Pair, dict[str, tuple[bytes, bytes]]]:
    """Give the durations of these offices and procedures by month."""
    durations = CELLS.month_durations.c
    # The grain stands in the list, too: named as a constant, it would have all its cells read.
    listed = msgspec.json.encode([(GRAIN, *pair) for pair in pairs]).decode()
    wanted = sa.func.json_each(listed).table_valued("value")
    same = [
        column == sa.func.json_extract(wanted.c.value, f"$[{place}]")
        for place, column in enumerate((durations.grain, durations.office, durations.procedure))
    ]
    joined = wanted.join(CELLS.month_durations, sa.and_(*same, durations.channel == ALL))
    names = ("office", "procedure", "period", "gross", "net")
    query = sa.select(*(durations[name] for name in names)).select_from(joined)
    found: defaultdict[Pair, dict[str, tuple[bytes, bytes]]] = defaultdict(dict)
    for office, procedure, period, gross, net in connection.execute(query):
        found[office, procedure][period] = (gross, net)
    return found


def _named(pair: Pair) -> dict[str, str]:
    return {"of_office": pair[0], "of_procedure": pair[1]}


def _take_out(connection: sa.Connection, gone: list[dict[str, str]]) -> None:
    if gone:
        names = ("span", "office", "procedure", "period")
        same = [CELLS.duration_lines.c[name] == sa.bindparam(f"of_{name}") for name in names]
        connection.execute(sa.delete(CELLS.duration_lines).where(*same), gone)
