"""``casefile make`` against a server, as an inspector types it, and ``verify`` without one."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from domain.roles import Role
from ledger.key_files import load_private_key
from projections.casefiles.files import parse_casefile
from tests.served.server import OFFICE, PROCEDURE, Served, served
from tests.served.test_reading_commands import enroll
from tests.support.timestamping.simulated import SimulatedAuthority, handler_of, needs_openssl
from tests.unit.cli.running import a_key, run

pytestmark = [pytest.mark.served, needs_openssl]

APPLICANT = "Đặng Thị Hạnh"
NUMBER = "12/QĐ"
FOLLOWS_SECONDS = 15.0


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


def submit(server: Served, folder: Path) -> tuple[str, str]:
    facts = json.dumps({"channel": "online", "procedure": PROCEDURE})
    details = {"applicant_name": APPLICANT, "delivery": "online", "notice_version": "1"}
    sent = run(
        *("act", "dossier.submitted", "--stream", "new", "--office", OFFICE, "--json"),
        *("--facts", facts, "--details", json.dumps(details)),
        *("--sign", f"applicant={a_key(folder)}", "--server", server.address),
        *("--receipt", folder / "r", "--data", folder / "none"),
    ).members
    stream, secret = sent["stream"], sent["secret"]
    # The views follow the log.
    deadline = time.monotonic() + FOLLOWS_SECONDS
    asking = ("reads", "list", stream, "--server", server.address, "--secret", secret, "--json")
    while run(*asking).code != 0:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return stream, secret


def issue_order(server: Served, folder: Path, stream: str, reader: Path) -> tuple[str, ...]:
    folder.mkdir()
    issuer = a_key(folder, Role.INSPECTOR)
    enroll(server, issuer, "CB-0002")
    until = (server.now().day_in("UTC") + timedelta(days=30)).isoformat()
    issued = run(
        *("orders", "issue", NUMBER, "--key", issuer, "--dossier", stream, "--json"),
        *("--reader", load_private_key(reader).name, "--until", until, "--data", server.data),
    )
    assert issued.code == 0, issued.out
    named = issued.members["stream"]
    return ("--order", NUMBER, "--order-until", until, "--order-stream", named)


def test_casefile_is_made_stamped_and_verified_without_the_server(tmp_path: Path) -> None:
    out, plain = tmp_path / "one.casefile.json", tmp_path / "plain.casefile.json"
    statement, anchors = tmp_path / "said.txt", tmp_path / "anchors.toml"
    statement.write_text("Tôi đã xem.\n")
    authority = SimulatedAuthority.new(tmp_path / "tsa")
    roots = ("--timestamp-roots", authority.folder / "ca.pem")
    with served(tmp_path / "data") as server, serving(handler_of(authority)) as stamps:
        inspector = a_key(tmp_path, Role.INSPECTOR)
        enroll(server, inspector, "CB-0001")
        stream, secret = submit(server, tmp_path)
        order = issue_order(server, tmp_path / "issuer", stream, inspector)
        anchors.write_bytes((server.data / "keys" / "anchors.toml").read_bytes())
        make = (
            *("casefile", "make", "--subject", stream, "--key", inspector),
            *("--statement", statement, "--server", server.address, "--json"),
            *("--data", tmp_path / "none"),
        )
        without = run(*make, "--out", plain)
        made = run(
            *make,
            *("--out", out, "--with-details", "--persons", "--why", "Thanh tra"),
            *order,
            *("--timestamp", stamps, *roots),
        )
        again = run(*make, "--out", out)
        listed = run(
            *("reads", "list", stream, "--secret", secret),
            *("--server", server.address, "--json"),
        ).members["reads"]

    assert (without.code, made.code, again.code) == (0, 0, 2), (without.said, made.out)
    assert "details/1.json" in made.members["parts"]
    assert "manifest.tsr" in made.members["parts"]
    assert [each["sealed"] for each in listed] == [True]
    verified = run("casefile", "verify", out, "--anchors", anchors, *roots, "--json")
    assert verified.code == 0, verified.out
    assert verified.members["opened"] == [stream]
    assert any("existed at" in line for line in verified.members["proved"])
    assert run("casefile", "verify", plain, "--anchors", anchors).code == 0
    assert holds_the_name(out)
    assert not holds_the_name(plain)


def holds_the_name(path: Path) -> bool:
    parts = parse_casefile(path.read_bytes()).parts
    return any(APPLICANT.encode() in part for part in parts.values())
