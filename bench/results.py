"""What a benchmark reports: runs with rate and latencies, ratios, and the machine it saw."""

import os
import platform
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec


@dataclass(frozen=True, slots=True)
class Run:
    """One measured run."""

    name: str
    per_second: float
    p50_ms: float
    p99_ms: float
    operations: int
    seconds: float


@dataclass(slots=True)
class Results:
    """Everything of one invocation; ratios compare runs of this invocation only."""

    machine: Mapping[str, str | int]
    runs: list[Run] = field(default_factory=list)
    ratios: dict[str, float] = field(default_factory=dict)
    microseconds_of_one_action: dict[str, float] = field(default_factory=dict)


def machine() -> dict[str, str | int]:
    """Describe the machine, as far as figures need it."""
    return {
        "cores": os.cpu_count() or 0,
        "processor": _processor(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def run_from_latencies(name: str, latencies: Sequence[float], seconds: float) -> Run:
    """Make a run of its operations' latencies in seconds; per second over the wall time."""
    ordered = sorted(latencies)
    return Run(
        name,
        round(len(ordered) / seconds, 1),
        _quantile_ms(ordered, 0.50),
        _quantile_ms(ordered, 0.99),
        len(ordered),
        round(seconds, 2),
    )


def _quantile_ms(ordered: Sequence[float], share: float) -> float:
    if not ordered:
        return 0.0
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 3)


def save(results: Results, path: Path) -> None:
    """Write the results as JSON."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=2) + b"\n")
