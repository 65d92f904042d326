from dataclasses import replace

import pytest

from domain.actions import Signer
from domain.roles import Role
from projections.findings.peers.brokers import R14
from projections.findings.peers.inputs.private import PrivateInputs
from projections.findings.peers.running import find_among
from tests.support.peers.dossier_fixtures import APPLICANT, BROKERS, FIRES, PROXY
from tests.support.peers.populations import Plan, a_population, made, officer, spread


def test_finding_says_by_what_proxies_are_told() -> None:
    population = BROKERS[FIRES]()
    broker = population.observed[0].proxies
    hashed = {each.stream: b"\x01" for each in population.observed if each.proxies == broker}
    private = replace(population, private=PrivateInputs(proxies=hashed))

    by_key, by_number = (find_among(each, rules=[R14]).findings for each in (population, private))

    assert "public keys" in by_key[0].reason.en
    assert "private parts" in by_number[0].reason.en
    assert len(by_key) == len(by_number) == 2


def test_proxy_whose_authority_was_revoked_still_counts() -> None:
    proxy, applicant = Signer("proxy-00000000000000ac", Role.HOLDER), "applicant-00000000000000ab"
    plan = Plan(more=(("proxy_authorised", 60, proxy), ("proxy_revoked", 120, APPLICANT)))

    assert made(plan).proxies == (proxy.key,)
    assert made(Plan(dossier=(("applicant_keys", (applicant,)),))).proxies == ()


def test_proxy_with_an_enrolled_key_who_was_never_authorised_counts() -> None:
    post = Signer("post-00000000000000ae", Role.PROXY)

    assert made(Plan(more=(("withdrawal_requested", 60, post),))).proxies == (post.key,)


def test_broker_who_is_told_in_two_ways_is_one_lead() -> None:
    population = BROKERS[FIRES]()
    streams = [each.stream for each in population.observed if each.proxies]
    private = PrivateInputs(contacts=dict.fromkeys(streams, b"contact"))

    alone, both = (
        find_among(each, rules=[R14]).findings
        for each in (population, replace(population, private=private))
    )

    assert both == alone


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
