"""`monitor` as a person runs it: what it prints, posts, measures, remembers, and ends with."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.architecture.sources import ROOT
from tests.support.ledger_builders import a_world
from tests.support.observers.served_logs import Hook, ServedLedger, a_served_ledger
from tests.unit.cli.running import Ran, run


@pytest.fixture
def served(tmp_path: Path) -> ServedLedger:
    return a_served_ledger(tmp_path)


@pytest.fixture
def address(served: ServedLedger) -> Iterator[str]:
    with served.serving() as address:
        yield address


def _arguments(served: ServedLedger, address: str, *more: str) -> list[str]:
    anchors = str(served.folder / "anchors.toml")
    return ["monitor", "--log", address, "--anchors", anchors, *more]


def _once(served: ServedLedger, address: str, *more: str) -> Ran:
    return run(*_arguments(served, address, "--once", *more))


def _events(ran: Ran) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran.out.splitlines()]


def _codes(ran: Ran) -> list[str]:
    return [event["code"] for event in _events(ran)]


def test_honest_log_with_honest_figures_ends_with_0(served: ServedLedger, address: str) -> None:
    ran = _once(served, address, "--api", address)

    (event,) = _events(ran)
    assert (ran.code, event["code"], event["severity"]) == (0, "new_checkpoint", "info")
    assert event["tree_size"] == served.world.log().tree_size


@pytest.mark.parametrize("name", ["counts", "durations", "petitions", "veiled"])
def test_figures_under_another_root_end_with_1_and_are_kept(
    served: ServedLedger, address: str, name: str
) -> None:
    figures = served.figures[name]
    reference = msgspec.structs.replace(figures.checkpoint, root="A" * 43 + "=")
    served.figures[name] = msgspec.structs.replace(figures, checkpoint=reference)

    ran = _once(served, address, "--api", address, "--evidence", str(served.folder / "kept"))

    (event,) = [event for event in _events(ran) if event["severity"] == "alarm"]
    assert (ran.code, event["code"]) == (1, "figures_differ")
    case = served.folder / "kept" / event["evidence"]
    assert json.loads((case / f"{name}.json").read_bytes())["checkpoint"]["root"] == reference.root


def test_changed_figure_is_named_once_and_its_end_too(served: ServedLedger, address: str) -> None:
    honest = served.figures["counts"]
    total = msgspec.structs.replace(honest.total, received=honest.total.received + 1)
    served.figures["counts"] = msgspec.structs.replace(honest, total=total)
    given = ("--api", address, "--state", str(served.folder / "state.json"))

    changed, again = _once(served, address, *given), _once(served, address, *given)
    served.figures["counts"] = honest
    ended = _once(served, address, *given)

    assert "figures_differ" in _codes(changed)
    assert "received of */*/* is published as 3, and the log says 2" in changed.out
    assert (again.code, _codes(again)) == (1, [])
    assert (ended.code, _codes(ended)) == (0, ["over"])


def test_answers_that_are_no_figures_are_an_alarm(served: ServedLedger, address: str) -> None:
    served.instead["/v1/statistics/veiled"] = (200, {}, b"[]")

    ran = _once(served, address, "--api", address)

    assert (ran.code, _codes(ran)[-1]) == (1, "figures_malformed")


def test_site_without_answers_is_trouble_and_the_log_is_audited_all_the_same(
    served: ServedLedger, address: str
) -> None:
    served.instead["/v1/statistics/counts"] = (503, {}, b"")

    ran = _once(served, address, "--api", address)

    assert (ran.code, _codes(ran)) == (3, ["new_checkpoint", "figures_unreachable"])


def test_source_that_times_out_ends_with_3(
    served: ServedLedger, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ServedLedger, "_body", _asleep)

    ran = _once(served, address, "--timeout", "0.3")

    assert (ran.code, _codes(ran)) == (3, ["tile_store_unavailable"])


def _asleep(_served: ServedLedger, _path: str) -> bytes:
    time.sleep(1.5)
    return b""


def test_missing_document_ends_with_1(served: ServedLedger, address: str) -> None:
    name = next(iter(served.world.documents._documents))
    served.instead[f"/documents/{name}"] = (404, {}, b"")

    ran = _once(served, address)

    assert (ran.code, _codes(ran)) == (1, ["document_missing"])


def test_stale_log_ends_with_1_where_it_was_asked_for(served: ServedLedger, address: str) -> None:
    ran = _once(served, address, "--stale-after", "3600")

    assert (ran.code, _codes(ran)) == (1, ["checkpoint_stale", "new_checkpoint"])


def test_watched_dossier_is_told_act_by_act_and_no_act_twice(
    served: ServedLedger, address: str
) -> None:
    stream = served.world.a_dossier("dossier.accepted")
    given = ("--watch", stream, "--state", str(served.folder / "state.json"))

    first, second = _once(served, address, *given), _once(served, address, *given)
    served.world.record(served.world.act("dossier.processor_assigned", stream))
    third = _once(served, address, *given)

    acts = [event["kind"] for event in _events(first) if event["severity"] == "act"]
    assert acts == ["dossier.submitted", "dossier.accepted"]
    assert _codes(second) == []
    (act,) = [event for event in _events(third) if event["severity"] == "act"]
    assert (act["kind"], act["version"], act["stream"]) == (
        "dossier.processor_assigned",
        3,
        stream,
    )


def test_stream_that_is_no_stream_is_a_mistake_of_usage(served: ServedLedger, address: str) -> None:
    assert _once(served, address, "--watch", "dossier:Nguyen").code == 2


def test_webhook_gets_each_alarm_and_act_once_it_answers(
    served: ServedLedger, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.observing.webhooks.RETRY_SECONDS", (0.01,))
    stream = served.world.a_dossier()
    hook = Hook(refusals=3)
    state = ("--state", str(served.folder / "state.json"))

    with hook.listening() as webhook:
        given = ("--watch", stream, "--webhook", webhook, *state)
        _once(served, address, *given)
        assert hook.taken == []
        _once(served, address, *given)

    (taken,) = hook.taken
    assert (taken["code"], taken["stream"]) == ("new_act", stream)
    assert len(hook.keys[0]) == 64
    assert json.loads((served.folder / "state.json").read_bytes())["unsent"] == []


def test_what_no_webhook_took_is_dropped_beyond_a_limit_and_counted(
    served: ServedLedger, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.observing.webhooks.RETRY_SECONDS", ())
    monkeypatch.setattr("ledger.monitoring.journal.MAX_UNSENT", 1)
    stream = served.world.a_dossier("dossier.accepted")
    state = served.folder / "state.json"

    given = ("--webhook", "http://127.0.0.1:9/", "--state", str(state))
    _once(served, address, "--watch", stream, *given)

    members = json.loads(state.read_bytes())
    assert ([each["version"] for each in members["unsent"]], members["unsent_lost"]) == ([2], 1)


def test_metrics_are_written_as_prometheus_text(served: ServedLedger, address: str) -> None:
    path = served.folder / "monitor.prom"

    _once(served, address, "--metrics-file", str(path))

    text, size = path.read_text(), served.world.log().tree_size
    name = 'dossier_ledger_monitor_audited_entries{origin="localhost/0a1b2c3d"}'
    assert f"{name} {float(size)}" in text
    assert "dossier_ledger_monitor_alarmed" in text


def test_state_of_another_log_is_refused(served: ServedLedger, address: str) -> None:
    state = served.folder / "state.json"
    state.write_text('{"format":"dossier-ledger/monitor-state@v1","origin":"another"}')

    ran = _once(served, address, "--state", str(state))

    assert ran.code == 4
    assert "monitor_state_mismatch" in ran.said


def test_log_in_a_folder_is_followed_as_well(served: ServedLedger, address: str) -> None:
    mirror, anchors = served.folder / "mirror", served.folder / "anchors.toml"
    run("mirror", "--log", address, "--to", mirror, "--anchors", anchors, "--once")

    assert _once(served, str(mirror)).code == 0


@pytest.mark.served
def test_monitor_that_is_killed_goes_on_and_tells_a_fork_that_it_did_not_see_happen(
    served: ServedLedger, address: str
) -> None:
    state = served.folder / "state.json"
    given = ("--state", str(state), "--interval", "0.2", "--metrics-port", "0")
    arguments = [sys.executable, "-m", "cli.main", *_arguments(served, address, *given)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        port = process.stderr.readline().decode().split()[-1]
        assert json.loads(process.stdout.readline())["code"] == "new_checkpoint"
        served.world.a_dossier()
        assert json.loads(process.stdout.readline())["tree_size"] > 0
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            assert b"dossier_ledger_monitor_looks_total" in answer.read()
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if str(served.world.log().tree_size) in state.read_text():
                break
            time.sleep(0.05)
        process.kill()
    served.world = a_world(seed=1)
    for _ in range(9):
        served.world.a_dossier("dossier.accepted")

    ran = _once(served, address, "--state", str(state))

    assert (ran.code, _codes(ran)) == (1, ["log_misbehaviour"])
