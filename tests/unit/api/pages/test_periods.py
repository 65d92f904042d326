"""Which periods a page of figures offers, and on which of them it opens."""

import pytest

from api.pages.formats import Formats
from api.pages.offices.periods import (
    ALL_LENGTHS,
    QUARTER_AND_YEAR,
    MonthsWithActs,
    offered_periods,
    opening_period,
)


@pytest.mark.parametrize(
    ("months", "now", "opening"),
    [
        pytest.param(("2026-02", "2026-05"), "2026-05", "2026-Q1", id="last that is over"),
        pytest.param(("2010-10", "2012-01"), "2026-11", "2012-Q1", id="old import"),
        pytest.param(("2026-04", "2026-05"), "2026-05", "2026-Q2", id="young ledger"),
        pytest.param((), "2026-05", None, id="nothing counted"),
    ],
)
def test_page_opens_on_the_last_complete_quarter_with_acts(
    months: tuple[str, ...], now: str, opening: str | None
) -> None:
    assert opening_period(MonthsWithActs(months, now)) == opening


def test_years_with_acts_are_offered_and_nothing_of_the_future() -> None:
    found = MonthsWithActs(("2010-11", "2011-03", "2026-02"), "2026-04")

    offered = offered_periods(found, "2026-Q1", QUARTER_AND_YEAR)

    assert [(each.year, each.periods) for each in offered] == [
        ("2026", ("2026", "2026-Q1", "2026-Q2")),
        ("2011", ("2011", "2011-Q1", "2011-Q2", "2011-Q3", "2011-Q4")),
        ("2010", ("2010", "2010-Q4")),
    ]


def test_months_are_offered_from_the_first_act_to_the_checkpoint() -> None:
    (year,) = offered_periods(MonthsWithActs(("2026-02",), "2026-04"), "2026-Q1", ALL_LENGTHS)

    assert year.periods == ("2026", "2026-Q1", "2026-Q2", "2026-02", "2026-03", "2026-04")


def test_period_that_was_asked_for_is_always_among_them() -> None:
    offered = offered_periods(MonthsWithActs(("2026-02",), "2026-04"), "2027-Q3", QUARTER_AND_YEAR)

    assert offered[0].periods == ("2027-Q3",)


@pytest.mark.parametrize(
    ("period", "vietnamese", "english"),
    [
        ("2026", "Năm 2026", "2026"),
        ("2026-Q1", "Quý 1/2026", "Q1 2026"),
        ("2026-03", "Tháng 3/2026", "March 2026"),
    ],
)
def test_periods_are_shown_in_words(period: str, vietnamese: str, english: str) -> None:
    assert (Formats("vi").period(period), Formats("en").period(period)) == (vietnamese, english)
