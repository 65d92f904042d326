"""A projection that stopped, as seen over HTTP: its requests, health and metrics."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from falcon.testing import Result
from prometheus_client.parser import text_string_to_metric_families

from api import bootstrap
from projections.follower import Follower, PrivateFold
from projections.parts.registry import CORE, Projection
from projections.views import open_views
from tests.http.world import World, a_world, fill_registry
from tests.support.planted.changes import plant
from tests.support.rebuilding.worlds import FailingAt, Told

WORDS = "what somebody wrote: Nguyễn Văn A"
ASKING = {
    Projection.STATISTICS: "/v1/statistics/counts",
    Projection.PETITIONS: "/v1/petitions",
    Projection.CATALOGUE: "/v1/procedures",
    Projection.VEILS: "/v1/statistics/veiled",
    Projection.HISTORIES: "/v1/streams/office:H27.15/history",
}


@pytest.fixture
def stopped_world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        fill_registry(made)
        made.submit()
        made.settle()
        made.follow()
        yield made


def _stop(world: World, projection: Projection) -> int:
    """Let a projection fail at the next act; give the log position that it stood at."""
    size = _published(world)
    if projection is Projection.HISTORIES:
        world.parts.views.stop(projection, ValueError(WORDS), size)
    world.submit()
    world.settle()
    failing = FailingAt(projection, size, ValueError(WORDS))
    with closing(open_views(bootstrap.data_folder(world.settings).views, failing.writers)) as views:
        Follower(
            world.operator.origin,
            world.parts.reader,
            views,
            bootstrap.documents(world.settings),
            PrivateFold(world.parts.vault.open, world.operator.view_secret),
            Told(),
        ).catch_up()
    return size


def _published(world: World) -> int:
    published = world.parts.reader.checkpoint()
    assert published is not None
    return published.tree_size


def _get(world: World, path: str) -> Result:
    return world.client.simulate_get(path)


def _metrics(world: World) -> dict[tuple[str, ...], float]:
    """Give each number by its name and its labels' values, in the order of the labels' names."""
    text = _get(world, "/metrics").text
    return {
        (
            sample.name.removeprefix("dossier_ledger_"),
            *(value for _, value in sorted(sample.labels.items())),
        ): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.parametrize("projection", ASKING)
def test_requests_of_a_stopped_projection_are_503_by_its_name_and_all_others_answer(
    stopped_world: World, projection: Projection
) -> None:
    _stop(stopped_world, projection)

    refused = _get(stopped_world, ASKING[projection])
    others = {
        name: _get(stopped_world, path).status_code
        for name, path in ASKING.items()
        if name is not projection
    }

    assert refused.status_code == 503
    assert (refused.json["code"], refused.json["detail"]) == ("projection_stopped", projection)
    assert set(others.values()) == {200}, others


def _stopped(metrics: dict[tuple[str, ...], float]) -> list[str]:
    return [name[1] for name, value in metrics.items() if name[0] == "projection_stopped" and value]


@pytest.mark.parametrize("projection", ASKING)
def test_health_and_metrics_name_a_stopped_projection_with_its_last_entry_and_cause(
    stopped_world: World, projection: Projection
) -> None:
    size = _stop(stopped_world, projection)
    published = _published(stopped_world)

    health = _get(stopped_world, "/readyz")
    metrics = _metrics(stopped_world)

    stopped = {each["name"]: each for each in health.json["projections"] if each["stopped"]}
    assert health.status_code == 200
    assert list(stopped) == [projection]
    assert stopped[projection]["stopped"]["last_entry_index"] == size - 1
    assert stopped[projection]["stopped"]["cause"] == "unforeseen"
    assert stopped[projection]["stopped"]["error"] == "ValueError"
    assert _stopped(metrics) == [projection]
    assert metrics["projection_last_entry_index", "unforeseen", projection] == size - 1
    assert metrics["published_entries",] == published
    if projection is not Projection.HISTORIES:
        assert metrics["projection_log_position", projection] == size
        assert metrics["projection_behind_entries", projection] == published - size
    assert WORDS not in health.text


def test_health_and_metrics_of_a_server_whose_projections_all_run(stopped_world: World) -> None:
    published = _published(stopped_world)
    _get(stopped_world, ASKING[Projection.HISTORIES])

    health = _get(stopped_world, "/readyz")
    answer = _get(stopped_world, "/metrics")
    metrics = _metrics(stopped_world)

    assert [each["name"] for each in health.json["projections"]] == list(Projection)
    assert all(each["log_position"] == published for each in health.json["projections"])
    assert all(each["stopped"] is None for each in health.json["projections"])
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"].startswith("text/plain")
    assert metrics["writer_reachable",] == 1
    assert {metrics["projection_log_position", name] for name in Projection} == {published}
    assert {metrics["projection_stopped", name] for name in Projection} == {0}


def test_server_whose_core_has_stopped_is_not_ready_and_answers_from_what_it_has(
    stopped_world: World,
) -> None:
    stopped_world.parts.views.stop(CORE, ValueError(WORDS))

    health = _get(stopped_world, "/readyz")

    assert health.status_code == 503
    assert not health.json["follower"]["follows"]
    assert _get(stopped_world, ASKING[Projection.STATISTICS]).status_code == 200


def test_words_that_somebody_planted_as_a_cause_are_not_repeated(stopped_world: World) -> None:
    plant(
        bootstrap.data_folder(stopped_world.settings).views,
        f"INSERT INTO stopped_projections VALUES ('petitions', 3, NULL, '{WORDS}', '{WORDS}')",
        f"INSERT INTO stopped_projections VALUES ('{WORDS[:30]}', 3, NULL, 'x', 'y')",
    )

    health, metrics = _get(stopped_world, "/readyz"), _get(stopped_world, "/metrics")

    assert "somebody" not in health.text + metrics.text
    assert 'cause="unforeseen"' in metrics.text


def test_page_says_that_what_it_rests_on_has_stopped(stopped_world: World) -> None:
    _stop(stopped_world, Projection.STATISTICS)

    page = stopped_world.client.simulate_get("/statistics", headers={"Accept": "text/html"})

    assert page.status_code == 503
    assert "đã dừng" in page.text


@pytest.mark.parametrize(("kept_beyond", "stands_at_the_end"), [(500, True), (0, False)])
def test_health_names_every_projection_from_the_start(
    tmp_path: Path, kept_beyond: int, *, stands_at_the_end: bool
) -> None:
    """Leads nobody looked for yet are behind in a large ledger; in a small one none are kept."""
    with a_world(tmp_path, leads_kept_beyond=kept_beyond) as made:
        fill_registry(made)
        made.submit()
        made.settle()
        before = _get(made, "/readyz").json["projections"]
        made.follow()
        after = {each["name"]: each for each in _get(made, "/readyz").json["projections"]}
        published = _published(made)

    assert [(each["name"], each["log_position"]) for each in before] == [
        (name, 0) for name in Projection
    ]
    assert list(after) == list(Projection)
    stands_at = published if stands_at_the_end else 0
    assert after[Projection.FINDINGS]["log_position"] == stands_at
