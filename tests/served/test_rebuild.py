"""Rebuilding a served ledger: requests go on, the follower goes on, and a kill changes nothing."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from api.data_folder import DataFolder
from bench.world import World, dossier_bodies
from ledger.key_files import load_private_key, new_actor_key
from tests.served.server import Served, served
from tests.support.planted.changes import plant
from tests.unit.cli.running import run

pytestmark = pytest.mark.served

SECONDS = 20
DOSSIERS = 60
KILLS = 4
ASKED = (
    "/v1/statistics/counts",
    "/v1/statistics/durations",
    "/v1/petitions",
    "/v1/procedures",
    "/v1/statistics/veiled",
    "/statistics",
    "/metrics",
    "/readyz",
)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("rebuild") / "data") as ledger:
        hand_in(ledger, DOSSIERS)
        yield ledger


def hand_in(ledger: Served, dossiers: int) -> None:
    """Hand in the submissions of new dossiers."""
    registrar = load_private_key(DataFolder(ledger.data).keys / "registrar.key")
    world = World(ledger.address, ledger.origin, registrar, new_actor_key("officer", os.urandom), 0)
    for body, _ in dossier_bodies(world, dossiers):
        request = urllib.request.Request(
            f"{ledger.address}/v1/actions", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=SECONDS) as response:
            assert response.status == 201


def get(ledger: Served, path: str) -> tuple[int, bytes]:
    request = urllib.request.Request(f"{ledger.address}{path}")
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def _until_level(ledger: Served) -> None:
    deadline = time.monotonic() + SECONDS
    while True:
        _, body = get(ledger, "/readyz")
        health = json.loads(body)
        # Leads of findings are looked for less often, and hardly at all in so small a ledger.
        kept = [each for each in health["projections"] if each["name"] != "findings"]
        if health["ready"] and all(not each["behind_entries"] for each in kept):
            return
        assert time.monotonic() < deadline, body
        time.sleep(0.05)


@dataclass
class Asking:
    """Asks for everything again and again, until told to stop."""

    ledger: Served
    stop: threading.Event = field(default_factory=threading.Event)
    answers: list[tuple[str, int]] = field(default_factory=list)
    handed_in: int = 0

    def ask(self) -> None:
        while not self.stop.is_set():
            self.answers += [(path, get(self.ledger, path)[0]) for path in ASKED]

    def act(self) -> None:
        while not self.stop.is_set():
            hand_in(self.ledger, 1)
            self.handed_in += 1

    def __enter__(self) -> "Asking":
        self._threads = [threading.Thread(target=each) for each in (self.ask, self.act)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        for thread in self._threads:
            thread.join()


def _rebuilding(ledger: Served) -> "subprocess.Popen[bytes]":
    arguments = ["rebuild", "--all", "--data", str(ledger.data)]
    return subprocess.Popen(
        [sys.executable, "-m", "cli.main", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_requests_are_answered_while_everything_is_rebuilt(ledger: Served) -> None:
    with Asking(ledger) as asking:
        codes = [_rebuilding(ledger).wait(120) for _ in range(2)]

    _until_level(ledger)
    assert codes == [0, 0]
    assert asking.handed_in > 0
    assert len(asking.answers) > len(ASKED)
    assert {answer for answer in asking.answers if answer[1] != 200} == set()
    assert run("audit", "--data", ledger.data, "--json").members["problems"] == []


def test_rebuild_that_is_killed_leaves_a_ledger_that_an_audit_accepts(ledger: Served) -> None:
    source = random.Random(41)
    started = time.monotonic()
    assert _rebuilding(ledger).wait(120) == 0
    whole_seconds = time.monotonic() - started

    with Asking(ledger) as asking:
        for _ in range(KILLS):
            rebuilding = _rebuilding(ledger)
            # Mostly late, where rows are replaced; the program itself takes a while to begin.
            time.sleep(whole_seconds * source.uniform(0.5, 1.0))
            rebuilding.send_signal(signal.SIGKILL)
            rebuilding.wait(30)

    _until_level(ledger)
    assert {answer for answer in asking.answers if answer[1] != 200} == set()
    assert run("audit", "--data", ledger.data, "--json").members["problems"] == []
    assert _rebuilding(ledger).wait(120) == 0


def test_projection_that_stopped_is_mended_by_a_rebuild_while_the_server_runs(
    ledger: Served,
) -> None:
    views = DataFolder(ledger.data).views
    plant(
        views,
        "CREATE TRIGGER fault BEFORE INSERT ON cells_stand BEGIN SELECT RAISE(ABORT, 'no'); END",
    )
    hand_in(ledger, 1)
    deadline = time.monotonic() + SECONDS
    while get(ledger, ASKED[0])[0] != 503:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    others = {path: get(ledger, path)[0] for path in ("/v1/petitions", "/v1/procedures", "/readyz")}
    plant(views, "DROP TRIGGER fault")

    ran = run("rebuild", "statistics", "--data", ledger.data)
    hand_in(ledger, 1)
    _until_level(ledger)

    assert set(others.values()) == {200}
    assert ran.code == 0, ran.said
    assert get(ledger, ASKED[0])[0] == 200
    assert run("audit", "--data", ledger.data, "--json").members["problems"] == []
