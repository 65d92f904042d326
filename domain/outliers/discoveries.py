"""Many tests at once: which of them stand when one in twenty of what stands may be chance.

The procedure of Benjamini and Hochberg (1995), which domain.md 7.2 asks for at 5 % per run.
"""

from collections.abc import Sequence
from typing import Final

FALSE_DISCOVERIES: Final = 0.05


def discoveries(p_values: Sequence[float], rate: float = FALSE_DISCOVERIES) -> tuple[bool, ...]:
    """Tell of each test, in order, whether it stands among all of them.

    With m tests in rising order of p, those up to the last with p(k) <= k * rate / m stand.
    """
    assert 0 < rate < 1
    rising = sorted(p_values)
    threshold = -1.0
    for rank, p_value in enumerate(rising, 1):
        assert 0 <= p_value <= 1
        if p_value * len(rising) <= rank * rate:
            threshold = p_value
    return tuple(p_value <= threshold for p_value in p_values)
