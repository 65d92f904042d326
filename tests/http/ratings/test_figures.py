"""Ratings over HTTP: figures of whole cells, what cannot be placed, and the same from the log."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest

from api.figures import answering
from api.figures.addresses import split_address, wanted_format
from api.figures.answering import answer
from domain.facts import RatingStage
from domain.tallies import withheld_of
from projections.recompute import FiguresOfWorld, replay_log
from tests.http.world import OTHER_OFFICE, World, a_world, fill_registry
from tests.support.builders import OFFICE, PROCEDURE
from tests.support.tallies.rated_over_http import (
    an_accepted,
    an_ended,
    end_month,
    publish_tally,
    rate,
)

RATED_AT_THE_END = 24
# Whoever of them waits for the next tally, ten of each are counted.
RATED_AT_ACCEPTANCE = 24
ENVELOPES = RATED_AT_THE_END + RATED_AT_ACCEPTANCE
COUNTED = ENVELOPES - withheld_of(ENVELOPES)


@pytest.fixture(scope="module")
def rated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give a world in which two offices were rated, and the month's tally is published."""
    with a_world(tmp_path_factory.mktemp("rated")) as world:
        fill_registry(world, field="Hộ tịch")
        world.recorded = (201, 202)
        for number in range(RATED_AT_THE_END):
            rate(world, an_ended(world), RatingStage.RESULT, 1 + number % 5)
        for number in range(RATED_AT_ACCEPTANCE):
            dossier = an_accepted(world, OTHER_OFFICE)
            rate(world, dossier, RatingStage.RECEIPT, 1 + number % 5)
        end_month(world)
        publish_tally(world)
        world.follow()
        yield world


@pytest.fixture(scope="module")
def unrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_world(tmp_path_factory.mktemp("unrated")) as world:
        fill_registry(world)
        world.settle()
        world.follow()
        yield world


def ask(world: World, query: str = "") -> Any:
    result = world.client.simulate_get("/v1/statistics/ratings", query_string=query)
    assert result.status_code == 200, result.text
    return result.json


def test_answer_adds_up_to_the_envelopes_and_names_its_tally(rated: World) -> None:
    answered = ask(rated, "by=office,procedure,field,stage,period")
    sums = answered["sums"]

    assert sums["placed"] + sums["not_placed"] == sums["counted"] == COUNTED
    assert sums["counted"] + sums["withheld"] == sums["envelopes"] == ENVELOPES
    (tally,) = answered["tallies"]
    assert (tally["month"], tally["counted"]) == ("2026-11", sums["counted"])
    assert rated.parts.documents.read(tally["document"]) is not None
    assert rated.parts.reader.sequenced_size() > tally["entry_index"]
    assert (answered["definition"], answered["least_ratings"]) == ("ratings@v1", 10)
    assert all(each["vi"] and each["en"] for each in answered["words"])
    assert answered["checkpoint"]["size"] == rated.parts.reader.sequenced_size()


def test_figure_has_marks_and_what_comes_on_those_that_ended(rated: World) -> None:
    figures = {each["office"]: each for each in ask(rated, "by=office,stage")["figures"]}

    figure = figures[OFFICE]
    assert figures[OTHER_OFFICE]["response_missing"] == "stage_not_of_ended"
    assert (figure["stage"], figure["ended_dossiers"]) == ("result", RATED_AT_THE_END)
    assert 10 <= figure["ratings"] <= RATED_AT_THE_END
    assert figure["overall"]["answered"] == figure["ratings"]
    assert sum(figure["overall"][f"mark_{mark}"] for mark in range(1, 6)) == figure["ratings"]
    assert figure["contacts"]["missing"] == "marks_not_shown"
    per_10000 = figure["ratings"] * 10_000 / RATED_AT_THE_END
    assert abs(figure["ratings_per_10000_ended"] - per_10000) <= 0.5


def test_one_tally_is_of_its_month_alone(rated: World) -> None:
    assert ask(rated, "from=2026-11&to=2026-11")["total"]["ratings"] == COUNTED
    before = ask(rated, "to=2026-10")
    assert (before["total"]["ratings"], before["sums"]["envelopes"]) == (0, 0)
    after = ask(rated, "from=2026-12")
    assert (after["tallies"], after["sums"]["counted_before"]) == ([], COUNTED)
    assert ask(rated, "by=period&granularity=quarter")["figures"][0]["period"] == "2026-Q4"


def test_no_figure_is_of_fewer_than_ten(rated: World) -> None:
    for query in ("by=office", "by=office,procedure,stage", "by=field", f"office={OTHER_OFFICE}"):
        answered = ask(rated, query)
        rows = (*answered["figures"], answered["total"], *answered["not_placed"])
        assert all(row["ratings"] == 0 or row["ratings"] >= 10 for row in rows)


