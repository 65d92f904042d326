"""A witness and an index auditor as processes, beside a served ledger whose log they cosign."""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from hashlib import sha256
from pathlib import Path

import pytest

from api.witnessing.folder import Statement, write_logs
from ledger.key_files import load_anchors
from tests.http.witnessing.test_statuses import CASES
from tests.http.witnessing.test_statuses import LOG as STATUS_LOG
from tests.served.server import served
from tests.support.transparency_builders import ORIGIN, a_key, a_log
from tests.support.witnesses.builders import make_a_witness, request_for
from tests.support.witnesses.served import ask_over_network, post, served_witness
from transparency.checkpoints import open_checkpoint
from transparency.cosignatures import add_signature_lines, cosigner_key, open_cosignatures
from transparency.cosignatures import parse_signature_lines as parse_lines
from transparency.http_source import HttpTileSource
from transparency.policies import PolicyLog
from transparency.tile_store import MemoryTileStore
from transparency.witnessing.answers import Cosigned
from transparency.witnessing.requests import render_add_checkpoint

pytestmark = pytest.mark.served

LOG = a_log(MemoryTileStore(), 300)
KEY = cosigner_key(a_key("witness.example/w1", 9))


def test_index_auditor_replays_a_served_ledger_and_cosigns_its_checkpoint(tmp_path: Path) -> None:
    folder = make_a_witness(tmp_path / "auditor", Statement.INDEX_AUDITED)
    with served(tmp_path / "data") as ledger:
        anchors = load_anchors(tmp_path / "data" / "keys" / "anchors.toml")
        write_logs(folder, (PolicyLog(anchors.log),))
        log = ("--index-auditor", "--log", ledger.address)
        with served_witness(folder.path, *log) as address:
            note = HttpTileSource(f"{ledger.address}/log").read_checkpoint()
            answer = post(address, render_add_checkpoint(0, [], note))
            path = sha256(anchors.origin.encode()).hexdigest()
            with urllib.request.urlopen(f"{address}/{path}/checkpoint", timeout=10) as shown:
                monitored = shown.read()

    assert answer.status == 200
    cosigned = add_signature_lines(note, parse_lines(answer.body))
    assert open_checkpoint(cosigned, anchors.log).checkpoint.tree_size > 2
    assert len(open_cosignatures(cosigned, [KEY])) == 1
    assert monitored == cosigned


def test_served_witness_gives_every_case_the_status_of_the_specification(tmp_path: Path) -> None:
    folder = make_a_witness(tmp_path / "witness")
    write_logs(folder, (PolicyLog(a_key().verification_key),))
    with served_witness(folder.path) as address:
        first = post(address, request_for(STATUS_LOG, 0, 10))
        answers = [post(address, case.body) for case in CASES]
        in_pieces = _post_in_pieces(address, [b"old 0\n\n", STATUS_LOG.signed_checkpoint().note])

    assert first.status == 200
    assert [each.status for each in answers] == [case.status for case in CASES]
    assert {each.content_type for each in answers if each.status == 409} == {"text/x.tlog.size"}
    assert in_pieces == (409, b"20\n")


def _post_in_pieces(address: str, pieces: list[bytes]) -> tuple[int, bytes]:
    """Send a body whose length nobody announces."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)
    try:
        connection.request(
            "POST",
            "/add-checkpoint",
            iter(pieces),
            encode_chunked=True,
            headers={"Transfer-Encoding": "chunked"},
        )
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_witness_that_is_killed_goes_on_and_a_rolled_back_one_does_not(tmp_path: Path) -> None:
    folder = make_a_witness(tmp_path / "witness")
    write_logs(folder, (PolicyLog(a_key().verification_key),))
    with served_witness(folder.path, end=_kill_all) as address:
        assert isinstance(ask_over_network(address, LOG, 100, 0, KEY), Cosigned)
    shutil.copytree(folder.path, tmp_path / "copy")
    with served_witness(folder.path) as address:
        assert isinstance(ask_over_network(address, LOG, 200, 0, KEY), Cosigned)
        assert post(address, request_for(LOG, 0)).body == b"200\n"
        second = _serve(folder.path)
    for path in folder.path.glob("witness.sqlite3*"):
        path.unlink()
    for path in (tmp_path / "copy").glob("witness.sqlite3*"):
        shutil.copy(path, folder.path)
    rolled_back = _serve(folder.path)

    assert (second.returncode, b"ledger_busy" in second.stderr) == (4, True)
    assert (rolled_back.returncode, b"witness_retired" in rolled_back.stderr) == (4, True)
    assert ORIGIN.encode() in rolled_back.stderr


def _kill_all(process: "subprocess.Popen[str]") -> None:
    """End gunicorn and its worker as a power cut does."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    process.kill()
    for pid in children:
        os.kill(int(pid), signal.SIGKILL)


def _serve(data: Path) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-m", "cli.main", "witness", "serve", "--port", "0", "--data", str(data)],
        capture_output=True,
        timeout=60,
        check=False,
    )
