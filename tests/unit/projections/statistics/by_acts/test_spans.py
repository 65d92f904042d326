"""Spans of months: every month once, in as few periods as there are."""

import pytest

from projections.statistics.by_acts.spans import Piece, pieces_of
from projections.statistics.periods import (
    Granularity,
    first_day,
    last_day,
    period_at,
    periods_between,
)

LEVELS = {"m": Granularity.MONTH, "q": Granularity.QUARTER, "y": Granularity.YEAR}
MONTHS = list(periods_between("2023-01", "2026-12", Granularity.MONTH))


def months_of(piece: Piece) -> list[str]:
    granularity = LEVELS[piece.level]
    first = "2023-01" if piece.first is None else str(first_day(piece.first))[:7]
    last = "2026-12" if piece.last is None else str(last_day(piece.last, granularity))[:7]
    return list(periods_between(first, last, Granularity.MONTH))


@pytest.mark.parametrize("first", [None, *MONTHS[::5]])
@pytest.mark.parametrize("last", [None, *MONTHS[::7]])
def test_pieces_are_the_months_asked_for_each_once(first: str | None, last: str | None) -> None:
    if first is None and last is None:
        return
    wanted = [m for m in MONTHS if (first or "") <= m <= (last or "9")]

    pieces = pieces_of(first, last)

    assert sorted(month for piece in pieces for month in months_of(piece)) == wanted


def test_whole_quarters_and_years_are_taken_as_such() -> None:
    assert pieces_of("2024-11", "2026-08") == [
        Piece("m", "2024-11", "2024-12"),
        Piece("y", "2025", "2025"),
        Piece("q", "2026-Q1", "2026-Q2"),
        Piece("m", "2026-07", "2026-08"),
    ]
    assert pieces_of("2025-07", None) == [
        Piece("q", "2025-Q3", "2025-Q4"),
        Piece("y", "2026", None),
    ]
    assert period_at("2025-07-01", Granularity.QUARTER) == "2025-Q3"
