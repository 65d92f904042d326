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


@pytest.mark.served
def test_a_small_log_serves_proofs_that_read_forty_hashes_at_most(tmp_path: Path) -> None:
    out = tmp_path / "proof_serving.json"

    subprocess.run(
        [
            sys.executable, "-m", "bench.proof_serving",
            "--entries", "3000", "--seconds", "0.05", "--out", str(out),
        ],
        check=True,
        timeout=120,
        capture_output=True,
    )  # fmt: skip

    results = json.loads(out.read_text())
    assert results["reads"]["most_hashes_of_an_inclusion_proof"] <= 40
    assert results["reads"]["most_hashes_of_a_consistency_proof"] <= 40
    assert all(run["per_second"] > 0 for run in results["served"])


@pytest.mark.served
def test_a_small_ledger_is_weighed_part_by_part(tmp_path: Path) -> None:
    out = tmp_path / "bytes_per_entry.json"

    subprocess.run(
        [sys.executable, "-m", "bench.bytes_per_entry", "--batches", "1", "--out", str(out)],
        check=True,
        timeout=120,
        capture_output=True,
    )

    results = json.loads(out.read_text())
    parts = results["bytes_per_entry"]
    assert {"ledger database", "vault", "views", "tiles, full", "everything"} <= parts.keys()
    whole = parts.pop("everything")
    assert abs(sum(parts.values()) - whole) < 1
    assert results["slow_growth"]["times_larger_if_kept"] > 30


@pytest.mark.served
def test_a_small_log_is_audited_beside_its_bare_signatures(tmp_path: Path) -> None:
    out = tmp_path / "audit_speed.json"

    subprocess.run(
        [
            sys.executable, "-m", "bench.audit_speed",
            "--entries", "1500", "--jobs", "2", "--cache", str(tmp_path), "--out", str(out),
        ],
        check=True,
        timeout=120,
        capture_output=True,
    )  # fmt: skip

    (result,) = json.loads(out.read_text())
    assert result["entries"] == 1_500
    assert result["signatures"] > result["actions"] > 1_400
    assert result["ratio"] > 0
    assert abs(sum(result["shares"].values()) - 1) < 0.01
