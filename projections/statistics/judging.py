"""Timeliness: on time by law and by the index of Decision 766, side by side, `timeliness@v1`.

Of all dossiers carried into a period P or received in it (domain.md 5.1, 2.1; 5.3)::

    late by law      resolved in P after the due date, or pending at its end and overdue
    late by index    the same, judged by `domain.on_time_766`
    on time          the others

Where the two differ for a dossier there is one reason (`domain.on_time_766.differences`), and the
counts of the reasons add up to the dossiers that differ: `resolved` in P, and `pending` at its
end. The end of P is its last instant, or `as_of` if that is earlier.

What has no due date is never late by law, what has no appointment either is never late by the
index; `resolved_without_due` tells how many of those on time were resolved in P without one.
"""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, NamedTuple

import msgspec

from domain.on_time_766 import REASON_SENTENCES, Reason766
from projections.counts import ALL, CheckpointReference
from projections.statistics.asking import BEFORE, CellSource, Dimension, Query, few, selection_of
from projections.statistics.being_ahead import moves_of
from projections.statistics.counting import Asked
from projections.statistics.in_memory import is_selected
from projections.statistics.measures import (
    INDEX_WITHOUT_DUE,
    PENDING_PREFIX,
    RESOLVED_PREFIX,
    WITHOUT_DUE,
    Measure,
)
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
Counts = dict[str, int]
ByPeriod = dict[str, Counts]
Reasons = dict[Group, ByPeriod]
_NO_REASONS: Final[ByPeriod] = {}


class Judged(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one yardstick says of the dossiers of a period.

    `resolved_without_due` are among those on time: resolved without anything to be late by.
    """

    on_time: int
    resolved_late: int
    pending_late: int
    resolved_without_due: int


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
    source: CellSource, query: Query, most: int | None = None
) -> tuple[tuple[TimelinessFigure, ...], TimelinessFigure]:
    """Give the figures of a query in order, and their total.

    Raises:
        TooManyFigures: they are more than ``most``.
    """
    # Told together, the periods of a group have a figure also where it is one of nothing.
    groups = sums_by_group(source, query, stands_alone=query.by_period)
    reasons = _reasons(source, query)
    today = source.places().latest_day(source.as_of())
    made = (
        figure
        for group in sorted(groups, key=group_order)
        for figure in _figures(
            group, stands(groups[group], query, today), reasons.get(group, _NO_REASONS), query
        )
    )
    figures = few(made, most)
    total: Counts = {}
    for by_period in reasons.values():
        for period, counts in by_period.items():
            _add(total, _pending_alone(counts) if period == BEFORE else counts)
    whole = whole_stand(total_of(groups), query.period)
    return figures, _figure(EVERYTHING, whole, total)


class WithoutDue(NamedTuple):
    """How many dossiers were resolved on time without anything to be late by."""

    by_law: int
    by_index: int


def resolved_without_due(source: CellSource, query: Query) -> WithoutDue:
    """Count what a query's total counts as on time for want of a due date, of all it asks for."""
    counts = Counter[str]()
    for row in source.reasons(selection_of(replace(query, by=frozenset()), source.places())):
        if row.period != BEFORE:
            counts[row.measure] += row.dossiers
    return WithoutDue(counts[WITHOUT_DUE], counts[INDEX_WITHOUT_DUE])


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
    wanted = replace(selection_of(query, places), stands_alone=True)
    found: Reasons = {}
    # Many rows are of one group, and naming it costs more than all else that is done with them.
    known: dict[tuple[str, str, str], ByPeriod] = {}
    for office, procedure, channel, period, measure, dossiers in source.reasons(wanted):
        by_period = known.get((office, procedure, channel))
        if by_period is None:
            group = Group.of(office, procedure, channel, query, places)
            by_period = known[office, procedure, channel] = found.setdefault(group, {})
        counts = by_period.setdefault(period, {})
        counts[measure] = counts.get(measure, 0) + dossiers
    for ahead in source.ahead():
        if not is_selected(ahead.kind, wanted):
            continue
        office = ahead.kind.office if Dimension.OFFICE in query.by else ALL
        channel = ahead.kind.channel if Dimension.CHANNEL in query.by else ALL
        group = Group.of(office, ahead.kind.procedure, channel, query, places)
        for period, measure, delta in moves_of(ahead, query.granularity):
            if measure.startswith(PENDING_PREFIX) and (query.last is None or period <= query.last):
                by_period = found.setdefault(group, {})
                _add(by_period.setdefault(period_name(period, query), {}), {measure: delta})
    return found


def _figures(
    group: Group, walked: Iterator[Stand], by_period: ByPeriod, query: Query
) -> Iterator[TimelinessFigure]:
    """Judge the periods of one group; what is pending adds up from period to period."""
    if not by_period:
        # Of most groups law and index judge all dossiers alike.
        for stand in walked:
            yield _figure(group, stand, {})
        return
    counts: Counts = {}
    waiting = deque(sorted(by_period))
    for stand in walked:
        counts = _pending_alone(counts)
        while waiting and (not query.by_period or waiting[0] <= stand.period):
            period = waiting.popleft()
            is_own = period == stand.period if query.by_period else period != BEFORE
            _add(counts, by_period[period] if is_own else _pending_alone(by_period[period]))
        yield _figure(group, stand, counts)


def _pending_alone(counts: Counts) -> Counts:
    return {name: n for name, n in counts.items() if name.startswith(PENDING_PREFIX)}


def _add(counts: Counts, more: Counts) -> None:
    for measure, dossiers in more.items():
        counts[measure] = counts.get(measure, 0) + dossiers


def _figure(group: Group, stand: Stand, counts: Counts) -> TimelinessFigure:
    dossiers = stand.carried_over + stand.received
    return TimelinessFigure(
        office=group.office,
        procedure=group.procedure,
        field=group.field,
        channel=group.channel,
        period=stand.period,
        dossiers=dossiers,
        by_law=_judged(
            dossiers, stand.values[Measure.RESOLVED_LATE], stand.overdue, counts.get(WITHOUT_DUE, 0)
        ),
        by_index=_judged(
            dossiers,
            stand.values[Measure.INDEX_RESOLVED_LATE],
            stand.index_overdue,
            counts.get(INDEX_WITHOUT_DUE, 0),
        ),
        differences=tuple(_differences(counts)) if counts else (),
    )


def _judged(dossiers: int, resolved_late: int, pending_late: int, without_due: int) -> Judged:
    on_time = dossiers - resolved_late - pending_late
    assert 0 <= without_due <= on_time
    return Judged(
        on_time=on_time,
        resolved_late=resolved_late,
        pending_late=pending_late,
        resolved_without_due=without_due,
    )


def _differences(counts: Counts) -> Iterator[ReasonCount]:
    # Few of the reasons occur, and there are thousands of figures.
    named = {_PLACE_OF[name] for name, dossiers in counts.items() if dossiers and name in _PLACE_OF}
    for place in sorted(named):
        reason, of_resolved, of_pending = _MEASURES_OF[place]
        yield ReasonCount(
            reason=reason,
            resolved=counts.get(of_resolved, 0),
            pending=counts.get(of_pending, 0),
        )


# The reasons in their order, each with its two measures; and by measure the place of its reason.
_MEASURES_OF: Final = tuple(
    (reason.value, f"{RESOLVED_PREFIX}{reason.value}", f"{PENDING_PREFIX}{reason.value}")
    for reason in Reason766
)
_PLACE_OF: Final = {
    measure: place for place, (_, *both) in enumerate(_MEASURES_OF) for measure in both
}
