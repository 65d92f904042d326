"""Timeliness, backlog and durations from cells, over random dossiers, by slow references."""

from collections import Counter
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.deadlines import Timeliness
from domain.dossiers import Channel, Dossier
from domain.figures import (
    gross_duration_seconds,
    net_duration_seconds,
    overdue_at,
    resolution,
)
from domain.on_time_766 import On766, difference_766, judge_766, verdict_766
from projections.counts import Span
from projections.dossier_rows import row_of
from projections.durations import measure_durations
from projections.statistics.asking import Dimension, Query
from projections.statistics.backlog import backlog_of
from projections.statistics.counting import count_groups
from projections.statistics.judging import judge_groups, resolved_without_due
from projections.statistics.lasting import first_durations, measure_groups
from tests.property.statistics.test_statistics import appointed, cells_of, dressed, groupings
from tests.property.test_counts import AS_OF, ZONES, dossiers, periods
from tests.support.references.counts import first_of_next_month, midnight, slow_percentile

MONTHLY = Query(by=frozenset({Dimension.PERIOD, Dimension.OFFICE}))
More = list[tuple[object, Channel, int]]


def settled(found: list[Dossier]) -> list[Dossier]:
    """Leave out what lies ahead of the figures: there months are judged by their length."""
    return [
        each
        for each in found
        if each.accepted_at is not None
        and each.accepted_at.start_in(ZONES[each.office]) <= AS_OF
        and (each.ended_at is None or each.ended_at.start_in(ZONES[each.office]) <= AS_OF)
    ]


def last_instant(period: str, zone: str) -> datetime:
    first = date(int(period[:4]), int(period[5:]), 1)
    return min(midnight(first_of_next_month(first), zone) - timedelta(microseconds=1), AS_OF)


def judged_by_nothing(dossier: Dossier) -> bool:
    dues = [dossier.appointment, dossier.due, *(each.due_before for each in dossier.due_changes)]
    return not any(dues)


def judged_slowly(mine: list[Dossier], period: str, zone: str) -> dict[str, object]:
    """Judge every dossier of one office at the end of a month, and at its end if that came."""
    at, counted = last_instant(period, zone), Counter[str]()
    reasons: Counter[str] = Counter()
    for dossier in mine:
        assert dossier.accepted_at is not None
        received = dossier.accepted_at.day_in(zone).isoformat()[:7]
        ended = None
        if dossier.ended_at is not None:
            ended = max(received, dossier.ended_at.day_in(zone).isoformat()[:7])
        if received > period or (ended is not None and ended < period):
            continue
        counted["dossiers"] += 1
        if ended == period:
            end = max(dossier.ended_at.start_in(zone), dossier.accepted_at.start_in(zone))  # type: ignore[union-attr]
            counted["law_resolved"] += resolution(dossier, zone) is Timeliness.LATE
            counted["index_resolved"] += verdict_766(dossier, zone) is On766.LATE
            counted["law_without"] += dossier.due is None
            counted["index_without"] += (
                judged_by_nothing(dossier) and verdict_766(dossier, zone) is not On766.LATE
            )
            difference = difference_766(dossier, zone, end)
            reasons += Counter([f"{difference.reason.value} resolved"] if difference else [])
        else:
            counted["law_pending"] += overdue_at(dossier, at, zone)
            counted["index_pending"] += judge_766(dossier, zone, at) is On766.LATE
            difference = difference_766(dossier, zone, at)
            reasons += Counter([f"{difference.reason.value} pending"] if difference else [])
    return {"counted": +counted, "reasons": +reasons}


@given(dossiers, appointed)
def test_law_and_index_and_their_reasons_are_what_every_dossier_says(
    found: list[Dossier], more: More
) -> None:
    mine = settled(dressed(found, more))

    figures, _ = judge_groups(cells_of(mine), MONTHLY)

    for figure in figures:
        counted = Counter(
            dossiers=figure.dossiers,
            law_resolved=figure.by_law.resolved_late,
            law_pending=figure.by_law.pending_late,
            index_resolved=figure.by_index.resolved_late,
            index_pending=figure.by_index.pending_late,
            law_without=figure.by_law.resolved_without_due,
            index_without=figure.by_index.resolved_without_due,
        )
        reasons = Counter[str]()
        for each in figure.differences:
            reasons[f"{each.reason} resolved"] += each.resolved
            reasons[f"{each.reason} pending"] += each.pending
        of_office = [each for each in mine if each.office == figure.office]
        slow = judged_slowly(of_office, figure.period, ZONES[figure.office])
        assert {"counted": +counted, "reasons": +reasons} == slow


@given(dossiers, appointed, periods, groupings)
def test_dossiers_on_time_and_late_are_all_that_were_handled(
    found: list[Dossier], more: More, first: str | None, by: frozenset[Dimension]
) -> None:
    query = Query(first=first, by=by)
    cells = cells_of(dressed(found, more))

    figures, total = judge_groups(cells, query)
    without = resolved_without_due(cells, query)
    assert without.by_law == total.by_law.resolved_without_due
    assert without.by_index == total.by_index.resolved_without_due
    counted, _ = count_groups(cells, query)

    for figure in (*figures, total):
        for judged in (figure.by_law, figure.by_index):
            late = judged.resolved_late + judged.pending_late
            assert judged.on_time + late == figure.dossiers
        assert all(each.resolved >= 0 and each.pending >= 0 for each in figure.differences)
    late_by_law = {(each.office, each.period): each.by_law for each in figures}
    if by == {Dimension.OFFICE, Dimension.PERIOD}:
        for each in counted:
            law = late_by_law[each.office, each.period]
            assert (law.resolved_late, law.pending_late) == (
                each.resolved_late,
                each.pending_overdue,
            )


@given(dossiers, appointed)
def test_backlog_is_what_counts_leave_pending(found: list[Dossier], more: More) -> None:
    cells = cells_of(dressed(found, more))

    counted, _ = count_groups(cells, MONTHLY)

    assert [
        (each.office, each.period, each.pending_in_time, each.pending_overdue)
        for each in backlog_of(cells, MONTHLY)
    ] == [
        (each.office, each.period, each.pending_in_time, each.pending_overdue) for each in counted
    ]


@given(dossiers, periods, periods, st.booleans())
def test_durations_from_cells_are_those_of_the_slow_fold(
    found: list[Dossier], first: str | None, last: str | None, by_period: bool
) -> None:
    span = Span(first, last)

    slow = measure_durations(map(row_of, found), ZONES, span, by_period=by_period)

    assert first_durations(cells_of(found), span, by_period=by_period) == slow


@given(dossiers)
def test_spread_of_all_is_by_the_slow_percentile(found: list[Dossier]) -> None:
    ended = [each for each in found if each.accepted_at is not None and each.ended_at is not None]

    _, total = measure_groups(cells_of(found), Query(by=frozenset({Dimension.OFFICE})))

    assert total.resolved + total.ends_before_acceptance == len(ended)
    for spread, seconds_of in (
        (total.gross, gross_duration_seconds),
        (total.net, net_duration_seconds),
    ):
        seconds = [
            value for each in ended if (value := seconds_of(each, ZONES[each.office])) is not None
        ]
        expected = (
            [slow_percentile(seconds, p) for p in (50, 75, 90, 100)] if seconds else [None] * 4
        )
        assert [
            spread.median_seconds,
            spread.p75_seconds,
            spread.p90_seconds,
            spread.longest_seconds,
        ] == expected
