"""Backlog: how many dossiers were pending at the end of each period, `backlog@v1`.

In time and overdue are as in `counts@v1` (domain.md 5.2): what waits for its applicant is in time.
A period that is not over is judged at `as_of`. Each group has every period from its first dossier,
or from the first period asked for, up to the last one; only those in which nothing was carried and
nothing came are left out.
"""

from typing import Final

import msgspec

from projections.counts import CheckpointReference
from projections.statistics.asking import CellSource, Query, few
from projections.statistics.counting import Asked
from projections.statistics.walking import group_order, stands, sums_by_group

DEFINITION: Final = "backlog@v1"


class BacklogFigure(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What was pending at the end of one period."""

    office: str
    procedure: str
    field: str | None
    channel: str
    period: str
    pending_in_time: int
    pending_overdue: int


class PendingOverTime(msgspec.Struct, frozen=True, kw_only=True):
    """Backlogs as they are published."""

    asked: Asked
    figures: tuple[BacklogFigure, ...]
    checkpoint: CheckpointReference
    as_of: str
    definition: str = DEFINITION


def backlog_of(
    source: CellSource, query: Query, most: int | None = None
) -> tuple[BacklogFigure, ...]:
    """Give the backlog of each group of a query, period by period.

    Raises:
        TooManyFigures: they are more than ``most``.
    """
    assert query.by_period

    groups = sums_by_group(source, query, stands_alone=True)
    today = source.places().latest_day(source.as_of())
    made = (
        BacklogFigure(
            office=group.office,
            procedure=group.procedure,
            field=group.field,
            channel=group.channel,
            period=stand.period,
            pending_in_time=stand.pending - stand.overdue,
            pending_overdue=stand.overdue,
        )
        for group in sorted(groups, key=group_order)
        for stand in stands(groups[group], query, today)
    )
    return few(made, most)
