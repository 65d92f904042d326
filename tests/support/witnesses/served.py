"""Witnesses as processes of their own, and a log's client that asks over the network."""

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.transparency_builders import WrittenLog
from tests.support.witnesses.builders import parsed_request
from transparency.notes import VerificationKey
from transparency.witnessing.answers import HttpAnswer, WitnessAnswer, ask_witness
from transparency.witnessing.requests import AddCheckpoint, render_add_checkpoint

START_SECONDS = 30


@contextmanager
def served_witness(
    data: Path,
    *options: str,
    end: "Callable[[subprocess.Popen[str]], None]" = subprocess.Popen.terminate,
) -> Iterator[str]:
    """Serve a witness's folder on a free port; the value is its address."""
    program = [sys.executable, "-m", "cli.main", "witness", "serve", "--port", "0"]
    process = subprocess.Popen(
        [*program, "--data", str(data), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        end(process)
        process.wait(START_SECONDS)
        assert process.stdout is not None
        process.stdout.close()


def post(address: str, body: bytes) -> HttpAnswer:
    """Send one request, and give the answer unread."""
    request = urllib.request.Request(f"{address}/add-checkpoint", body, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=START_SECONDS) as answer:
            return HttpAnswer(answer.status, answer.headers["Content-Type"], answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return HttpAnswer(error.code, error.headers["Content-Type"] or "", error.read())


def ask_over_network(
    address: str, log: WrittenLog, tree_size: int, believed_size: int, key: VerificationKey
) -> WitnessAnswer:
    """Go through a whole exchange about a log of ours as of one size."""
    signed = log.signed_checkpoint(tree_size)

    def ask(request: AddCheckpoint) -> HttpAnswer:
        return post(address, render_add_checkpoint(request.old_size, request.proof, request.note))

    return ask_witness(
        ask, lambda old_size: parsed_request(log, old_size, signed), believed_size, key
    )
