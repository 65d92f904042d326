"""One server per data folder: the supervisor holds the lock; its writer shares it."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from api.data_folder import DataFolder
from ledger.errors import LedgerBusy
from tests.served.server import Served, served
from tests.unit.ledger.importing.samples import CSV, MAPPING

pytestmark = pytest.mark.served

SECONDS = 60


def _run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def _answers(ledger: Served) -> bool:
    try:
        with urllib.request.urlopen(f"{ledger.address}/readyz", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _wait_for_answer(ledger: Served) -> None:
    _wait_until(lambda: _answers(ledger))


def _holds_lock(pid: int, data: Path) -> bool:
    lock = DataFolder(data).lock
    return lock in [link.readlink() for link in Path(f"/proc/{pid}/fd").iterdir()]


def _is_locked(data: Path) -> bool:
    try:
        with DataFolder(data).locked():
            return False
    except LedgerBusy:
        return True


def test_second_server_ends_at_once_and_the_first_goes_on(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with served(data) as ledger:
        _wait_for_answer(ledger)
        children = ledger.child_pids()
        port = ledger.address.rpartition(":")[2]

        spoken = _run("serve", "--port", port, "--data", str(data), "--json")
        plain = _run("serve", "--port", "0", "--data", str(data))

        assert spoken.returncode == plain.returncode == 4
        assert json.loads(spoken.stdout)["code"] == "ledger_busy"
        assert plain.stdout == ""
        assert plain.stderr.startswith("ledger_busy: ")
        assert ledger.child_pids() == children
        assert _answers(ledger)


def test_supervisor_and_writer_hold_the_lock_and_nobody_else(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with served(data) as ledger:
        writer = ledger.pid_of(f"cli.main writer --data {data}")
        others = {*ledger.child_pids(), ledger.web_worker_pid()} - {writer}

        assert _holds_lock(ledger.process.pid, data)
        assert _holds_lock(writer, data)
        assert len(others) == 3
        assert not any(_holds_lock(pid, data) for pid in others)


def test_import_hands_over_to_the_running_writer(tmp_path: Path) -> None:
    data, log, mapping = tmp_path / "data", tmp_path / "log.csv", tmp_path / "mapping.toml"
    log.write_text(CSV, encoding="utf-8")
    mapping.write_text(MAPPING, encoding="utf-8")
    with served(data) as ledger:
        writer = ledger.pid_of(f"cli.main writer --data {data}")

        finished = _run(
            "import", str(log), "--mapping", str(mapping), "--data", str(data), "--json"
        )

        assert finished.returncode == 0, finished.stderr
        assert json.loads(finished.stdout)["dossiers"] == 2
        assert ledger.pid_of(f"cli.main writer --data {data}") == writer
        assert _answers(ledger)


def test_nobody_slips_in_while_a_killed_writer_is_started_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with served(data) as ledger:
        writer = ledger.pid_of(f"cli.main writer --data {data}")

        os.kill(writer, signal.SIGKILL)

        while writer in ledger.child_pids() or not _answers(ledger):
            assert _is_locked(data)


def test_writer_of_a_killed_supervisor_keeps_the_folder_until_it_is_ended(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with served(data) as ledger:
        _wait_for_answer(ledger)
        writer = ledger.pid_of(f"cli.main writer --data {data}")
        orphans = ledger.child_pids()
        try:
            ledger.process.kill()
            ledger.process.wait()

            assert _run("serve", "--port", "0", "--data", str(data)).returncode == 4
            assert _answers(ledger)

            os.kill(writer, signal.SIGTERM)
            _wait_until(lambda: not _is_locked(data))
        finally:
            for pid in orphans - {writer}:
                os.kill(pid, signal.SIGTERM)


def test_server_ends_with_a_writer_that_refuses_its_folder(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with served(data) as ledger:
        _wait_for_answer(ledger)
        others = ledger.child_pids()
        checkpoint = DataFolder(data).log / "checkpoint"
        checkpoint.write_bytes(checkpoint.read_bytes()[:-1])

        os.kill(ledger.pid_of(f"cli.main writer --data {data}"), signal.SIGKILL)

        assert ledger.process.wait(SECONDS) == 4
        assert not any(Path(f"/proc/{pid}").exists() for pid in others)
        again = _run("serve", "--port", "0", "--data", str(data), "--json")
        assert again.returncode == 4
        assert json.loads(again.stdout)["code"] == "writer_refused"
        assert "store_corrupt" in again.stderr
