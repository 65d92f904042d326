"""Worlds that live through failures: two hundred each time, many more when asked for.

A world that fails names the command that lives it again: ``SEED=<seed>`` before `REPLAY`.
"""

import os
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.simulation import worlds
from tests.simulation.worlds import REPLAY, SimulatedWorld, live

# Left out of `make check`, which must be quick.
pytestmark = pytest.mark.long

FIXED_SEEDS = range(200)
TOLD_SEEDS = FIXED_SEEDS[:40]
ROOT = Path(__file__).parents[2]


@cache
def _story_of(seed: int) -> tuple[str, ...]:
    story: list[str] = []

    def say(line: str) -> None:
        story.append(line)
        sys.stdout.write(f"{line}\n")

    live(seed, say)
    return tuple(story)


@pytest.mark.parametrize("seed", FIXED_SEEDS)
def test_whatever_happens_in_a_world_the_auditor_agrees(seed: int) -> None:
    assert _story_of(seed)


@pytest.mark.parametrize("seed", [int(os.environ.get("SEED", "0"))])
def test_one_world_is_asked_for(seed: int) -> None:
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
    told = "\n".join(line for seed in TOLD_SEEDS for line in _story_of(seed))

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
        "asleep: w1",
        "asleep: auditor",
        "an answer of w2 was lost",
        "stopped while too few witnesses cosigned",
    ):
        assert happening in told


def test_a_world_that_fails_names_its_seed_and_its_replay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(world: SimulatedWorld) -> None:
        raise AssertionError("an invariant")

    monkeypatch.setattr(worlds.SimulatedWorld, "check_end", fail)

    with pytest.raises(AssertionError) as failed:
        live(5)

    assert str(failed.value) == f"seed 5 failed; replay it: SEED=5 {REPLAY}"


def test_the_replay_of_a_seed_lives_that_one_world() -> None:
    """As somebody would type it: one world, with that seed."""
    program, *rest = shlex.split(REPLAY)
    assert program == ".venv/bin/pytest"
    environment = os.environ | {"SEED": "7"}
    run = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-v", *rest]
    done = subprocess.run(
        run, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120
    )

    assert done.returncode == 0, done.stdout
    assert "test_one_world_is_asked_for[7] PASSED" in done.stdout
    assert "1 passed" in done.stdout
