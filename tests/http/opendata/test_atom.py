"""The Atom feed over HTTP: the newest acts, and pages that caches may keep for ever."""

from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

from tests.http.world import World, a_world, fill_registry

PATH = "/v1/feeds/entries.atom"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """More than two full pages."""
    with a_world(tmp_path_factory.mktemp("busy")) as world:
        fill_registry(world)
        while world.parts.reader.sequenced_size() < 230:
            world.accept(world.submit())
        world.settle()
        world.follow()
        yield world


def _feed(world: World, query: str = "") -> tuple[ElementTree.Element, dict[str, str]]:
    answer = world.client.simulate_get(PATH, query_string=query)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.content), answer.headers


def _links(feed: ElementTree.Element) -> dict[str | None, str]:
    return {link.get("rel"): link.get("href", "") for link in feed.findall(f"{ATOM}link")}


def _ids(feed: ElementTree.Element) -> list[str | None]:
    return [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")]


def test_following_the_links_finds_every_act_once(busy: World) -> None:
    events = busy.client.simulate_get("/v1/open-data/events.jsonl").text.splitlines()
    feed, headers = _feed(busy)
    found = _ids(feed)
    assert headers["cache-control"] == "public, max-age=5"

    while "prev-archive" in _links(feed):
        address = _links(feed)["prev-archive"]
        feed, headers = _feed(busy, address.partition("?")[2])
        found += _ids(feed)
        assert headers["cache-control"] == "public, max-age=31536000, immutable"

    assert len(found) == len(set(found)) == len(events)


def test_filter_is_kept_in_the_links(busy: World) -> None:
    feed, _ = _feed(busy, "kind=key.registered")

    assert _links(feed)["prev-archive"] == f"{PATH}?kind=key.registered&page=0"
    archived, _ = _feed(busy, "kind=key.registered&page=0")
    assert len(_ids(archived)) == 6


@pytest.mark.parametrize("query", ["page=99", "page=1&kind=key.registered", "page=2"])
def test_page_that_is_not_full_or_has_no_match_is_not_found(busy: World, query: str) -> None:
    answer = busy.client.simulate_get(PATH, query_string=query)

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "query", ["page=x", "page=-1", "kind=nothing", "stream=x:y", f"page={2**60}"]
)
def test_impossible_page_or_filter_is_refused(busy: World, query: str) -> None:
    answer = busy.client.simulate_get(PATH, query_string=query)

    assert (answer.status_code, answer.json["code"]) == (400, "malformed_parameter")


def test_nothing_is_ready_before_the_first_checkpoint(empty_world: World) -> None:
    answer = empty_world.client.simulate_get(PATH)

    assert (answer.status_code, answer.json["code"]) == (503, "not_ready")


def test_page_of_thousands_of_digits_is_refused_and_no_failure(busy: World) -> None:
    answer = busy.client.simulate_get(PATH, query_string=f"page={'9' * 5_000}")

    assert (answer.status_code, answer.json["code"]) == (400, "malformed_parameter")
