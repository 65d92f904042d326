"""Erasure: refused before the retention's end and while anything keeps the data."""

from datetime import date

import pytest

from domain.errors import ErasureBlocked, RetentionNotPassed
from domain.oversight.erasure import (
    ErasureCase,
    OpenMatters,
    check_erasure,
    retention_end,
)

UNTIL = date(2036, 3, 2)
AFTER = date(2036, 3, 3)


@pytest.mark.parametrize(
    ("day", "until"),
    [
        pytest.param(date(2036, 3, 1), UNTIL, id="the day before"),
        pytest.param(UNTIL, UNTIL, id="the last day of the retention"),
        pytest.param(AFTER, None, id="no retention declared"),
    ],
)
def test_retention_must_have_passed(day: date, until: date | None) -> None:
    with pytest.raises(RetentionNotPassed):
        check_erasure(ErasureCase(day, until))


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(ErasureCase(AFTER, UNTIL, matters=OpenMatters(complaints=1)), id="complaint"),
        pytest.param(
            ErasureCase(AFTER, UNTIL, matters=OpenMatters(denunciations=1)), id="denunciation"
        ),
        pytest.param(ErasureCase(AFTER, UNTIL, matters=OpenMatters(findings=1)), id="finding"),
    ],
)
def test_whatever_is_open_elsewhere_keeps_the_data_and_is_not_named(case: ErasureCase) -> None:
    with pytest.raises(ErasureBlocked) as refusal:
        check_erasure(case)

    assert refusal.value.detail == ""


def test_hold_is_named_since_it_stands_on_the_dossiers_own_stream() -> None:
    with pytest.raises(ErasureBlocked) as refusal:
        check_erasure(ErasureCase(AFTER, UNTIL, open_holds=1, matters=OpenMatters(findings=1)))

    assert refusal.value.detail == "holds: 1"


def test_nothing_stands_against_erasure_afterwards() -> None:
    check_erasure(ErasureCase(AFTER, UNTIL))


@pytest.mark.parametrize(
    ("ended", "years", "end"),
    [
        (date(2026, 3, 2), 10, UNTIL),
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2026, 3, 2), 0, date(2026, 3, 2)),
    ],
)
def test_retention_ends_so_many_years_later(ended: date, years: int, end: date) -> None:
    assert retention_end(ended, years) == end
