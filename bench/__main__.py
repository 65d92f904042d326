"""``python -m bench``: signed actions over HTTP beside the stock event store, in one run."""

import argparse
import tempfile
from pathlib import Path
from typing import Final

from bench import flush, parts, processes, stock
from bench.load import Load, post, run_load
from bench.results import Results, Run, machine, run_from_latencies, save
from bench.world import World, dossier_bodies, registry_acts, served
from cli.sites import render_submission

CONNECTIONS: Final = 64
BATCH_ACTIONS: Final = 1_000
BATCH_CONNECTIONS: Final = 2
JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"


def main() -> None:
    """Run everything and write ``bench/results.json``."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--seconds", type=float, default=5.0, help="of the stock run")
    parser.add_argument("--dossiers", type=int, default=12_000, help="for the single run")
    parser.add_argument("--batches", type=int, default=40, help="of 1,000 actions")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("bench/results.json"))
    arguments = parser.parse_args()
    results = Results(machine())
    with tempfile.TemporaryDirectory() as folder:
        results.runs.append(_said(flush.measure(1.0)))
        results.runs.append(_said(stock.measure(arguments.seconds)))
        with served(Path(folder) / "data", arguments.workers) as world:
            _prepare(world)
            before = processes.used_seconds(world.supervisor_pid)
            single = _single(world, arguments.dossiers)
            after = processes.used_seconds(world.supervisor_pid)
            results.runs.append(_said(single))
            results.runs.append(_said(_batches(world, arguments.batches)))
            results.runs.append(_said(stock.measure(arguments.seconds)))
            results.microseconds_of_one_action = processes.microseconds_each(
                before, after, single.operations
            ) | parts.measure(world)
    _compare(results)
    save(results, arguments.out)
    print(f"ratios: {results.ratios}")
    for step, microseconds in results.microseconds_of_one_action.items():
        print(f"{microseconds:8.2f} us  {step}")


def _prepare(world: World) -> None:
    requests = [
        post(world.address, "/v1/actions", render_submission(action), JSON)
        for action in registry_acts(world)
    ]
    _check(run_load(world.address, [requests]))


def _single(world: World, dossiers: int) -> Run:
    per_connection: list[list[bytes]] = [[] for _ in range(CONNECTIONS)]
    for number, pair in enumerate(dossier_bodies(world, dossiers)):
        requests = [post(world.address, "/v1/actions", body, JSON) for body in pair]
        per_connection[number % CONNECTIONS] += requests
    load = _check(run_load(world.address, per_connection))
    name = f"signed actions over HTTP, one per request, {CONNECTIONS} connections, with receipt"
    return run_from_latencies(name, load.latencies, load.seconds)


def _batches(world: World, count: int) -> Run:
    per_connection: list[list[bytes]] = [[] for _ in range(BATCH_CONNECTIONS)]
    for number in range(count):
        pairs = dossier_bodies(world, BATCH_ACTIONS // 2)
        lines = b"\n".join(body for pair in pairs for body in pair) + b"\n"
        request = post(world.address, "/v1/actions/batch?receipts=1", lines, NDJSON)
        per_connection[number % BATCH_CONNECTIONS].append(request)
    load = _check(run_load(world.address, per_connection))
    name = f"signed actions over HTTP, batches of {BATCH_ACTIONS:,}, with receipts"
    run = run_from_latencies(name, load.latencies, load.seconds)
    per_second = round(count * BATCH_ACTIONS / load.seconds, 1)
    return Run(name, per_second, run.p50_ms, run.p99_ms, count * BATCH_ACTIONS, run.seconds)


def _check(load: Load) -> Load:
    if load.failures:
        raise SystemExit(f"{len(load.failures)} requests failed: {load.failures[0][:2000]!r}")
    return load


def _compare(results: Results) -> None:
    _, stock_before, single, batches, stock_after = results.runs
    stock_rate = (stock_before.per_second + stock_after.per_second) / 2
    results.ratios = {
        "one per request / stock": round(single.per_second / stock_rate, 2),
        "batches / stock": round(batches.per_second / stock_rate, 2),
    }


def _said(run: Run) -> Run:
    print(f"{run.per_second:10.1f}/s  p50 {run.p50_ms} ms  p99 {run.p99_ms} ms  {run.name}")
    return run


if __name__ == "__main__":
    main()
