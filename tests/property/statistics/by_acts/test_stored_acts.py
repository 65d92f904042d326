"""Cells made from acts, kept step by step: those of everything at once, whatever the steps."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.actions import Signer
from domain.decisions import StreamState
from domain.dossiers import Channel, Dossier
from domain.facts import PaymentMethod
from domain.offices import Level, OfficeRecord
from domain.roles import Role
from projections.dossier_rows import Act, row_of
from projections.statistics.adding import unpack_seconds
from projections.statistics.asking import Dimension, Query, selection_of
from projections.statistics.by_acts.acts import seen_act
from projections.statistics.by_acts.adding import SEEN_KINDS, Theme
from projections.statistics.by_acts.asking import ActSource
from projections.statistics.by_acts.fee_figures import FeeFigure, count_fees
from projections.statistics.by_acts.in_memory import ActsInMemory
from projections.statistics.by_acts.step_figures import measure_steps
from projections.statistics.by_acts.visit_figures import count_visits
from projections.statistics.periods import Granularity, last_day, period_at
from projections.statistics.places import places_of
from projections.stored.by_acts.keeping import keep_act_cells
from projections.stored.by_acts.reading import StoredActs
from projections.stored.cells import Step, keep_dossiers
from projections.stored.rows import insert_acts
from projections.tables import open_engine
from tests.property.statistics.by_acts.test_parts import complete, extras
from tests.property.statistics.test_statistics import groupings
from tests.property.statistics.test_stored_cells import FIRST_AS_OF, STEP, registry
from tests.property.test_counts import ZONES, dossiers, moments, periods

TABLES = ("act_cells", "act_parts", "act_lists")
roles = st.sampled_from([Role.RECEIVER, Role.RETURNER, Role.POST, Role.APPLICANT])
drafts = st.builds(
    lambda kind, at, office, amount, method, role: {
        "kind": kind,
        "at": at,
        "office": office,
        "to_office": "Y1",
        "amount_vnd": amount,
        "payment_method": None if method is None else method.value,
        "signers": (Signer(role=role, key="key"),),
    },
    st.sampled_from([*sorted(SEEN_KINDS), "dossier.note_added"]),
    moments,
    st.sampled_from(sorted(ZONES)),
    st.none() | st.integers(0, 500_000),
    st.none() | st.sampled_from(list(PaymentMethod)),
    roles,
)
# One step: which dossiers are written in which of two forms, with which acts; whether it waits.
steps = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.lists(drafts, max_size=3))),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


class Writing:
    """Views that are written step by step, and what was written."""

    def __init__(self, path: Path) -> None:
        self.engine = open_engine(path)
        self.present: dict[str, StreamState] = {}
        self.acts: list[Act] = []
        self.position = 0

    def step(
        self, states: Mapping[str, StreamState], acts: Sequence[Act], *, later: bool = False
    ) -> None:
        as_of = FIRST_AS_OF + STEP * self.position
        old = as_of - STEP if self.position else None
        step = Step(self.position, old, self.position + 1, as_of, later)
        with self.engine.begin() as connection:
            insert_acts(connection, acts)
            keep_dossiers(connection, states, step)
            keep_act_cells(connection, states, step)
        self.position += 1
        self.present |= states
        self.acts += acts


@contextmanager
def writing(path: Path) -> Iterator[Writing]:
    found = Writing(path)
    yield found
    found.engine.dispose()


def tables(path: Path) -> dict[str, list[tuple[object, ...]]]:
    connection = sqlite3.connect(path)
    found = {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in TABLES}
    connection.close()
    return found


def a_stream(number: int) -> str:
    return f"dossier:{number:032x}"


def in_turn(
    kept: Writing,
    forms: tuple[list[Dossier], list[Dossier]],
    taken: list[tuple[list[tuple[int, bool, list[dict[str, object]]]], bool]],
) -> None:
    """Write step by step; now and then offices move, or a step waits for the next one."""
    kept.step(registry(moved=False), [])
    versions: dict[str, int] = {}
    for left, (written, moved) in zip(range(len(taken))[::-1], taken, strict=True):
        states: dict[str, StreamState] = dict(moved_registry()) if moved else {}
        acts: list[Act] = []
        for number, form, drafted in written:
            if number >= len(forms[form]):
                continue
            stream = a_stream(number)
            states[stream] = msgspec.structs.replace(forms[form][number], stream=stream)
            for draft in drafted:
                versions[stream] = versions.get(stream, 0) + 1
                acts.append(an_act(stream, versions[stream], len(kept.acts) + len(acts), draft))
        kept.step(states, acts, later=left > 0 and len(written) % 3 == 1)


def moved_registry() -> dict[str, StreamState]:
    """Give offices and procedures after one office got another zone, and one another level."""
    found = registry(moved=True)
    record = found["office:Y1"]
    assert isinstance(record, OfficeRecord)
    office = msgspec.structs.replace(record.office, level=Level.PROVINCE)
    return {**found, "office:Y1": msgspec.structs.replace(record, office=office)}


def an_act(stream: str, version: int, entry_index: int, draft: dict[str, object]) -> Act:
    recorded_at = FIRST_AS_OF
    values = {"recorded_at": recorded_at, **draft}
    return Act(entry_index=entry_index, stream=stream, version=version, **values)  # type: ignore[arg-type]


def in_memory(written: Writing) -> ActsInMemory:
    rows = [row_of(state) for state in written.present.values() if isinstance(state, Dossier)]
    by_stream: dict[str, list[Act]] = {}
    for act in written.acts:
        by_stream.setdefault(act.stream, []).append(act)
    seen = {
        stream: [seen_act(act) for act in acts if act.kind in SEEN_KINDS]
        for stream, acts in by_stream.items()
    }
    as_of = FIRST_AS_OF + STEP * (written.position - 1)
    return ActsInMemory(rows, seen, places_of(written.present.values()), as_of)


@settings(deadline=None, max_examples=40)
@given(dossiers, dossiers, extras, extras, steps)
def test_cells_kept_in_steps_are_those_written_at_once(
    earlier: list[Dossier],
    later: list[Dossier],
    more: tuple[object, int, Channel],
    yet_more: tuple[object, int, Channel],
    taken: list[tuple[list[tuple[int, bool, list[dict[str, object]]]], bool]],
) -> None:
    forms = (complete(earlier, (), more), complete(later, (), yet_more))
    with TemporaryDirectory() as name:
        folder = Path(name)
        with writing(folder / "kept") as kept, writing(folder / "once") as once:
            in_turn(kept, forms, taken)
            once.step(kept.present, kept.acts)

        assert tables(folder / "kept") == tables(folder / "once")


queries = st.builds(
    Query,
    office=st.sampled_from([None, None, "H27", "X1"]),
    subtree=st.booleans(),
    level=st.sampled_from([None, None, None, "commune"]),
    procedure=st.sampled_from([None, None, None, "p1"]),
    field=st.sampled_from([None, None, None, "Hộ tịch"]),
    channel=st.sampled_from([None, None, None, "online"]),
    by=groupings,
)


@settings(deadline=None, max_examples=40)
@given(
    dossiers,
    extras,
    steps,
    queries,
    st.sampled_from(list(Granularity)),
    st.tuples(periods, periods),
)
def test_stored_cells_answer_as_cells_in_memory_do(
    found: list[Dossier],
    more: tuple[object, int, Channel],
    taken: list[tuple[list[tuple[int, bool, list[dict[str, object]]]], bool]],
    asked: Query,
    granularity: Granularity,
    span: tuple[str | None, str | None],
) -> None:
    bounds = [each and period_at(f"{each}-15", granularity) for each in span]
    if bounds[0] is not None and bounds[1] is not None:
        bounds.sort()
    query = Query(
        **{name: getattr(asked, name) for name in asked.__slots__}
        | {"granularity": granularity, "first": bounds[0], "last": bounds[1]}
    )
    check_stored(complete(found, (), more), taken, query)


edges = st.tuples(periods, st.sampled_from(["01", "02", "15", "last"]))


@settings(deadline=None, max_examples=40)
@given(dossiers, extras, steps, queries, st.tuples(edges, edges))
def test_spans_of_any_days_are_answered_from_months_and_the_days_at_their_edges(
    found: list[Dossier],
    more: tuple[object, int, Channel],
    taken: list[tuple[list[tuple[int, bool, list[dict[str, object]]]], bool]],
    asked: Query,
    span: tuple[tuple[str | None, str], tuple[str | None, str]],
) -> None:
    bounds = [
        month
        and (last_day(month, Granularity.MONTH).isoformat() if day == "last" else f"{month}-{day}")
        for month, day in span
    ]
    if bounds[0] is not None and bounds[1] is not None:
        bounds.sort()
    query = Query(
        **{name: getattr(asked, name) for name in asked.__slots__}
        | {
            "granularity": Granularity.DAY,
            "first": bounds[0],
            "last": bounds[1],
            "by": asked.by - {Dimension.PERIOD},
        }
    )
    check_stored(complete(found, (), more), taken, query)


def check_stored(
    dressed: list[Dossier],
    taken: list[tuple[list[tuple[int, bool, list[dict[str, object]]]], bool]],
    query: Query,
) -> None:
    """Check that the tables answer a query as the same dossiers in memory do."""
    with TemporaryDirectory() as name, writing(Path(name) / "views") as kept:
        in_turn(kept, (dressed, dressed), taken)
        memory = in_memory(kept)
        with kept.engine.connect() as connection:
            stored = StoredActs(connection, memory.places(), memory.as_of())

            assert read_from(stored, query) == read_from(memory, query)
            assert measure_steps(stored, query) == measure_steps(memory, query)
            assert count_visits(stored, query) == count_visits(memory, query)
            assert count_fees(stored, query) == count_fees(memory, query)
            check_refusals(stored, memory, query)
    check_tallies(memory, query)


def check_refusals(stored: StoredActs, memory: ActsInMemory, query: Query) -> None:
    """Check that what is refused before it is made has too many figures."""
    wanted = selection_of(query, memory.places())
    counts = {
        Theme.STEPS: len(measure_steps(memory, query)[0]),
        Theme.VISITS: len(count_visits(memory, query)[0]),
        Theme.FEES: len(count_fees(memory, query)[0]),
    }
    for theme, count in counts.items():
        assert not stored.has_more_figures(theme, wanted, count)


def read_from(source: ActSource, query: Query) -> dict[tuple[str, ...], tuple[int, int, list[int]]]:
    wanted = selection_of(query, source.places())
    totals: dict[tuple[str, ...], tuple[int, int, list[int]]] = {}
    for theme in Theme:
        for cell in source.act_cells(theme, wanted):
            for measure, value in cell.values.items():
                key = (theme, *cell[:4], measure)
                times, total, seconds = totals.get(key, (0, 0, []))
                more = sorted([*seconds, *unpack_seconds(value.stays)])
                totals[key] = times + value.times, total + value.total, more
    return {key: each for key, each in totals.items() if each != (0, 0, [])}


def check_tallies(source: ActSource, query: Query) -> None:
    """Check that the figures of each sort add up to their total."""
    steps_found, totals = measure_steps(source, query)
    assert sum(each.stays for each in steps_found) == sum(each.stays for each in totals)
    assert sum(e.total_seconds for e in steps_found) == sum(e.total_seconds for e in totals)
    visits_found, total = count_visits(source, query)
    assert sum(each.resolved for each in visits_found) == total.resolved
    assert sum(each.visits.sum for each in visits_found) == total.visits.sum
    fees_found, whole = count_fees(source, query)
    for name in ("assessed", "required", "paid", "refunded"):
        parts = [getattr(each, name) for each in fees_found]
        assert sum(part.vnd for part in parts) == getattr(whole, name).vnd
        assert sum(part.count for part in parts) == getattr(whole, name).count
    if Dimension.PERIOD not in query.by:
        assert sum(each.outstanding.vnd for each in fees_found) == whole.outstanding.vnd
    check_outstanding(fees_found)


def check_outstanding(figures: tuple[FeeFigure, ...]) -> None:
    for figure in figures:
        assert figure.outstanding.count >= 0
        assert figure.outstanding.vnd >= 0
        paid = figure.paid_by
        methods = (paid.online_portal, paid.online_gateway, paid.cash, paid.transfer)
        assert sum(each.vnd for each in methods) == figure.paid.vnd


def test_engine_keeps_one_row_for_each_cell(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "views")
    with engine.connect() as connection:
        keys = sa.inspect(connection).get_pk_constraint("act_cells")["constrained_columns"]
    engine.dispose()

    assert keys == ["theme", "grain", "office", "procedure", "period"]
