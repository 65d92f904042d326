from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.outliers.binomial import FunnelLimits, binomial_tails, funnel_limits

RATES = st.fractions(min_value=0, max_value=1, max_denominator=10_000)


def exact_tails(hits: int, trials: int, rate: Fraction) -> tuple[Fraction, Fraction]:
    """The definition, in fractions."""
    terms = [
        comb(trials, count) * rate**count * (1 - rate) ** (trials - count)
        for count in range(trials + 1)
    ]
    return sum(terms[: hits + 1], Fraction()), sum(terms[hits:], Fraction())


@given(trials=st.integers(0, 60), rate=RATES, data=st.data())
def test_tails_are_those_of_the_definition(
    trials: int, rate: Fraction, data: st.DataObject
) -> None:
    hits = data.draw(st.integers(0, trials))

    tails = binomial_tails(hits, trials, rate)

    lower, upper = exact_tails(hits, trials, rate)
    assert tails.lower == pytest.approx(float(lower), rel=1e-9, abs=1e-300)
    assert tails.upper == pytest.approx(float(upper), rel=1e-9, abs=1e-300)
    assert tails.two_sided == pytest.approx(
        float(min(Fraction(1), 2 * lower, 2 * upper)), rel=1e-9, abs=1e-300
    )


@given(trials=st.integers(0, 60), rate=RATES)
def test_limits_are_where_the_definition_puts_them(trials: int, rate: Fraction) -> None:
    limits = funnel_limits(trials, rate)

    for hits in range(trials + 1):
        lower, upper = exact_tails(hits, trials, rate)
        for tail, is_out in ((lower, limits.is_below(hits)), (upper, limits.is_above(hits))):
            # A tail of a thousandth to the last digit may fall on either side.
            if abs(tail - Fraction(1, 1000)) > Fraction(1, 10**12):
                assert is_out == (tail < Fraction(1, 1000))


@pytest.mark.parametrize(
    ("hits", "trials", "rate", "upper"),
    [
        # Tables of the binomial distribution: n = 20, p = 0.1, P(X >= 6) = 0.0113.
        (6, 20, Fraction(1, 10), 0.011253134),
        (10, 10, Fraction(1, 2), 1 / 1024),
        (0, 10, Fraction(1, 2), 1.0),
        (1, 30, Fraction(0), 0.0),
        (30, 30, Fraction(1), 1.0),
    ],
)
def test_upper_tail_is_the_known_value(
    hits: int, trials: int, rate: Fraction, upper: float
) -> None:
    assert binomial_tails(hits, trials, rate).upper == pytest.approx(upper, rel=1e-6)


def test_funnel_of_a_hundred_at_a_tenth_is_the_known_one() -> None:
    # P(X >= 21) = 0.00081 and P(X >= 20) = 0.00198; P(X <= 2) = 0.0019 and P(X <= 1) = 0.00032.
    assert funnel_limits(100, Fraction(1, 10)) == FunnelLimits(too_few=1, too_many=21)


def test_few_trials_can_be_outside_of_no_limit() -> None:
    assert funnel_limits(5, Fraction(1, 2)) == FunnelLimits(None, None)
    assert not funnel_limits(5, Fraction(1, 2)).is_above(5)
    assert not funnel_limits(5, Fraction(1, 2)).is_below(0)


def test_a_million_trials_keep_their_digits() -> None:
    tails = binomial_tails(500_000, 1_000_000, Fraction(1, 2))

    assert tails.lower == tails.upper
    # Both tails hold the middle, whose likelihood is 1/sqrt(pi n/2) = 0.00079788.
    assert tails.lower + tails.upper - 1 == pytest.approx(0.000797884361, rel=1e-6)


def test_what_is_too_unlikely_for_a_double_is_none() -> None:
    tails = binomial_tails(900_000, 1_000_000, Fraction(1, 1000))

    assert (tails.lower, tails.upper) == (1.0, 0.0)
    assert funnel_limits(1_000_000, Fraction(1, 1000)).is_above(900_000)
    assert funnel_limits(1_000_000, Fraction(999, 1000)).is_below(100_000)
