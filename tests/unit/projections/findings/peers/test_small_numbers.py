"""Rules on rates say nothing of fewer than thirty, whatever those thirty are like."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.roles import Role
from projections.findings.peers.running import PEER_RULES, find_among
from tests.support.peers.dossier_fixtures import APPLICANT, PROXY
from tests.support.peers.populations import (
    DAY,
    HOUR,
    Plan,
    a_population,
    officer,
    spread,
)

RATES = [rule for rule in PEER_RULES if rule.least_n == 30]
ODD = st.sampled_from(
    [
        {"game": True},
        {"seconds": HOUR, "dossier": PROXY},
        {"seconds": 60},
        {"more": (("supplement_requested", DAY, officer(1)),)},
        {"more": (("withdrawal_requested", DAY, APPLICANT),)},
        {"more": (("intake_refused", DAY, officer(900, Role.RECEIVER)),)},
        {},
    ]
)


@settings(max_examples=60)
@given(odd=st.lists(ODD, max_size=29), others=st.integers(0, 200))
def test_an_officer_with_fewer_than_thirty_is_never_found(
    odd: list[dict[str, object]], others: int
) -> None:
    mine = [Plan(processor=officer(1), receiver=officer(1, Role.RECEIVER))] * len(odd)
    plans = [replace(plan, **change) for plan, change in zip(mine, odd, strict=True)]  # type: ignore[arg-type]
    usual = [
        Plan(processor=officer(2), receiver=officer(2, Role.RECEIVER), procedure="2.000001")
    ] * others

    findings = find_among(a_population(spread([*plans, *usual])), rules=RATES).findings

    assert findings == ()
