"""How many standard deviations a count lies above what a rate would give, decided exactly.

And how many a share fell from one sample to another (the z-test of two proportions).
"""

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


Sample = tuple[int, Fraction]
"""How many were counted, and the share that was found among them."""


def is_drop(former: Sample, latter: Sample, deviations: int) -> bool:
    """Tell whether a share fell by more than so many standard deviations, both samples pooled."""
    fall, variance = _fall(former, latter)
    return fall > 0 and fall**2 > deviations**2 * variance


def drop_z_hundredths(former: Sample, latter: Sample) -> int | None:
    """Give z of the fall of a share in hundredths, cut off; None where nothing may vary."""
    fall, variance = _fall(former, latter)
    if variance == 0:
        return None
    square = fall**2 * 10_000 / variance
    root = _whole_root(square.numerator // square.denominator)
    return root if fall >= 0 else -root


def _fall(former: Sample, latter: Sample) -> tuple[Fraction, Fraction]:
    """Give by how much the share fell, and the variance of that if both had one share.

    SPEC: z = (p1 - p2) / sqrt(p (1 - p) (1/n1 + 1/n2)), p being the share of both together.
    """
    (many, before), (later, after) = former, latter
    assert many > 0
    assert later > 0
    pooled = (many * before + later * after) / (many + later)
    return before - after, pooled * (1 - pooled) * (Fraction(1, many) + Fraction(1, later))


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
