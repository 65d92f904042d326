"""How many standard deviations a count lies above what a rate would give, decided exactly."""

from fractions import Fraction


def is_spike(hits: int, trials: int, rate: Fraction, deviations: int) -> bool:
    """Tell whether hits exceed n * rate by more than so many binomial standard deviations.

    z > d is decided as (hits - n r)² > d² n r (1 - r), in fractions.
    """
    assert 0 <= hits <= trials
    assert 0 <= rate <= 1
    above = hits - trials * rate
    return above > 0 and above**2 > deviations**2 * trials * rate * (1 - rate)


def z_hundredths(hits: int, trials: int, rate: Fraction) -> int | None:
    """Give z in hundredths, cut off towards zero; None where nothing may vary."""
    variance = trials * rate * (1 - rate)
    if variance == 0:
        return None
    above = hits - trials * rate
    square = above**2 * 10_000 / variance
    root = _whole_root(square.numerator // square.denominator)
    return root if above >= 0 else -root


def _whole_root(value: int) -> int:
    """Give the whole part of a square root (Newton's way, in whole numbers)."""
    if value == 0:
        return 0
    root = 1 << -(-value.bit_length() // 2)
    while True:
        better = (root + value // root) // 2
        if better >= root:
            return root
        root = better
