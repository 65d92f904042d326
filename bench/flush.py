"""The floor under every durable figure: how fast this disk confirms a small append."""

import os
import tempfile
import time
from pathlib import Path

from bench.results import Run, run_from_latencies

PAYLOAD = b"x" * 500


def measure(seconds: float) -> Run:
    """Append 500 bytes and wait for the disk, again and again for a while."""
    latencies: list[float] = []
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "flush").open("ab", 0) as file:
        end = time.perf_counter() + seconds
        while (started := time.perf_counter()) < end:
            file.write(PAYLOAD)
            os.fdatasync(file.fileno())
            latencies.append(time.perf_counter() - started)
    return run_from_latencies("fdatasync after a 500-byte append", latencies, seconds)
