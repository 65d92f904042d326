"""The stock event store: `eventsourcing` saving unsigned events in-process on SQLite."""

import tempfile
import time
from pathlib import Path
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from bench.results import Run, run_from_latencies

PAYLOAD = "x" * 500


class Note(Aggregate):
    """The plainest aggregate: one event makes it."""

    @event("Written")
    def __init__(self, text: str):
        self.text = text


def measure(seconds: float) -> Run:
    """Save one 500-byte event per transaction, durable (the library's default), for a while."""
    with tempfile.TemporaryDirectory() as folder:
        application: Application[UUID] = Application(
            env={
                "PERSISTENCE_MODULE": "eventsourcing.sqlite",
                "SQLITE_DBNAME": str(Path(folder) / "stock.sqlite3"),
            }
        )
        latencies = _save_for(application, seconds)
        application.close()
    return run_from_latencies("stock eventsourcing, 1 client, in-process", latencies, seconds)


def _save_for(application: Application[UUID], seconds: float) -> list[float]:
    latencies: list[float] = []
    end = time.perf_counter() + seconds
    while (started := time.perf_counter()) < end:
        application.save(Note(PAYLOAD))
        latencies.append(time.perf_counter() - started)
    return latencies
