from datetime import timedelta

import pytest

from projections.findings.peers.running import find_among
from projections.findings.peers.shapes import Numbers
from projections.findings.peers.speed import R10_SPEED, _Spread, bursts_of
from tests.support.peers.populations import DAY, START, Plan, a_population, made, spread


@pytest.mark.parametrize(
    ("seconds", "p_value"),
    [
        # Quartiles at 1/e and e times the median: a deviation is 1/0.6745 in powers of e.
        (999, 0.5),
        (367, 0.25),
        (1, 1.4e-5),
    ],
)
def test_likelihood_is_that_of_the_logarithms(seconds: int, p_value: float) -> None:
    around = _Spread(100, 367, 999, 2717)

    assert around.p_value(seconds) == pytest.approx(p_value, rel=0.05)


def sitting(count: int, minutes_apart: int, seconds: int) -> list[int]:
    plans = [
        Plan(accepted_at=START + timedelta(minutes=minutes_apart * place), seconds=seconds)
        for place in range(count)
    ]
    return [len(burst) for burst in bursts_of([made(plan) for plan in plans], Numbers())]


@pytest.mark.parametrize(
    ("count", "minutes_apart", "seconds", "bursts"),
    [
        (4, 1, 60, []),
        (5, 1, 60, [5]),
        (5, 7, 60, [5]),
        (5, 8, 60, []),
        (5, 1, 1_801, []),
        (12, 5, 300, [6, 6]),
    ],
)
def test_burst_is_accepted_and_issued_within_one_sitting(
    count: int, minutes_apart: int, seconds: int, bursts: list[int]
) -> None:
    assert sitting(count, minutes_apart, seconds) == bursts


def test_slow_ones_are_none_however_far_from_the_median() -> None:
    plans = [Plan(seconds=2 * DAY + 900 * place) for place in range(100)]
    slow = Plan(seconds=300 * DAY)

    run = find_among(a_population(spread([*plans, slow])), rules=[R10_SPEED])

    assert run.findings == ()
    assert run.report("R10").examined == 101
