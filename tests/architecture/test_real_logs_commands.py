"""The commands of docs/real-logs.md, run as they stand there, where the logs are at hand."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.sources import ROOT, text_of
from tests.support.real_logs.ledgers import LOGS

BLOCK: Final = re.compile(r"(?ms)^```sh\n(.*?)^```")
PROGRAM: Final = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m cli.main "$@"\n'
SECONDS: Final = 240


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder like a checkout after `make setup`, with the logs beside the README."""
    program = tmp_path / ".venv" / "bin" / "dossier-ledger"
    program.parent.mkdir(parents=True)
    program.write_text(PROGRAM)
    program.chmod(0o755)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for log in LOGS.values():
        if not log.path.exists():
            pytest.skip("the foreign logs are not here")
        if not (tmp_path / log.path.name).exists():
            (tmp_path / log.path.name).symlink_to(log.path)
    return tmp_path


def _run(folder: Path, log: str) -> str:
    (block,) = [each for each in BLOCK.findall(text_of(Path("docs/real-logs.md"))) if log in each]
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.long
def test_receipt_log_is_imported_and_looked_at_as_the_document_says(folder: Path) -> None:
    said = _run(folder, "receipt.xes.gz")

    assert "dropped: 0" in said
    assert '"resolved_late":309' in said
    assert (folder / "receipt-open" / "dossiers.xes").exists()
    late = json.loads((folder / "receipt-late.json").read_bytes())
    assert len(late["findings"]) == 406


@pytest.mark.slow
def test_building_permits_are_imported_as_the_document_says(folder: Path) -> None:
    said = _run(folder, "bpic2015_1.csv.gz")

    assert "events_recorded: 52217" in said
    assert (folder / "bpic-open" / "events.jsonl").exists()
