from dataclasses import replace

import pytest

from domain.roles import Role
from projections.findings.peers.brokers import R14
from projections.findings.peers.inputs.private import PrivateInputs
from projections.findings.peers.running import find_among
from tests.support.peers.dossier_fixtures import BROKERS, FIRES, PROXY
from tests.support.peers.populations import Plan, a_population, officer, spread


def test_finding_says_by_what_proxies_are_told() -> None:
    population = BROKERS[FIRES]()
    broker = population.observed[0].proxies
    hashed = {each.stream: b"\x01" for each in population.observed if each.proxies == broker}
    private = replace(population, private=PrivateInputs(proxies=hashed))

    by_key, by_number = (find_among(each, rules=[R14]).findings for each in (population, private))

    assert "public keys" in by_key[0].reason.en
    assert "private parts" in by_number[0].reason.en
    assert len(by_key) == len(by_number) == 2


def test_receiver_of_all_dossiers_is_held_against_no_processor() -> None:
    # One counter takes everything in: the broker's share there is the office's own.
    plans = [
        replace(
            Plan(processor=officer(number), receiver=officer(99, Role.RECEIVER)),
            dossier=PROXY if number == 1 and place < 20 else (),
        )
        for number in range(1, 6)
        for place in range(60)
    ]

    findings = find_among(a_population(spread(plans)), rules=[R14]).findings

    assert [one.stream for one in findings] == [f"key:{officer(1).key}"]
    assert findings[0].peers is not None
    assert findings[0].peers.observed == "20/60"
    assert findings[0].peers.base_rate == "0/240"


@pytest.mark.parametrize(("others", "found"), [(3, True), (5, False)])
def test_share_is_more_than_five_times_that_of_the_others(others: int, found: bool) -> None:
    # 20 of 60 is a third; with the others it is 3 or 5 of 60, and five times 4/60 is a third.
    plans = [
        Plan(
            processor=officer(number),
            receiver=officer(100 + number, Role.RECEIVER),
            dossier=PROXY if place < (20 if number == 1 else others) else (),
        )
        for number in range(1, 6)
        for place in range(60)
    ]

    assert bool(find_among(a_population(spread(plans)), rules=[R14]).findings) is found
