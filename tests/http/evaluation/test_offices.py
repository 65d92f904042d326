"""An office's evaluation over HTTP and as a page: inputs, period, formula, what is unverified."""

from collections.abc import Iterator
from typing import Any

import pytest

from domain.facts.waiting import ProcessingStopped, ProcessingStoppedDetails
from ledger.drafting import place_after
from tests.http.world import World, a_world, fill_registry
from tests.support.builders import OFFICE


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give a world with one dossier that ended in the fourth quarter of 2026."""
    with a_world(tmp_path_factory.mktemp("evaluation")) as world:
        fill_registry(world)
        dossier, submission = world.a_submission()
        world.record(submission)
        dossier.place = place_after(dossier.place, submission.note)
        world.accept(dossier)
        stopped = ProcessingStoppedDetails(legal_ground="luật", notice_sha256="0a" * 32)
        kind = "dossier.processing_stopped"
        world.act(dossier, kind, ProcessingStopped(), "approver", stopped)
        world.settle()
        world.follow()
        yield world


def ask(world: World, query: str = "period=2026-Q4", office: str = OFFICE) -> Any:
    result = world.client.simulate_get(f"/v1/offices/{office}/evaluation", query_string=query)
    assert result.status_code == 200, result.text
    return result.json


def page(world: World, language: str, query: str = "period=2026-Q4") -> str:
    result = world.client.simulate_get(
        f"/offices/{OFFICE}/evaluation",
        query_string=query,
        headers={"Accept": "text/html", "Accept-Language": language},
    )
    assert result.status_code == 200, result.text
    return result.text


def test_answer_names_inputs_period_formula_and_law(world: World) -> None:
    answer = ask(world)

    assert (answer["office"], answer["period"], answer["is_over"]) == (OFFICE, "2026-Q4", False)
    assert answer["months"] == ["2026-10", "2026-11", "2026-12"]
    assert (answer["definition"], answer["law"]) == ("evaluation@v1", "tt01-2018")
    assert answer["verified"] is False
    assert answer["band"] is None
    first = answer["indicators"][0]
    assert (first["number"], first["source"], first["counted"]) == (1, "figures", 1)
    assert first["tenths"] in (0, 10, 20)
    assert {one["missing"] for one in answer["indicators"] if one["number"] in (2, 5, 6)} == {
        "not_on_record"
    }
    assert answer["checkpoint"]["size"] > 0


def test_rules_are_verified_up_to_the_middle_of_2025(world: World) -> None:
    assert ask(world, "period=2025-Q2")["verified"] is True
    assert ask(world, "period=2025-Q3")["verified"] is False
    assert ask(world, "period=2025")["verified"] is False


def test_without_a_period_it_is_the_last_quarter_that_is_over(world: World) -> None:
    answer = ask(world, "")

    assert (answer["period"], answer["is_over"]) == ("2026-Q3", True)


@pytest.mark.parametrize("query", ["period=2026-13", "period=2026-Q5", "quarter=1"])
def test_other_periods_are_refused(world: World, query: str) -> None:
    result = world.client.simulate_get(f"/v1/offices/{OFFICE}/evaluation", query_string=query)

    assert result.status_code == 400


def test_office_that_is_not_registered_has_none(world: World) -> None:
    result = world.client.simulate_get("/v1/offices/H99.99/evaluation")

    assert result.status_code == 404
    assert "is registered" in result.json["detail"]


@pytest.mark.parametrize(
    ("language", "unverified", "no_band", "indicator"),
    [
        ("vi", "Chưa kiểm chứng", "Không xếp loại", "Thời gian giải quyết so với quy định"),
        ("en", "Not verified", "No class is given", "Total time against the legal time"),
    ],
)
def test_page_says_what_is_not_verified_and_why_there_is_no_class(
    world: World, language: str, unverified: str, no_band: str, indicator: str
) -> None:
    text = page(world, language)

    assert ("Quý 4/2026" if language == "vi" else "Q4 2026") in text
    for words in (unverified, no_band, indicator, "evaluation@v1"):
        assert words in text, words


def test_page_opens_on_a_quarter_with_acts_and_offers_no_other_year(world: World) -> None:
    text = page(world, "en", "")

    assert 'aria-current="page">Q4 2026<' in text
    assert "2025" not in text.partition("<nav aria-label=")[2].partition("indicators")[0]
    assert "Z</dd>" not in text


def test_page_of_a_verified_period_does_not_warn(world: World) -> None:
    assert "Not verified" not in page(world, "en", "period=2025-Q2")


def test_figure_names_no_officer(world: World) -> None:
    assert "officer-" not in str(ask(world))
