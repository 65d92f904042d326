"""Quantiles by the nearest rank, and fences around values that spread over powers.

All in whole numbers, so that a value at a limit is on the same side on every machine.

SPEC: anchors.md 3b, K7: durations have heavy tails, so fences stand on the logarithmic scale.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

MEDIAN: Final = Fraction(1, 2)
FIRST_QUARTILE: Final = Fraction(1, 4)
THIRD_QUARTILE: Final = Fraction(3, 4)


def quantile(rising: Sequence[int], share: Fraction) -> int:
    """Give the quantile of values in rising order: the one of rank ceil(share * n), never between.

    The median of an even count is the lower of the two in the middle.
    """
    assert rising
    assert 0 < share <= 1
    rank = -(-share.numerator * len(rising) // share.denominator)
    return rising[rank - 1]


@dataclass(frozen=True, slots=True)
class LogFences:
    """Tukey's fences of positive values on the logarithmic scale, one and a half quartile spreads.

    A value x is low if log x < log Q1 - 1.5 (log Q3 - log Q1), which is x² Q3³ < Q1⁵.
    """

    first_quartile: int
    third_quartile: int

    def is_low(self, value: int) -> bool:
        """Tell whether a value lies below the lower fence."""
        assert value > 0
        return value**2 * self.third_quartile**3 < self.first_quartile**5

    def is_high(self, value: int) -> bool:
        """Tell whether a value lies above the upper fence."""
        assert value > 0
        return value**2 * self.first_quartile**3 > self.third_quartile**5


def log_fences(rising: Sequence[int]) -> LogFences:
    """Give the fences of positive values in rising order."""
    assert rising
    assert rising[0] > 0
    return LogFences(quantile(rising, FIRST_QUARTILE), quantile(rising, THIRD_QUARTILE))
