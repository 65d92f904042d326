"""Erasure beside a running server: of what came over HTTP no file keeps a byte, WAL included."""

import json
import sqlite3
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.bootstrap import SimulatedClock
from api.data_folder import DataFolder
from tests.served.server import OFFICE, Served, served
from tests.support.oversight.ended_dossier import files_with
from tests.unit.cli.running import Ran, run

pytestmark = pytest.mark.served

PROCEDURE = "2.000815"
MARKERS = ("Trần Văn Xóa", "079198009999", "SO-XOA-1", "đã chết 2026")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    data = tmp_path / "data"
    data.mkdir()
    (data / "ledger.toml").write_text('clock = "simulated"\n')
    SimulatedClock(DataFolder(data).clock).set(datetime.now(UTC))
    with served(data) as running:
        SimulatedClock(DataFolder(data).clock).set(datetime.now(UTC))
        yield running


def _act(server: Served, kind: str, stream: str, *more: str | Path, **parts: object) -> Ran:
    named = [text for name, part in parts.items() for text in (f"--{name}", json.dumps(part))]
    done = run(
        *("act", kind, "--stream", stream, "--office", OFFICE, "--server", server.address),
        *("--data", server.data, "--json", *named, *more),
    )
    assert done.code == 0, done.out + done.said
    return done


def _ended_dossier(server: Served, folder: Path) -> tuple[str, str]:
    """Publish a procedure whose dossiers are kept for no year, and stop one of them."""
    officer, applicant = folder / "officer.key", folder / "applicant.key"
    for path in (officer, applicant):
        run("keys", "new", path.stem, "--out", path, "--data", server.data)
    roles = [f"{role}@*" for role in ("receiver", "approver", "catalogue_admin")]
    whose = ("--personnel-number", "CB-1")
    assert run("keys", "enroll", officer, *roles, *whose, "--data", server.data).code == 0
    document = folder / "procedure.json"
    name = {"en": "A", "vi": "A"}
    limit: dict[str, object] = {"amount": 3, "unit": "working_days"}
    members: dict[str, object] = {"code": PROCEDURE, "level": "province", "limit": limit}
    members |= {"name": name, "retention_years": 0, "version": 1}
    document.write_text(json.dumps(members, sort_keys=True, separators=(",", ":")))
    _act(
        server,
        "procedure.version_published",
        f"procedure:{PROCEDURE}",
        *("--document", document, "--sign", f"catalogue_admin={officer}"),
        facts={"procedure_version": 1},
    )
    submitted = _act(
        server,
        "dossier.submitted",
        "new",
        *("--sign", f"applicant={applicant}"),
        facts={"channel": "online", "procedure": PROCEDURE},
        details={
            "applicant_name": MARKERS[0],
            "applicant_number": MARKERS[1],
            "delivery": "online",
            "notice_version": "1",
        },
    ).members
    stream = submitted["stream"]
    accepted = {"register_number": MARKERS[2]}
    _act(server, "dossier.accepted", stream, "--sign", f"receiver={officer}", details=accepted)
    stopped = {"legal_ground": MARKERS[3], "notice_sha256": "0a" * 32}
    approver = ("--sign", f"approver={officer}")
    _act(server, "dossier.processing_stopped", stream, *approver, details=stopped)
    return stream, submitted["secret"]


def _pieces(server: Served, stream: str, secret: str) -> list[bytes]:
    """Give the markers in clear, and pieces of what is stored of them."""
    pieces = [marker.encode() for marker in (*MARKERS, secret)]
    for store, query in (
        ("vault", "SELECT ciphertext FROM details WHERE stream = ?"),
        ("keyring", "SELECT wrapped_key FROM dossier_keys WHERE stream = ?"),
    ):
        connection = sqlite3.connect(server.data / f"{store}.sqlite3")
        pieces += [blob[:16] for (blob,) in connection.execute(query, (stream,))]
        connection.close()
    return pieces


def _page(server: Served, stream: str, secret: str) -> dict[str, object]:
    """Wait until the views show the erasure; give what the holder sees."""
    address = f"{server.address}/v1/dossiers/{stream}"
    request = urllib.request.Request(address, headers={"Dossier-Secret": secret})
    deadline = time.monotonic() + 20
    members: dict[str, object] = {}
    while "personal_data_erased_at" not in members and time.monotonic() < deadline:
        time.sleep(0.2)
        with suppress(urllib.error.HTTPError), urllib.request.urlopen(request) as answer:
            members = json.loads(answer.read())
    return members


def test_nothing_stays_while_the_server_runs_nor_after_a_new_start(
    server: Served, tmp_path: Path
) -> None:
    stream, secret = _ended_dossier(server, tmp_path)
    pieces = _pieces(server, stream, secret)
    assert len(pieces) == 5 + 3 + 1
    assert files_with(server.data, pieces) != []
    SimulatedClock(DataFolder(server.data).clock).set(datetime.now(UTC) + timedelta(days=2))

    done = run(
        *("erase", stream, "--key", tmp_path / "officer.key", "--data", server.data, "--json")
    )

    assert done.code == 0, done.out + done.said
    assert files_with(server.data, pieces) == []
    assert "personal_data_erased_at" in _page(server, stream, secret)
    for command in ("audit", "recompute"):
        assert run(command, "--data", server.data, "--json").code == 0

    server.process.terminate()
    server.process.wait(30)
    assert files_with(server.data, pieces) == []
    again = run("erase", stream, "--key", tmp_path / "officer.key", "--data", server.data, "--json")
    assert (again.code, again.members["repeated"]) == (0, True)
    assert files_with(server.data, pieces) == []


def test_erasure_that_came_over_http_is_carried_out_by_the_server(
    server: Served, tmp_path: Path
) -> None:
    stream, secret = _ended_dossier(server, tmp_path)
    pieces = _pieces(server, stream, secret)
    SimulatedClock(DataFolder(server.data).clock).set(datetime.now(UTC) + timedelta(days=2))

    system = server.data / "keys" / "system.key"
    signs = ("--sign", f"approver={tmp_path / 'officer.key'}", "--sign", f"system={system}")
    facts = {"ground": "retention_passed", "last_backup_until": "2099-01-01"}
    _act(server, "dossier.personal_data_erased", stream, *signs, facts=facts)

    deadline = time.monotonic() + 30
    while files_with(server.data, pieces) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert files_with(server.data, pieces) == []
