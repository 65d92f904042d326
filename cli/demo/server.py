"""The demo's data folder and its real server: ``serve`` as a process of its own."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from api.bootstrap import SimulatedClock
from api.data_folder import DataFolder
from api.settings import SETTINGS_FILE
from cli.demo.scenario import OPENS_AT
from cli.output import UsageProblem
from ledger.errors import StoreUnavailable

START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 40.0
COMMAND_SECONDS: Final = 300.0
SERVER_LOG: Final = "server.log"
DEMO_SETTINGS: Final = 'demo = true\nclock = "simulated"\nlog_level = "warning"\n'
PROGRAM: Final = "dossier-ledger"
OWN_PROGRAM: Final = (sys.executable, "-m", "cli.main")


def make_fresh(data: Path) -> None:
    """Empty a demo's folder, or make one, and set its clock to the first day.

    Raises:
        UsageProblem: the folder holds something that is no demo's.
        LedgerBusy: a demo is running in it.
    """
    if data.exists() and any(data.iterdir()):
        if not is_demo(data):
            raise UsageProblem(f"{data} holds something that is not a demo's; name another --data")
        with DataFolder(data).locked():
            _empty(data)
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    # CRASH: the settings first: from then on the folder is known to be a demo's.
    (data / SETTINGS_FILE).write_text(DEMO_SETTINGS, encoding="utf-8")
    SimulatedClock(DataFolder(data).clock).set(OPENS_AT)


def _empty(data: Path) -> None:
    # CRASH: the settings go last: a folder that is half empty is still known to be a demo's.
    for path in sorted(data.iterdir(), key=lambda path: path.name == SETTINGS_FILE):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def is_demo(data: Path) -> bool:
    """Tell whether a folder's settings say that its data are invented."""
    try:
        settings = tomllib.loads((data / SETTINGS_FILE).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return False
    return settings.get("demo") is True


@contextlib.contextmanager
def serving(data: Path, port: int = 0) -> Iterator[str]:
    """Run ``serve`` for as long as the context lasts; the value is its address.

    Raises:
        StoreUnavailable: it did not start; its own words are in the message.
    """
    with running(("serve", "--data", str(data), "--port", str(port)), data) as address:
        yield address


@contextlib.contextmanager
def running(arguments: Sequence[str], data: Path) -> Iterator[str]:
    """Run one of our servers for as long as the context lasts; the value is its address.

    Raises:
        StoreUnavailable: it did not start; its own words are in the message.
    """
    with (data / SERVER_LOG).open("ab") as log:
        # A group of its own: an interrupt at the terminal reaches the demo, which then stops it.
        process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            [*OWN_PROGRAM, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield _address(process, data)
    finally:
        _stop(process)


def _address(process: "subprocess.Popen[bytes]", data: Path) -> str:
    assert process.stdout is not None
    timer = threading.Timer(START_SECONDS, process.kill)
    timer.start()
    try:
        line = process.stdout.readline()
    finally:
        timer.cancel()
    if not line:
        words = (data / SERVER_LOG).read_text(encoding="utf-8", errors="replace")[-2000:]
        raise StoreUnavailable(f"the server did not start: {words}")
    return line.decode().strip()


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert process.stdout is not None
    process.stdout.close()


@dataclass(frozen=True, slots=True)
class CommandResult:
    """How one of our own commands ended: what was typed, its exit code, and its JSON."""

    typed: str
    exit_code: int
    members: dict[str, object]

    def number(self, name: str) -> int:
        """Give a member that is a number; -1 where it is none."""
        value = self.members.get(name)
        return value if isinstance(value, int) else -1


def run_command(*arguments: str) -> CommandResult:
    """Run one of our own commands as a person would type it, with ``--json``.

    Raises:
        StoreUnavailable: it printed no JSON.
    """
    finished = subprocess.run(  # noqa: S603 - our own program, no shell
        [*OWN_PROGRAM, *arguments, "--json"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )
    try:
        members = msgspec.json.decode(finished.stdout, type=dict[str, object])
    except msgspec.DecodeError as error:
        words = finished.stderr.decode(errors="replace")[-2000:]
        raise StoreUnavailable(f"{arguments[0]} printed no JSON: {words}") from error
    return CommandResult(typed_command(arguments), finished.returncode, members)


def typed_command(arguments: Sequence[str]) -> str:
    """Give a command as a person types it, with the program as it was typed this time."""
    program = sys.argv[0] if Path(sys.argv[0]).name == PROGRAM else PROGRAM
    return " ".join((program, *arguments))
