"""Public figures over HTTP, in JSON and CSV, as of a checkpoint."""

import csv
import io
from collections.abc import Iterator

import msgspec
import pytest

from projections.counts import CountStatistics
from projections.recompute import compare, figures_from_log
from tests.http.world import World, a_world, fill_registry
from tests.support.builders import OFFICE, PROCEDURE


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_world(tmp_path_factory.mktemp("counted")) as world:
        fill_registry(world)
        for _ in range(3):
            world.accept(world.submit())
        world.submit()
        world.settle()
        world.follow()
        yield world


def test_counts_have_figures_total_and_the_checkpoint_they_are_of(counted: World) -> None:
    result = counted.client.simulate_get("/v1/statistics/counts")

    assert result.status_code == 200
    (figure,) = result.json["figures"]
    assert figure == {
        "office": OFFICE,
        "procedure": PROCEDURE,
        "period": "2026-11",
        "received": 3,
        "resolved_early": 0,
        "resolved_on_time": 0,
        "resolved_late": 0,
        "pending_in_time": 3,
        "pending_overdue": 0,
        "carried_over": 0,
    }
    assert result.json["total"] == {**figure, "office": "*", "procedure": "*", "period": "*"}
    assert result.json["checkpoint"]["size"] == counted.parts.reader.sequenced_size()
    assert result.json["definition"] == "counts@v1"


def test_published_counts_are_those_that_the_log_gives(counted: World) -> None:
    published = msgspec.json.decode(
        counted.client.simulate_get("/v1/statistics/counts").content, type=CountStatistics
    )

    recomputed = figures_from_log(
        counted.parts.tile_store, counted.parts.anchors, counted.parts.documents
    )

    assert compare(published, recomputed) == []


@pytest.mark.parametrize(
    ("params", "headers"), [({"format": "csv"}, {}), ({}, {"Accept": "text/csv"})]
)
def test_counts_come_as_csv_with_the_total_last(
    counted: World, params: dict[str, str], headers: dict[str, str]
) -> None:
    result = counted.client.simulate_get("/v1/statistics/counts", params=params, headers=headers)

    assert result.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(result.text)))
    assert [row["office"] for row in rows] == [OFFICE, "*"]
    assert rows[0]["received"] == "3"
    assert rows[0]["checkpoint_size"] == str(counted.parts.reader.sequenced_size())


def test_filters_leave_only_what_was_asked_for(counted: World) -> None:
    def received(**params: str) -> int:
        result = counted.client.simulate_get("/v1/statistics/counts", params=params)
        count: int = result.json["total"]["received"]
        return count

    assert received(office=OFFICE, procedure=PROCEDURE) == 3
    assert received(office="H99") == 0
    assert received(procedure="none") == 0
    assert received(**{"from": "2026-11", "to": "2026-11"}) == 3
    assert received(**{"from": "2026-12"}) == 0


@pytest.mark.parametrize("by", [None, "period"])
def test_durations_answer_even_before_anything_is_resolved(counted: World, by: str | None) -> None:
    params = {} if by is None else {"by": by}

    result = counted.client.simulate_get("/v1/statistics/durations", params=params)

    assert result.status_code == 200
    assert result.json["durations"] == []
    assert result.json["definition"] == "durations@v1"


def test_durations_come_as_csv(counted: World) -> None:
    result = counted.client.simulate_get("/v1/statistics/durations", params={"format": "csv"})

    assert result.text.startswith("office,procedure,period,resolved,")


@pytest.mark.parametrize(
    "query",
    [
        "from=2026",
        "from=2026-13",
        "from=2026-11-01",
        "from=2026-12&to=2026-11",
        "to=9999-99",
        "format=xml",
        "from=0001-01",
    ],
)
def test_impossible_parameter_is_refused(counted: World, query: str) -> None:
    for resource in ("counts", "durations"):
        result = counted.client.simulate_get(f"/v1/statistics/{resource}", query_string=query)
        assert (result.status_code, result.json["code"]) == (400, "malformed_parameter")


def test_repeated_parameter_is_refused(counted: World) -> None:
    result = counted.client.simulate_get(
        "/v1/statistics/counts", query_string="office=H1&office=H2"
    )

    assert (result.status_code, result.json["code"]) == (400, "malformed_request")


def test_figures_of_an_empty_ledger_are_not_ready(empty_world: World) -> None:
    for resource in ("counts", "durations"):
        result = empty_world.client.simulate_get(f"/v1/statistics/{resource}")
        assert (result.status_code, result.json["code"]) == (503, "not_ready")
