"""A mirror's web server: gunicorn as a child process, for as long as the mirror is kept."""

import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cli.output import UsageProblem
from ledger.errors import StoreUnavailable

WORKERS: Final = 2
STOP_SECONDS: Final = 20.0
GRACEFUL_SECONDS: Final = 10


class MirrorServer:
    """The child that serves one mirror's folder."""

    def __init__(self, process: "subprocess.Popen[bytes]", address: str) -> None:
        self._process = process
        self.address = address

    def check(self) -> None:
        """Check that it still serves.

        Raises:
            StoreUnavailable: it ended.
        """
        code = self._process.poll()
        if code is not None:
            raise StoreUnavailable(f"the mirror's web server ended with exit code {code}")


@contextlib.contextmanager
def serving_mirror(folder: Path, host: str, port: int) -> Iterator[MirrorServer]:
    """Serve a mirror for as long as the context lasts.

    Raises:
        UsageProblem: the port is taken.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise UsageProblem(f"cannot listen on {host}:{port}: {error}") from error
        # Who connects before the workers are there waits in the queue.
        listener.listen(1024)
        address = f"http://{host}:{listener.getsockname()[1]}"
        process = _start(folder.absolute(), listener)
        try:
            yield MirrorServer(process, address)
        finally:
            _stop(process)


def _start(folder: Path, listener: socket.socket) -> "subprocess.Popen[bytes]":
    descriptor = listener.fileno()
    arguments = [
        *(sys.executable, "-m", "gunicorn", "--bind", f"fd://{descriptor}"),
        *("--workers", str(WORKERS), "--worker-class", "uvicorn_worker.UvicornWorker"),
        *("--no-control-socket", "--graceful-timeout", str(GRACEFUL_SECONDS)),
        *("--log-level", "warning", f"api.mirroring.serving:app_at({str(folder)!r})"),
    ]
    return subprocess.Popen(  # noqa: S603 - our own program, no shell
        arguments,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        pass_fds=(descriptor,),
        # A group of its own: an interrupt at the terminal reaches the mirror, which then ends it.
        start_new_session=True,
    )


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
