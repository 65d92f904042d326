"""The desk of one office, with a ledger that was opened just now."""

import asyncio
from pathlib import Path

import pytest

from tests.unit.cli.portal.desk import Desk, open_office


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    opened_at = asyncio.run(open_office(tmp_path))
    return Desk(tmp_path, opened_at)
