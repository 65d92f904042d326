"""The command `queue`: it asks page by page with a signed request, and says the list in words."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from cli.sites import Site, SiteAnswer
from domain.roles import Role
from ledger.key_files import save_private_key
from tests.http.queues.test_queues import NUMBER, accepted, an_officer, publish
from tests.http.signing import HOST
from tests.http.world import World, a_world, fill_registry
from tests.unit.cli.running import Ran, run


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with a_world(tmp_path) as made:
        fill_registry(made)

        def ask(_site: Site, path: str, body: Any = None, headers: Any = None) -> SiteAnswer:
            assert body is None
            assert urlsplit(path).path == "/v1/queues/unit"
            result = made.client.simulate_get(path, headers=dict(headers or {}))
            return SiteAnswer(result.status_code, result.content)

        monkeypatch.setattr(Site, "ask", ask)
        monkeypatch.setenv("DOSSIER_LEDGER_CLOCK", "simulated")
        monkeypatch.setenv("DOSSIER_LEDGER_DEMO", "true")
        yield made


def ask(world: World, key: Path, *more: str) -> Ran:
    data = world.settings.data
    return run("queue", "unit", "--key", key, "--server", HOST, "--data", data, *more)


def a_key_file(world: World, folder: Path) -> Path:
    path = folder / "officer.key"
    save_private_key(path, an_officer(world, Role.PROCESSOR, NUMBER))
    return path


def test_command_prints_the_whole_queue_page_by_page(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.commands.reading.queues.LINES_PER_PAGE", 2)
    key = a_key_file(world, tmp_path)
    dossiers = accepted(world, 5)
    publish(world)

    told = ask(world, key, "--json")
    words = ask(world, key)

    assert told.code == 0, told.out
    members = json.loads(told.out)
    assert [item["stream"] for item in members["items"]] == [each.stream for each in dossiers]
    assert (members["total"], "next" in members) == (5, False)
    assert words.out.startswith("unit: 5, as of 2026-11-20T")
    assert "5 × accepted, 1.004222" in words.out
    assert f"2026-12-02  {dossiers[0].stream}  accepted since" in words.out


def test_command_says_why_it_is_refused(world: World, tmp_path: Path) -> None:
    path = tmp_path / "inspector.key"
    save_private_key(path, world.keys["inspector"])
    publish(world)

    ran = ask(world, path)

    assert ran.code != 0
    assert "reading_not_permitted" in ran.out + ran.said
