"""Comparisons between offices: which share of what they resolved was late, `comparison@v1`.

Each office has the number n of dossiers that it resolved in the period, the share that was late,
and the interval in which a share lies that would give this one by chance 95 times of 100 (Wilson's
score interval). An office with n below 30 is too small to compare. This is an official view: where
fewer than ten dossiers, but not none, were late or were not, neither count nor share is shown. It
is a courtesy of the view, and no secret: counts of open dossiers are public one by one.

Shares are in hundredths of a percent. Wilson's bounds for k of n with z of a normal distribution
(Wilson 1927)::

    (k + z²/2 ± z √(k (n - k) / n + z²/4)) / (n + z²)
"""

from math import sqrt
from typing import Final

import msgspec

from projections.counts import CheckpointReference
from projections.statistics.asking import CellSource, Dimension, Query
from projections.statistics.counting import Asked
from projections.statistics.measures import Measure
from projections.statistics.walking import group_order, sums_by_group, total_of, whole_stand

DEFINITION: Final = "comparison@v1"
LEAST_COMPARED: Final = 30
LEAST_SHOWN: Final = 10
WHOLE: Final = 10_000
Z_95: Final = 1.959963984540054


class ComparedOffice(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One office: what it resolved, and the share of it that was late, in hundredths of a percent.

    What is null is not shown because the cell is too small.
    """

    office: str
    resolved: int | None
    late: int | None
    late_per_10000: int | None
    lowest_per_10000: int | None
    highest_per_10000: int | None
    is_too_small_to_compare: bool
    is_suppressed: bool


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """A comparison as it is published; ``all_offices`` are those compared, together."""

    asked: Asked
    offices: tuple[ComparedOffice, ...]
    all_offices: ComparedOffice
    least_compared: int
    least_shown: int
    confidence_percent: int
    checkpoint: CheckpointReference
    as_of: str
    definition: str = DEFINITION


def compare_offices(
    source: CellSource, query: Query
) -> tuple[tuple[ComparedOffice, ...], ComparedOffice]:
    """Compare the offices of a query that resolved anything, and give all of them together."""
    assert query.by == {Dimension.OFFICE}

    groups = sums_by_group(source, query)
    compared = []
    for group in sorted(groups, key=group_order):
        stand = whole_stand(groups[group], query.period)
        if stand.resolved:
            late = stand.values[Measure.RESOLVED_LATE]
            compared.append(compared_office(group.office, stand.resolved, late))
    whole = whole_stand(total_of(groups), query.period)
    together = compared_office("*", whole.resolved, whole.values[Measure.RESOLVED_LATE])
    return tuple(compared), together


def compared_office(office: str, resolved: int, late: int) -> ComparedOffice:
    """Give what an official view shows of one office."""
    assert 0 <= late <= resolved

    is_suppressed = any(0 < cell < LEAST_SHOWN for cell in (resolved, late, resolved - late))
    shares: tuple[int, int, int] | None = None
    if resolved and not is_suppressed:
        shares = (_share(late / resolved), *wilson_interval(late, resolved))
    lowest, highest = (None, None) if shares is None else shares[1:]
    return ComparedOffice(
        office=office,
        resolved=None if 0 < resolved < LEAST_SHOWN else resolved,
        late=None if is_suppressed else late,
        late_per_10000=None if shares is None else shares[0],
        lowest_per_10000=lowest,
        highest_per_10000=highest,
        is_too_small_to_compare=resolved < LEAST_COMPARED,
        is_suppressed=is_suppressed,
    )


def wilson_interval(late: int, resolved: int) -> tuple[int, int]:
    """Give the bounds of Wilson's 95 % interval, in hundredths of a percent."""
    assert 0 <= late <= resolved
    assert resolved > 0

    squared = Z_95 * Z_95
    middle = late + squared / 2
    width = Z_95 * sqrt(late * (resolved - late) / resolved + squared / 4)
    whole = resolved + squared
    return _share(max(0.0, (middle - width) / whole)), _share(min(1.0, (middle + width) / whole))


def _share(part: float) -> int:
    return round(part * WHOLE)
