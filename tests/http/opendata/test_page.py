"""The page of open data: every dataset in both languages, with links that lead somewhere."""

import re
from html import unescape

import pytest

from projections.opendata.datasets import DATASETS
from projections.opendata.files import LICENCE
from tests.http.world import World

BROWSER = {"Accept": "text/html"}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_page_names_every_dataset_with_its_columns_terms_and_citation(
    told: World, language: str
) -> None:
    html = unescape(told.client.simulate_get("/open-data", query_string=f"lang={language}").text)

    for dataset in DATASETS.values():
        assert getattr(dataset.title, language) in html
        assert dataset.definition in html
        for column in dataset.columns:
            assert f"<code>{column.name}</code>" in html
            assert getattr(column.meaning, language) in html
    assert f'<a rel="license" href="{LICENCE.address}">' in html
    assert LICENCE.name in html
    assert str(told.parts.reader.sequenced_size()) in html


def test_every_link_to_data_leads_somewhere(told: World) -> None:
    html = told.client.simulate_get("/open-data").text

    links = set(re.findall(r'href="(/v1/[^"]+)"', html))

    assert len(links) == 4 * len(DATASETS) + 3
    for link in links:
        assert told.client.simulate_get(link).status_code == 200, link


def test_page_says_that_nothing_is_published_yet(empty_world: World) -> None:
    answer = empty_world.client.simulate_get("/open-data", query_string="lang=en", headers=BROWSER)

    assert answer.status_code == 200
    assert "has not published a checkpoint yet" in answer.text


def test_every_page_links_to_it(told: World) -> None:
    assert 'href="/open-data' in told.client.simulate_get("/about", headers=BROWSER).text
