"""/openapi.json: valid and complete; `test_schemathesis` shows that it is true of the answers."""

import re
from typing import Any

from falcon import inspect
from openapi_spec_validator import validate

from api.openapi import OPERATIONS, openapi_document
from tests.http.world import World

# Pages are for people, and the document need not describe itself.
UNDOCUMENTED = {"/openapi.json"}


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
