"""The public sees one shape of error, whatever went wrong, and nothing from inside."""

import io

import pytest
import structlog
from falcon.testing import TestClient

from api.app import create_app
from api.problems import PROBLEMS_BY_CODE
from tests.http.raw import part, post_slowly
from tests.http.world import World

PROBLEM = "application/problem+json"


@pytest.mark.parametrize("path", ["/nothing", "/v1", "/v1/actions/", "/v1/../livez"])
def test_unknown_address_is_a_problem_document(world: World, path: str) -> None:
    result = world.client.simulate_get(path)

    assert (result.status_code, result.json["code"]) == (404, "not_found")
    assert result.headers["content-type"] == PROBLEM


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("DELETE", "/v1/actions", "POST"), ("POST", "/log/checkpoint", "GET")],
)
def test_method_that_a_resource_does_not_know_is_answered_with_those_it_knows(
    world: World, method: str, path: str, allowed: str
) -> None:
    result = world.client.simulate_request(method, path)

    assert (result.status_code, result.json["code"]) == (405, "method_not_allowed")
    assert allowed in result.headers["allow"]


@pytest.mark.parametrize(
    ("path", "media_type", "status"),
    [("/nothing", "application/json", 404), ("/v1/actions", "text/plain", 415)],
)
def test_a_body_that_nobody_reads_does_not_hold_the_connection(
    world: World, path: str, media_type: str, status: int
) -> None:
    headers = {"Content-Type": media_type, "Content-Length": "100000"}

    answered, sent, _ = post_slowly(world, path, headers, part(b"x", more=True), pause_seconds=0)

    assert answered == status
    assert sent[b"connection"] == b"close"


@pytest.mark.parametrize("accept", ["application/xml", "*/*", "nonsense"])
def test_programs_get_problem_documents_whatever_they_accept(world: World, accept: str) -> None:
    result = world.client.simulate_get("/v1/nothing", headers={"Accept": accept})

    assert result.headers["content-type"] == PROBLEM
    assert result.json["type"] == "/problems/not_found"


@pytest.mark.parametrize("code", sorted(PROBLEMS_BY_CODE))
def test_type_of_every_problem_leads_to_its_explanation(world: World, code: str) -> None:
    result = world.client.simulate_get(f"/problems/{code}")

    assert result.status_code == 200
    assert result.json["code"] == code
    assert result.json["title"]["vi"] != result.json["title"]["en"]
    assert result.json["remedy"]["vi"] != result.json["remedy"]["en"]


def test_unknown_code_has_no_explanation(world: World) -> None:
    assert world.client.simulate_get("/problems/none").status_code == 404


class Broken:
    """A resource that fails in a way that nobody foresaw."""

    async def on_get(self, request: object, response: object) -> None:
        raise RuntimeError("Nguyễn Văn A, 0912345678")


def test_unforeseen_error_is_a_bare_incident(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    logger = structlog.wrap_logger(
        structlog.PrintLogger(stream), wrapper_class=structlog.BoundLogger
    )
    monkeypatch.setattr("api.error_handlers._log", logger)
    app = create_app(world.parts)
    app.add_route("/broken", Broken())

    result = TestClient(app).simulate_get("/broken")

    assert (result.status_code, result.json["code"]) == (500, "internal_error")
    assert "detail" not in result.json
    logged = stream.getvalue()
    assert result.json["incident"] in logged
    assert "RuntimeError" in logged
    assert "Nguyễn" not in result.text + logged
    assert "0912345678" not in result.text + logged
