"""Timeliness: on time by law and by the index of Decision 766, side by side, `timeliness@v1`.

Of all dossiers carried into a period P or received in it (domain.md 5.1, 2.1; 5.3)::

    late by law      resolved in P after the due date, or pending at its end and overdue
    late by index    the same, judged by `domain.on_time_766`
    on time          the others

Where the two differ for a dossier there is one reason (`domain.on_time_766.differences`), and the
counts of the reasons add up to the dossiers that differ: `resolved` in P, and `pending` at its
end. The end of P is its last instant, or `as_of` if that is earlier.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from domain.on_time_766 import REASON_SENTENCES, Reason766
from projections.counts import ALL, CheckpointReference
from projections.statistics.asking import BEFORE, CellSource, Dimension, Query, selection_of
from projections.statistics.being_ahead import moves_of
from projections.statistics.counting import Asked
from projections.statistics.in_memory import is_selected
from projections.statistics.measures import PENDING_PREFIX, RESOLVED_PREFIX, Measure
from projections.statistics.walking import (
    EVERYTHING,
    Group,
    Stand,
    group_order,
    period_name,
    stands,
    sums_by_group,
    total_of,
    whole_stand,
)

DEFINITION: Final = "timeliness@v1"

# By group, then by the period in which they change, how many there are more of each reason.
Reasons = defaultdict[Group, defaultdict[str, Counter[str]]]


class Judged(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one yardstick says of the dossiers of a period."""

    on_time: int
    resolved_late: int
    pending_late: int


class ReasonCount(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How many dossiers the two judge differently for one reason."""

    reason: str
    resolved: int
    pending: int


class TimelinessFigure(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The dossiers of one group and period, judged by law and by index."""

    office: str
    procedure: str
    field: str | None
    channel: str
    period: str
    dossiers: int
    by_law: Judged
    by_index: Judged
    differences: tuple[ReasonCount, ...]


class ReasonText(msgspec.Struct, frozen=True, kw_only=True):
    """A reason in words."""

    reason: str
    vi: str
    en: str


class Timeliness(msgspec.Struct, frozen=True, kw_only=True):
    """Timeliness as it is published; ``reasons`` are those that figures name."""

    asked: Asked
    figures: tuple[TimelinessFigure, ...]
    total: TimelinessFigure
    reasons: tuple[ReasonText, ...]
    checkpoint: CheckpointReference
    as_of: str
    definition: str = DEFINITION


def judge_groups(
    source: CellSource, query: Query
) -> tuple[tuple[TimelinessFigure, ...], TimelinessFigure]:
    """Give the figures of a query in order, and their total."""
    groups, reasons = sums_by_group(source, query), _reasons(source, query)
    today = source.places().latest_day(source.as_of())
    figures = tuple(
        figure
        for group in sorted(groups, key=group_order)
        for figure in _figures(group, stands(groups[group], query, today), reasons[group], query)
    )
    total: Counter[str] = Counter()
    for by_period in reasons.values():
        for period, counts in by_period.items():
            total.update(_pending_alone(counts) if period == BEFORE else counts)
    whole = whole_stand(total_of(groups), query.period)
    return figures, _figure(EVERYTHING, whole, total)


def texts_of(figures: tuple[TimelinessFigure, ...]) -> tuple[ReasonText, ...]:
    """Give the words of every reason that some figures name."""
    named = {each.reason for figure in figures for each in figure.differences}
    return tuple(
        ReasonText(
            reason=reason.value, vi=REASON_SENTENCES[reason].vi, en=REASON_SENTENCES[reason].en
        )
        for reason in Reason766
        if reason.value in named
    )


def _reasons(source: CellSource, query: Query) -> Reasons:
    places = source.places()
    wanted = selection_of(query, places)
    found: Reasons = defaultdict(lambda: defaultdict(Counter))
    for row in source.reasons(wanted):
        group = Group.of(row.office, row.procedure, row.channel, query, places)
        found[group][row.period][row.measure] += row.dossiers
    for ahead in source.ahead():
        if not is_selected(ahead.kind, wanted):
            continue
        office = ahead.kind.office if Dimension.OFFICE in query.by else ALL
        channel = ahead.kind.channel if Dimension.CHANNEL in query.by else ALL
        group = Group.of(office, ahead.kind.procedure, channel, query, places)
        for period, measure, delta in moves_of(ahead, query.granularity):
            if measure.startswith(PENDING_PREFIX) and (query.last is None or period <= query.last):
                found[group][period_name(period, query)][measure] += delta
    return found


def _figures(
    group: Group,
    walked: Iterator[Stand],
    by_period: Mapping[str, Counter[str]],
    query: Query,
) -> Iterator[TimelinessFigure]:
    """Judge the periods of one group; what is pending adds up from period to period."""
    counts: Counter[str] = Counter()
    waiting = sorted(by_period)
    for stand in walked:
        for measure in [each for each in counts if each.startswith(RESOLVED_PREFIX)]:
            del counts[measure]
        while waiting and (not query.by_period or waiting[0] <= stand.period):
            period = waiting.pop(0)
            is_own = period == stand.period if query.by_period else period != BEFORE
            counts.update(by_period[period] if is_own else _pending_alone(by_period[period]))
        yield _figure(group, stand, counts)


def _pending_alone(counts: Counter[str]) -> Counter[str]:
    return Counter({name: n for name, n in counts.items() if name.startswith(PENDING_PREFIX)})


def _figure(group: Group, stand: Stand, counts: Counter[str]) -> TimelinessFigure:
    dossiers = stand.carried_over + stand.received
    return TimelinessFigure(
        office=group.office,
        procedure=group.procedure,
        field=group.field,
        channel=group.channel,
        period=stand.period,
        dossiers=dossiers,
        by_law=_judged(dossiers, stand.values[Measure.RESOLVED_LATE], stand.overdue),
        by_index=_judged(dossiers, stand.values[Measure.INDEX_RESOLVED_LATE], stand.index_overdue),
        differences=tuple(_differences(counts)),
    )


def _judged(dossiers: int, resolved_late: int, pending_late: int) -> Judged:
    on_time = dossiers - resolved_late - pending_late
    assert on_time >= 0
    return Judged(on_time=on_time, resolved_late=resolved_late, pending_late=pending_late)


def _differences(counts: Counter[str]) -> Iterator[ReasonCount]:
    for reason in Reason766:
        resolved = counts[f"{RESOLVED_PREFIX}{reason.value}"]
        pending = counts[f"{PENDING_PREFIX}{reason.value}"]
        if resolved or pending:
            yield ReasonCount(reason=reason.value, resolved=resolved, pending=pending)