def test_csv_has_a_row_for_each_figure_and_the_total_last(rated: World) -> None:
    result = rated.client.simulate_get(
        "/v1/statistics/ratings", query_string="by=office&format=csv"
    )

    rows = list(csv.DictReader(io.StringIO(result.text)))
    assert rows[-1]["office"] == "*"
    assert rows[-1]["ratings"] == str(COUNTED)
    assert rows[-1]["definition"] == "ratings@v1"
    assert {"overall_mark_1", "overall_satisfied_per_10000", "attitude_points_2"} <= rows[0].keys()
    assert rows[0]["contacts_missing"] == "marks_not_shown"
    assert rows[0]["contacts_points_0"] == ""


ADDRESSES = (
    "/v1/statistics/ratings",
    "/v1/statistics/ratings?format=csv",
    "/v1/statistics/ratings?by=office,procedure,field,stage,period",
    "/v1/statistics/ratings?by=office,period&granularity=year&format=csv",
    f"/v1/statistics/ratings?office={OFFICE}&subtree=1&stage=result",
    f"/v1/statistics/ratings?procedure={PROCEDURE}&from=2026-Q4&to=2026-Q4",
    "/v1/statistics/ratings?level=commune&field=H%E1%BB%99+t%E1%BB%8Bch&stage=receipt",
    "/v1/statistics/ratings?office=H99&by=stage",
)


@pytest.mark.parametrize("world", ["rated", "unrated"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_address_is_answered_with_the_bytes_that_the_log_gives(
    world: str, address: str, request: pytest.FixtureRequest
) -> None:
    served_by: World = request.getfixturevalue(world)
    parts = served_by.parts
    replayed = replay_log(parts.tile_store, parts.anchors, parts.documents)
    path, members = split_address(address)

    served = served_by.client.simulate_get(address)
    recomputed = answer(FiguresOfWorld(replayed), path, members, wanted_format(members))

    assert served.status_code == 200
    assert served.content == recomputed.body
    assert served.headers["content-type"] == recomputed.media_type


@pytest.mark.parametrize(
    "query",
    [
        "by=channel",
        "by=colour",
        "by=office,,stage",
        "stage=all",
        "level=planet",
        "subtree=yes",
        "from=2026-11-01",
        "by=period&granularity=day",
        "granularity=day",
        "granularity=week",
        "from=2026-12&to=2026-11",
        "from=2026&to=2026-11",
        "from=26",
        "format=xml",
    ],
)
def test_impossible_parameter_is_refused(unrated: World, query: str) -> None:
    result = unrated.client.simulate_get("/v1/statistics/ratings", query_string=query)

    assert (result.status_code, result.json["code"]) == (400, "malformed_parameter")


def test_channel_is_no_parameter_of_ratings(unrated: World) -> None:
    result = unrated.client.simulate_get("/v1/statistics/ratings", query_string="channel=online")

    assert (result.status_code, result.json["code"]) == (400, "unknown_parameter")


def test_more_figures_than_an_answer_may_have_are_refused(
    rated: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "MAX_FIGURES", 0)

    result = rated.client.simulate_get("/v1/statistics/ratings", query_string="by=stage")

    assert (result.status_code, result.json["code"]) == (400, "malformed_parameter")


def test_ledger_without_tallies_says_that_nothing_was_counted(unrated: World) -> None:
    answered = ask(unrated, "by=office")

    assert (answered["figures"], answered["tallies"]) == ([], [])
    assert answered["total"]["response_missing"] == "no_ratings"


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "vi",
            ("Đánh giá của người nộp hồ sơ", "Hài lòng (từ 3 trên 5)", "Thái độ (0 đến 2 điểm)"),
        ),
        ("en", ("Ratings by applicants", "Satisfied (3 or more of 5)", "Attitude (0 to 2 points)")),
    ],
)
def test_page_shows_ratings_in_both_languages(
    rated: World, language: str, sentences: tuple[str, ...]
) -> None:
    page = rated.client.simulate_get("/statistics", query_string=f"lang={language}").text

    for sentence in sentences:
        assert sentence in page, sentence
    assert "/v1/statistics/ratings?format=csv" in page


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("vi", "lượt trên mỗi 100 hồ sơ kết thúc, tính trên 24 hồ sơ"),
        ("en", "ratings for each 100 dossiers that ended, of 24 that ended in the months"),
    ],
)
def test_page_calls_ratings_beside_dossiers_no_share_of_them(
    rated: World, language: str, sentence: str
) -> None:
    page = rated.client.simulate_get("/statistics", query_string=f"lang={language}").text
    total = ask(rated)["total"]
    (rate,) = re.findall(r"([0-9]+[.,][0-9]) (?:ratings for each|lượt trên mỗi)", page)

    assert sentence in page
    assert float(rate.replace(",", ".")) == round(total["ratings_per_10000_ended"] / 100, 1)


def test_page_says_what_cannot_be_placed_and_nothing_where_nobody_rated(
    rated: World, unrated: World
) -> None:
    def page(world: World, query: str = "") -> str:
        return world.client.simulate_get("/statistics", query_string=f"lang=en{query}").text

    assert "Waiting for a later month" in page(rated)
    assert "Not placed" not in page(rated)
    assert "Ratings by applicants" not in page(unrated)
    assert "Ratings by applicants" not in page(rated, "&office=H99")
