"""Public figures over HTTP, in JSON and CSV, as of a checkpoint."""

import csv
import io
from collections.abc import Iterator

import msgspec
import pytest

from api.figures import answering
from api.figures.addresses import split_address, wanted_format
from api.figures.answering import answer
from projections.counts import CountStatistics
from projections.recompute import FiguresOfWorld, compare, figures_from_log, replay_log
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
        "from=26",
        "from=2026-13",
        "from=2026-11-31",
        "from=2026&to=2026-11",
        "from=2026-11&granularity=year",
        "granularity=week",
        "by=colour",
        "by=office,,period",
        "channel=fax",
        "level=planet",
        "subtree=yes",
        "by=period&granularity=day",
        "by=period&from=2020-01-01&to=2026-01-01",
        "from=2026-12&to=2026-11",
        "to=9999-99",
        "format=xml",
        "from=0001-01",
    ],
)
def test_impossible_parameter_is_refused(counted: World, query: str) -> None:
    for resource in ("counts", "durations", "timeliness", "backlog"):
        result = counted.client.simulate_get(f"/v1/statistics/{resource}", query_string=query)
        assert (result.status_code, result.json["code"]) == (400, "malformed_parameter")


@pytest.mark.parametrize("path", ["counts", "durations", "timeliness", "backlog", "comparison"])
def test_more_figures_than_an_answer_may_have_are_refused(
    counted: World, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    address = f"/v1/statistics/{path}{'' if path == 'comparison' else '?by=office,channel'}"
    assert counted.client.simulate_get(address).status_code == 200
    monkeypatch.setattr(answering, "MAX_FIGURES", -1)

    result = counted.client.simulate_get(address)

    assert (result.status_code, result.json["code"]) == (400, "malformed_parameter")


def test_repeated_parameter_is_refused(counted: World) -> None:
    result = counted.client.simulate_get(
        "/v1/statistics/counts", query_string="office=H1&office=H2"
    )

    assert (result.status_code, result.json["code"]) == (400, "malformed_request")


ADDRESSES = (
    "/v1/statistics/counts",
    "/v1/statistics/counts?from=2026-11&to=2026-12",
    f"/v1/statistics/counts?office={OFFICE}&by=field",
    f"/v1/statistics/counts?office={OFFICE}&subtree=1&by=procedure,channel,period",
    "/v1/statistics/counts?granularity=quarter&by=period,office&format=csv",
    "/v1/statistics/counts?by=period&from=2026-11-01&to=2026-11-30",
    "/v1/statistics/counts?level=province&channel=online&from=2026",
    "/v1/statistics/durations",
    "/v1/statistics/durations?by=period",
    "/v1/statistics/durations?by=office,field&format=csv",
    "/v1/statistics/timeliness?by=office",
    "/v1/statistics/timeliness?by=period&granularity=year&format=csv",
    "/v1/statistics/backlog?by=office&granularity=day&from=2026-11-01&to=2026-12-31",
    "/v1/statistics/backlog?format=csv",
    "/v1/statistics/comparison?from=2026-01",
    "/v1/statistics/comparison?format=csv",
    "/v1/statistics/steps",
    "/v1/statistics/steps?by=office,period&granularity=quarter&format=csv",
    f"/v1/statistics/steps?office={OFFICE}&subtree=1&by=field",
    "/v1/statistics/visits",
    "/v1/statistics/visits?by=channel,period&granularity=day&from=2026-11-01&to=2026-11-30",
    "/v1/statistics/visits?by=procedure&format=csv",
    "/v1/statistics/fees",
    "/v1/statistics/fees?by=office,period&from=2026-11&format=csv",
    "/v1/statistics/fees?by=period&granularity=day&from=2026-11-01&to=2026-11-30",
    "/v1/statistics/veiled",
    "/v1/statistics/petitions",
    "/v1/statistics/petitions?format=csv",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_address_is_answered_with_the_bytes_that_the_log_gives(
    counted: World, address: str
) -> None:
    parts = counted.parts
    world = replay_log(parts.tile_store, parts.anchors, parts.documents)
    path, members = split_address(address)

    served = counted.client.simulate_get(address)
    recomputed = answer(FiguresOfWorld(world), path, members, wanted_format(members))

    assert served.status_code == 200
    assert served.content == recomputed.body
    assert served.headers["content-type"] == recomputed.media_type


def test_groups_name_what_was_asked_and_as_of_what(counted: World) -> None:
    result = counted.client.simulate_get(
        "/v1/statistics/counts", params={"by": "channel,period", "from": "2026-11"}
    )

    (figure,) = result.json["figures"]
    assert (figure["channel"], figure["period"], figure["office"]) == ("online", "2026-11", "*")
    assert figure["received"] == result.json["total"]["received"] == 3
    assert result.json["definition"] == "counts@v2"
    assert result.json["asked"]["by"] == ["channel", "period"]
    assert result.json["asked"]["period"] == "2026-11/"
    assert result.json["checkpoint"]["size"] == counted.parts.reader.sequenced_size()


def test_backlog_gives_every_day_since_the_first_dossier(counted: World) -> None:
    result = counted.client.simulate_get(
        "/v1/statistics/backlog", params={"from": "2026-11-01", "to": "2026-11-30"}
    )

    periods = [figure["period"] for figure in result.json["figures"]]
    assert periods == sorted(set(periods))
    assert {figure["pending_in_time"] for figure in result.json["figures"]} == {3}


def test_office_that_resolved_little_is_too_small_to_compare(counted: World) -> None:
    result = counted.client.simulate_get("/v1/statistics/comparison")

    assert result.json["offices"] == []
    assert result.json["least_compared"] == 30
    assert result.json["all_offices"]["is_too_small_to_compare"]


def test_figures_of_an_empty_ledger_are_not_ready(empty_world: World) -> None:
    for resource in (
        "counts",
        "durations",
        "timeliness",
        "backlog",
        "comparison",
        "steps",
        "visits",
        "fees",
    ):
        result = empty_world.client.simulate_get(f"/v1/statistics/{resource}")
        assert (result.status_code, result.json["code"]) == (503, "not_ready")
