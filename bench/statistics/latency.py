"""``python -m bench.statistics.latency``: every kind of public statistics request, timed.

A views database is filled by the follower's own functions with 100,000 dossiers (a million
entries' worth) of 200 offices and 300 procedures over two years, or an earlier one is used. Each
kind of request is answered many times over, kinds in turn: a new read of the views, the cells, the
figures, the encoding; everything that a web worker does but HTTP. Nothing is cached between two.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from api.figures.addresses import split_address, wanted_format
from api.figures.answering import answer
from bench.results import Run, machine, run_from_latencies
from bench.statistics.world import PROVINCE, fill
from projections.reading import FiguresInViews
from projections.views import Views, open_views

DOSSIERS: Final = 100_000
OFFICES: Final = 200
PROCEDURES: Final = 300
ROUNDS: Final = 100

_ONE: Final = f"office={PROVINCE}.003"
_TREE: Final = f"office={PROVINCE}&subtree=1"
KINDS: Final[tuple[str, ...]] = (
    "/v1/statistics/counts",
    f"/v1/statistics/counts?{_ONE}",
    "/v1/statistics/counts?from=2026-05&to=2026-05",
    "/v1/statistics/counts?granularity=month",
    "/v1/statistics/counts?by=office",
    "/v1/statistics/counts?by=procedure",
    f"/v1/statistics/counts?{_TREE}&by=field",
    "/v1/statistics/counts?by=channel,period",
    "/v1/statistics/counts?by=office,period&granularity=quarter",
    f"/v1/statistics/counts?{_TREE}&by=field,period&from=2025-07",
    "/v1/statistics/counts?field=L%C4%A9nh+v%E1%BB%B1c+3&by=office&from=2025-01",
    "/v1/statistics/counts?by=period&from=2025-07-01&to=2026-06-30",
    f"/v1/statistics/counts?{_ONE}&by=period&from=2025-07-01&to=2026-06-30",
    "/v1/statistics/counts?by=office&channel=online&format=csv",
    "/v1/statistics/durations",
    f"/v1/statistics/durations?{_ONE}",
    "/v1/statistics/durations?granularity=month",
    "/v1/statistics/durations?by=office",
    "/v1/statistics/durations?by=procedure",
    f"/v1/statistics/durations?{_TREE}&by=field",
    f"/v1/statistics/durations?{_ONE}&by=procedure,period&from=2026-01",
    "/v1/statistics/timeliness?by=office",
    f"/v1/statistics/timeliness?{_TREE}&by=period",
    f"/v1/statistics/timeliness?{_ONE}&by=field,channel",
    "/v1/statistics/backlog",
    f"/v1/statistics/backlog?{_ONE}&from=2026-04-01&to=2026-06-30",
    "/v1/statistics/backlog?from=2025-07-01&to=2026-06-30",
    "/v1/statistics/comparison?from=2025-07",
    "/v1/statistics/comparison?field=L%C4%A9nh+v%E1%BB%B1c+3&from=2026-Q1",
    "/v1/statistics/veiled",
)


def main() -> None:
    """Fill a database if none is named, time every kind, and write the results."""
    parser = argparse.ArgumentParser(prog="bench.statistics.latency")
    parser.add_argument("--dossiers", type=int, default=DOSSIERS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--views", type=Path, help="one that was filled before; kept")
    parser.add_argument("--out", type=Path, default=Path("bench/statistics_latency.json"))
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        path = arguments.views or Path(folder) / "views.sqlite3"
        started = time.perf_counter()
        is_new = not path.exists()
        views = fill(path, arguments.dossiers, OFFICES, PROCEDURES) if is_new else open_views(path)
        seconds = round(time.perf_counter() - started, 1)
        runs = measure(views, arguments.rounds)
        views.close()
    results = {
        "machine": machine(),
        "dossiers": arguments.dossiers,
        "offices": OFFICES + 1,
        "procedures": PROCEDURES,
        "seconds_of_filling": seconds if is_new else None,
        "runs": [asdict(run) for run in runs],
    }
    arguments.out.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=2) + b"\n")


def measure(views: Views, rounds: int) -> list[Run]:
    """Time each kind so many times, and print its median and its 99th percentile."""
    latencies: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for _ in range(rounds):
        for kind in KINDS:
            started = time.perf_counter()
            answered(views, kind)
            latencies[kind].append(time.perf_counter() - started)
    return list(_runs(latencies))


def answered(views: Views, kind: str) -> bytes:
    """Answer one request from the views as they are."""
    path, members = split_address(kind)
    with views.reading() as reader:
        position = reader.position()
        assert position is not None
        return answer(FiguresInViews(reader, position), path, members, wanted_format(members)).body


def _runs(latencies: dict[str, list[float]]) -> Iterator[Run]:
    for kind, each in latencies.items():
        run = run_from_latencies(kind, each, sum(each))
        sys.stdout.write(f"{run.p50_ms:9.1f} ms  {run.p99_ms:9.1f} ms  {kind}\n")
        yield run


if __name__ == "__main__":
    main()
