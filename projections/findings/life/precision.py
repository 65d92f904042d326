"""How often a rule was right, as far as inspectors have judged: its running precision.

SPEC: domain.md 7.2: a hit is a lead, never a verdict; what is confirmed, explained or mistaken is
an inspector's word. The precision is confirmed / (confirmed + explained + mistaken), always with
its n and Wilson's interval of 95 % (E. B. Wilson, JASA 22, 1927); below ten there is none. In
public no count below ten stands: of so few, who is meant could be told.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil, floor, sqrt
from typing import Final, Protocol

from domain.facts.integrity import FindingVerdict

LEAST_JUDGED: Final = 10
SMALLEST_PUBLIC_CELL: Final = 10
PERMILLE: Final = 1000
# The square of 1.959964, the normal quantile of 95 %.
_Z_SQUARED: Final = 3.841459

# The number, the version, and whether the rule compares: one number may have two rules.
RuleVersion = tuple[str, int, bool]


@dataclass(frozen=True, slots=True)
class Interval:
    """Wilson's interval in permille, rounded outwards."""

    low_permille: int
    high_permille: int


@dataclass(frozen=True, slots=True)
class RunningPrecision:
    """What inspectors have concluded of one version of a rule."""

    confirmed: int = 0
    explained: int = 0
    mistaken: int = 0

    @property
    def n(self) -> int:
        """Count the findings that were judged."""
        return self.confirmed + self.explained + self.mistaken

    @property
    def too_few(self) -> bool:
        """Tell whether too few were judged to say a share."""
        return self.n < LEAST_JUDGED

    @property
    def permille(self) -> int | None:
        """Give the share of confirmed ones in permille, rounded half up; None of too few."""
        if self.too_few:
            return None
        return (2 * PERMILLE * self.confirmed + self.n) // (2 * self.n)

    @property
    def interval(self) -> Interval | None:
        """Give the interval around the share; None of too few."""
        return None if self.too_few else wilson(self.confirmed, self.n)


def wilson(hits: int, n: int) -> Interval:
    """Give Wilson's interval of 95 % for `hits` out of `n`, in permille."""
    assert 0 <= hits <= n
    assert n > 0
    middle = hits + _Z_SQUARED / 2
    half = sqrt(_Z_SQUARED * (hits * (n - hits) / n + _Z_SQUARED / 4))
    whole = n + _Z_SQUARED
    low, high = (middle - half) / whole, (middle + half) / whole
    # Of none or all hits the ends are 0 and 1 exactly; floats would fall beside.
    low, high = (0.0 if hits == 0 else low), (1.0 if hits == n else high)
    return Interval(floor(low * PERMILLE), ceil(high * PERMILLE))


class Judged(Protocol):
    """What is counted of a finding: its rule, and what was concluded."""

    @property
    def rule(self) -> str | None:
        """Give the rule's number; None where the private part did not open."""

    @property
    def rule_version(self) -> int | None:
        """Give the rule's version."""

    @property
    def against_peers(self) -> bool:
        """Tell whether the rule compares."""

    @property
    def verdict(self) -> FindingVerdict | None:
        """Give the verdict, as far as it is known."""


def precision_by_rule(lives: Iterable[Judged]) -> Mapping[RuleVersion, RunningPrecision]:
    """Count the verdicts of each version of each rule; what did not open is left out."""
    counted: Counter[tuple[RuleVersion, FindingVerdict]] = Counter()
    for life in lives:
        if life.rule is not None and life.rule_version is not None and life.verdict is not None:
            rule = life.rule, life.rule_version, life.against_peers
            counted[rule, life.verdict] += 1
    return {
        rule: RunningPrecision(
            confirmed=counted[rule, FindingVerdict.CONFIRMED],
            explained=counted[rule, FindingVerdict.EXPLAINED],
            mistaken=counted[rule, FindingVerdict.MISTAKEN],
        )
        for rule in sorted({rule for rule, _ in counted})
    }


def public_cells(precision: RunningPrecision) -> dict[FindingVerdict, int]:
    """Give the counts by verdict that may be public: of ten or more, and no sum beside them."""
    counts = {
        FindingVerdict.CONFIRMED: precision.confirmed,
        FindingVerdict.EXPLAINED: precision.explained,
        FindingVerdict.MISTAKEN: precision.mistaken,
    }
    return {verdict: n for verdict, n in counts.items() if n >= SMALLEST_PUBLIC_CELL}
