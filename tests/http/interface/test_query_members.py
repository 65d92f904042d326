"""A query member that an address does not take is refused: a mistyped filter is not left out."""

import re
from collections.abc import Iterator
from pathlib import Path

import falcon.inspect
import pytest

from api.app import create_app
from api.openapi import OPERATIONS, openapi_document
from api.pages.routes import PAGE_QUERIES
from tests.http.signing import signed_headers
from tests.http.world import World, a_world, fill_registry

CONVERTER = re.compile(r"\{(\w+):[^}]*\}")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_world(tmp_path_factory.mktemp("queries")) as made:
        fill_registry(made)
        made.settle()
        made.follow()
        yield made


def _routes(world: World) -> list[tuple[str, str]]:
    app = create_app(world.parts)
    return sorted(
        (method.method, CONVERTER.sub(r"{\1}", route.path))
        for route in falcon.inspect.inspect_routes(app)
        for method in route.methods
        if not method.internal and method.method in ("GET", "POST")
    )


def _address(template: str) -> str:
    return re.sub(r"\{(entry_index|version)\}", "1", template).replace("{path}", "checkpoint")


def test_every_route_refuses_a_member_that_it_does_not_take(world: World) -> None:
    for method, template in _routes(world):
        address = re.sub(r"\{\w+\}", "x", _address(template))

        refused = world.client.simulate_request(method, f"{address}?ofice=H27.15")

        assert refused.status_code == 400, (method, template)
        assert refused.json["code"] == "unknown_parameter"
        assert refused.json["detail"].startswith("ofice is not known at this address")


def test_table_of_the_pages_names_routes_that_there_are(world: World) -> None:
    assert set(PAGE_QUERIES) <= {template for _, template in _routes(world)}


def test_every_page_has_its_line_in_the_table(world: World) -> None:
    """A page without one would refuse the links of its own language switch."""
    documented = {one.path for one in OPERATIONS}
    others = {template for _, template in _routes(world)} - documented - set(PAGE_QUERIES)

    assert others <= {"/openapi.json", "/log/{path:path}", "/log/{path}"}


@pytest.mark.parametrize(
    ("path", "name"),
    [(one.path, name) for one in OPERATIONS if one.method == "get" for name in one.query_names]
    + [(path, name) for path, names in PAGE_QUERIES.items() for name in sorted(names)],
)
def test_members_that_are_documented_are_taken(world: World, path: str, name: str) -> None:
    address = re.sub(r"\{\w+\}", "x", _address(path))

    answer = world.client.simulate_get(address, query_string=f"{name}=1")

    assert "unknown_parameter" not in answer.text


def test_refusal_lists_what_is_taken_and_repeats_nothing_strange(world: World) -> None:
    refused = world.client.simulate_get("/v1/statistics/counts?fro=2026-01&lang=en")
    strange = world.client.simulate_get("/v1/ledger?%3Cscript%3E=1")

    taken = "by, channel, field, format, from, granularity, level, office, procedure, subtree, to"
    assert refused.json["detail"].endswith(f"takes: {taken}")
    assert "script" not in strange.text


def test_signed_request_with_an_unknown_member_is_refused_before_its_signature(
    world: World,
) -> None:
    path = "/v1/findings"
    headers = signed_headers(world.keys["inspector"], f"{path}?rul=R07", world.clock())

    refused = world.client.simulate_get(f"{path}?rul=R07", headers=headers)

    assert (refused.status_code, refused.json["code"]) == (400, "unknown_parameter")


@pytest.mark.parametrize("added", ["utm_source=zalo", "fbclid=x", "zarsrc=1"])
def test_page_opens_by_a_link_that_a_messenger_changed_and_the_interface_does_not(
    world: World, added: str
) -> None:
    assert world.client.simulate_get(f"/procedures?{added}").status_code == 200
    assert world.client.simulate_get(f"/v1/procedures?{added}").status_code == 400


def test_document_of_the_interface_says_that_every_address_may_refuse_so() -> None:
    paths = openapi_document()["paths"]
    assert isinstance(paths, dict)

    for operations in paths.values():
        for operation in operations.values():
            assert "400" in operation["responses"]


def test_browser_gets_a_page(world: World, tmp_path: Path) -> None:
    shown = world.client.simulate_get(
        "/statistics?ofice=1&lang=en", headers={"Accept": "text/html"}
    )

    assert shown.status_code == 400
    assert shown.headers["content-type"].startswith("text/html")
