"""/livez and /readyz."""

import time
from pathlib import Path

import pytest
from falcon.testing import TestClient

from api import bootstrap
from api.app import create_app
from tests.http.world import World, a_world, fill_registry


def test_server_lives_even_without_a_ledger(empty_world: World) -> None:
    assert empty_world.client.simulate_get("/livez").status_code == 200


def test_server_is_ready_once_the_views_have_followed(world: World) -> None:
    world.settle()
    world.follow()

    result = world.client.simulate_get("/readyz")

    assert result.status_code == 200
    assert result.json["ready"]
    assert result.json["follower"]["behind_entries"] == 0


def test_server_without_any_view_is_not_ready(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        fill_registry(world)
        world.settle()

        result = world.client.simulate_get("/readyz")

    assert result.status_code == 503
    assert not result.json["ready"]
    assert result.json["follower"] == {
        "follows": False,
        "log_position": 0,
        "behind_entries": result.json["published_size"],
    }


def test_views_may_lag_for_a_while_and_no_longer(tmp_path: Path) -> None:
    with a_world(tmp_path, longest_follower_delay_seconds=0.05) as world:
        fill_registry(world)
        world.follow()
        world.submit()
        world.settle()

        first = world.client.simulate_get("/readyz")
        time.sleep(0.1)
        later = world.client.simulate_get("/readyz")
        world.follow()
        caught_up = world.client.simulate_get("/readyz")

    assert [first.status_code, later.status_code, caught_up.status_code] == [200, 503, 200]
    assert first.json["follower"]["behind_entries"] > 0


def test_server_whose_writer_is_gone_is_not_ready_and_says_so(world: World) -> None:
    world.settle()
    world.follow()
    client = TestClient(create_app(bootstrap.web_parts(world.settings)))
    _, action = world.a_submission()

    health = client.simulate_get("/readyz")
    posted = client.simulate_post("/v1/actions", json={"note": action.note.decode()})

    assert health.status_code == 503
    assert not health.json["writer"]
    assert posted.status_code in (400, 503)


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_health_is_never_cached(world: World, path: str) -> None:
    assert world.client.simulate_get(path).headers["cache-control"] == "no-store"
