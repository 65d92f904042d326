"""The benchmark runs: every one of its requests is recorded, and its results have their shape."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.served
def test_a_short_benchmark_runs_and_writes_its_results(tmp_path: Path) -> None:
    """It once ended at its first acceptance: a new rule refused the codes it made up."""
    out = tmp_path / "results.json"
    sizes = ["--seconds", "0.1", "--dossiers", "64", "--batches", "2"]

    subprocess.run(
        [sys.executable, "-m", "bench", *sizes, "--out", str(out)],
        check=True,
        timeout=120,
        capture_output=True,
    )

    results = json.loads(out.read_text())
    assert {"machine", "runs", "ratios"} <= results.keys()
    assert {"name", "per_second", "p50_ms", "p99_ms"} <= results["runs"][0].keys()
    assert all(run["per_second"] > 0 for run in results["runs"])
    assert set(results["ratios"]) == {"one per request / stock", "batches / stock"}
