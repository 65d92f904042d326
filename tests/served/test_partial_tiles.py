"""A served ledger deletes the partial tiles that full ones have replaced, and audits as before."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.bytes_per_entry import JSON, NDJSON
from bench.load import post, run_load
from bench.world import dossier_bodies, registry_acts, served
from cli.sites import render_submission

PATIENCE_SECONDS = 20.0
LONG_AGO = 3600.0


def _partials_of_finished_tiles(log: Path) -> list[Path]:
    return [path for path in log.glob("tile/*/*.p") if path.with_suffix("").exists()]


@pytest.mark.served
def test_partial_tiles_go_once_the_full_one_has_stood_for_the_grace(tmp_path: Path) -> None:
    data = tmp_path / "data"
    log = data / "log"
    with served(data, 1) as world:
        acts = [render_submission(action) for action in registry_acts(world)]
        requests = [post(world.address, "/v1/actions", body, JSON) for body in acts]
        for _ in range(4):
            lines = b"\n".join(body for pair in dossier_bodies(world, 50) for body in pair) + b"\n"
            requests.append(post(world.address, "/v1/actions/batch", lines, NDJSON))
        assert run_load(world.address, [requests]).failures == []
    assert _partials_of_finished_tiles(log)
    written_at = time.time() - LONG_AGO
    for path in log.glob("tile/*/*"):
        os.utime(path, (written_at, written_at))

    with served(data, 1):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while _partials_of_finished_tiles(log) and time.monotonic() < deadline:
            time.sleep(0.1)

    assert _partials_of_finished_tiles(log) == []
    assert list(log.glob("tile/entries/001.p/*"))
    audit = [sys.executable, "-m", "cli.main", "audit", "--data", str(data)]
    assert subprocess.run(audit, check=False, capture_output=True, timeout=60).returncode == 0
