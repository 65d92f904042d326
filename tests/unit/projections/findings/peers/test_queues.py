from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from projections.findings.peers.inputs.observing import Observed
from projections.findings.peers.queues import overtakings
from projections.findings.peers.shapes import Numbers
from tests.support.peers.populations import HOUR, START, Plan, made

LEAD = timedelta(days=1)
PLANS = st.lists(
    st.builds(
        Plan,
        accepted_at=st.integers(0, 200).map(lambda hours: START + timedelta(hours=hours)),
        seconds=st.one_of(st.none(), st.integers(0, 300).map(lambda hours: hours * HOUR)),
    ),
    max_size=12,
)


def slowly(dossiers: list[Observed]) -> dict[str, tuple[int, int]]:
    """Look at every pair."""
    found = {}
    for late in dossiers:
        if late.ended_at is None or late.accepted_at is None:
            continue
        before = [
            early
            for early in dossiers
            if early.accepted_at is not None and early.accepted_at <= late.accepted_at - LEAD
        ]
        possible = [e for e in before if e.ended_at is None or e.ended_at > late.accepted_at]
        overtaken = [e for e in before if e.ended_at is None or e.ended_at > late.ended_at]
        found[late.stream] = len(overtaken), len(possible)
    return found


@given(PLANS)
def test_overtakings_are_those_of_all_pairs(plans: list[Plan]) -> None:
    dossiers = [made(plan) for plan in plans]

    found = overtakings(dossiers, Numbers())

    counts = {one.dossier.stream: (one.overtaken, one.possible) for one in found}
    assert counts == slowly(dossiers)


def test_one_that_came_within_the_lead_is_not_overtaken() -> None:
    early = Plan(seconds=50 * HOUR)
    plans = [early, Plan(accepted_at=START + timedelta(hours=23), seconds=HOUR)]

    assert [one.overtaken for one in overtakings([*map(made, plans)], Numbers())] == [0, 0]
