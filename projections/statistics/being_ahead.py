"""Dossiers that are ahead: they came or went on a day after the one that the figures are as of.

Clocks differ, and an import may bring a date that lies in the future. Such a dossier counts as
received or resolved in the period that it names, as every other; whether it is overdue in a period
that is not over is judged at the figures' instant. Cells cannot hold that, since it depends on the
length of the period; so these few are judged when figures are read.
"""

from collections.abc import Iterator
from datetime import datetime

from domain.dossiers import Dossier
from domain.figures import holds_at
from domain.moments import Moment, time_zone
from projections.statistics.adding import Kind
from projections.statistics.asking import Ahead
from projections.statistics.measures import Contribution, contribution_of, late_stretches
from projections.statistics.periods import Granularity, period_at


def settled_at(contribution: Contribution, zone: str) -> datetime:
    """Give the first instant of the last day on which a dossier came or went."""
    return Moment(day=contribution.settled_on).start_in(zone)


def ahead_of(dossier: Dossier, zone: str, as_of: datetime) -> Ahead | None:
    """Give what cells do not hold of a dossier; None unless it is ahead, and late all the same."""
    contribution = contribution_of(dossier, zone)
    if contribution is None or settled_at(contribution, zone) <= as_of:
        return None
    ended = contribution.ended
    is_open = ended is None or ended.day > contribution.received_on
    has_come = Moment(day=contribution.received_on).start_in(zone) <= as_of
    late = {
        measure: is_open and has_come
        for measure, stretches in late_stretches(dossier, zone).items()
        if holds_at(stretches, as_of)
    }
    if not late:
        return None
    return Ahead(
        kind=Kind(dossier.office, dossier.procedure, dossier.channel.value),
        today=as_of.astimezone(time_zone(zone)).date(),
        received_on=contribution.received_on,
        ended_on=None if ended is None else ended.day,
        late=late,
    )


def moves_of(ahead: Ahead, granularity: Granularity) -> Iterator[tuple[str, str, int]]:
    """Give what must be added to the changes of periods: (period, measure, +1 or -1)."""
    today = period_at(ahead.today, granularity)
    first = max(today, period_at(ahead.received_on, granularity))
    end = None if ahead.ended_on is None else period_at(ahead.ended_on, granularity)
    for measure, is_in_cells in ahead.late.items():
        if is_in_cells:
            yield today, measure, -1
        if end is None or first < end:
            yield first, measure, +1
            if end is not None:
                yield end, measure, -1
