"""Quantiles, fences, concentration, deviations and permutations."""

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations
from math import isqrt, log
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.outliers.concentration import herfindahl
from domain.outliers.deviations import (
    drop_z_hundredths,
    is_drop,
    is_spike,
    z_hundredths,
)
from domain.outliers.permutations import Stratum, permutation_p_value
from domain.outliers.quantiles import MEDIAN, LogFences, log_fences, quantile

VALUES = st.lists(st.integers(1, 10**9), min_size=1, max_size=50)


class TestQuantiles:
    @given(VALUES, st.integers(1, 100))
    def test_quantile_is_the_least_value_with_its_share_at_or_below(
        self, values: list[int], percentile: int
    ) -> None:
        share = Fraction(percentile, 100)

        wanted = min(
            value for value in values if sum(v <= value for v in values) >= share * len(values)
        )
        assert quantile(sorted(values), share) == wanted

    def test_median_of_four_is_the_second(self) -> None:
        assert quantile([1, 2, 3, 4], MEDIAN) == 2

    @given(VALUES, st.integers(1, 10**12))
    def test_fences_are_those_of_the_logarithms(self, values: list[int], value: int) -> None:
        rising = sorted(values)
        fences = log_fences(rising)
        first, third = log(fences.first_quartile), log(fences.third_quartile)
        low, high = first - 1.5 * (third - first), third + 1.5 * (third - first)

        if abs(log(value) - low) > 1e-9:
            assert fences.is_low(value) == (log(value) < low)
        if abs(log(value) - high) > 1e-9:
            assert fences.is_high(value) == (log(value) > high)

    def test_value_on_a_fence_is_inside(self) -> None:
        # Q1 = 4, Q3 = 16: a spread of 4 in powers, so the fences are 4/8 and 16*8.
        fences = LogFences(4, 16)

        assert not fences.is_high(128)
        assert fences.is_high(129)
        assert not fences.is_low(1)
        assert LogFences(400, 1600).is_low(49)
        assert not LogFences(400, 1600).is_low(50)


class TestConcentration:
    @pytest.mark.parametrize(
        ("counts", "share"),
        [([7], Fraction(1)), ([5, 5], Fraction(1, 2)), ([8, 1, 1], Fraction(66, 100))],
    )
    def test_index_is_the_sum_of_squared_shares(self, counts: list[int], share: Fraction) -> None:
        assert herfindahl(counts) == share


class TestDeviations:
    @pytest.mark.parametrize(("hits", "is_one"), [(70, False), (71, True)])
    def test_spike_lies_beyond_and_not_at_the_deviations(self, hits: int, is_one: bool) -> None:
        # n = 100, r = 1/2: the mean is 50, a deviation 5, so z of 70 is 4.
        assert is_spike(hits, 100, Fraction(1, 2), 4) == is_one

    def test_too_few_are_no_spike(self) -> None:
        assert not is_spike(0, 100, Fraction(1, 2), 4)

    @pytest.mark.parametrize(("hits", "z"), [(70, 400), (50, 0), (40, -200), (53, 60)])
    def test_z_is_given_in_hundredths(self, hits: int, z: int) -> None:
        assert z_hundredths(hits, 100, Fraction(1, 2)) == z

    def test_what_cannot_vary_has_none(self) -> None:
        assert z_hundredths(0, 100, Fraction(0)) is None

    @given(st.integers(0, 10**6), st.integers(1, 10**6), st.fractions(0, 1, max_denominator=999))
    def test_z_is_cut_off_towards_zero(self, hits: int, trials: int, rate: Fraction) -> None:
        hits = min(hits, trials)
        variance = trials * rate * (1 - rate)
        if variance:
            square = (hits - trials * rate) ** 2 * 10_000 / variance
            assert abs(z_hundredths(hits, trials, rate) or 0) == isqrt(int(square))


class TestDrops:
    @pytest.mark.parametrize(("count", "is_one"), [(200, False), (201, True)])
    def test_drop_lies_beyond_and_not_at_the_deviations(self, count: int, is_one: bool) -> None:
        # From 3/5 to 2/5 of 200 each: the pooled share is 1/2, its variance 1/4 * 2/200, so z is 4.
        assert is_drop((count, Fraction(3, 5)), (count, Fraction(2, 5)), 4) == is_one

    def test_share_that_rose_is_no_drop(self) -> None:
        assert not is_drop((900, Fraction(2, 5)), (900, Fraction(3, 5)), 4)

    @pytest.mark.parametrize(("later", "z"), [(Fraction(2, 5), 400), (Fraction(4, 5), -436)])
    def test_z_is_given_in_hundredths(self, later: Fraction, z: int) -> None:
        assert drop_z_hundredths((200, Fraction(3, 5)), (200, later)) == z

    def test_what_cannot_vary_has_none(self) -> None:
        assert drop_z_hundredths((30, Fraction(0)), (40, Fraction(0))) is None


def draws(seed: int) -> Callable[[int], int]:
    return Random(seed).randrange


def p_by_counting_all(strata: list[Stratum]) -> Fraction:
    """Deal the marks in every possible way (two strata at most)."""
    observed = quantile(sorted(v for each in strata for v in each.marked), MEDIAN)
    ways: list[list[int]] = [[]]
    for each in strata:
        pool = [*each.marked, *each.others]
        ways = [
            [*way, *(pool[place] for place in places)]
            for way in ways
            for places in combinations(range(len(pool)), len(each.marked))
        ]
    as_high = sum(quantile(sorted(way), MEDIAN) >= observed for way in ways)
    return Fraction(as_high, len(ways))


class TestPermutations:
    @pytest.mark.parametrize(
        "strata",
        [
            [Stratum((9, 8, 7), (1, 2, 3, 4, 5, 6))],
            [Stratum((3, 5), (1, 2, 4, 6)), Stratum((20,), (10, 30, 40, 15))],
            [Stratum((1,), (1, 1, 1))],
        ],
    )
    def test_share_is_near_that_of_all_dealings(self, strata: list[Stratum]) -> None:
        found = permutation_p_value(strata, draws(7), rounds=4_000)

        assert float(found) == pytest.approx(float(p_by_counting_all(strata)), abs=0.03)

    def test_marks_are_dealt_within_their_stratum_alone(self) -> None:
        # All of one stratum are slow, and all of them are marked: nothing can be dealt otherwise.
        strata = [Stratum((100, 100), ()), Stratum((), (1, 2, 3))]

        assert permutation_p_value(strata, draws(1), rounds=99) == 1

    def test_never_zero(self) -> None:
        strata = [Stratum(tuple(range(100, 130)), tuple(range(60)))]

        assert permutation_p_value(strata, draws(1), rounds=99) == Fraction(1, 100)

    def test_same_draws_give_the_same(self) -> None:
        strata = [Stratum((9, 3, 7), (1, 2, 8, 4, 5, 6))]

        assert permutation_p_value(strata, draws(3)) == permutation_p_value(strata, draws(3))
