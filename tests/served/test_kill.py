"""Killing web workers and writer under load: what was promised is there, and the log only grows."""

import http.client
import json
import os
import random
import signal
import threading
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from api.bootstrap import system_clock
from api.data_folder import DataFolder
from cli.sites import render_submission
from domain.facts import Channel, DossierSubmitted, DossierSubmittedDetails
from domain.kinds import KINDS
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.auditing import audit_log
from ledger.documents import DocumentFolder
from ledger.drafting import FIRST_PLACE, Drafter
from ledger.key_files import load_anchors, new_actor_key
from ledger.storage.sqlite import SqliteLedgerReader
from tests.served.server import OFFICE, PROCEDURE, Served, served
from tests.support.oversight.needs import completed_details
from transparency.checkpoints import SignedCheckpoint, open_checkpoint
from transparency.hashing import leaf_hash
from transparency.notes import parse_vkey, render_vkey
from transparency.promises import open_promise
from transparency.tile_store import FileTileStore
from transparency.trusted_log import TrustedLog
from transparency.verifier import verify_receipt

pytestmark = pytest.mark.served

ROUNDS = 20
# What a client sees of a server that is killed: also an answer that ends in its middle.
CUT_OFF = (OSError, http.client.HTTPException)
CLIENTS = 6
SECRET = "A" * 43 + "="


@dataclass(slots=True)
class Kept:
    """What the clients were given: promises and receipts, and every checkpoint that was served."""

    promises: list[tuple[bytes, bytes]] = field(default_factory=list)
    receipts: list[bytes] = field(default_factory=list)
    checkpoints: list[bytes] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)


def test_kill_of_worker_and_writer_twenty_times_loses_nothing_that_was_promised(
    tmp_path: Path,
) -> None:
    source = random.Random(20)
    kept = Kept()
    with served(tmp_path / "data") as ledger:
        stop = threading.Event()
        clients = [
            threading.Thread(target=_act_until, args=(ledger, stop, kept)) for _ in range(CLIENTS)
        ]
        clients.append(threading.Thread(target=_watch_checkpoint, args=(ledger, stop, kept)))
        for client in clients:
            client.start()
        killed = [_kill_one(ledger, source, number) for number in range(ROUNDS)]
        _wait_until_it_answers(ledger)
        stop.set()
        for client in clients:
            client.join()

    assert killed.count("writer") == killed.count("worker") == ROUNDS // 2
    assert not kept.refusals
    assert len(kept.promises) > ROUNDS
    _assert_everything_is_there(tmp_path / "data", kept)


def _act_until(ledger: Served, stop: threading.Event, kept: Kept) -> None:
    drafter = Drafter(ledger.origin, os.urandom)
    while not stop.is_set():
        action = _submission(ledger, drafter)
        answer = _send_until_answered(ledger, action, stop)
        if answer is None:
            return
        if "code" in answer:
            kept.refusals.append(str(answer))
            continue
        if answer.get("promise"):
            kept.promises.append((action.note, str(answer["promise"]).encode()))
        if answer.get("receipt"):
            kept.receipts.append(str(answer["receipt"]).encode())


def _submission(ledger: Served, drafter: Drafter) -> SubmittedAction:
    applicant = new_actor_key("applicant", os.urandom)
    facts = DossierSubmitted(
        procedure=PROCEDURE,
        channel=Channel.ONLINE,
        applicant_key=render_vkey(applicant.verification_key),
    )
    return drafter.sign(
        "dossier.submitted",
        f"dossier:{uuid.uuid4()}",
        FIRST_PLACE,
        ledger.now(),
        facts,
        ((Role.APPLICANT, applicant),),
        office=OFFICE,
        details=completed_details(
            KINDS["dossier.submitted"], facts, DossierSubmittedDetails(secret=SECRET)
        ),
    )


def _send_until_answered(
    ledger: Served, action: SubmittedAction, stop: threading.Event
) -> dict[str, object] | None:
    """Send the same bytes until somebody answers: a lost answer is no reason to sign again."""
    while not stop.is_set():
        answer = _send(ledger, action)
        if answer is not None:
            return answer
        time.sleep(0.05)
    return None


def _send(ledger: Served, action: SubmittedAction) -> dict[str, object] | None:
    request = urllib.request.Request(
        f"{ledger.address}/v1/actions",
        render_submission(action),
        {"Content-Type": "application/json", "Prefer": "wait=5"},
    )
    try:
        status, body = _exchange(request)
        answer: dict[str, object] = json.loads(body)
    except (*CUT_OFF, ValueError):
        return None
    return None if status >= 500 else answer


def _exchange(request: urllib.request.Request) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def _watch_checkpoint(ledger: Served, stop: threading.Event, kept: Kept) -> None:
    while not stop.is_set():
        try:
            with urllib.request.urlopen(f"{ledger.address}/log/checkpoint", timeout=5) as response:
                kept.checkpoints.append(response.read())
        except CUT_OFF:
            pass
        time.sleep(0.02)


def _kill_one(ledger: Served, source: random.Random, number: int) -> str:
    """Kill, in turn, the writer and a web worker, after a random moment under load."""
    time.sleep(source.uniform(0.2, 0.8))
    what = "writer" if number % 2 == 0 else "worker"
    pattern = f"cli.main writer --data {ledger.data}" if what == "writer" else None
    pid = ledger.pid_of(pattern) if pattern else ledger.web_worker_pid()
    os.kill(pid, signal.SIGKILL)
    _wait_until_it_answers(ledger)
    return what


def _wait_until_it_answers(ledger: Served) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{ledger.address}/readyz", timeout=5):
                return
        except CUT_OFF:
            time.sleep(0.05)
    pytest.fail("the ledger did not come back within 30 seconds")


def _assert_everything_is_there(data: Path, kept: Kept) -> None:
    folder = DataFolder(data)
    anchors = load_anchors(folder.keys / "anchors.toml")
    store = FileTileStore(folder.log)
    newest = open_checkpoint(store.read_checkpoint(), anchors.log)
    log = TrustedLog(store, newest)
    leaves = {leaf_hash(entry) for _, entry in log.replay()}
    promise_key = parse_vkey(_promise_vkey(log))
    for note, promise in kept.promises:
        promised = open_promise(promise, promise_key)
        assert promised.leaf_hash == leaf_hash(note)
        assert promised.leaf_hash in leaves
    for receipt in kept.receipts:
        verified = verify_receipt(receipt, anchors.log)
        log.check_extends(verified.checkpoint)
    _assert_never_shrank([open_checkpoint(note, anchors.log) for note in kept.checkpoints], log)
    documents = DocumentFolder(folder.documents)
    stored, now = SqliteLedgerReader(folder.ledger), system_clock()
    *_, report = audit_log(log, anchors, documents, now=now, stored=stored)
    assert report.ok, report.problems


def _promise_vkey(log: TrustedLog) -> str:
    (first,) = log.entries(0, 1)
    facts = json.loads(first.split(b"\n")[1])["facts"]
    return str(facts["promise_vkey"])


def _assert_never_shrank(checkpoints: list[SignedCheckpoint], log: TrustedLog) -> None:
    sizes = [signed.checkpoint.tree_size for signed in checkpoints]
    assert sizes == sorted(sizes)
    for signed in checkpoints:
        log.check_extends(signed)
    assert len(set(sizes)) > ROUNDS
