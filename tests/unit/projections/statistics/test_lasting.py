"""Percentiles of many runs are found without sorting them all, and are the same."""

from hypothesis import given
from hypothesis import strategies as st

from projections.durations import nearest_rank
from projections.statistics import lasting
from projections.statistics.adding import pack_seconds, unpack_seconds
from projections.statistics.lasting import MOST_SORTED, Measured, Packed, ranked

PERCENTILES = (1, 50, 75, 90, 100)


@given(st.lists(st.lists(st.integers(-(10**9), 10**9), max_size=30), max_size=5), st.booleans())
def test_percentiles_of_runs_are_those_of_all_values(runs: list[list[int]], sorts: bool) -> None:
    packed, values = (
        [pack_seconds(run) for run in runs],
        sorted(each for run in runs for each in run if each >= 0),
    )
    kept = lasting.MOST_SORTED, lasting.LEAST_OF_RUN
    try:
        if not sorts:
            lasting.MOST_SORTED = lasting.LEAST_OF_RUN = -1  # type: ignore[misc]
        found = ranked(packed, PERCENTILES) if values or sorts else []
    finally:
        lasting.MOST_SORTED, lasting.LEAST_OF_RUN = kept  # type: ignore[misc]

    assert found == [nearest_rank(values, each) for each in PERCENTILES if values]


@given(st.lists(st.lists(st.integers(-1, 2**40), max_size=9), max_size=5))
def test_ends_before_acceptance_are_counted_and_not_measured(runs: list[list[int]]) -> None:
    packed = Packed()
    for run in runs:
        packed.add(pack_seconds(run), pack_seconds(run))

    every = [each for run in runs for each in run]
    measured = packed.measured()
    for given_as in (measured, Measured.together([measured])):
        assert given_as.ends_before_acceptance == every.count(-1)
        assert given_as.resolved == len(every) - every.count(-1)


def test_long_runs_are_searched_and_not_sorted() -> None:
    runs = [range(start, start + 3 * MOST_SORTED, 3) for start in range(3)]
    values = sorted(each for run in runs for each in run)

    assert ranked([pack_seconds(run) for run in runs], PERCENTILES) == [
        nearest_rank(values, each) for each in PERCENTILES
    ]


@given(st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_packed_seconds_come_back_in_rising_order(seconds: list[int]) -> None:
    packed = pack_seconds(seconds)

    assert list(unpack_seconds(packed)) == sorted(seconds)
    assert len(packed) == 8 * len(seconds)
