"""The README's table of routes is the one that the app answers."""

import re
from pathlib import Path

import falcon.inspect
import pytest

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
    app = create_app(bootstrap.web_parts(settings))
    return {
        (method.method, CONVERTER.sub(r"{\1}", route.path))
        for route in falcon.inspect.inspect_routes(app)
        for method in route.methods
        if not method.internal and method.method not in IMPLIED
    }


def test_the_readme_lists_exactly_the_routes_of_the_app(tmp_path: Path) -> None:
    if not (ROOT / "api" / "app.py").exists():
        pytest.skip("api.app is not built yet")

    assert sorted(_documented()) == sorted(_answered(tmp_path))
