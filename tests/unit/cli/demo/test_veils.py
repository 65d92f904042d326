"""The demo's veils: what a scenario lets one expect, and a proof that judges by that alone."""

from collections import Counter
from datetime import timedelta

import pytest

from cli.demo.command import DEFAULT_SEED
from cli.demo.scenario import DEFAULT_DOSSIERS, Scenario
from cli.demo.steps import Step
from cli.demo.veiling.crowds import expected_crowds
from cli.demo.veiling.proving import Batch, judge_veils
from domain.facts import DossierSubmitted
from domain.veils import Crowd
from tests.unit.cli.demo.folding import a_scenario

ALL = frozenset(Crowd)
VEILED = "1.001193"


def veiled_streams(scenario: Scenario) -> list[str]:
    return [
        step.stream
        for step in scenario.steps
        if isinstance(step.facts, DossierSubmitted) and step.facts.procedure == VEILED
    ]


def those_of(scenario: Scenario, *, veiled: int) -> list[Step]:
    """Keep the first veiled dossiers, so many, and everybody else."""
    left_out = set(veiled_streams(scenario)[veiled:])
    return [step for step in scenario.steps if step.stream not in left_out]


@pytest.fixture(scope="module")
def full() -> Scenario:
    return a_scenario(DEFAULT_DOSSIERS, DEFAULT_SEED)[0]


def test_full_demo_demands_veils_of_every_crowd(full: Scenario) -> None:
    assert expected_crowds(full.steps) == ALL


def test_small_demo_lets_none_be_expected() -> None:
    assert expected_crowds(a_scenario(40, DEFAULT_SEED)[0].steps) == frozenset()


@pytest.mark.parametrize(("dossiers", "crowds"), [(9, frozenset()), (10, ALL)])
def test_ten_veiled_dossiers_are_a_crowd_and_nine_are_none(
    full: Scenario, dossiers: int, crowds: frozenset[Crowd]
) -> None:
    assert expected_crowds(those_of(full, veiled=dossiers)) == crowds


def test_acts_of_the_last_day_are_still_waiting(full: Scenario) -> None:
    ten, streams = those_of(full, veiled=10), veiled_streams(full)[:10]
    (*_, tenth) = (
        step.sent_at for step in ten if step.kind == "dossier.accepted" and step.stream in streams
    )
    until_then = [step for step in ten if step.sent_at <= tenth]
    until_next_day = [step for step in ten if step.sent_at <= tenth + timedelta(days=1)]

    assert Crowd.RECEIVED not in expected_crowds(until_then)
    assert Crowd.RECEIVED in expected_crowds(until_next_day)


def a_batch(crowd: Crowd, count: int) -> Batch:
    return Counter({("2026-03", "H27", crowd): count})


@pytest.mark.parametrize(
    ("batches", "expected", "ok"),
    [
        pytest.param([], frozenset(), True, id="none, and none expected"),
        pytest.param([], ALL, False, id="none, though a crowd was there"),
        pytest.param([a_batch(Crowd.STEP, 10)], frozenset(), False, id="published without a crowd"),
        pytest.param([a_batch(each, 10) for each in Crowd], ALL, True, id="of every crowd"),
        pytest.param([a_batch(each, 10) for each in Crowd][:2], ALL, False, id="of two of three"),
        pytest.param(
            [*(a_batch(each, 10) for each in Crowd), a_batch(Crowd.STEP, 9)],
            ALL,
            False,
            id="one of nine",
        ),
    ],
)
def test_veils_are_judged_by_what_the_scenario_lets_one_expect(
    batches: list[Batch], expected: frozenset[Crowd], ok: bool
) -> None:
    assert judge_veils(batches, expected).ok is ok
