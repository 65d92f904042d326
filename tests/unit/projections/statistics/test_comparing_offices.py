"""Shares of offices: Wilson's interval by known values, small offices and small cells."""

import pytest

from projections.statistics.asking import Dimension, Query
from projections.statistics.comparing_offices import (
    ComparedOffice,
    compare_offices,
    compared_office,
    wilson_interval,
)
from projections.statistics.in_memory import CellsInMemory
from projections.statistics.places import OfficePlace, Places
from tests.support.dossier_cases import HANOI, OFFICE, a_row, instant

PLACES = Places(
    {
        name: OfficePlace(office=name, parent=None, level="province", zone=HANOI)
        for name in (OFFICE, "X1")
    }
)


@pytest.mark.parametrize(
    ("late", "resolved", "bounds"),
    [
        # Newcombe (1998), "Two-sided confidence intervals for the single proportion", table I.
        pytest.param(81, 263, (2553, 3662), id="81 of 263"),
        pytest.param(15, 148, (624, 1605), id="15 of 148"),
        pytest.param(0, 20, (0, 1611), id="none of 20"),
        pytest.param(1, 29, (61, 1718), id="1 of 29"),
        pytest.param(20, 20, (8389, 10000), id="all of 20"),
    ],
)
def test_interval_is_the_one_of_the_literature(
    late: int, resolved: int, bounds: tuple[int, int]
) -> None:
    assert wilson_interval(late, resolved) == bounds


@pytest.mark.parametrize(
    ("resolved", "late", "shown"),
    [
        pytest.param(100, 20, (100, 20, 2000, False, False), id="large"),
        pytest.param(29, 12, (29, 12, 4138, True, False), id="fewer than thirty"),
        pytest.param(30, 10, (30, 10, 3333, False, False), id="thirty"),
        pytest.param(100, 9, (100, None, None, False, True), id="nine late"),
        pytest.param(100, 0, (100, 0, 0, False, False), id="none late"),
        pytest.param(100, 91, (100, None, None, False, True), id="nine not late"),
        pytest.param(9, 0, (None, None, None, True, True), id="nine in all"),
        pytest.param(0, 0, (0, 0, None, True, False), id="nothing"),
    ],
)
def test_small_offices_are_marked_and_small_cells_not_shown(
    resolved: int, late: int, shown: tuple[object, ...]
) -> None:
    office = compared_office(OFFICE, resolved, late)

    assert _shown(office) == shown
    assert (office.lowest_per_10000 is None) == (office.late_per_10000 is None)


def _shown(office: ComparedOffice) -> tuple[object, ...]:
    return (
        office.resolved,
        office.late,
        office.late_per_10000,
        office.is_too_small_to_compare,
        office.is_suppressed,
    )


def test_offices_are_compared_over_the_period_alone() -> None:
    early = [a_row("2026-01-05", "2026-01-06", "2026-01-12") for _ in range(40)]
    late = [a_row("2026-02-05", "2026-02-20", "2026-02-12") for _ in range(15)]
    in_time = [a_row("2026-02-05", "2026-02-10", "2026-02-12", office="X1") for _ in range(35)]
    cells = CellsInMemory([*early, *late, *in_time], PLACES, instant("2026-03-15T00:00:00Z"))

    offices, together = compare_offices(
        cells, Query(first="2026-02", by=frozenset({Dimension.OFFICE}))
    )

    assert [(each.office, each.resolved, each.late) for each in offices] == [
        (OFFICE, 15, 15),
        ("X1", 35, 0),
    ]
    assert (together.office, together.resolved, together.late) == ("*", 50, 15)
