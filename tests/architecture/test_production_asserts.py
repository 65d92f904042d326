"""Production keeps its assertions: whoever starts a server with -O is refused."""

import ast
from typing import Final

import pytest

from tests.architecture.sources import python_files, text_of, tree_of

ENTRANCES: Final = ("api", "cli")


def _files_that_ask_debug() -> list[str]:
    return [
        str(path)
        for path in python_files(*ENTRANCES)
        if any(
            isinstance(node, ast.Name) and node.id == "__debug__"
            for node in ast.walk(tree_of(path))
        )
    ]


def test_starting_without_assertions_is_refused() -> None:
    if not any(path.stem in ("main", "bootstrap") for path in python_files(*ENTRANCES)):
        pytest.skip("neither cli.main nor api.bootstrap is built yet")

    assert _files_that_ask_debug() != []


def test_nothing_of_ours_starts_python_with_optimisation() -> None:
    found = [
        str(path)
        for path in python_files("api", "cli", "bench")
        if '"-O"' in text_of(path) or "PYTHONOPTIMIZE" in text_of(path)
    ]

    assert found == []
