from random import Random

import pytest

from ledger.errors import StoreCorrupt
from projections.counts import Span
from projections.durations import Duration, measure_durations, nearest_rank
from tests.support.dossier_cases import HANOI, OFFICE, a_row, a_wait
from tests.support.references.counts import slow_percentile

ZONES = {OFFICE: HANOI}
DAY = 86_400


def test_percentiles_are_what_the_slow_reference_finds() -> None:
    random = Random(7)
    for size in range(1, 60):
        values = [random.randrange(-50, 50) for _ in range(size)]

        for percentile in (1, 50, 90, 100):
            found = nearest_rank(sorted(values), percentile)
            assert found == slow_percentile(values, percentile)


@pytest.mark.parametrize(
    ("size", "median", "ninetieth"), [(1, 1, 1), (2, 1, 2), (10, 5, 9), (11, 6, 10)]
)
def test_nearest_rank_of_the_first_numbers(size: int, median: int, ninetieth: int) -> None:
    values = list(range(1, size + 1))

    assert (nearest_rank(values, 50), nearest_rank(values, 90)) == (median, ninetieth)


def test_durations_are_measured_gross_and_without_waits() -> None:
    rows = [
        a_row("2026-01-05T01:00:00Z", "2026-01-05T01:00:10Z"),
        a_row(
            "2026-01-05T01:00:00Z",
            "2026-01-05T01:01:00Z",
            waits=(a_wait("2026-01-05T01:00:10Z", "2026-01-05T01:00:30Z"),),
        ),
        a_row("2026-01-05", "2026-01-08"),
        a_row("2026-01-05", None),
        a_row(None, "2026-01-08"),
    ]

    (found,) = measure_durations(rows, ZONES)

    assert found == Duration(
        office=OFFICE,
        procedure=rows[0].procedure,
        period="*",
        resolved=3,
        gross_median_seconds=60,
        gross_p90_seconds=3 * DAY,
        net_median_seconds=40,
        net_p90_seconds=3 * DAY,
    )


def test_durations_by_month_belong_to_the_month_of_the_end() -> None:
    rows = [a_row("2026-01-05", "2026-01-06"), a_row("2026-01-05", "2026-02-06")]

    found = measure_durations(rows, ZONES, by_period=True)
    february = measure_durations(rows, ZONES, Span("2026-02"), by_period=True)

    assert [(each.period, each.gross_median_seconds) for each in found] == [
        ("2026-01", DAY),
        ("2026-02", 32 * DAY),
    ]
    assert february == found[1:]


def test_no_negative_processing_times_are_published_for_ends_before_acceptance() -> None:
    backwards = a_row("2026-01-05", "2026-01-03")

    assert measure_durations([backwards], ZONES) == []
    (found,) = measure_durations([backwards, a_row("2026-01-05", "2026-01-06")], ZONES)
    assert (found.resolved, found.gross_median_seconds, found.net_p90_seconds) == (1, DAY, DAY)


def test_end_on_the_day_of_the_acceptance_takes_no_time_where_one_is_a_day_alone() -> None:
    for accepted, ended in (
        ("2026-01-05", "2026-01-05"),
        ("2026-01-05T08:00:00Z", "2026-01-05"),
        ("2026-01-05", "2026-01-05T08:00:00Z"),
    ):
        (found,) = measure_durations([a_row(accepted, ended)], ZONES)
        assert (found.resolved, found.gross_median_seconds) == (1, 0)


def test_row_of_an_office_that_is_not_registered_is_corrupt() -> None:
    with pytest.raises(StoreCorrupt):
        measure_durations([a_row("2026-01-05", "2026-01-06", office="Z9")], ZONES)
