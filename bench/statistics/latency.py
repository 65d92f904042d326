"""``python -m bench.statistics.latency``: every kind of public statistics request, timed.

A views database is filled by the follower's own functions with 100,000 dossiers (a little over a
million acts) of 200 offices and 300 procedures over two years, or an earlier one is used. Each
kind of request is answered many times over, kinds in turn, by the app itself: all that a web worker
does but the socket. The first request of each kind stands apart: it reads pages of the database
that nobody read before. Nothing is kept between two: each round asks a new app.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from bench.results import Run, machine, run_from_latencies
from bench.statistics.kinds import KINDS, WARMING_PAGES
from bench.statistics.serving import new_client, parts_over
from bench.statistics.world import fill
from projections.views import Views, open_views

DOSSIERS: Final = 100_000
OFFICES: Final = 200
PROCEDURES: Final = 300
ROUNDS: Final = 100
REFUSED: Final = 400
WANTED_P99_MS: Final = 50.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One kind of request: its first answer, and all later ones.

    The processor's time is of this process alone: what others did on the machine is not in it.
    """

    first_ms: float
    processor_p50_ms: float
    processor_p99_ms: float
    status: int
    body_bytes: int
    run: Run


def main() -> None:
    """Fill a database if none is named, time every kind, and write the results."""
    parser = argparse.ArgumentParser(prog="bench.statistics.latency")
    parser.add_argument("--dossiers", type=int, default=DOSSIERS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", default="", help="kinds whose address holds this text")
    parser.add_argument("--views", type=Path, help="one that was filled before; kept")
    parser.add_argument("--out", type=Path, default=Path("bench/statistics_latency.json"))
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        path = arguments.views or Path(folder) / "views.sqlite3"
        started = time.perf_counter()
        is_new = not path.exists()
        views = fill(path, arguments.dossiers, OFFICES, PROCEDURES) if is_new else open_views(path)
        seconds = round(time.perf_counter() - started, 1)
        kinds = [kind for kind in KINDS if arguments.only in kind]
        found = list(measure(views, kinds, arguments.rounds))
        views.close()
    results = {
        "machine": machine(),
        # Above the number of cores others were at work, and only the processor's times say much.
        "load_average_of_1_minute": round(os.getloadavg()[0], 1),
        "dossiers": arguments.dossiers,
        "offices": OFFICES + 1,
        "procedures": PROCEDURES,
        "seconds_of_filling": seconds if is_new else None,
        "over_50_ms": [each.run.name for each in found if each.run.p99_ms > WANTED_P99_MS],
        "over_50_ms_of_processor": [
            each.run.name for each in found if each.processor_p99_ms > WANTED_P99_MS
        ],
        "kinds": found,
    }
    arguments.out.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=2) + b"\n")


def measure(views: Views, kinds: Sequence[str], rounds: int) -> Iterator[Measured]:
    """Time each kind so many times, and print what it took; the first time stands apart."""
    latencies: dict[str, list[float]] = {kind: [] for kind in kinds}
    processor: dict[str, list[float]] = {kind: [] for kind in kinds}
    answers: dict[str, tuple[int, int]] = {}
    with parts_over(views) as parts:
        for _ in range(rounds + 1):
            client = new_client(parts)
            for page in WARMING_PAGES:
                # What a template is compiled into, a worker keeps.
                client.simulate_get(page.partition("?")[0], query_string=page.partition("?")[2])
            for kind in kinds:
                path, _, query = kind.partition("?")
                started, worked = time.perf_counter(), time.process_time()
                result = client.simulate_get(path, query_string=query)
                processor[kind].append(time.process_time() - worked)
                latencies[kind].append(time.perf_counter() - started)
                assert result.status_code in (200, REFUSED), (kind, result.text)
                answers[kind] = result.status_code, len(result.content)
    for kind, (first, *later) in latencies.items():
        run = run_from_latencies(kind, later, sum(later))
        busy = run_from_latencies(kind, processor[kind][1:], sum(later))
        first_ms = round(first * 1000, 3)
        sys.stdout.write(
            f"{first_ms:8.1f} {run.p50_ms:8.1f} {run.p99_ms:8.1f} "
            f"({busy.p50_ms:6.1f} {busy.p99_ms:6.1f}) ms  {answers[kind][0]} {kind}\n"
        )
        yield Measured(first_ms, busy.p50_ms, busy.p99_ms, *answers[kind], run)


if __name__ == "__main__":
    main()
