"""Cells that are kept step by step are those of all dossiers at once, whatever the steps."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.decisions import StreamState
from domain.dossiers import Channel, Dossier
from domain.moments import parse_moment
from domain.offices import BilingualName, Level, Office, OfficeRecord
from projections.counts import ALL, ALL_HISTORY, count_dossiers
from projections.dossier_rows import row_of
from projections.durations import measure_durations
from projections.statistics.asking import CellSource, Dimension, Query, selection_of
from projections.statistics.counting import count_groups, first_counts, first_total
from projections.statistics.in_memory import CellsInMemory
from projections.statistics.lasting import measure_groups
from projections.statistics.periods import Granularity, last_day, period_at
from projections.statistics.places import places_of
from projections.stored.cell_reading import StoredCells
from projections.stored.cells import Step, keep_dossiers
from projections.tables import CELLS, open_engine
from tests.property.statistics.test_statistics import appointed, dressed, groupings
from tests.property.test_counts import ZONES, dossiers, periods
from tests.support.dossier_cases import a_procedure, a_record

FIRST_AS_OF = datetime.fromisoformat("2026-03-14T20:00:00+00:00")
STEP = timedelta(days=15, hours=7)
BY_EVERYTHING = frozenset({Dimension.OFFICE, Dimension.PROCEDURE, Dimension.PERIOD})
CELL_TABLES = [getattr(CELLS, name).name for name in CELLS.__dataclass_fields__ if name != "stand"]

# What happens step by step: which dossiers are written, as they are in which of two histories.
steps = st.lists(
    st.tuples(st.lists(st.tuples(st.integers(0, 7), st.booleans()), max_size=6), st.booleans()),
    min_size=1,
    max_size=4,
)


def an_office(name: str, zone: str, parent: str | None) -> OfficeRecord:
    office = Office(
        id=name,
        name=BilingualName(vi=name, en=name),
        level=Level.PROVINCE if parent is None else Level.COMMUNE,
        parent=parent,
        time_zone=zone,
    )
    return OfficeRecord(office, "0" * 64, parse_moment("2025-01-01"))


def registry(*, moved: bool) -> dict[str, StreamState]:
    """Give offices and procedures; one office may have moved into another zone."""
    zones = {**ZONES, "X1": "Asia/Tokyo"} if moved else ZONES
    parents = {"H27": None, "X1": "H27", "Y1": "X1"}
    offices = {f"office:{name}": an_office(name, zones[name], parents[name]) for name in zones}
    record = a_record(a_procedure(field="Hộ tịch"))
    return {
        **offices,
        "procedure:p1": msgspec.structs.replace(record, code="p1"),
    }


@contextmanager
def views(folder: Path, name: str) -> Iterator[sa.Engine]:
    engine = open_engine(folder / name)
    yield engine
    engine.dispose()


def write(
    engine: sa.Engine,
    states: Mapping[str, StreamState],
    as_of: datetime,
    old: tuple[int, datetime | None] = (0, None),
    *,
    later: bool = False,
) -> None:
    """Write one step; ``old`` is the place and the instant that it leads from."""
    with engine.begin() as connection:
        step = Step(old[0], old[1], old[0] + 1, as_of, later)
        keep_dossiers(connection, states, step)


def tables(path: Path) -> dict[str, list[tuple[object, ...]]]:
    connection = sqlite3.connect(path)
    found = {
        name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in CELL_TABLES
    }
    connection.close()
    return found


def named(found: Sequence[Dossier]) -> dict[str, Dossier]:
    streams = [f"dossier:{number:032x}" for number in range(len(found))]
    return {
        stream: msgspec.structs.replace(dossier, stream=stream)
        for stream, dossier in zip(streams, found, strict=True)
    }


def in_turn(
    histories: Sequence[Mapping[str, Dossier]],
    taken: list[tuple[list[tuple[int, bool]], bool]],
    engine: sa.Engine,
) -> tuple[dict[str, StreamState], datetime]:
    """Write step by step; give what is there at the end."""
    present: dict[str, StreamState] = dict(registry(moved=False))
    write(engine, present, FIRST_AS_OF)
    as_of = FIRST_AS_OF
    for left, (written, moved) in zip(range(len(taken))[::-1], taken, strict=True):
        as_of += STEP
        states: dict[str, StreamState] = dict(registry(moved=True)) if moved else {}
        for number, later in written:
            stream = f"dossier:{number:032x}"
            history = histories[later]
            if stream in history:
                states[stream] = history[stream]
        # Now and then a step leaves the counting to a later one; the last never does.
        is_later = left > 0 and len(written) % 3 == 1
        write(engine, states, as_of, (len(taken) - left, as_of - STEP), later=is_later)
        present |= states
    return present, as_of


def only_dossiers(present: Mapping[str, StreamState]) -> list[Dossier]:
    return [state for state in present.values() if isinstance(state, Dossier)]


@settings(deadline=None, max_examples=50)
@given(dossiers, dossiers, appointed, steps)
def test_cells_kept_in_steps_are_those_written_at_once(
    earlier: list[Dossier],
    later: list[Dossier],
    more: list[tuple[object, Channel, int]],
    taken: list[tuple[list[tuple[int, bool]], bool]],
) -> None:
    histories = (named(dressed(earlier, more)), named(dressed(later, more[::-1])))
    with TemporaryDirectory() as name:
        folder = Path(name)
        with views(folder, "kept") as kept, views(folder, "once") as once:
            present, as_of = in_turn(histories, taken, kept)
            write(once, present, as_of)
            rows = [row_of(dossier) for dossier in only_dossiers(present)]
            counted = count_dossiers(rows, as_of, places_of(present.values()).zones())
            with kept.connect() as connection:
                cells = StoredCells(connection, as_of)
                lines = cells.count_lines(ALL_HISTORY, None, None)
                assert first_total(cells) == counted.total
                lasting = [
                    cells.duration_lines(ALL_HISTORY, None, None, by_period=by_period)
                    for by_period in (False, True)
                ]

        assert tables(folder / "kept") == tables(folder / "once")
        assert lines == msgspec.json.encode(counted.figures)
        zones = places_of(present.values()).zones()
        for found, by_period in zip(lasting, (False, True), strict=True):
            assert found == msgspec.json.encode(
                measure_durations(rows, zones, ALL_HISTORY, by_period=by_period)
            )


def sums_of(source: CellSource, query: Query) -> dict[str, object]:
    wanted = selection_of(query, source.places())
    totals: dict[tuple[str, ...], list[int]] = {}
    for *named, values in source.sums(wanted):
        total = totals.setdefault(tuple(map(str, named)), [0] * len(values))
        for place, value in enumerate(values):
            total[place] += value
    reasons = Counter[tuple[str, ...]]()
    for found in source.reasons(wanted):
        reasons[tuple(found[:5])] += found.dossiers
    durations: dict[tuple[str, ...], tuple[bytes, bytes]] = {}
    for *of, more_gross, more_net, _ in source.durations(wanted):
        gross, net = durations.get(tuple(map(str, of)), (b"", b""))
        durations[tuple(map(str, of))] = gross + more_gross, net + more_net
    return {
        "sums": {key: total for key, total in totals.items() if any(total)},
        "reasons": {key: count for key, count in reasons.items() if count},
        "durations": {
            key: (_seconds(gross), _seconds(net)) for key, (gross, net) in durations.items()
        },
    }


def _seconds(packed: bytes) -> list[int]:
    places = range(0, len(packed), 8)
    return sorted(int.from_bytes(packed[at : at + 8], "little", signed=True) for at in places)


def day_of(month: str, day: str) -> str:
    return last_day(month, Granularity.MONTH).isoformat() if day == "last" else f"{month}-{day}"


@settings(deadline=None)
@given(
    dossiers,
    appointed,
    st.builds(
        Query,
        office=st.sampled_from([None, None, "H27", "X1"]),
        subtree=st.booleans(),
        level=st.sampled_from([None, None, None, "commune"]),
        procedure=st.sampled_from([None, None, None, "p1"]),
        field=st.sampled_from([None, None, None, "Hộ tịch"]),
        channel=st.sampled_from([None, None, None, "online"]),
        by=groupings,
    ),
    st.sampled_from(list(Granularity)),
    st.tuples(*[st.tuples(periods, st.sampled_from(["01", "15", "28", "last"]))] * 2),
)
def test_stored_cells_answer_as_cells_in_memory_do(
    found: list[Dossier],
    more: list[tuple[object, Channel, int]],
    asked: Query,
    granularity: Granularity,
    ends: tuple[tuple[str | None, str], tuple[str | None, str]],
) -> None:
    bounds = [month and period_at(day_of(month, day), granularity) for month, day in ends]
    if bounds[0] is not None and bounds[1] is not None:
        bounds.sort()
    query = Query(
        **{name: getattr(asked, name) for name in asked.__slots__}
        | {"granularity": granularity, "first": bounds[0], "last": bounds[1]}
    )
    states: dict[str, StreamState] = {**registry(moved=False), **named(dressed(found, more))}
    rows = [row_of(dossier) for dossier in only_dossiers(states)]
    memory = CellsInMemory(rows, places_of(states.values()), FIRST_AS_OF)
    with TemporaryDirectory() as name, views(Path(name), "views") as engine:
        write(engine, states, FIRST_AS_OF)
        with engine.connect() as connection:
            stored = StoredCells(connection, FIRST_AS_OF)

            assert stored.places() == memory.places()
            assert sums_of(stored, query) == sums_of(memory, query)
            assert count_groups(stored, query) == count_groups(memory, query)
            assert measure_groups(stored, query) == measure_groups(memory, query)
            counted = count_dossiers(rows, FIRST_AS_OF, ZONES)
            assert first_counts(stored) == counted
            assert counted.total.office == ALL
