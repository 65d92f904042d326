"""Commands against a server of somebody else: signed for its ledger, with nothing made here."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.roles import Role
from tests.served.server import OFFICE, PROCEDURE, Served, served
from tests.unit.cli.running import SLIP, Ran, a_key, run

pytestmark = pytest.mark.served


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served") / "data") as running:
        yield running


def _submit(server: Served, folder: Path, *more: str | Path) -> Ran:
    facts = json.dumps({"channel": "online", "procedure": PROCEDURE})
    return run(
        *("act", "dossier.submitted", "--stream", "new", "--office", OFFICE, "--facts", facts),
        *("--details", SLIP),
        *("--sign", f"applicant={a_key(folder)}", "--server", server.address),
        *("--receipt", folder / "r", "--json", *more),
    )


def test_act_on_a_server_signs_for_its_ledger_and_makes_nothing_here(
    server: Served, tmp_path: Path
) -> None:
    done = _submit(server, tmp_path, "--data", tmp_path / "none")

    assert (done.code, done.members["version"]) == (0, 1)
    assert done.members["page"].startswith(f"{server.address}/dossiers/")
    assert not (tmp_path / "none").exists()
    anchors = server.data / "keys" / "anchors.toml"
    assert run("verify", tmp_path / "r", "--anchors", anchors).code == 0


def test_second_act_on_a_server_continues_the_stream(server: Served, tmp_path: Path) -> None:
    stream = _submit(server, tmp_path, "--data", tmp_path / "none").members["stream"]

    withdrawn = run(
        *("act", "dossier.withdrawal_requested", "--stream", stream, "--office", OFFICE, "--json"),
        *("--sign", f"applicant={tmp_path / 'applicant.key'}", "--server", server.address),
        *("--data", tmp_path / "none"),
    )

    assert (withdrawn.code, withdrawn.members.get("version")) == (0, 2), withdrawn.out


def test_act_on_a_server_of_another_ledger_than_the_anchors_is_not_sent(
    server: Served, tmp_path: Path
) -> None:
    run("keys", "show", "log", "--data", tmp_path / "own")

    refused = _submit(server, tmp_path, "--data", tmp_path / "own")

    assert (refused.code, refused.members["code"]) == (2, "usage")
    assert f"keeps the ledger {server.origin}" in refused.members["message"]
    assert not (tmp_path / "r").exists()


def test_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    refused = run(
        *("act", "dossier.withdrawal_requested", "--stream", f"dossier:{'0' * 32}", "--json"),
        *("--sign", f"applicant={a_key(tmp_path)}", "--server", "http://127.0.0.1:9"),
    )

    assert (refused.code, refused.members["code"]) == (3, "writer_unavailable")
    assert "http://127.0.0.1:9" in refused.members["message"]


def test_inspector_reads_the_findings_and_nobody_else_does(server: Served, tmp_path: Path) -> None:
    inspector, other = a_key(tmp_path, Role.INSPECTOR), a_key(tmp_path, "officer")
    whose = ("--personnel-number", "TTr-1")
    enrolled = run("keys", "enroll", inspector, "inspector@*", *whose, "--data", server.data)

    read = run("inspect", "--key", inspector, "--server", server.address, "--json")
    refused = run("inspect", "--key", other, "--server", server.address, "--json")

    assert (enrolled.code, read.code) == (0, 0), read.out
    assert read.members["findings"] == []
    assert refused.code == 4
