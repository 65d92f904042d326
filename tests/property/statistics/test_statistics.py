"""Figures from cells, over random dossiers: those of the slow fold, and the identity everywhere."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from domain.dossiers import Channel, Dossier
from domain.figures import overdue_at
from domain.on_time_766 import On766, difference_766, judge_766
from projections.counts import ALL_HISTORY, Figure, Span, count_dossiers
from projections.dossier_rows import row_of
from projections.statistics.asking import Dimension, Query
from projections.statistics.counting import count_groups, first_counts, first_sums
from projections.statistics.in_memory import CellsInMemory
from projections.statistics.measures import late_stretches
from projections.statistics.periods import Granularity, period_at
from projections.statistics.places import OfficePlace, Places
from tests.property.test_counts import AS_OF, ZONES, dossiers, dues, edges, instants, periods

PLACES = Places(
    {
        "H27": OfficePlace(office="H27", parent=None, level="province", zone=ZONES["H27"]),
        "X1": OfficePlace(office="X1", parent="H27", level="commune", zone=ZONES["X1"]),
        "Y1": OfficePlace(office="Y1", parent="X1", level="commune", zone=ZONES["Y1"]),
    },
    {"p1": "Hộ tịch", "p2": None},
)

appointed = st.lists(st.tuples(st.none() | dues, st.sampled_from(list(Channel)), st.integers(0, 3)))
groupings = st.frozensets(st.sampled_from(list(Dimension)))


def dressed(found: list[Dossier], more: list[tuple[object, Channel, int]]) -> list[Dossier]:
    """Give dossiers appointments, channels and supplement requests of their own."""
    padded = [*more, *((None, Channel.COUNTER, 0) for _ in found)]
    return [
        msgspec.structs.replace(
            dossier, appointment=appointment, channel=channel, supplement_requests=requests
        )
        for dossier, (appointment, channel, requests) in zip(found, padded, strict=False)
    ]


def cells_of(found: list[Dossier]) -> CellsInMemory:
    return CellsInMemory([row_of(dossier) for dossier in found], PLACES, AS_OF)


@given(dossiers, periods, periods)
def test_counts_from_cells_are_those_of_the_slow_fold(
    found: list[Dossier], first: str | None, last: str | None
) -> None:
    span = Span(first, last)

    slow = count_dossiers(map(row_of, found), AS_OF, ZONES, span)

    assert first_counts(cells_of(found), span) == slow


@given(dossiers, periods, periods)
def test_sums_by_office_procedure_and_month_are_those_of_the_figures(
    found: list[Dossier], first: str | None, last: str | None
) -> None:
    # Where the figures' instant lies in two months at once, the last month is one of them alone.
    last_everywhere = min(f"{AS_OF.astimezone(ZoneInfo(zone)):%Y-%m}" for zone in ZONES.values())
    if first is not None:
        # What is carried into a month to come has no month's figure yet.
        first = min(first, last_everywhere)
        last = None if last is None else max(first, last)
    span = Span(first, last)
    slow = count_dossiers(map(row_of, found), AS_OF, ZONES, span)

    sums = first_sums(cells_of(found), span)

    assert {one.office: counted(one) for one in sums.offices} == by_member(slow.figures, "office")
    found_by = {one.procedure: counted(one) for one in sums.procedures}
    assert found_by == by_member(slow.figures, "procedure")
    assert sums.total == slow.total
    months = {one.period: counted(one) for one in sums.months if one.period <= last_everywhere}
    assert months == {
        period: [sum(values) for values in zip(*map(counted, of_month), strict=True)]
        for period, of_month in grouped(slow.figures, "period").items()
        if period <= last_everywhere
    }


def grouped(figures: Iterable[Figure], member: str) -> dict[str, list[Figure]]:
    groups: dict[str, list[Figure]] = {}
    for figure in figures:
        groups.setdefault(getattr(figure, member), []).append(figure)
    return groups


def by_member(figures: Iterable[Figure], member: str) -> dict[str, list[int]]:
    return {name: over_time(group) for name, group in grouped(figures, member).items()}


def over_time(figures: list[Figure]) -> list[int]:
    """Add up months: what a pair carries in is what its first month carries, and so at its end."""
    pairs: dict[tuple[str, str], list[Figure]] = {}
    for figure in sorted(figures, key=lambda each: each.period):
        pairs.setdefault((figure.office, figure.procedure), []).append(figure)
    flows = [sum(values) for values in zip(*map(counted, figures), strict=True)][:4]
    ends = [pair[-1] for pair in pairs.values()]
    return [
        *flows,
        sum(end.pending_in_time for end in ends),
        sum(end.pending_overdue for end in ends),
        sum(pair[0].carried_over for pair in pairs.values()),
    ]


def counted(figure: Figure) -> list[int]:
    return list(msgspec.structs.astuple(figure)[3:])


@given(dossiers, periods, periods, st.sampled_from(list(Granularity)), groupings, appointed)
def test_identity_holds_in_every_figure_of_every_grouping(
    found: list[Dossier],
    first: str | None,
    last: str | None,
    granularity: Granularity,
    by: frozenset[Dimension],
    more: list[tuple[object, Channel, int]],
) -> None:
    bounds = [
        None if each is None else period_at(f"{each}-15", granularity) for each in (first, last)
    ]
    query = Query(first=bounds[0], last=bounds[1], granularity=granularity, by=by)

    figures, total = count_groups(cells_of(dressed(found, more)), query)

    for figure in (*figures, total):
        resolved = figure.resolved_early + figure.resolved_on_time + figure.resolved_late
        pending = figure.pending_in_time + figure.pending_overdue
        assert figure.carried_over + figure.received == resolved + pending
        assert min(figure.pending_in_time, figure.pending_overdue, figure.received) >= 0
    assert sum(each.received for each in figures) == total.received


@given(dossiers, appointed, st.lists(st.one_of(instants, edges), max_size=8))
def test_stretches_of_law_index_and_reasons_agree_with_every_instant(
    found: list[Dossier], more: list[tuple[object, Channel, int]], asked: list[datetime]
) -> None:
    for dossier in dressed(found, more):
        if dossier.accepted_at is None:
            continue
        zone = ZONES[dossier.office]
        stretches = late_stretches(dossier, zone)
        bounds = {
            bound
            for part in stretches.values()
            for each in part
            for bound in (each.since, each.until)
            if bound is not None
        }
        for instant in (*asked, *bounds, *(each - timedelta(microseconds=1) for each in bounds)):
            if dossier.accepted_at.start_in(zone) > instant:
                continue
            if dossier.ended_at is not None and dossier.ended_at.start_in(zone) <= instant:
                continue
            holding = {
                name
                for name, part in stretches.items()
                if any(
                    each.since <= instant and (each.until is None or instant < each.until)
                    for each in part
                )
            }
            difference = difference_766(dossier, zone, instant)
            expected = set() if difference is None else {f"pending:{difference.reason}"}
            expected |= {"overdue"} if overdue_at(dossier, instant, zone) else set()
            is_late = judge_766(dossier, zone, instant) is On766.LATE
            expected |= {"index_overdue"} if is_late else set()
            assert holding == expected


def test_all_history_without_dossiers_is_a_total_of_zeros() -> None:
    assert first_counts(cells_of([])) == count_dossiers([], AS_OF, ZONES, ALL_HISTORY)
