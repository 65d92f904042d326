"""The README's table of routes is the one that the ledger's and a witness's app answer."""

import re
from pathlib import Path

import falcon.inspect
import pytest
from falcon.asgi import App, Request, Response

from tests.architecture.sources import ROOT, text_of

ROW = re.compile(r"(?m)^\| `([A-Z]+)` \| `(/[^`]*)` \|")
# Answered by the framework for every route; not worth a line each.
IMPLIED = {"HEAD", "OPTIONS"}
CONVERTER = re.compile(r"\{(\w+):[^}]*\}")


def _documented() -> list[tuple[str, str]]:
    return ROW.findall(text_of(Path("README.md")))


def _answered(data: Path) -> set[tuple[str, str]]:
    from api import bootstrap
    from api.app import create_app
    from api.settings import Settings

    settings = Settings(data=data)
    bootstrap.writer_core(settings)
    apps = [create_app(bootstrap.web_parts(settings)), _witness(data / "witness")]
    return {
        (method.method, CONVERTER.sub(r"{\1}", route.path))
        for app in apps
        for route in falcon.inspect.inspect_routes(app)
        for method in route.methods
        if not method.internal and method.method not in IMPLIED
    }


def _witness(data: Path) -> "App[Request, Response]":
    from tests.support.witnesses.builders import RunningWitness, make_a_witness

    running = RunningWitness(make_a_witness(data))
    running.close()
    return running.app


def test_the_readme_lists_exactly_the_routes_of_the_app(tmp_path: Path) -> None:
    if not (ROOT / "api" / "app.py").exists():
        pytest.skip("api.app is not built yet")

    assert sorted(_documented()) == sorted(_answered(tmp_path))
