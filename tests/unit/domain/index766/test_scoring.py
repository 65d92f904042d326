"""Scoring: another wording needs no other code; rounding and bounds hold for any figures."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Sentence
from domain.index766 import (
    DEFAULT_VERSION,
    Basis,
    FormulaSet,
    Group,
    Indicator,
    Measured,
    SharePoints,
    WhenEmpty,
    formulas_of,
    score_index,
)
from domain.index766.scoring import round_half_up
from domain.index766.shapes import Points

WORDS = Sentence("một", "one")
PLAIN = SharePoints()


def an_indicator(name: str, maximum: int, points: Points = PLAIN) -> Indicator:
    return Indicator(
        id=name,
        group=Group.ONLINE,
        maximum=maximum,
        name=WORDS,
        numerator=WORDS,
        denominator=WORDS,
        points=points,
        points_basis=Basis.PUBLISHED,
        when_empty=WhenEmpty.ZERO,
    )


class AllOrNothing:
    """Points of another wording: all of them for a whole share."""

    text = "max if r = 1"

    def of(self, ratio: Fraction, maximum: int) -> Fraction:
        return Fraction(maximum if ratio == 1 else 0)


def test_another_wording_is_another_value() -> None:
    indicators = (an_indicator("a", 30, AllOrNothing()), an_indicator("b", 70))
    newer = FormulaSet(
        version="portal-2026", source=WORDS, indicators=indicators, maxima={Group.ONLINE: 100}
    )

    found = score_index(newer, {"a": Measured(3, 3), "b": Measured(1, 3)})

    assert found.version == "portal-2026"
    assert found.total.hundredths == 3000 + 2333
    assert found.total.is_whole
    assert score_index(newer, {"a": Measured(2, 3), "b": Measured(0, 3)}).total.hundredths == 0


def test_groups_whose_indicators_do_not_add_up_are_refused() -> None:
    with pytest.raises(AssertionError):
        FormulaSet(
            version="x", source=WORDS, indicators=(an_indicator("a", 5),), maxima={Group.ONLINE: 6}
        )


def test_every_indicator_needs_an_input_even_a_missing_one() -> None:
    formulas = formulas_of()
    assert formulas is not None

    with pytest.raises(KeyError):
        score_index(formulas, {})


@pytest.mark.parametrize(
    ("points", "hundredths"),
    [(Fraction(5, 1000), 1), (Fraction(4, 1000), 0), (Fraction(375, 1000), 38), (Fraction(6), 600)],
)
def test_halves_are_rounded_up(points: Fraction, hundredths: int) -> None:
    assert round_half_up(points) == hundredths


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_points_stay_within_their_bounds_and_grow_with_the_share(
    numerator: int, denominator: int
) -> None:
    formulas = formulas_of(DEFAULT_VERSION)
    assert formulas is not None
    for indicator in formulas.indicators:
        points = indicator.points.of(Fraction(numerator, denominator), indicator.maximum)
        more = indicator.points.of(Fraction(numerator + 1, denominator), indicator.maximum)
        assert 0 <= points <= more <= indicator.maximum


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_rounding_is_what_decimals_give(numerator: int, denominator: int) -> None:
    points = Fraction(numerator, denominator)
    scaled = Decimal(numerator) / Decimal(denominator)
    if scaled * 1000 % 10 != 5:  # the quotient itself is not exact there
        expected = scaled.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
        assert Decimal(round_half_up(points)) / 100 == expected


def test_every_indicator_says_on_what_its_points_rest_in_both_languages() -> None:
    formulas = formulas_of()
    assert formulas is not None
    assert formulas.maximum == 100
    for indicator in formulas.indicators:
        assert indicator.points_basis in set(Basis)
        for words in (indicator.name, indicator.numerator, indicator.denominator):
            assert words.vi
            assert words.en
            assert words.vi != words.en
    observed = {one.id for one in formulas.indicators if one.points_basis is Basis.OBSERVED}
    assert {"3.5", "3.5b", "3.6", "4.2", "3.3"} <= observed
