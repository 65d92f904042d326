"""After each test: no flood of open files, as one long run in one process would otherwise have.

Databases that a test opened through a command or an application are closed when they are collected
as garbage, and the collector counts objects, not descriptors: 1,024 of them are all that many
machines allow.
"""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.real_logs.ledgers import RealLedgers

_COLLECT_ABOVE = 256
_MOST = 512
_OPEN = Path("/proc/self/fd")


@pytest.fixture(autouse=True)
def _few_open_files() -> Iterator[None]:
    yield
    if _OPEN.is_dir() and _open_files() > _COLLECT_ABOVE:
        gc.collect()
        assert _open_files() < _MOST, "open files are left behind that no garbage holds"


@pytest.fixture(scope="session")
def real_ledgers(tmp_path_factory: pytest.TempPathFactory) -> RealLedgers:
    """Give the ledgers of the real logs, each imported when it is first asked for."""
    return RealLedgers(tmp_path_factory.mktemp("real"))


def _open_files() -> int:
    return sum(1 for _ in _OPEN.iterdir())
