"""Worlds that live through failures: a few fixed seeds each time, many when asked for."""

from functools import cache

import pytest

from tests.simulation import worlds
from tests.simulation.worlds import REPLAY, SimulatedWorld, live

FIXED_SEEDS = range(20)


@cache
def _story_of(seed: int) -> tuple[str, ...]:
    story: list[str] = []
    live(seed, story.append)
    return tuple(story)


@pytest.mark.parametrize("seed", FIXED_SEEDS)
def test_whatever_happens_in_a_world_the_auditor_agrees(seed: int) -> None:
    assert _story_of(seed)


@pytest.mark.slow
@pytest.mark.parametrize("hundred", range(10))
def test_whatever_happens_in_a_thousand_worlds_the_auditor_agrees(hundred: int) -> None:
    for seed in range(1_000 + hundred * 100, 1_100 + hundred * 100):
        live(seed)


def test_one_seed_is_one_world() -> None:
    again: list[str] = []
    live(3, again.append)

    assert tuple(again) == _story_of(3)


def test_the_fixed_seeds_live_through_what_they_are_there_for() -> None:
    told = "\n".join(line for seed in FIXED_SEEDS for line in _story_of(seed))

    for happening in (
        "died at record_group",
        "died at swap_checkpoint",
        "died at write_checkpoint",
        "died at write tile",
        "died in recovery",
        "the store failed at record_group",
        "deposed",
        "stale_version",
        "not_permitted",
        "key_revoked",
        "key_not_enrolled",
        "rating.satisfaction_rated None",
    ):
        assert happening in told


def test_a_world_that_fails_names_its_seed_and_its_replay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(world: SimulatedWorld) -> None:
        raise AssertionError("an invariant")

    monkeypatch.setattr(worlds.SimulatedWorld, "check_end", fail)

    with pytest.raises(AssertionError, match=f"seed 5 failed; replay it: {REPLAY} 5"):
        live(5)
