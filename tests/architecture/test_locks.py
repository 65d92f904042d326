"""Locked dependencies: every file has its hash, and nothing says where to fetch it from."""

import re
import tomllib
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.sources import ROOT

LOCKS: Final = tuple(sorted((ROOT / "requirements").glob("*.lock")))
PINNED: Final = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)")
REQUIREMENT_NAME: Final = re.compile(r"^[A-Za-z0-9._-]+")


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _requirements(lock: Path) -> list[str]:
    text = re.sub(r"\\\n", " ", lock.read_text(encoding="utf-8"))
    return [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]


def _pins(lock: Path) -> set[tuple[str, str]]:
    found = [PINNED.match(line) for line in _requirements(lock)]
    return {(_normal(match[1]), match[2]) for match in found if match is not None}


def test_there_are_two_locks() -> None:
    assert [lock.name for lock in LOCKS] == ["run.lock", "test.lock"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_requirement_is_pinned_with_hashes(lock: Path) -> None:
    loose = [
        line
        for line in _requirements(lock)
        if PINNED.match(line) is None or "--hash=sha256:" not in line
    ]

    assert loose == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_locks_hold_no_index_option_and_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")

    assert re.findall(r"(?m)^\s*-(?!-hash=).*$", text) == []
    assert re.findall(r"\S*://\S*|@ file\S*", text) == []


def test_the_test_lock_holds_everything_that_runs() -> None:
    run, test = (_pins(lock) for lock in LOCKS)

    assert run - test == set()


def test_every_dependency_stands_in_the_locks() -> None:
    description = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = description["dependency-groups"]
    run, test = ({name for name, _ in _pins(lock)} for lock in LOCKS)

    def names(requirements: list[str]) -> set[str]:
        found = [REQUIREMENT_NAME.match(text) for text in requirements]
        return {_normal(match[0]) for match in found if match is not None}

    assert names(description["project"]["dependencies"]) - run == set()
    assert names(description["build-system"]["requires"]) - run == set()
    assert names(groups["dev"]) - test == set()
