"""The pages of editions, in both languages: list, meanings, citation, files, revisions."""

import re
from html import unescape

import pytest

from projections.editions.definitions.earlier import DEFINITIONS
from projections.editions.definitions.third import THIRD_DEFINITIONS
from tests.http.editions.conftest import DAYS
from tests.http.world import World

BROWSER = {"Accept": "text/html"}
PAGE = "/statistics/editions"


def text_of(world: World, path: str, language: str) -> str:
    answer = world.client.simulate_get(path, query_string=f"lang={language}", headers=BROWSER)
    assert answer.status_code == 200
    return unescape(answer.text)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_list_links_to_every_edition_and_statistics_link_to_the_list(
    dated: World, language: str
) -> None:
    html = text_of(dated, PAGE, language)

    assert re.findall(rf'href="{PAGE}/([0-9-]+)', html) == DAYS[::-1]
    assert f'href="{PAGE}' in text_of(dated, "/statistics", language)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_edition_says_what_its_figures_mean_how_to_cite_and_what_it_revised(
    dated: World, language: str
) -> None:
    manifest = dated.client.simulate_get(f"/v1{PAGE}/{DAYS[-1]}").json

    html = text_of(dated, f"{PAGE}/{DAYS[-1]}", language)

    for each in THIRD_DEFINITIONS:
        assert getattr(each.meaning, language) in html
    assert manifest["citation"][language] in html
    for file in manifest["files"]:
        assert file["sha256"] in html
    names = {each.id: getattr(each.name, language) for each in DEFINITIONS}
    assert f"<td>{names['received']}</td>" in html
    more = {each.id: getattr(each.name, language) for each in THIRD_DEFINITIONS}
    pending = {"vi": "đang giải quyết, trong hạn", "en": "pending, in time"}
    assert f"<td>{more['revised.backlog']}: {pending[language]}</td>" in html
    assert f"recompute --edition {DAYS[-1]}" in html


@pytest.mark.parametrize("day", DAYS)
def test_every_link_of_an_edition_leads_somewhere(dated: World, day: str) -> None:
    html = text_of(dated, f"{PAGE}/{day}", "en")

    links = set(re.findall(r'href="((?:/v1)?/statistics/editions[^"]*)"', html))

    assert len(links) >= 17
    for link in links:
        assert dated.client.simulate_get(link).status_code == 200, link


def test_pages_before_a_day_and_of_no_day(dated: World, empty_world: World) -> None:
    earlier = dated.client.simulate_get(
        PAGE, query_string=f"lang=en&before={DAYS[1]}", headers=BROWSER
    )
    missing = dated.client.simulate_get(f"{PAGE}/2026-11-21", headers=BROWSER)
    nothing = dated.client.simulate_get(f"{PAGE}/today", headers=BROWSER)

    assert re.findall(rf'href="{PAGE}/([0-9-]+)', earlier.text) == DAYS[:1]
    assert (missing.status_code, nothing.status_code) == (404, 404)
    assert "<html" in missing.text
    assert "There is none yet" in text_of(empty_world, PAGE, "en")


def test_page_of_a_missing_edition_leads_to_the_list(dated: World) -> None:
    answer = dated.client.simulate_get(f"{PAGE}/2001-01-01?lang=en", headers=BROWSER)

    assert answer.status_code == 404
    assert f'href="{PAGE}?lang=en"' in answer.text


def test_page_of_a_day_without_an_edition_did_not_say_which_edition_stands(dated: World) -> None:
    told = dated.client.simulate_get(f"/v1{PAGE}/2100-01-01").json["detail"]

    for language in ("vi", "en"):
        html = dated.client.simulate_get(f"{PAGE}/2100-01-01?lang={language}", headers=BROWSER).text
        assert f'<span lang="en">{told}</span>' in unescape(html)
    assert DAYS[-1] in told


@pytest.mark.parametrize("language", ["vi", "en"])
def test_revised_figures_stood_on_the_page_as_codes(dated: World, language: str) -> None:
    html = text_of(dated, f"{PAGE}/{DAYS[-1]}", language)

    revised = html.partition('id="revisions"')[2].partition("</section>")[0]
    assert "<td>" in revised
    assert not re.findall(r"<td>[^<]*[a-z]+[_.][a-z]+[^<]*</td>", revised)
