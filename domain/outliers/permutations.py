"""A permutation test of medians: how often as high a one comes where the marks fall by chance.

Marks are dealt anew within each stratum alone, so that what differs between strata shows nothing.
Chance is an argument: the caller draws it from something that anybody can name again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from domain.outliers.quantiles import MEDIAN, quantile

ROUNDS: Final = 1_999

Draw = Callable[[int], int]
"""Gives a whole number from 0 to below its argument, each equally likely."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """The values of one group that is alike, of those who are marked and of the others."""

    marked: tuple[int, ...]
    others: tuple[int, ...]


def median_of_marked(strata: Sequence[Stratum]) -> int:
    """Give the median of all marked values."""
    return quantile(sorted(value for each in strata for value in each.marked), MEDIAN)


def permutation_p_value(strata: Sequence[Stratum], draw: Draw, rounds: int = ROUNDS) -> Fraction:
    """Give how often a median of marked values as high or higher comes by chance.

    The dealing that was observed counts as one of the rounds, so the answer is never zero.
    """
    assert rounds > 0
    observed = median_of_marked(strata)
    pools = [([*each.marked, *each.others], len(each.marked)) for each in strata]
    as_high = 0
    for _ in range(rounds):
        dealt = [value for pool, count in pools for value in _deal(pool, count, draw)]
        as_high += quantile(sorted(dealt), MEDIAN) >= observed
    return Fraction(1 + as_high, 1 + rounds)


def _deal(pool: list[int], count: int, draw: Draw) -> list[int]:
    """Bring a random choice of so many to the front of the pool, and give it."""
    for place in range(count):
        other = place + draw(len(pool) - place)
        pool[place], pool[other] = pool[other], pool[place]
    return pool[:count]
