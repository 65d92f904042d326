"""`recompute` on a ledger whose people rated: ratings are compared and made again from tiles."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.data_folder import DataFolder
from cli.commands.recompute import recompute
from domain.facts import RatingStage
from tests.http.world import World, a_world, fill_registry
from tests.support.tallies.rated_over_http import an_ended, end_month, publish_tally, rate
from tests.unit.cli.running import run

RATED = 24
SOCKETS = shutil.ignore_patterns("*.sock")


@pytest.fixture(scope="module")
def rated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_world(tmp_path_factory.mktemp("rated")) as world:
        fill_registry(world)
        world.recorded = (201, 202)
        for number in range(RATED):
            rate(world, an_ended(world), RatingStage.RESULT, 1 + number % 5)
        end_month(world)
        publish_tally(world)
        world.follow()
        yield world


@pytest.mark.parametrize("query", ["", "?by=office,stage,period&format=csv"])
def test_request_about_ratings_is_answered_as_the_server_does(rated: World, query: str) -> None:
    address = f"/v1/statistics/ratings{query}"
    served = rated.client.simulate_get("/v1/statistics/ratings", query_string=query[1:])

    result = CliRunner().invoke(
        recompute, ["--data", str(rated.settings.data), "--request", address]
    )

    assert result.exit_code == 0, result.output
    assert result.stdout_bytes == served.content


def test_ratings_that_are_published_otherwise_are_named(rated: World, tmp_path: Path) -> None:
    data = Path(shutil.copytree(rated.settings.data, tmp_path / "data", ignore=SOCKETS))
    assert run("recompute", "--data", data, "--json").members["differences"] == 0

    with closing(sqlite3.connect(DataFolder(data).views)) as connection, connection:
        forgotten = connection.execute("DELETE FROM states WHERE stream LIKE 'tally:%'").rowcount
    found = run("recompute", "--data", data, "--json")

    assert forgotten == 1
    assert (found.code, found.members["ok"]) == (1, False)
    fields = {each["field"] for each in found.members["shown"]}
    assert any("/v1/statistics/ratings" in field for field in fields), fields


def test_ratings_are_not_compared_where_the_ledger_is_not_there(
    rated: World, tmp_path: Path
) -> None:
    data = Path(shutil.copytree(rated.settings.data, tmp_path / "data", ignore=SOCKETS))
    with_ledger = run("recompute", "--data", data, "--json").members["answers"]
    DataFolder(data).ledger.unlink()

    found = run("recompute", "--data", data, "--json").members

    assert (found["ok"], found["answers"]) == (True, with_ledger - 2)


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_rating_cells_are_exported_from_ledger_and_log_as_they_are_served(
    rated: World, tmp_path: Path, form: str
) -> None:
    data = Path(shutil.copytree(rated.settings.data, tmp_path / "data", ignore=SOCKETS))
    served = rated.client.simulate_get(f"/v1/open-data/rating_cells.{form}")
    asked = ("export", "--data", data, "--format", form, "--to")

    run(*asked, tmp_path / "ledger")
    run(*asked, tmp_path / "log", "--log", DataFolder(data).log)
    DataFolder(data).ledger.unlink()
    run(*asked, tmp_path / "without")

    assert served.status_code == 200
    name = f"rating_cells.{form}"
    for folder in ("ledger", "log", "without"):
        assert (tmp_path / folder / name).read_bytes() == served.content
    assert form != "jsonl" or b'"ratings":14' in served.content
