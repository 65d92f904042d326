"""``python -m bench.audit_speed``: a full audit, beside the bare signatures of the same log.

It makes a valid log of the wanted size (once; `bench.logs.long_log`), verifies all its signatures
on all cores and nothing else, audits it in full (hashes, seals, index roots, signatures, keys and
roles, every public decision, statistics), and verifies the signatures once more, since a machine
that others use is not equally fast for long. The ratio is the audit's time over the faster round;
`processor_ratio` compares the processor time of all processes, whoever else had the cores.
"""

import argparse
import json
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from bench.logs.long_log import SPAN, START, make_log
from bench.logs.signatures import verify_signatures
from cli.audit_progress import run_audit, shares_of
from ledger.auditing import AuditReport, HowToAudit, audit_log
from ledger.documents import DocumentFolder
from ledger.key_files import load_anchors
from projections.monitoring.audited import figures_of, fold_shard
from transparency.checkpoints import open_checkpoint
from transparency.tile_store import FileTileStore
from transparency.trusted_log import TrustedLog

TARGET: Final = 4.0
CACHE: Final = Path.home() / ".cache" / "dossier-ledger-bench"
AFTERWARDS: Final = START + 2 * SPAN


def main() -> None:
    """Measure, print, and add the result to ``bench/audit_speed.json``."""
    parser = argparse.ArgumentParser(prog="bench.audit_speed")
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--cache", type=Path, default=CACHE, help="where logs are kept")
    parser.add_argument("--out", type=Path, default=Path("bench/audit_speed.json"))
    arguments = parser.parse_args()
    folder = make_log(arguments.cache, arguments.entries)
    result = measure(folder, arguments.jobs)
    _add(arguments.out, result)
    _print(result)


def measure(folder: Path, jobs: int) -> dict[str, Any]:
    """Audit a log with as many processes, between two rounds of bare signatures."""
    log = _open(folder)
    before = verify_signatures(folder / "log", log.tree_size, jobs)
    begun, used = perf_counter(), _processor_seconds()
    report = _audit(folder, log, jobs)
    seconds, processor = perf_counter() - begun, _processor_seconds() - used
    after = verify_signatures(folder / "log", log.tree_size, jobs)
    if not report.ok or report.asked_again or before.count != report.signatures_verified:
        raise SystemExit(f"the audit is not what it shall be: {report.problems[:3]}")
    signatures = min(before.seconds, after.seconds)
    processor_of_signatures = min(before.processor_seconds, after.processor_seconds)
    return {
        "entries": report.entries,
        "actions": report.actions,
        "signatures": report.signatures_verified,
        "seals": report.seals,
        "received": figures_of(report.folded).counts.total.received,
        "jobs": jobs,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "seconds_of_signatures": [round(before.seconds, 2), round(after.seconds, 2)],
        "seconds_of_audit": round(seconds, 2),
        "entries_per_second": round(report.entries / seconds),
        "ratio": round(seconds / signatures, 2),
        "processor_seconds": [round(processor_of_signatures, 2), round(processor, 2)],
        "processor_ratio": round(processor / processor_of_signatures, 2),
        "shares": shares_of(report.spent),
        "processor_microseconds_of_an_entry": _microseconds(report.spent, report.entries),
    }


def _open(folder: Path) -> TrustedLog:
    tiles, anchors = FileTileStore(folder / "log"), load_anchors(folder / "anchors.toml")
    return TrustedLog(tiles, open_checkpoint(tiles.read_checkpoint(), anchors.log))


def _audit(folder: Path, log: TrustedLog, jobs: int) -> AuditReport:
    anchors = load_anchors(folder / "anchors.toml")
    documents = DocumentFolder(folder / "log" / "documents")
    how = HowToAudit(jobs, fold_shard)
    now = max(AFTERWARDS, datetime.now(UTC))
    return run_audit(audit_log(log, anchors, documents, now=now, how=how), log.tree_size)


def _processor_seconds() -> float:
    """Give what this process and those that it waited for have used."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _microseconds(spent: Mapping[str, float], entries: int) -> dict[str, float]:
    return {part: round(seconds / entries * 1e6, 1) for part, seconds in spent.items()}


def _add(path: Path, result: dict[str, Any]) -> None:
    """Keep one result for each size and number of processes."""
    kept = json.loads(path.read_text()) if path.exists() else []
    same = ("entries", "jobs")
    others = [each for each in kept if any(each[name] != result[name] for name in same)]
    results = sorted([*others, result], key=lambda each: (each["entries"], each["jobs"]))
    path.write_text(json.dumps(results, indent=2) + "\n")


def _print(result: Mapping[str, Any]) -> None:
    reached = "reached" if result["ratio"] <= TARGET else "missed"
    for name, value in result.items():
        print(f"{name}: {value}")
    print(f"target of {TARGET} times the bare signatures: {reached}")


if __name__ == "__main__":
    main()
