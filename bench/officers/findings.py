"""``python -m bench.officers.findings``: looking for leads, and reading those that are kept.

A views database of 100,000 dossiers and 200 offices is filled by the follower's own functions, or
an earlier one is used. Timed are a look at everything, a look after the time alone moved on, the
rules that compare, and, many times over, what a web worker reads for one page.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from bench.officers.queues import DOSSIERS, FULLEST, OFFICES, PROCEDURES, USUAL
from bench.officers.world import fill
from bench.results import Run, machine, run_from_latencies
from projections.leads.judging import compare_again, look_again
from projections.leads.store import ChosenLeads, LeadStore
from projections.views import Views, open_views

ROUNDS: Final = 100
PAGE_LEADS: Final = 200
READS: Final[tuple[tuple[str | None, str | None], ...]] = (
    (USUAL, None),
    (FULLEST, None),
    (USUAL, "R07"),
    (None, "R06"),
    (None, None),
)


def main() -> None:
    """Fill a database if none is named, time looks and reads, and write the results."""
    parser = argparse.ArgumentParser(prog="bench.officers.findings")
    parser.add_argument("--dossiers", type=int, default=DOSSIERS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--views", type=Path, help="one that was filled before; kept")
    parser.add_argument("--out", type=Path, default=Path("bench/findings.json"))
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        path = arguments.views or Path(folder) / "views.sqlite3"
        is_new = not path.exists()
        views = fill(path, arguments.dossiers, OFFICES, PROCEDURES) if is_new else open_views(path)
        store = LeadStore(Path(folder) / "findings.sqlite3")
        looks = list(measure_looks(views, store))
        reads = list(measure_reads(store, arguments.rounds))
        store.close()
        views.close()
    results = {
        "machine": machine(),
        "dossiers": arguments.dossiers,
        "offices": OFFICES + 1,
        "looks": [asdict(run) for run in looks],
        "reads": [asdict(run) for run in reads],
    }
    arguments.out.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=2) + b"\n")


def measure_looks(views: Views, store: LeadStore) -> Iterator[Run]:
    """Time one look at everything, one at what is watched alone, and the comparisons."""
    yield _timed("look at everything", lambda: look_again(views, store))
    yield _timed("look at what time may change", lambda: look_again(views, store))
    yield _timed("compare", lambda: compare_again(views, store))


def _timed(name: str, work: Callable[[], object]) -> Run:
    started = time.perf_counter()
    work()
    return _told(run_from_latencies(name, [seconds := time.perf_counter() - started], seconds))


def measure_reads(store: LeadStore, rounds: int) -> Iterator[Run]:
    """Time what is read for one page, of an office, of a rule, and of everything."""
    for office, rule in READS:
        latencies: list[float] = []
        count = 0
        for _ in range(rounds):
            started = time.perf_counter()
            with store.reading() as kept:
                kept.stand()
                kept.peer_run()
                count = len(kept.leads_after(None, ChosenLeads(rule, office), PAGE_LEADS))
            latencies.append(time.perf_counter() - started)
        name = f"a page of {count} leads: office {office or 'any'}, rule {rule or 'any'}"
        yield _told(run_from_latencies(name, latencies, sum(latencies)))


def _told(run: Run) -> Run:
    sys.stdout.write(f"{run.p50_ms:9.1f} ms  {run.p99_ms:9.1f} ms  {run.name}\n")
    return run


if __name__ == "__main__":
    main()
