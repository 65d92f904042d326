"""Binomial tails and funnel limits: how many hits among n would be odd at a known rate.

Only additions, multiplications and divisions of IEEE doubles are used, relative to the likeliest
count, so every machine computes the same digits; the relative error is below 1e-10 up to a million
trials. A tail too small for a double is 0.0.

SPEC: domain.md 7.2: funnel limits of 99.8 %, which is a thousandth on either side.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import fsum
from typing import Final

FUNNEL_TAIL: Final = 0.001
LEAST_TRIALS: Final = 30


@dataclass(frozen=True, slots=True)
class Tails:
    """How likely so few hits, or so many, are; the count itself belongs to both."""

    lower: float
    upper: float

    @property
    def two_sided(self) -> float:
        """Give twice the smaller tail, at most 1."""
        return min(1.0, 2 * self.lower, 2 * self.upper)


@dataclass(frozen=True, slots=True)
class FunnelLimits:
    """The most hits that are too few and the least that are too many; None where none can be."""

    too_few: int | None
    too_many: int | None

    def is_above(self, hits: int) -> bool:
        """Tell whether so many hits lie above the funnel."""
        return self.too_many is not None and hits >= self.too_many

    def is_below(self, hits: int) -> bool:
        """Tell whether so few hits lie below the funnel."""
        return self.too_few is not None and hits <= self.too_few


def binomial_tails(hits: int, trials: int, rate: Fraction) -> Tails:
    """Give both tails of a count of hits, each trial hitting at that rate."""
    assert 0 <= hits <= trials
    first, weights = _weights(trials, rate)
    total = fsum(weights)
    place = hits - first
    lower = fsum(weights[: max(0, place + 1)])
    upper = fsum(weights[max(0, place) :])
    return Tails(min(1.0, lower / total), min(1.0, upper / total))


def funnel_limits(trials: int, rate: Fraction, tail: float = FUNNEL_TAIL) -> FunnelLimits:
    """Give the limits outside of which a count of hits has at most that likelihood on its side."""
    assert 0 < tail < 1
    first, weights = _weights(trials, rate)
    allowed = tail * fsum(weights)
    last = first + len(weights) - 1
    below = _fitting(weights, allowed)
    above = _fitting(list(reversed(weights)), allowed)
    too_few, too_many = first + below - 1, last - above + 1
    return FunnelLimits(too_few if too_few >= 0 else None, too_many if too_many <= trials else None)


def _fitting(weights: list[float], allowed: float) -> int:
    """Count the weights from the outside in whose sum stays within what is allowed."""
    total, count = 0.0, 0
    for weight in weights:
        total += weight
        if total > allowed:
            break
        count += 1
    return count


def _weights(trials: int, rate: Fraction) -> tuple[int, list[float]]:
    """Give the first count that is not too unlikely for a double, and the weights from it on."""
    assert trials >= 0
    assert 0 <= rate <= 1
    if rate in (0, 1):
        return (trials if rate else 0), [1.0]
    likeliest = (trials + 1) * rate.numerator // rate.denominator
    likeliest = min(likeliest, trials)
    odds = rate.numerator / (rate.denominator - rate.numerator)
    below = list(_falling(likeliest, trials, 1 / odds))
    above = list(_rising(likeliest, trials, odds))
    return likeliest - len(below), [*reversed(below), 1.0, *above]


def _rising(likeliest: int, trials: int, odds: float) -> Iterator[float]:
    weight = 1.0
    for count in range(likeliest, trials):
        weight *= (trials - count) / (count + 1) * odds
        if weight == 0.0:
            return
        yield weight


def _falling(likeliest: int, trials: int, odds_against: float) -> Iterator[float]:
    weight = 1.0
    for count in range(likeliest, 0, -1):
        weight *= count / (trials - count + 1) * odds_against
        if weight == 0.0:
            return
        yield weight
