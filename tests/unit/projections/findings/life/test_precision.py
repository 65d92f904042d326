"""Running precision: confirmed of all judged, with n, an interval, and silence of too few."""

import dataclasses
from fractions import Fraction
from math import sqrt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Sentence
from domain.facts.integrity import FindingVerdict
from domain.moments import parse_moment
from domain.roles import Role
from projections.findings.life.identities import identity_of_lead, stream_for
from projections.findings.life.precision import (
    RunningPrecision,
    precision_by_rule,
    public_cells,
    wilson,
)
from projections.findings.life.raising import raising_of
from projections.findings.life.records import FindingLife, Judged, Step
from projections.findings.shapes import Finding, Peers, Severity
from projections.rule_book.book import BOOK, COMPARING

STEP = Step(
    version=1,
    entry_index=5,
    at=parse_moment("2026-11-20T02:00:00Z"),
    key="inspector-00000000000000a1",
    role=Role.INSPECTOR,
)


def a_life(
    rule: str | None,
    version: int,
    verdict: FindingVerdict | None,
    *,
    against_peers: bool = False,
) -> FindingLife:
    return FindingLife(
        stream="finding:" + "0" * 32,
        raised=STEP,
        is_alarm=False,
        rule=rule,
        rule_version=version,
        against_peers=against_peers,
        judged=Judged(STEP, verdict),
    )


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    # R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 0.2553 to 0.3662,
    # 0.0624 to 0.1605, 0 to 0.1611, 0.0061 to 0.1718; rounded outwards.
    [
        (81, 263, 255, 367),
        (15, 148, 62, 161),
        (0, 20, 0, 162),
        (1, 29, 6, 172),
        (20, 20, 838, 1000),
    ],
)
def test_interval_is_wilsons(hits: int, n: int, low: int, high: int) -> None:
    interval = wilson(hits, n)

    assert (interval.low_permille, interval.high_permille) == (low, high)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_ends_of_the_interval_solve_wilsons_equation(case: tuple[int, int]) -> None:
    hits, n = case
    interval, share, z = wilson(hits, n), hits / n, 1.959964

    # |share - p| = z * sqrt(p (1 - p) / n): inside it is less, outside more.
    for permille in range(0, 1001, 25):
        p = permille / 1000
        is_inside = abs(share - p) <= z * sqrt(p * (1 - p) / n)
        if is_inside:
            assert interval.low_permille <= permille <= interval.high_permille
    assert interval.low_permille <= Fraction(hits, n) * 1000 <= interval.high_permille


def test_nine_judged_are_too_few_and_ten_are_not() -> None:
    nine, ten = RunningPrecision(9, 0, 0), RunningPrecision(9, 1, 0)

    assert (nine.n, nine.too_few, nine.permille, nine.interval) == (9, True, None, None)
    assert (ten.n, ten.too_few, ten.permille) == (10, False, 900)


def test_versions_of_a_rule_are_counted_apart_and_what_did_not_open_not_at_all() -> None:
    lives = [
        a_life("R02", 1, FindingVerdict.CONFIRMED),
        a_life("R02", 1, FindingVerdict.MISTAKEN),
        a_life("R02", 2, FindingVerdict.EXPLAINED),
        a_life("R02", 2, None),
        a_life(None, 1, FindingVerdict.CONFIRMED),
    ]

    assert precision_by_rule(lives) == {
        ("R02", 1, False): RunningPrecision(confirmed=1, mistaken=1),
        ("R02", 2, False): RunningPrecision(explained=1),
    }


def test_two_rules_of_one_number_and_version_are_counted_apart() -> None:
    shared = [rule for rule in BOOK if rule.id == "R10"]
    lives = [
        a_life("R10", 1, FindingVerdict.CONFIRMED),
        a_life("R10", 1, FindingVerdict.MISTAKEN, against_peers=True),
    ]
    counted = precision_by_rule(lives)

    assert [rule in COMPARING for rule in shared] == [False, True]
    assert [counted["R10", 1, rule in COMPARING].confirmed for rule in shared] == [1, 0]


def test_lead_of_a_rule_that_compares_is_raised_and_known_again_as_one() -> None:
    alone = Finding(
        rule="R10",
        rule_version=1,
        severity=Severity.HIGH,
        stream="dossier:" + "0" * 32,
        office="H27",
        reason=Sentence("a", "b"),
        innocent_explanations=(),
        evidence=(4, 5),
    )
    peers = Peers(group=Sentence("a", "b"), n=40, threshold="1", base_rate="1", observed="2")
    among = msgspec.structs.replace(alone, peers=peers)
    details = [raising_of(lead).details for lead in (alone, among)]
    lives = [
        dataclasses.replace(
            a_life("R10", 1, None),
            about=said.about,
            evidence=said.evidence,
            against_peers=said.against_peers,
        )
        for said in details
        if said is not None
    ]

    assert [life.identity for life in lives] == [identity_of_lead(alone), identity_of_lead(among)]
    assert lives[0].identity != lives[1].identity
    assert stream_for(alone, bytes(32)) != stream_for(among, bytes(32))


@given(st.builds(RunningPrecision, *[st.integers(0, 25)] * 3))
def test_no_public_count_is_below_ten(precision: RunningPrecision) -> None:
    cells = public_cells(precision)

    assert all(n >= 10 for n in cells.values())
    assert cells.keys() == {
        verdict for verdict in FindingVerdict if getattr(precision, verdict.value) >= 10
    }
