"""Whoever is asked about, also who has no dossiers: the views say what dossiers in memory say.

The views read coarser cells where all offices that have anything in cells are asked for.
"""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import event, given, settings
from hypothesis import strategies as st

from domain.dossiers import Channel, Dossier
from projections.dossier_rows import row_of
from projections.statistics.asking import CellSource, Dimension, Query, offices_of
from projections.statistics.backlog import backlog_of
from projections.statistics.by_acts.fee_figures import count_fees
from projections.statistics.by_acts.step_figures import measure_steps
from projections.statistics.by_acts.visit_figures import count_visits
from projections.statistics.comparing_offices import compare_offices
from projections.statistics.counting import count_groups
from projections.statistics.in_memory import CellsInMemory
from projections.statistics.judging import judge_groups, resolved_without_due
from projections.statistics.lasting import measure_groups
from projections.statistics.places import places_of
from projections.stored.by_acts.reading import StoredActs
from projections.stored.cell_reading import StoredCells
from tests.property.statistics.by_acts.test_parts import complete, extras
from tests.property.statistics.by_acts.test_stored_acts import (
    drafts,
    in_memory,
    in_turn,
    writing,
)
from tests.property.statistics.test_statistics import groupings
from tests.property.test_counts import dossiers, periods

BY_OFFICE = frozenset({Dimension.OFFICE})
# Of so few dossiers that now one office has any, now another.
written = st.lists(
    st.tuples(st.integers(0, 5), st.booleans(), st.lists(drafts, max_size=3)), max_size=4
)


def in_order(span: tuple[str | None, str | None]) -> tuple[str | None, str | None]:
    first, last = span
    return (last, first) if first is not None and last is not None and last < first else span


queries = st.builds(
    lambda span, **members: Query(first=span[0], last=span[1], **members),
    st.tuples(periods, periods).map(in_order),
    office=st.sampled_from(["H27", "X1", "Y1", "H99", None]),
    subtree=st.booleans(),
    level=st.sampled_from([None, None, "commune", "province", "foreign"]),
    by=groupings,
)


def answers(cells: CellSource, query: Query) -> list[object]:
    by = frozenset({*query.by, Dimension.PERIOD})
    compared = Query(office=query.office, subtree=query.subtree, level=query.level, by=BY_OFFICE)
    return [
        count_groups(cells, query),
        measure_groups(cells, query),
        judge_groups(cells, query),
        resolved_without_due(cells, query),
        backlog_of(cells, replace(query, by=by)),
        compare_offices(cells, compared),
    ]


@settings(deadline=None, max_examples=60)
@given(
    dossiers,
    extras,
    written,
    queries,
)
def test_views_and_log_agree_of_every_office_whoever_has_dossiers(
    found: list[Dossier],
    more: tuple[object, int, Channel],
    step: list[tuple[int, bool, list[dict[str, object]]]],
    query: Query,
) -> None:
    form = complete(found, (), more)
    with TemporaryDirectory() as name, writing(Path(name) / "views") as kept:
        in_turn(kept, (form, form), [(step, False)])
        acts = in_memory(kept)
        rows = [row_of(state) for state in kept.present.values() if isinstance(state, Dossier)]
        memory = CellsInMemory(rows, places_of(kept.present.values()), acts.as_of())
        with kept.engine.connect() as connection:
            stored = StoredCells(connection, acts.as_of())
            places = stored.places()
            wanted = offices_of(query, places)
            is_short = wanted is not None and places.are_all_busy(wanted)
            event(f"coarser cells: {is_short and not places.are_all(wanted or frozenset())}")

            assert answers(stored, query) == answers(memory, query)
            stored_acts = StoredActs(connection, places, acts.as_of())
            for figures in (measure_steps, count_visits, count_fees):
                assert figures(stored_acts, query) == figures(acts, query)
