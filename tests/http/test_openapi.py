"""/openapi.json: valid, complete, and true of what the app answers."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import schemathesis
from falcon import inspect
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import validate
from schemathesis import checks

from api.openapi import OPERATIONS, Operation, openapi_document
from tests.http.world import World, a_world, fill_registry

EXAMPLES = 40
# Pages are for people, and the document need not describe itself.
UNDOCUMENTED = {"/openapi.json"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_world(tmp_path_factory.mktemp("served"), longest_wait_seconds=0.2) as world:
        fill_registry(world)
        world.accept(world.submit())
        world.settle()
        world.follow()
        yield world


def test_document_is_valid_openapi(world: World) -> None:
    document = world.client.simulate_get("/openapi.json").json

    validate(document)
    assert document["openapi"].startswith("3.1")


def test_every_route_of_the_interface_is_documented_and_no_other(world: World) -> None:
    routes = {
        _template(route.path)
        for route in inspect.inspect_routes(world.app)
        if "api.resources" in _module_of(world, route.path)
    }

    documented = {_template(operation.path) for operation in OPERATIONS}

    # The log is one route and two kinds of files.
    expected = (routes - UNDOCUMENTED - {"/log/{}"}) | {"/log/checkpoint", "/log/tile/{}"}
    assert documented == expected


def test_every_documented_request_is_one_that_the_resource_knows(world: World) -> None:
    for operation in OPERATIONS:
        path = re.sub("{(version|entry_index)}", "1", operation.path)
        resource, methods, *_ = world.app._router.find(path) or (None, {})
        assert resource is not None, operation.path
        name: str = getattr(methods[operation.method.upper()], "__name__", "")
        assert name.startswith(f"on_{operation.method}")


def test_shapes_carry_their_limits() -> None:
    document: dict[str, Any] = openapi_document()
    shapes = document["components"]["schemas"]

    assert shapes["SentAction"]["additionalProperties"] is False
    assert shapes["SentAction"]["required"] == ["note"]
    assert shapes["LookupRequest"]["properties"]["code"]["maxLength"] == 200
    assert "Problem" in shapes


def _template(path: str) -> str:
    return re.sub("{[^}]*}", "{}", path)


def _module_of(world: World, path: str) -> str:
    found = world.app._router.find(re.sub("{[^}]*}", "1", path))
    assert found is not None, path
    return type(found[0]).__module__


@schemathesis.serializer("application/x-ndjson")
def write_lines(_context: object, value: object) -> bytes:
    return value.encode(errors="replace") if isinstance(value, str) else msgspec.json.encode(value)


CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: f"{each.method} {each.path}")
def test_generated_requests_get_documented_answers(served: World, operation: Operation) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", served.app)
    requests = schema[operation.path][operation.method.upper()].as_strategy()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=requests)
    def answers_as_documented(case: "schemathesis.Case[Any]") -> None:
        case.call_and_validate(checks=CHECKS)

    answers_as_documented()
