"""Pairs month by month: which selections are read by them, and what stood before which month."""

from datetime import date

import pytest

from projections.statistics.asking import Selection
from projections.statistics.periods import Granularity
from projections.stored.tuples.pair_months import is_one_month, month_before, tells_all_pairs

TODAY = [date(2026, 6, 30), date(2026, 7, 1)]


def a_selection(
    first: str | None = "2026-04",
    last: str | None = "2026-04",
    granularity: Granularity = Granularity.MONTH,
    apart: str = "op",
    procedures: frozenset[str] | None = None,
) -> Selection:
    return Selection(
        offices=None,
        procedures=procedures,
        channel=None,
        apart=frozenset(apart),
        granularity=granularity,
        first=first,
        last=last,
        by_period=True,
    )


@pytest.mark.parametrize(
    ("first", "granularity", "before"),
    [
        ("2026-04", Granularity.MONTH, "2026-03"),
        ("2026", Granularity.YEAR, "2025-12"),
        ("2026-Q3", Granularity.QUARTER, "2026-06"),
        ("2026-05-01", Granularity.DAY, "2026-04"),
        # Within a month, after the month in which the last lines are, and without a beginning.
        ("2026-05-02", Granularity.DAY, None),
        ("2026-08", Granularity.MONTH, None),
        (None, Granularity.MONTH, None),
    ],
)
def test_what_is_carried_in_stood_at_the_end_of_a_month_that_lines_tell_of(
    first: str | None, granularity: Granularity, before: str | None
) -> None:
    wanted = a_selection(first=first, last=None, granularity=granularity)

    assert month_before(wanted, TODAY) == before


def test_lines_end_with_the_earliest_month_of_any_zone() -> None:
    wanted = a_selection(first="2026-08", last=None)

    assert month_before(wanted, [date(2026, 7, 31), date(2026, 8, 1)]) == "2026-07"
    assert month_before(wanted, [date(2026, 6, 30), date(2026, 7, 1)]) is None


def test_only_all_offices_and_procedures_told_apart_are_pairs() -> None:
    assert tells_all_pairs(a_selection())
    assert not tells_all_pairs(a_selection(apart="opc"))
    assert not tells_all_pairs(a_selection(apart="o"))
    assert not tells_all_pairs(a_selection(procedures=frozenset({"p1"})))


def test_one_month_is_neither_two_nor_a_quarter() -> None:
    assert is_one_month(a_selection())
    assert not is_one_month(a_selection(last="2026-05"))
    assert not is_one_month(a_selection("2026-Q2", "2026-Q2", Granularity.QUARTER))
    assert not is_one_month(a_selection(None, None))
