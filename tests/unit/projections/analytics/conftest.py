"""Analyses are an extra: without its libraries their tests are skipped, and say so."""

from importlib.util import find_spec

import pytest

MISSING = [name for name in ("ibis", "duckdb", "pyarrow") if find_spec(name) is None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if MISSING and "projections/analytics/" in item.nodeid:
            reason = f"the extra `analytics` is not installed: {', '.join(MISSING)}"
            item.add_marker(pytest.mark.skip(reason=reason))
