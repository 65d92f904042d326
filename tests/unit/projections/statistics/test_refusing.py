"""Refusing what has too many figures before any is made, and asking no finer than needed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from projections.statistics.asking import (
    Dimension,
    Query,
    Selection,
    Sum,
    TooManyFigures,
    check_few,
    selection_of,
)
from projections.statistics.in_memory import CellsInMemory
from projections.statistics.periods import Granularity
from projections.statistics.places import OfficePlace, Places
from tests.property.statistics.test_statistics import PLACES

BY_BOTH = frozenset({Dimension.OFFICE, Dimension.PROCEDURE})


@dataclass
class CountedCells(CellsInMemory):
    """Cells that know at once how many groups there are, and of whom they were asked."""

    groups: int
    asked: list[Selection] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__([], PLACES, datetime(2026, 6, 30, tzinfo=UTC))

    def sums(self, wanted: Selection) -> Iterable[Sum]:  # type: ignore[override]
        raise AssertionError("a refusal summed up what it refuses")

    def has_more_groups(self, wanted: Selection, most: int, *, ended: bool) -> bool:
        self.asked.append(wanted)
        return self.groups > most


def test_refusal_of_too_many_figures_sums_up_none_of_them() -> None:
    cells = CountedCells(groups=6)

    with pytest.raises(TooManyFigures):
        check_few(cells, Query(by=BY_BOTH), 5)


def test_as_many_figures_as_may_be_asked_for_are_not_refused() -> None:
    cells = CountedCells(groups=5)

    check_few(cells, Query(by=BY_BOTH), 5)

    assert len(cells.asked) == 1


def test_groups_that_cannot_be_too_many_are_not_even_counted() -> None:
    cells = CountedCells(groups=7)

    check_few(cells, Query(by=BY_BOTH), 6)

    assert cells.asked == []


def test_periods_are_counted_however_few_the_groups_are() -> None:
    cells = CountedCells(groups=7)

    with pytest.raises(TooManyFigures):
        check_few(cells, Query(by=frozenset({Dimension.PERIOD}), granularity=Granularity.DAY), 6)


def place(office: str, level: str) -> OfficePlace:
    return OfficePlace(office=office, parent=None, level=level, zone="Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    ("busy", "offices"),
    [
        (frozenset({"X1", "Y1"}), None),
        (frozenset({"X1"}), None),
        (frozenset({"X1", "H27"}), frozenset({"X1", "Y1"})),
        (None, frozenset({"X1", "Y1"})),
    ],
)
def test_office_without_anything_counted_needs_no_finer_cells(
    busy: frozenset[str] | None, offices: frozenset[str] | None
) -> None:
    known = {"H27": place("H27", "province")} | {
        name: place(name, "commune") for name in ("X1", "Y1")
    }

    wanted = selection_of(Query(level="commune"), Places(known, {}, busy))

    assert wanted.offices == offices
