"""``serve``: writer, follower and web workers as processes of one supervisor.

The supervisor takes the folder's lock, makes the keys, opens the listening socket, starts the three
and restarts writer or follower when one dies; gunicorn restarts its own workers. The first line on
standard output is the address.

The writer shares the supervisor's lock, so nobody slips in while it is started again. A supervisor
that is killed (SIGKILL) leaves its children behind: they go on serving, the writer goes on holding
the lock, and a new ``serve`` is refused until that writer is ended.
"""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from types import FrameType
from typing import Final

import click

from api import bootstrap
from api.data_folder import DataFolder
from api.settings import Settings, environment_of_child, settings_of_process
from cli.founding import found_keys
from cli.output import EXIT_REFUSED, UsageProblem, command, fail, report, talk
from ledger.errors import LedgerError, StoreUnavailable, WriterUnavailable

START_SECONDS: Final = 60.0
LONGEST_SOCKET_PATH_BYTES: Final = 107
STOP_SECONDS: Final = 20.0
POLL_SECONDS: Final = 0.1
FIRST_BACKOFF_SECONDS: Final = 0.2
LONGEST_BACKOFF_SECONDS: Final = 1.0
GRACEFUL_SECONDS: Final = 10


class WriterRefused(LedgerError):
    """The writer refused its data folder; a new start would only be refused again."""

    code = "writer_refused"


@command("serve", help="Serve the ledger: API, pages and log files.")
@click.option("--host", default=None, help="Address to listen on; default 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65_535), default=None, help="0 takes a free port.")
@click.option("--workers", type=click.IntRange(1, 256), default=None, help="Web workers.")
@click.option("--demo", is_flag=True, default=None, hidden=True)
@click.option("--clock", type=click.Choice(["system", "simulated"]), default=None, hidden=True)
def serve(  # noqa: PLR0913 - one argument per option
    host: str | None,
    port: int | None,
    workers: int | None,
    demo: bool | None,  # noqa: FBT001 - click passes options by name
    clock: str | None,
    data: Path,
    *,
    as_json: bool,
) -> None:
    """Run until interrupted."""
    if not __debug__:
        raise UsageProblem("assertions are part of the program: do not run it with -O")
    given = {"host": host, "port": port, "workers": workers, "demo": demo, "clock": clock}
    settings = settings_of_process(
        {"data": data, **{name: value for name, value in given.items() if value is not None}}
    )
    folder = DataFolder(settings.data.absolute())
    socket_path = folder.socket
    if len(str(socket_path).encode()) > LONGEST_SOCKET_PATH_BYTES:
        raise UsageProblem(f"{socket_path} is too long for a Unix socket: use a shorter --data")
    # The lock first: a second server on this folder says so, whatever its port.
    with folder.locked() as lock, _listening(settings) as listener:
        _run(settings, listener, lock, as_json=as_json)


@contextlib.contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        raise UsageProblem(f"cannot listen on {settings.host}:{settings.port}: {error}") from error
    listener.listen(1024)
    with listener:
        yield listener


def _run(settings: Settings, listener: socket.socket, lock: int, *, as_json: bool) -> None:
    found_keys(settings.data)
    bootstrap.prepare_data_folder(settings)
    bootstrap.open_views(settings).close()
    host, port = listener.getsockname()[:2]
    processes = _Processes(environment_of_child(settings))
    stopping = _Stopping()
    try:
        writer = [*_own("writer", settings.data), "--lock-fd", str(lock)]
        processes.start("writer", writer, inherits=lock)
        _wait_for_writer(processes, DataFolder(settings.data).socket)
        processes.start("follower", _own("follow", settings.data))
        processes.start("web", _gunicorn(settings, listener), inherits=listener.fileno())
        _wait_for_web(processes, host, port)
        DataFolder(settings.data).address.write_text(_own_address(host, port), encoding="ascii")
        report({"address": f"http://{host}:{port}"}, as_json=as_json, text=f"http://{host}:{port}")
        sys.stdout.flush()
        while not stopping.asked:
            _check_not_refused(processes)
            processes.restart_dead()
            time.sleep(POLL_SECONDS)
    except LedgerError as error:
        processes.stop()
        fail(error, as_json=as_json)
    finally:
        processes.stop()
        DataFolder(settings.data).address.unlink(missing_ok=True)


def _own_address(host: str, port: int) -> str:
    """Give the address for commands on this machine; one that listens everywhere is here, too."""
    return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}\n"  # noqa: S104


