"""Programs that we did not write accept our cosignatures, ask our witness, and are asked by us.

`tlog-scales` checks our lines. `aics-witness` needs Python 3.12 or newer: name an interpreter that
has it in AICS_PYTHON, or have it in one called python3.12; elsewhere those tests are skipped.
`metamorphic-log` knows no lines of type 0x04 and refuses such a key. The line that `aics-tlog`
writes from a known seed is a known answer in `tests/unit/transparency/witnessing`.
"""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import metamorphic_log
import pytest
from tlog_scales.signing import Vkey
from tlog_scales.tlog import Checkpoint as ScalesCheckpoint

from api.witnessing.folder import write_logs
from tests.http.witnessing.test_statuses import CASES
from tests.http.witnessing.test_statuses import LOG as STATUS_LOG
from tests.support.transparency_builders import (
    ORIGIN,
    WrittenLog,
    a_key,
    a_log,
    with_one_bit_flipped,
)
from tests.support.witnesses.builders import make_a_witness, request_for
from tests.support.witnesses.served import ask_over_network, post, served_witness
from transparency.cosignatures import (
    add_signature_lines,
    cosign,
    cosigner_key,
    open_cosignatures,
    parse_signature_lines,
)
from transparency.encoding import encode_base64
from transparency.notes import parse_note, parse_vkey, render_vkey
from transparency.policies import PolicyLog
from transparency.proofs import prove_consistency
from transparency.tile_store import MemoryTileStore
from transparency.witnessing.answers import CallsItFork, Cosigned, IsAhead

LOG = a_log(MemoryTileStore(), 300)
WITNESS = a_key("witness.example/w1", 9)
LOG_VKEY = render_vkey(a_key().verification_key)


def cosigned_note() -> bytes:
    note = LOG.signed_checkpoint().note
    return add_signature_lines(note, [cosign(parse_note(note).text, WITNESS, 1679315147)])


def test_tlog_scales_accepts_our_cosignature_and_refuses_a_changed_one() -> None:
    vkey = Vkey.from_string(render_vkey(cosigner_key(WITNESS)))
    note = cosigned_note()
    wrong_line = with_one_bit_flipped(note, note.rfind(b"witness.example/w1") + 60)

    ScalesCheckpoint.from_text(note.decode()).verify(vkey)

    with pytest.raises(Exception, match=r".*"):
        ScalesCheckpoint.from_text(wrong_line.decode()).verify(vkey)


def test_metamorphic_log_accepts_the_log_s_line_beside_a_cosignature() -> None:
    head = metamorphic_log.checkpoint_verify(cosigned_note().decode(), [LOG_VKEY])

    assert head.size == 300


def _aics_python() -> str | None:
    for candidate in (os.environ.get("AICS_PYTHON"), shutil.which("python3.12")):
        if candidate is None:
            continue
        probe = [candidate, "-c", "import aics_witness"]
        if subprocess.run(probe, capture_output=True, check=False).returncode == 0:
            return candidate
    return None


AICS_PYTHON = _aics_python()
needs_aics = pytest.mark.skipif(
    AICS_PYTHON is None,
    reason="needs a Python 3.12 with aics-witness: name it in AICS_PYTHON",
)

# The client of aics-witness; it proves from whichever size the witness names.
ASKING = """
import base64, json, sys
from aics_witness import WitnessClient
given = json.load(sys.stdin)
answers = []
with WitnessClient(given["address"], given["vkey"]) as client:
    for asked in given["asked"]:
        proofs = {int(old): [base64.b64decode(h) for h in p] for old, p in asked["proofs"].items()}
        try:
            answers.append(client.submit(asked["note"], lambda old, new: proofs[old]))
        except Exception as error:
            answers.append(type(error).__name__)
print(json.dumps(answers))
"""


def _asked(log: WrittenLog, tree_size: int, old_sizes: Sequence[int]) -> dict[str, Any]:
    proofs = {
        str(old): [encode_base64(each) for each in prove_consistency(old, tree_size, log.tree)]
        for old in old_sizes
        if old
    }
    return {
        "note": log.signed_checkpoint(tree_size).note.decode(),
        "proofs": {"0": [], **proofs},
    }


