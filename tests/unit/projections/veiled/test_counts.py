"""Counts of veiled dossiers: from veils alone, the same in the follower and from public tiles."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.veils import VeilAct
from projections.comparing import FoldSources, compare_views
from projections.counts import ALL, Span
from projections.entries import sealed_groups
from projections.follower import Follower, PrivateFold
from projections.reading import read_veiled_figures
from projections.recompute import replay_log
from projections.veiled.counts import VeiledFigure, count_months, count_veiled, veils_of
from projections.views import Views, open_views
from tests.support.ledger_builders import ORIGIN
from tests.support.veils.counted import CountedProvince

AS_OF = datetime(2026, 5, 9, tzinfo=UTC)
RECEIVED, EARLY, ON_TIME, LATE = (
    VeilAct.RECEIVED,
    VeilAct.ENDED_EARLY,
    VeilAct.ENDED_ON_TIME,
    VeilAct.ENDED_LATE,
)
STEP = VeilAct.STEP

SOME = {
    ("H27", "2026-02", RECEIVED): 30,
    ("H27", "2026-02", EARLY): 6,
    ("H27", "2026-02", STEP): 90,
    ("H27", "2026-04", LATE): 9,
    ("H27", "2026-04", ON_TIME): 2,
    ("H30", "2026-04", RECEIVED): 10,
}


def figure(office: str, period: str, **counts: int) -> VeiledFigure:
    zeros = dict.fromkeys(
        (
            "received",
            "resolved_early",
            "resolved_on_time",
            "resolved_late",
            "pending",
            "carried_over",
        ),
        0,
    )
    return VeiledFigure(office=office, period=period, **(zeros | counts))


def test_pending_runs_on_from_month_to_month() -> None:
    counts = count_veiled(SOME, AS_OF)

    assert counts.figures == (
        figure("H27", "2026-02", received=30, resolved_early=6, pending=24),
        figure("H27", "2026-03", carried_over=24, pending=24),
        figure(
            "H27",
            "2026-04",
            carried_over=24,
            resolved_on_time=2,
            resolved_late=9,
            pending=13,
        ),
        figure("H27", "2026-05", carried_over=13, pending=13),
        figure("H30", "2026-04", received=10, pending=10),
        figure("H30", "2026-05", carried_over=10, pending=10),
    )
    assert counts.total == figure(
        ALL,
        ALL,
        received=40,
        resolved_early=6,
        resolved_on_time=2,
        resolved_late=9,
        pending=23,
    )


def test_period_and_office_leave_only_what_was_asked_for() -> None:
    counts = count_veiled(SOME, AS_OF, Span("2026-03", "2026-04"), "H27")

    assert [one.period for one in counts.figures] == ["2026-03", "2026-04"]
    assert (counts.total.carried_over, counts.total.pending) == (24, 13)


def test_pending_is_never_below_zero_while_ends_leave_before_their_arrivals() -> None:
    veils = {("H27", "2026-03", LATE): 12, ("H27", "2026-04", RECEIVED): 15}

    counts, march = count_veiled(veils, AS_OF), count_veiled(veils, AS_OF, Span(None, "2026-03"))

    assert [(one.carried_over, one.pending) for one in counts.figures] == [
        (0, None),
        (None, 3),
        (3, 3),
    ]
    assert (counts.total.carried_over, counts.total.pending) == (0, 3)
    assert (march.total.carried_over, march.total.pending) == (0, None)
    assert count_veiled(veils, AS_OF, Span("2026-04")).total.carried_over is None


def test_months_of_all_offices_are_counted_together() -> None:
    veils = {("H27", "2026-04", LATE): 12, ("H30", "2026-04", RECEIVED): 15}

    (april, may) = count_months(veils, AS_OF)

    assert april == figure(ALL, "2026-04", received=15, resolved_late=12, pending=3)
    assert may == figure(ALL, "2026-05", carried_over=3, pending=3)
    assert count_months(veils, AS_OF, office="H27")[0].pending is None


def test_ledger_without_veils_has_a_total_of_zeros() -> None:
    assert count_veiled({}, AS_OF).total == figure(ALL, ALL)


MONTHS = [f"2026-{month:02d}" for month in range(1, 7)]
SOME_VEILS = st.dictionaries(
    st.tuples(st.sampled_from(["A", "B"]), st.sampled_from(MONTHS), st.sampled_from(VeilAct)),
    st.integers(1, 40),
)


@given(SOME_VEILS, st.sampled_from(MONTHS), st.sampled_from(MONTHS))
def test_identity_holds_in_every_figure_and_periods_follow_one_another(
    veils: dict[tuple[str, str, VeilAct], int], one: str, other: str
) -> None:
    whole, span = count_veiled(veils, AS_OF), Span(*sorted((one, other)))
    part = count_veiled(veils, AS_OF, span)

    for counted in (*whole.figures, whole.total, *part.figures, part.total):
        counted.check_identity()
    assert set(part.figures) <= set(whole.figures)
    sums = Counter(dict.fromkeys(VeilAct, 0))
    for (_, _, act), count in veils.items():
        sums[act] += count
    assert whole.total.received == sums[RECEIVED]
    assert whole.total.resolved == sums[EARLY] + sums[ON_TIME] + sums[LATE]
    left = whole.total.received - whole.total.resolved
    assert whole.total.pending == (left if left >= 0 else None)
    for counted in (*whole.figures, *part.figures):
        assert counted.pending is None or counted.pending >= 0
        assert counted.carried_over is None or counted.carried_over >= 0


@pytest.fixture(name="lived")
def lived_province() -> CountedProvince:
    counted = CountedProvince()
    counted.live(24, 11)
    counted.end_month()
    counted.publish()
    counted.live(10)
    counted.province.next_day()
    return counted


@pytest.fixture(name="views")
def some_views(tmp_path: Path) -> Iterator[Views]:
    views = open_views(tmp_path / "views.sqlite3")
    yield views
    views.close()


def follow(counted: CountedProvince, views: Views) -> None:
    world = counted.province.world
    private = PrivateFold(lambda _text_hash: None, b"v" * 32)
    Follower(ORIGIN, world.store, views, world.documents, private).catch_up()


def test_stored_counts_are_those_of_the_public_log(lived: CountedProvince, views: Views) -> None:
    follow(lived, views)
    with views.reading() as reader:
        stored, statistics = reader.veil_counts(), read_veiled_figures(reader)
    world = lived.province.world

    replayed = replay_log(world.tiles, world.keys.anchors, world.documents)

    assert stored == dict(replayed.veils)
    assert statistics is not None
    assert statistics.figures == count_veiled(replayed.veils, replayed.sealed_at).figures
    assert statistics.total.received == 34
    assert statistics.definition == "veiled-counts@v1"
    assert statistics.checkpoint == replayed.checkpoint


def test_follower_that_goes_on_counts_as_one_that_begins_anew(
    lived: CountedProvince, views: Views, tmp_path: Path
) -> None:
    follow(lived, views)
    lived.live(12)
    lived.province.next_day()
    follow(lived, views)
    anew = open_views(tmp_path / "anew.sqlite3")
    follow(lived, anew)

    with views.reading() as one, anew.reading() as other:
        assert one.veil_counts() == other.veil_counts() != {}
    anew.close()


def test_groups_hold_the_veils_that_their_publication_added(lived: CountedProvince) -> None:
    world = lived.province.world
    checkpoint = world.store.checkpoint()
    assert checkpoint is not None

    groups = list(sealed_groups(enumerate(world.entries()), ORIGIN, checkpoint.note))

    assert sum(veils_of(groups).values()) == len(lived.province.veils())
    assert [veil for group in groups for veil in group.veils] == lived.province.veils()


def test_counts_that_were_changed_in_the_views_are_named(
    lived: CountedProvince, views: Views, tmp_path: Path
) -> None:
    follow(lived, views)
    world, path = lived.province.world, tmp_path / "views.sqlite3"
    with views._transaction() as connection:
        connection.exec_driver_sql("UPDATE veil_counts SET veils = veils - 1 WHERE act='received'")

    sources = FoldSources(world.tiles, world.keys.anchors, world.documents)
    comparison = compare_views(path, sources)

    assert "veil_counts" in {each.table for each in comparison.differences}
