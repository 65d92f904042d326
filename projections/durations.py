"""Durations: how long resolved dossiers took, gross and without the waits, `durations@v1`.

Everything is in whole seconds. The percentile p of n values in rising order is the one of rank
ceil(p n / 100), the nearest rank, so it is a value that occurred and never a fraction. A dossier
belongs to the month in which it counts as resolved. One that ended before its acceptance is not
measured, and `resolved` counts those that are: how many were left out is what `counts@v1` has more.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from domain.figures import end_period, gross_duration_seconds, net_duration_seconds
from ledger.errors import StoreCorrupt
from projections.counts import ALL, ALL_HISTORY, CheckpointReference, Span, open_row
from projections.dossier_rows import DossierRow

DEFINITION: Final = "durations@v1"
MEDIAN: Final = 50
NINETIETH: Final = 90


class Duration(msgspec.Struct, frozen=True, kw_only=True):
    """How long the resolved dossiers of one office, procedure and month took; `*`: all months."""

    office: str
    procedure: str
    period: str
    resolved: int
    gross_median_seconds: int
    gross_p90_seconds: int
    net_median_seconds: int
    net_p90_seconds: int


class DurationStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """Durations as they are published."""

    durations: tuple[Duration, ...]
    checkpoint: CheckpointReference
    as_of: str
    definition: str = DEFINITION


def nearest_rank(rising: list[int], percentile: int) -> int:
    """Give the percentile of values in rising order, by the nearest rank."""
    assert rising
    assert 0 < percentile <= 100  # noqa: PLR2004 - a percentile is what it says

    rank = -(-percentile * len(rising) // 100)
    return rising[rank - 1]


def measure_durations(
    rows: Iterable[DossierRow],
    zones: Mapping[str, str],
    span: Span = ALL_HISTORY,
    *,
    by_period: bool = False,
) -> list[Duration]:
    """Measure the resolved dossiers per office and procedure, and per month if asked to.

    Raises:
        StoreCorrupt: a row does not hold a dossier of a registered office.
    """
    cells: dict[tuple[str, str, str], list[tuple[int, int]]] = defaultdict(list)
    for row in rows:
        if row.accepted_at is None or row.ended_at is None:
            continue
        period, measured = _measure(row, zones)
        if measured is not None and (span.first or period) <= period <= (span.last or period):
            cells[row.office, row.procedure, period if by_period else ALL].append(measured)
    return [_duration(key, measured) for key, measured in sorted(cells.items())]


def _measure(row: DossierRow, zones: Mapping[str, str]) -> tuple[str, tuple[int, int] | None]:
    zone = zones.get(row.office)
    if zone is None:
        raise StoreCorrupt(f"the row of {row.stream} names an office that is not registered")
    dossier = open_row(row)
    period = end_period(dossier, zone)
    gross = gross_duration_seconds(dossier, zone)
    net = net_duration_seconds(dossier, zone)
    assert period is not None
    return period, None if gross is None or net is None else (gross, net)


def _duration(key: tuple[str, str, str], measured: list[tuple[int, int]]) -> Duration:
    gross = sorted(seconds for seconds, _ in measured)
    net = sorted(seconds for _, seconds in measured)
    return Duration(
        office=key[0],
        procedure=key[1],
        period=key[2],
        resolved=len(measured),
        gross_median_seconds=nearest_rank(gross, MEDIAN),
        gross_p90_seconds=nearest_rank(gross, NINETIETH),
        net_median_seconds=nearest_rank(net, MEDIAN),
        net_p90_seconds=nearest_rank(net, NINETIETH),
    )
