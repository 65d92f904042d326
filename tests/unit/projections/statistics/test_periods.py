"""Periods by name: forms, sequences, and what is none."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import MalformedMoment
from projections.statistics.periods import (
    Granularity,
    first_day,
    granularity_of,
    last_day,
    period_after,
    period_at,
    periods_between,
)


@pytest.mark.parametrize(
    ("name", "granularity", "first", "last", "following"),
    [
        ("2026-11-30", Granularity.DAY, "2026-11-30", "2026-11-30", "2026-12-01"),
        ("2026-12", Granularity.MONTH, "2026-12-01", "2026-12-31", "2027-01"),
        ("2024-02", Granularity.MONTH, "2024-02-01", "2024-02-29", "2024-03"),
        ("2026-Q4", Granularity.QUARTER, "2026-10-01", "2026-12-31", "2027-Q1"),
        ("2026-Q1", Granularity.QUARTER, "2026-01-01", "2026-03-31", "2026-Q2"),
        ("2026", Granularity.YEAR, "2026-01-01", "2026-12-31", "2027"),
    ],
)
def test_period_has_its_days_and_its_successor(
    name: str, granularity: Granularity, first: str, last: str, following: str
) -> None:
    assert granularity_of(name) is granularity
    assert first_day(name).isoformat() == first
    assert last_day(name, granularity).isoformat() == last
    assert period_after(name, granularity) == following


@pytest.mark.parametrize(
    "text",
    [
        "",
        "26",
        "2026-13",
        "2026-00",
        "2026-Q5",
        "2026-q1",
        "2026-02-30",
        "1899",
        "2200-01",
        "2026-1",
        "2026-11 ",
    ],
)
def test_text_that_names_no_period_is_refused(text: str) -> None:
    with pytest.raises(MalformedMoment):
        granularity_of(text)


@given(
    st.dates(date(1900, 1, 1), date(2199, 12, 1)),
    st.integers(0, 900),
    st.sampled_from(list(Granularity)),
)
def test_periods_follow_one_another_without_gap_and_sort_so(
    day: date, days: int, granularity: Granularity
) -> None:
    last = date.fromordinal(min(day.toordinal() + days, date(2199, 12, 1).toordinal()))

    names = list(
        periods_between(period_at(day, granularity), period_at(last, granularity), granularity)
    )

    assert names == sorted(set(names))
    assert first_day(names[0]) <= day <= last <= last_day(names[-1], granularity)
    for name, following in pairwise(names):
        assert last_day(name, granularity).toordinal() + 1 == first_day(following).toordinal()


def test_no_periods_lie_between_a_later_and_an_earlier_one() -> None:
    assert list(periods_between("2026-02", "2026-01", Granularity.MONTH)) == []
