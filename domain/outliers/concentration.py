"""Concentration: how far a few have most of something (Herfindahl)."""

from collections.abc import Collection
from fractions import Fraction


def herfindahl(counts: Collection[int]) -> Fraction:
    """Give the sum of the squared shares: 1 where one has all, 1/n where n have equal parts."""
    assert all(count >= 0 for count in counts)
    total = sum(counts)
    assert total > 0
    return Fraction(sum(count**2 for count in counts), total**2)
