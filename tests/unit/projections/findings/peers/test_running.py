from collections.abc import Callable
from dataclasses import replace

from domain.errors import Sentence
from projections.findings.peers.officers import R15
from projections.findings.peers.running import PEER_RULES, find_among
from projections.findings.peers.shapes import Examination, PeerRule, Trial
from tests.support.peers.dossier_fixtures import FIRES, OUTLIERS, SPEED
from tests.support.peers.populations import Plan, a_population

HIT = R15.finding("key:x", "H27", Sentence("a", "b"))


def rule_with(*trials: Trial, name: str = "R15") -> PeerRule:
    examine: Callable[..., Examination] = lambda *_: Examination(list(trials))  # noqa: E731
    return replace(R15, id=name, examine=examine)


def test_hit_that_is_one_of_very_many_comparisons_is_chance() -> None:
    ordinary = [Trial(p_value=0.5)] * 60
    rule = rule_with(Trial(HIT, 0.001), *ordinary)

    report = find_among(a_population([Plan()]), rules=[rule]).report("R15")

    assert (report.examined, report.hits, report.by_chance) == (61, 0, 1)


def test_same_hit_stands_among_few() -> None:
    rule = rule_with(Trial(HIT, 0.001), *[Trial(p_value=0.5)] * 40)

    run = find_among(a_population([Plan()]), rules=[rule])

    assert run.findings == (HIT,)
    assert "1 of 41 comparisons" in run.reports[0].base_rate.en


def test_comparisons_of_one_rule_do_not_silence_another() -> None:
    hit, others = rule_with(Trial(HIT, 0.001)), rule_with(*[Trial(p_value=0.5)] * 60, name="R05")

    run = find_among(a_population([Plan()]), rules=[others, hit])

    assert run.findings == (HIT,)
    assert [report.examined for report in run.reports] == [60, 1]


def test_hit_without_a_likelihood_is_left_alone() -> None:
    rule = rule_with(Trial(HIT), *[Trial(p_value=0.5)] * 60)

    assert find_among(a_population([Plan()]), rules=[rule]).findings == (HIT,)


def test_run_is_the_same_again_and_whatever_the_order_of_dossiers() -> None:
    for fixture in (OUTLIERS[FIRES], SPEED[FIRES], SPEED["fires: burst"]):
        population = fixture()
        turned = replace(population, observed=population.observed[::-1])

        runs = [find_among(each) for each in (population, population, turned)]

        assert runs[0].findings
        assert runs[0] == runs[1]
        assert sorted(map(str, runs[0].findings)) == sorted(map(str, runs[2].findings))


def test_empty_population_has_no_findings() -> None:
    run = find_among(a_population([]))

    assert run.findings == ()
    assert [report.rule for report in run.reports] == list(PEER_RULES)
