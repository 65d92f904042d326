"""One month of all pairs, read from lines and an index, is what all dossiers give at once."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.decisions import StreamState
from domain.dossiers import Dossier
from domain.facts import Channel
from projections.dossier_rows import row_of
from projections.statistics.asking import Dimension, Query
from projections.statistics.backlog import backlog_of
from projections.statistics.counting import count_groups
from projections.statistics.in_memory import CellsInMemory
from projections.statistics.judging import judge_groups
from projections.statistics.places import places_of
from projections.stored.cell_reading import StoredCells
from tests.property.statistics.test_statistics import appointed, dressed
from tests.property.statistics.test_stored_cells import (
    in_turn,
    named,
    only_dossiers,
    steps,
    views,
)
from tests.property.test_counts import dossiers

PAIRS = frozenset({Dimension.OFFICE, Dimension.PROCEDURE})
ONE_BY_ONE = PAIRS | {Dimension.PERIOD}


@settings(deadline=None, max_examples=40)
@given(dossiers, dossiers, appointed, steps, st.integers(1, 12), st.integers(0, 2))
def test_a_month_of_all_pairs_is_the_same_by_lines_and_in_memory(
    earlier: list[Dossier],
    later: list[Dossier],
    more: list[tuple[object, Channel, int]],
    taken: list[tuple[list[tuple[int, bool]], bool]],
    month: int,
    further: int,
) -> None:
    histories: tuple[Mapping[str, Dossier], ...] = (
        named(dressed(earlier, more)),
        named(dressed(later, more[::-1])),
    )
    last = min(month + further, 12)
    query = Query(first=f"2026-{month:02d}", last=f"2026-{last:02d}", by=PAIRS)
    with TemporaryDirectory() as name, views(Path(name), "views") as engine:
        present: dict[str, StreamState]
        present, as_of = in_turn(histories, taken, engine)
        rows = [row_of(dossier) for dossier in only_dossiers(present)]
        memory = CellsInMemory(rows, places_of(present.values()), as_of)
        with engine.connect() as connection:
            stored = StoredCells(connection, as_of)
            by_period = replace(query, by=ONE_BY_ONE)

            assert count_groups(stored, query) == count_groups(memory, query)
            assert count_groups(stored, by_period) == count_groups(memory, by_period)
            assert judge_groups(stored, by_period) == judge_groups(memory, by_period)
            assert backlog_of(stored, by_period) == backlog_of(memory, by_period)
