"""Counts of random dossiers: the identity, the months' chain, and the slow reference."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.dossiers import Dossier, Due, DueChange, Halt, HaltKind, Wait, WaitKind
from domain.moments import Moment
from projections.counts import (
    ALL_HISTORY,
    Counts,
    Figure,
    Span,
    add_cells,
    count_cells,
    count_dossiers,
    month_number,
)
from projections.counts import counts_of as counts_of_cells
from projections.dossier_rows import counted_dossier, row_of
from projections.durations import nearest_rank
from tests.support.dossier_cases import a_dossier
from tests.support.references.counts import counts_of_month, slow_percentile

ZONES = {"H27": "Asia/Ho_Chi_Minh", "X1": "Europe/Berlin", "Y1": "America/New_York"}
AS_OF = datetime(2026, 4, 15, 9, 30, tzinfo=UTC)

days = st.dates(date(2025, 11, 25), date(2026, 5, 5))
instants = st.integers(0, 161 * 86_400).map(
    lambda seconds: datetime(2025, 11, 25, tzinfo=UTC) + timedelta(seconds=seconds)
)
# Instants around the ends of months, in one zone or another.
edges = st.builds(
    lambda month, seconds: datetime(2026, month, 1, tzinfo=UTC) + timedelta(seconds=seconds),
    st.integers(1, 5),
    st.sampled_from([-25201, -25200, -3601, -3600, -1, 0, 1, 14400, 18000, 18001]),
)
moments = st.one_of(
    days.map(lambda day: Moment(day=day)),
    instants.map(lambda instant: Moment(instant=instant)),
    edges.map(lambda instant: Moment(instant=instant)),
)
dues = moments.map(lambda moment: Due(day=moment.day, instant=moment.instant))
waits = st.lists(
    st.builds(Wait, st.sampled_from(list(WaitKind)), moments, st.none() | moments), max_size=2
).map(tuple)
halts = st.lists(
    st.builds(
        lambda since, until, stops: Halt(HaltKind.CONSULTATION, since, until, stops_clock=stops),
        moments,
        st.none() | moments,
        st.booleans(),
    ),
    max_size=1,
).map(tuple)
changes = st.lists(
    st.builds(DueChange, moments, st.just("calendar:VN"), st.just(2), dues, dues), max_size=2
).map(tuple)
dossiers = st.lists(
    st.builds(
        lambda office, procedure, accepted, ended, due, waits, halts, changes: a_dossier(
            office=office,
            procedure=procedure,
            accepted_at=accepted,
            ended_at=ended,
            due=due,
            waits=waits,
            halts=halts,
            due_changes=changes,
        ),
        st.sampled_from(sorted(ZONES)),
        st.sampled_from(["p1", "p2"]),
        st.none() | moments,
        st.none() | moments,
        st.none() | dues,
        waits,
        halts,
        changes,
    ),
    max_size=8,
)
periods = st.none() | st.sampled_from([f"2026-{month:02d}" for month in range(1, 6)] + ["2025-12"])


def counts_of(found: list[Dossier], span: Span = ALL_HISTORY) -> Counts:
    return count_dossiers((row_of(dossier) for dossier in found), AS_OF, ZONES, span)


def by_cell(counts: Counts) -> dict[tuple[str, str], list[Figure]]:
    cells: dict[tuple[str, str], list[Figure]] = {}
    for figure in counts.figures:
        cells.setdefault((figure.office, figure.procedure), []).append(figure)
    return cells


@given(dossiers, periods, periods)
def test_what_was_carried_and_received_is_resolved_or_pending(
    found: list[Dossier], first: str | None, last: str | None
) -> None:
    counts = counts_of(found, Span(first, last))

    for figure in (*counts.figures, counts.total):
        assert figure.carried_over + figure.received == figure.resolved + figure.pending
        assert min(getattr(figure, name) for name in Figure.__struct_fields__[3:]) >= 0


@given(dossiers)
def test_next_month_carries_what_this_month_left_pending(found: list[Dossier]) -> None:
    counts = counts_of(found)

    for figures in by_cell(counts).values():
        assert figures[0].carried_over == 0
        numbers = [month_number(figure.period) for figure in figures]
        for this, following in pairwise(figures):
            gap = month_number(following.period) - month_number(this.period)
            assert following.carried_over == this.pending
            assert gap == 1 or this.pending == 0
        assert numbers == sorted(set(numbers))


@given(dossiers, st.integers(1, 4), periods)
def test_counts_of_shares_add_up_to_the_count_of_all(
    found: list[Dossier], shares: int, last: str | None
) -> None:
    rows = [row_of(dossier) for dossier in found]
    cells = add_cells(count_cells(rows[number::shares], AS_OF, ZONES) for number in range(shares))

    assert counts_of_cells(cells, AS_OF, Span(None, last)) == counts_of(found, Span(None, last))


@given(dossiers, periods, periods)
def test_total_is_the_sum_of_what_came_and_went(
    found: list[Dossier], first: str | None, last: str | None
) -> None:
    counts = counts_of(found, Span(first, last))

    for name in ("received", "resolved_early", "resolved_on_time", "resolved_late"):
        assert getattr(counts.total, name) == sum(getattr(each, name) for each in counts.figures)


@given(dossiers, st.sampled_from(["2026-01", "2026-02", "2026-03"]))
def test_two_stretches_of_time_add_up_to_all_of_it(found: list[Dossier], last: str) -> None:
    following = f"2026-{int(last[5:]) + 1:02d}"
    whole = counts_of(found).total
    before, after = counts_of(found, Span(None, last)), counts_of(found, Span(following, None))

    assert before.total.pending == after.total.carried_over
    assert before.total.received + after.total.received == whole.received
    assert before.total.resolved + after.total.resolved == whole.resolved
    assert after.total.pending_overdue == whole.pending_overdue


@given(dossiers)
def test_every_figure_is_what_the_slow_reference_counts(found: list[Dossier]) -> None:
    counts = counts_of(found)

    for figure in counts.figures:
        mine = [
            dossier
            for dossier in found
            if (dossier.office, dossier.procedure) == (figure.office, figure.procedure)
        ]
        first = date(int(figure.period[:4]), int(figure.period[5:]), 1)
        expected = counts_of_month(mine, first, AS_OF, ZONES[figure.office])
        assert {name: getattr(figure, name) for name in expected} == expected


@given(dossiers)
def test_total_over_all_history_counts_every_accepted_dossier(found: list[Dossier]) -> None:
    total = counts_of(found).total

    assert total.received == sum(dossier.accepted_at is not None for dossier in found)
    assert total.carried_over == 0
    assert (total.office, total.procedure, total.period) == ("*", "*", "*")


@given(dossiers)
def test_row_gives_back_the_dossier_that_figures_are_made_from(found: list[Dossier]) -> None:
    for dossier in found:
        assert counted_dossier(row_of(dossier)) == dossier


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1), st.integers(1, 100))
def test_nearest_rank_is_what_the_slow_reference_finds(values: list[int], percentile: int) -> None:
    assert nearest_rank(sorted(values), percentile) == slow_percentile(values, percentile)