@needs_aics
@pytest.mark.served
def test_client_of_aics_witness_is_served_by_ours(tmp_path: Path) -> None:
    folder = make_a_witness(tmp_path / "witness")
    write_logs(folder, (PolicyLog(a_key().verification_key),))
    fork = WrittenLog(MemoryTileStore())
    fork.publish([b"another beginning", *LOG.entries[1:]])
    asked = [
        _asked(LOG, 100, (0,)),
        _asked(LOG, 257, (100,)),
        _asked(LOG, 257, (257,)),
        _asked(fork, 300, (257,)),
        _asked(LOG, 300, (257,)),
    ]

    with served_witness(folder.path) as address:
        given = {"address": address, "vkey": render_vkey(cosigner_key(WITNESS)), "asked": asked}
        answers = run_aics(ASKING, given)

    for answer, size in (
        (answers[0], 100),
        (answers[1], 257),
        (answers[2], 257),
        (answers[4], 300),
    ):
        note = LOG.signed_checkpoint(size).note
        completed = add_signature_lines(note, parse_signature_lines(answer.encode()))
        assert len(open_cosignatures(completed, [cosigner_key(WITNESS)])) == 1
    assert answers[3] == "WitnessRejected"


def run_aics(program: str, given: object) -> list[str]:
    assert AICS_PYTHON is not None
    done = subprocess.run(
        [AICS_PYTHON, "-c", program],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    answers: list[str] = json.loads(done.stdout)
    return answers


@contextmanager
def served_by_aics(folder: Path) -> Iterator[tuple[str, str]]:
    """Serve aics-witness for our log; the value is its address and its key."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{free.getsockname()[1]}"
    config = ["--config", str(folder / "witness.json")]
    assert AICS_PYTHON is not None
    program = [AICS_PYTHON, "-m", "aics_witness"]
    name = ["--name", "aics.example/w1", "--listen", listen]
    made = subprocess.run(
        [*program, "init", *config, *name], capture_output=True, text=True, check=True
    )
    log = ["--origin", ORIGIN, "--vkey", LOG_VKEY]
    subprocess.run([*program, "add-log", *config, *log], capture_output=True, check=True)
    process = subprocess.Popen(
        [*program, "serve", *config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_until_listening(listen)
        yield f"http://{listen}", made.stdout.strip()
    finally:
        process.terminate()
        process.wait(30)


def _wait_until_listening(listen: str) -> None:
    host, _, port = listen.partition(":")
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection((host, int(port)), 1).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return


@needs_aics
@pytest.mark.served
def test_aics_witness_is_asked_by_us_and_answers_as_ours_does(tmp_path: Path) -> None:
    fork = WrittenLog(MemoryTileStore())
    fork.publish([b"another beginning", *LOG.entries[1:]])
    with served_by_aics(tmp_path) as (address, vkey):
        key = parse_vkey(vkey)
        answers = [
            ask_over_network(address, LOG, 100, 0, key),
            ask_over_network(address, LOG, 257, 100, key),
            ask_over_network(address, LOG, 300, 0, key),
            ask_over_network(address, LOG, 300, 300, key),
            ask_over_network(address, fork, 300, 300, key),
            ask_over_network(address, LOG, 200, 200, key),
        ]

    assert [type(answer) for answer in answers] == [*[Cosigned] * 4, CallsItFork, IsAhead]


@needs_aics
@pytest.mark.served
def test_both_witnesses_give_every_case_the_same_status(tmp_path: Path) -> None:
    ours = make_a_witness(tmp_path / "ours")
    write_logs(ours, (PolicyLog(a_key().verification_key),))
    folder = tmp_path / "theirs"
    folder.mkdir()
    bodies = [case.body for case in CASES]
    first = request_for(STATUS_LOG, 0, 10)
    with served_witness(ours.path) as our_address, served_by_aics(folder) as (their_address, _):
        statuses = [
            [post(address, body).status for body in (first, *bodies)]
            for address in (our_address, their_address)
        ]

    assert statuses[0] == statuses[1] == [200, *(case.status for case in CASES)]
