"""A served ledger for tests: real processes over a temporary data folder, with a small registry."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.data_folder import DataFolder
from bench.world import OFFICE, PROCEDURE, World, now, registry_acts
from cli.sites import render_submission
from domain.moments import Moment
from ledger.key_files import load_private_key, new_actor_key

__all__ = ["OFFICE", "PROCEDURE", "Served", "served"]

READY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Served:
    """A running server."""

    address: str
    origin: str
    data: Path
    process: "subprocess.Popen[str]"

    @staticmethod
    def now() -> Moment:
        """Give the present moment, to the second."""
        return now()

    def pid_of(self, pattern: str) -> int:
        """Give the process whose command line holds the pattern."""
        found = [pid for pid, line in _processes().items() if pattern in line]
        assert len(found) == 1, found
        return found[0]

    def child_pids(self) -> set[int]:
        """Give the writer, the follower and gunicorn, which the supervisor started."""
        return {pid for pid in _processes() if _parent(pid) == self.process.pid}

    def web_worker_pid(self) -> int:
        """Give the web worker: the child of gunicorn, which is a child of the supervisor."""
        master = next(pid for pid in self.child_pids() if "gunicorn" in _processes()[pid])
        return next(pid for pid in _processes() if _parent(pid) == master)


@contextmanager
def served(data: Path) -> Iterator[Served]:
    """Serve a fresh data folder on a free port and register an office and a procedure."""
    with _started(data) as server:
        _register(server.address, server.origin, data)
        _wait_until_ready(server.address)
        yield server


@contextmanager
def served_again(data: Path) -> Iterator[Served]:
    """Serve a data folder that holds a ledger already, as it is."""
    with _started(data) as server:
        _wait_until_ready(server.address)
        yield server


@contextmanager
def _started(data: Path) -> Iterator[Served]:
    process = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "serve", "--port", "0", "--data", str(data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        origin = (DataFolder(data).keys / "origin").read_text(encoding="ascii").strip()
        yield Served(address, origin, data, process)
    finally:
        process.terminate()
        process.wait(30)
        assert process.stdout is not None
        process.stdout.close()


def _wait_until_ready(address: str) -> None:
    """Wait for the views: the follower starts beside the server, not before it."""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):
                return
        except OSError:
            assert time.monotonic() < deadline, "the ledger did not get ready"
            time.sleep(0.05)


def _register(address: str, origin: str, data: Path) -> None:
    registrar = load_private_key(DataFolder(data).keys / "registrar.key")
    world = World(address, origin, registrar, new_actor_key("officer", os.urandom), 0)
    for action in registry_acts(world):
        request = urllib.request.Request(
            f"{address}/v1/actions",
            render_submission(action),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            assert response.status == 201


def _processes() -> dict[int, str]:
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            found[int(folder.name)] = line.strip()
    return found


def _parent(pid: int) -> int:
    try:
        return int((Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
