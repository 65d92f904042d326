"""Spans of days are read as whole months and days: every day once, and none beside them."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from projections.stored.cell_spans import Piece, Reading, pieces_of

FIRST, LAST = date(2025, 11, 1), date(2026, 4, 30)
DAYS = [(FIRST + timedelta(days=number)).isoformat() for number in range((LAST - FIRST).days + 1)]

bounds = st.none() | st.sampled_from(DAYS)


def days_in(piece: Piece) -> list[str]:
    """Give the days of a piece, of which those of months are whole months."""
    width = len("2026-11-21") if piece.is_days else len("2026-11")
    first, last = piece.first or "", piece.last or "9999"
    return [day for day in DAYS if first <= day[:width] <= last]


@given(bounds, bounds)
def test_every_day_is_in_one_piece_and_before_the_span_or_in_it(
    first: str | None, last: str | None
) -> None:
    if first is not None and last is not None:
        first, last = sorted((first, last))

    pieces = list(pieces_of(first, last))

    within = sorted(day for piece in pieces if not piece.is_before for day in days_in(piece))
    before = sorted(day for piece in pieces if piece.is_before for day in days_in(piece))
    assert within == [day for day in DAYS if (first or day) <= day <= (last or day)]
    assert before == [day for day in DAYS if first is not None and day < first]


def test_days_are_read_in_the_months_of_the_bounds_alone() -> None:
    pieces = list(pieces_of("2025-11-20", "2026-04-10"))

    assert pieces == [
        Piece(is_days=False, first=None, last="2025-10", is_before=True),
        Piece(is_days=True, first="2025-11-01", last="2025-11-19", is_before=True),
        Piece(is_days=True, first="2025-11-20", last="2025-11-30"),
        Piece(is_days=True, first="2026-04-01", last="2026-04-10"),
        Piece(is_days=False, first="2025-12", last="2026-03"),
    ]


any_day = st.dates(date(2024, 1, 1), date(2026, 12, 31)).map(date.isoformat)


@given(st.none() | any_day, st.none() | any_day, st.booleans(), st.booleans(), any_day)
def test_each_day_is_added_once_more_than_it_is_taken_off(
    first: str | None, last: str | None, has_years: bool, may_subtract: bool, day: str
) -> None:
    stretches = list(Reading(has_years, may_subtract).stretches(first, last))

    counts = {True: 0, False: 0}
    for each in stretches:
        name = day[: each.length]
        if (each.first is None or each.first <= name) and (each.last is None or name <= each.last):
            counts[each.is_before] += each.sign
    is_before = first is not None and day < first
    is_within = not is_before and (last is None or day <= last)
    assert counts == {True: int(is_before), False: int(is_within)}
    assert may_subtract or all(each.sign == 1 for each in stretches)
