"""Revisions: what changed about months that an earlier edition had counted as over.

A late act, a correction, or an import of old history changes months that are past. Nothing is
hidden by it: the edition before keeps its bytes, and the next one lists every figure of `counts@v1`
and `durations@v1` whose month had ended, in its office's zone, at the earlier edition's instant.
What changed in a month that was still running is no revision, but its progress. Pure.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

import msgspec

from domain.moments import time_zone
from projections.counts import Figure
from projections.durations import Duration
from projections.editions.days import EDITION_ZONE
from projections.editions.errors import EditionDiffers
from projections.editions.shapes import Revision

_KEY: Final = frozenset({"office", "procedure", "period"})
COUNTED: Final = tuple(name for name in Figure.__struct_fields__ if name not in _KEY)
# How many were resolved stands among the counts already.
MEASURED: Final = tuple(
    name for name in Duration.__struct_fields__ if name not in _KEY | {"resolved"}
)

# By period, office, procedure and measure.
Monthly = dict[tuple[str, str, str, str], int]


class _Counts(msgspec.Struct):
    figures: list[Figure]


class _Durations(msgspec.Struct):
    durations: list[Duration]


def monthly_figures(counts: bytes, durations: bytes) -> Monthly:
    """Read the monthly figures of an edition's files; counts of nothing are left out.

    Raises:
        EditionDiffers: the files hold something else.
    """
    try:
        counted = msgspec.json.decode(counts, type=_Counts).figures
        measured = msgspec.json.decode(durations, type=_Durations).durations
    except msgspec.DecodeError as error:
        raise EditionDiffers(f"an edition's figures cannot be read: {error}") from error
    figures = {key: value for key, value in _measures(counted, COUNTED) if value}
    figures.update(_measures(measured, MEASURED))
    return figures


def revisions_between(
    before: Monthly, after: Monthly, before_as_of: datetime, zones: Mapping[str, str]
) -> tuple[Revision, ...]:
    """Give what the later figures say otherwise of months that were over at ``before_as_of``."""
    is_over = _over_at(before_as_of, zones)
    changed = (key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
    return tuple(
        _revision(key, before.get(key), after.get(key))
        for key in sorted(changed, key=_order)
        if is_over(key)
    )


def _measures(
    rows: Iterable[Figure | Duration], names: tuple[str, ...]
) -> Iterator[tuple[tuple[str, str, str, str], int]]:
    for row in rows:
        for name in names:
            yield (row.period, row.office, row.procedure, name), getattr(row, name)


def _over_at(
    instant: datetime, zones: Mapping[str, str]
) -> Callable[[tuple[str, str, str, str]], bool]:
    running: dict[str, str] = {}
    for office in {"", *zones}:
        local = instant.astimezone(time_zone(zones.get(office, EDITION_ZONE)))
        running[office] = f"{local.year:04d}-{local.month:02d}"
    return lambda key: key[0] < running.get(key[1], running[""])


def _order(key: tuple[str, str, str, str]) -> tuple[str, str, str, int]:
    period, office, procedure, measure = key
    return period, office, procedure, (*COUNTED, *MEASURED).index(measure)


def _revision(key: tuple[str, str, str, str], before: int | None, after: int | None) -> Revision:
    period, office, procedure, measure = key
    nothing = 0 if measure in COUNTED else None
    return Revision(
        period=period,
        office=office,
        procedure=procedure,
        measure=measure,
        before=nothing if before is None else before,
        after=nothing if after is None else after,
    )
