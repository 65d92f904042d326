"""`mirror` as a person runs it: against a served log, round by round, and serving its copy."""

import json
import os
import selectors
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.mirroring.folder import MirrorFolder
from tests.architecture.sources import ROOT
from tests.support.ledger_builders import operator_keys
from tests.support.observers.served_logs import ServedLedger, a_served_ledger
from tests.unit.cli.running import Ran, run
from transparency.http_source import HttpTileSource
from transparency.trusted_log import TrustedLog


@pytest.fixture
def served(tmp_path: Path) -> ServedLedger:
    return a_served_ledger(tmp_path)


@pytest.fixture
def address(served: ServedLedger) -> Iterator[str]:
    with served.serving() as address:
        yield address


def _mirror(served: ServedLedger, address: str, *more: str) -> Ran:
    folder, anchors = served.folder / "mirror", served.folder / "anchors.toml"
    given = ["--log", address, "--to", str(folder), "--anchors", str(anchors), "--once", *more]
    return run("mirror", *given)


def _lines(ran: Ran) -> list[dict[str, object]]:
    return [json.loads(line) for line in ran.out.splitlines()]


def test_mirror_copies_a_served_log_with_its_documents(served: ServedLedger, address: str) -> None:
    ran = _mirror(served, address)

    (line,) = _lines(ran)
    assert (ran.code, line["ok"]) == (0, True)
    folder = MirrorFolder(served.folder / "mirror")
    signed = folder.served(operator_keys().anchors.logs)
    assert signed is not None
    entries = [entry for _, entry in TrustedLog(folder.tiles(), signed).replay()]
    assert entries == served.world.entries()
    kept = set(served.world.documents._documents)
    named = {name for name in kept if folder.documents().read(name) is not None}
    assert named == kept


def test_audit_and_recompute_read_a_mirror_as_they_read_the_log(
    served: ServedLedger, address: str
) -> None:
    _mirror(served, address)
    mirror, anchors = served.folder / "mirror", served.folder / "anchors.toml"

    recomputed = run("recompute", "--log", mirror, "--anchors", anchors, "--json")
    audited = run("audit", "--log", mirror, "--anchors", anchors, "--json")

    assert recomputed.code == 0
    assert (audited.code, audited.members["problems"]) == (0, [])
    assert audited.members["entries"] == served.world.log().tree_size


def test_document_that_the_site_lacks_is_named(served: ServedLedger, address: str) -> None:
    name = next(iter(served.world.documents._documents))
    served.instead[f"/documents/{name}"] = (404, {}, b"")

    ran = _mirror(served, address)

    (line,) = _lines(ran)
    assert (ran.code, line["code"]) == (1, "document_missing")
    assert line["missing_documents"] == [name]
    served.instead.clear()
    assert _mirror(served, address).code == 0


def test_source_that_does_not_answer_is_unreachable(served: ServedLedger, address: str) -> None:
    served.instead["/log/checkpoint"] = (503, {}, b"")

    ran = _mirror(served, address)

    assert (ran.code, _lines(ran)[0]["code"]) == (3, "tile_store_unavailable")


def test_checkpoint_of_another_log_fails(served: ServedLedger, address: str) -> None:
    served.instead["/log/checkpoint"] = (200, {}, b"example.org\n0\n\n")

    assert _mirror(served, address).code == 1


def test_log_that_shrinks_fails_and_its_pieces_are_kept(
    served: ServedLedger, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.mirroring.continuing.PATIENCE_SECONDS", (0.01,))
    earlier = served.world.tiles.read_checkpoint()
    served.world.a_dossier()
    _mirror(served, address)
    served.instead["/log/checkpoint"] = (200, {}, earlier)

    ran = _mirror(served, address)

    assert (ran.code, _lines(ran)[0]["code"]) == (1, "log_shrank")
    (case,) = (served.folder / "mirror" / "evidence").iterdir()
    assert (case / "second.checkpoint").read_bytes() == earlier


@pytest.mark.served
def test_mirror_serves_what_it_copied_and_ends_with_its_server_when_told(
    served: ServedLedger, address: str
) -> None:
    arguments = [
        *(sys.executable, "-m", "cli.main", "mirror", "--log", address, "--serve", "0"),
        *("--to", str(served.folder / "mirror"), "--interval", "0.2"),
        *("--anchors", str(served.folder / "anchors.toml")),
    ]
    with subprocess.Popen(
        arguments, cwd=ROOT, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    ) as process:
        assert process.stdout is not None
        mirror = json.loads(process.stdout.readline())["address"]
        first = json.loads(process.stdout.readline())
        assert first["tree_size"] == served.world.log().tree_size
        source = HttpTileSource(f"{mirror}/log")
        assert source.read_checkpoint() == served.world.tiles.read_checkpoint()
        name, document = next(iter(served.world.documents._documents.items()))
        with urllib.request.urlopen(f"{mirror}/documents/{name}") as answer:
            assert answer.read() == document
            assert "immutable" in answer.headers["Cache-Control"]
        served.world.a_dossier()
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            assert selector.select(20)
        assert json.loads(process.stdout.readline())["tree_size"] == served.world.log().tree_size
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
