"""Revisions: what changed about months that an earlier edition had counted as over.

A late act, a correction, or an import of old history changes months that are past. Nothing is
hidden by it: the edition before keeps its bytes, and the next one lists every figure of `counts@v1`
and `durations@v1` whose month had ended, in its office's zone, at the earlier edition's instant;
`revisions@v2` also those of further files by month, `revisions@v3` those of each office. What
changed in a month that was still running is no revision, but its progress. Pure.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, Final

import msgspec

from domain.moments import time_zone
from projections.counts import ALL, Figure
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

_RANKS: Final = {measure: rank for rank, measure in enumerate((*COUNTED, *MEASURED))}
_PLACES: Final = frozenset({"office", "procedure", "period", "field", "channel"})
_MONTH: Final = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])", re.ASCII)

# By period, office, procedure and measure.
Monthly = dict[tuple[str, str, str, str], int]


@dataclass(frozen=True, slots=True)
class RevisedFile:
    """A file of which every number other than zero is compared, month by month.

    A measure is named by ``theme``, the values of ``by``, and where it stands in its figure;
    ``only`` are the numbers that belong to a month for good, or nothing for all of them. Of a file
    that ``is_tallied`` a month begins with its tally, which comes after its end: what the earlier
    edition had no tally of is new, and no revision.
    """

    name: str
    theme: str
    by: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    is_tallied: bool = False


class _Figures(msgspec.Struct):
    figures: list[dict[str, Any]]


class _Tally(msgspec.Struct):
    month: str


class _Tallied(msgspec.Struct):
    tallies: list[_Tally]


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


def figures_of_file(revised: RevisedFile, body: bytes) -> Monthly:
    """Read the monthly figures of a further file; zeros are left out.

    Raises:
        EditionDiffers: the file holds something else.
    """
    try:
        rows = msgspec.json.decode(body, type=_Figures).figures
    except msgspec.DecodeError as error:
        raise EditionDiffers(f"an edition's figures cannot be read: {error}") from error
    return dict(chain.from_iterable(measures_of_row(revised, row) for row in rows))


def measures_of_row(
    revised: RevisedFile, row: Mapping[str, Any]
) -> Iterator[tuple[tuple[str, str, str, str], int]]:
    """Give the numbers of one figure other than zero; none where it is of no month."""
    period = row.get("period")
    if not isinstance(period, str) or _MONTH.fullmatch(period) is None:
        return
    office, procedure = str(row.get("office", ALL)), str(row.get("procedure", ALL))
    place = ".".join((revised.theme, *(str(row.get(name)) for name in revised.by)))
    numbers = {
        name: value
        for name, value in row.items()
        if name not in _PLACES and name in (revised.only or row)
    }
    for measure, number in _numbers(place, numbers):
        yield (period, office, procedure, measure), number


def tallied_months(body: bytes) -> frozenset[str]:
    """Give the months whose tallies a file of ratings rests on.

    Raises:
        EditionDiffers: the file holds something else.
    """
    try:
        return frozenset(each.month for each in msgspec.json.decode(body, type=_Tallied).tallies)
    except msgspec.DecodeError as error:
        raise EditionDiffers(f"an edition's figures cannot be read: {error}") from error


def _numbers(place: str, value: object) -> Iterator[tuple[str, int]]:
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _numbers(f"{place}.{name}", below)
    elif isinstance(value, int) and not isinstance(value, bool) and value:
        yield place, value


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


def _order(key: tuple[str, str, str, str]) -> tuple[str, str, str, int, str]:
    period, office, procedure, measure = key
    return period, office, procedure, _RANKS.get(measure, len(_RANKS)), measure


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