def _own(name: str, data: Path) -> list[str]:
    return [sys.executable, "-m", "cli.main", name, "--data", str(data.absolute())]


def _gunicorn(settings: Settings, listener: socket.socket) -> list[str]:
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "--bind",
        f"fd://{listener.fileno()}",
        "--workers",
        str(settings.workers),
        "--worker-class",
        "uvicorn_worker.UvicornWorker",
        # Every gunicorn of one user would bind the same control socket.
        "--no-control-socket",
        "--graceful-timeout",
        str(GRACEFUL_SECONDS),
        "--log-level",
        "warning",
        "api.bootstrap:app_from_environment()",
    ]


def _wait_for_writer(processes: "_Processes", path: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        _check_not_refused(processes)
        code = processes.exit_code("writer")
        if code is not None:
            raise WriterUnavailable(f"the writer ended with exit code {code}")
        if _answers(path):
            return
        time.sleep(POLL_SECONDS / 2)
    raise WriterUnavailable("the writer did not start in time")


def _check_not_refused(processes: "_Processes") -> None:
    if processes.exit_code("writer") == EXIT_REFUSED:
        raise WriterRefused("the writer refused this data folder; its own words stand before this")


def _wait_for_web(processes: "_Processes", host: str, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        code = processes.exit_code("web")
        if code is not None:
            raise StoreUnavailable(f"the web server ended with exit code {code}")
        connection = http.client.HTTPConnection(host, port, timeout=POLL_SECONDS * 10)
        try:
            connection.request("GET", "/livez")
            if connection.getresponse().status == HTTPStatus.OK:
                return
        except (OSError, http.client.HTTPException):
            time.sleep(POLL_SECONDS / 2)
        finally:
            connection.close()
    raise StoreUnavailable("the web server did not answer in time")


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


class _Stopping:
    """Notes SIGINT and SIGTERM instead of dying of them."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True


@dataclass(slots=True)
class _Child:
    arguments: Sequence[str]
    inherits: int | None
    process: "subprocess.Popen[bytes]"
    backoff_seconds: float = FIRST_BACKOFF_SECONDS
    restart_at: float = field(default=0.0)


class _Processes:
    """The child processes, by name, in the order of their start."""

    def __init__(self, environment: Mapping[str, str]):
        self._environment = environment
        self._children: dict[str, _Child] = {}

    def start(self, name: str, arguments: Sequence[str], *, inherits: int | None = None) -> None:
        """Start a child, which gets one of our descriptors or none."""
        self._children[name] = _Child(arguments, inherits, self._spawn(arguments, inherits))

    def _spawn(self, arguments: Sequence[str], inherits: int | None) -> "subprocess.Popen[bytes]":
        # A group of its own: an interrupt at the terminal reaches the supervisor alone, which
        # then stops web, follower and writer in this order.
        return subprocess.Popen(  # noqa: S603 - our own program, no shell
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            env=self._environment,
            pass_fds=() if inherits is None else (inherits,),
            start_new_session=True,
        )

    def exit_code(self, name: str) -> int | None:
        return self._children[name].process.poll()

    def restart_dead(self) -> None:
        """Start again what died; the longer each time, the oftener it dies."""
        for name, child in self._children.items():
            if child.process.poll() is None:
                continue
            now = time.monotonic()
            if child.restart_at == 0.0:
                talk.print(f"{name} ended with {child.process.returncode}; starting it again")
                child.restart_at = now + child.backoff_seconds
                child.backoff_seconds = min(LONGEST_BACKOFF_SECONDS, child.backoff_seconds * 2)
            elif now >= child.restart_at:
                child.restart_at = 0.0
                child.process = self._spawn(child.arguments, child.inherits)

    def stop(self) -> None:
        """End all, the last started first: nobody hands over to a writer that is gone."""
        for name in list(reversed(self._children)):
            process = self._children.pop(name).process
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
