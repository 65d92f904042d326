"""An audit goes on from its state file, and from no other log's."""

import pickle
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.auditing import AuditReport, HowToAudit, StateFile, audit_log
from ledger.auditing.packing import pack, unpack
from ledger.auditing.teams import ShardsHere
from ledger.errors import AuditStateRefused
from tests.support.forged_logs import Forger, a_forger
from tests.support.ledger_builders import operator_keys


class _Stopped(Exception):
    pass


def _audit(
    forger: Forger, path: Path | None, shards: int = 1, stop_after: int | None = None
) -> AuditReport:
    state = None if path is None else StateFile(path, seconds_between=0.0)
    how = HowToAudit(shards, set_up=ShardsHere, state=state)
    now = forger.clock.now + timedelta(hours=1)
    anchors, report = operator_keys().anchors, None
    for report in audit_log(forger.log(), anchors, forger.documents, now=now, how=how):
        if stop_after is not None and report.entries >= stop_after:
            raise _Stopped
    assert report is not None
    return report


def _grown(forger: Forger, dossiers: int) -> Forger:
    for number in range(dossiers):
        stream = forger.a_dossier("dossier.accepted")
        if number % 7 == 0:
            forger.add(forger.act("dossier.result_issued", stream))
        if number % 50 == 0:
            forger.seal()
    forger.seal()
    return forger


@pytest.mark.parametrize("shards", [1, 3])
def test_an_audit_that_was_stopped_reports_what_one_without_a_stop_does(
    tmp_path: Path, shards: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.auditing.audits.ENTRIES_PER_BATCH", 90)
    forger = _grown(a_forger(), 300)
    with pytest.raises(_Stopped):
        _audit(forger, tmp_path / "state", shards, stop_after=400)
    kept = StateFile(tmp_path / "state")
    header = kept._path.read_bytes().partition(b"\n")[0]
    assert b'"tree_size":' in header

    went_on = _audit(forger, tmp_path / "state")

    assert went_on == _audit(forger, None)
    assert len(went_on.problems) == 43


def test_an_audit_goes_on_where_the_log_has_grown(tmp_path: Path) -> None:
    forger = _grown(a_forger(), 20)
    first = _audit(forger, tmp_path / "state", 2)
    assert _audit(forger, tmp_path / "state") == first

    _grown(forger, 20)

    assert _audit(forger, tmp_path / "state") == _audit(forger, None)


def test_a_state_of_another_log_is_refused(tmp_path: Path) -> None:
    _audit(_grown(a_forger(), 20), tmp_path / "state")
    other = _grown(a_forger(), 9)
    other.a_dossier("dossier.accepted")
    _grown(other, 30)

    with pytest.raises(AuditStateRefused, match="others"):
        _audit(other, tmp_path / "state")


def test_a_state_that_is_ahead_of_the_log_is_refused(tmp_path: Path) -> None:
    _audit(_grown(a_forger(), 20), tmp_path / "state")

    with pytest.raises(AuditStateRefused, match="the log has"):
        _audit(_grown(a_forger(), 2), tmp_path / "state")


def _shortened(data: bytes) -> bytes:
    return data[:-1]


def _of_another_ledger(data: bytes) -> bytes:
    return data.replace(b'"origin":"localhost', b'"origin":"elsewhere', 1)


def _of_another_format(data: bytes) -> bytes:
    return data.replace(b"audit-state@v1", b"audit-state@v0", 1)


def _garbled(data: bytes) -> bytes:
    line, _, rest = data.partition(b"\n")
    return line + b"\n" + bytes(len(rest))


def _no_header(data: bytes) -> bytes:
    return b"state\n" + data


@pytest.mark.parametrize(
    "change", [_shortened, _of_another_ledger, _of_another_format, _garbled, _no_header]
)
def test_a_changed_state_is_refused(tmp_path: Path, change: Any) -> None:
    forger = _grown(a_forger(), 3)
    path = tmp_path / "state"
    _audit(forger, path)
    path.write_bytes(change(path.read_bytes()))

    with pytest.raises(AuditStateRefused):
        _audit(forger, path)


class _Harmful:
    def __reduce__(self) -> tuple[Any, ...]:
        return (eval, ("1 + 1",))


def test_bytes_that_name_anything_but_our_values_are_refused() -> None:
    with pytest.raises(AuditStateRefused, match=r"builtins\.eval"):
        unpack(pickle.dumps({"_state": _Harmful()}))
    with pytest.raises(AuditStateRefused, match="open_text"):
        unpack(b"cledger.action_notes\nopen_text\n.")
    with pytest.raises(AuditStateRefused, match="something else"):
        unpack(pickle.dumps([1]))


def test_a_state_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    _audit(a_forger(), tmp_path / "state")

    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o600


def test_what_is_packed_comes_back() -> None:
    members = {"a": {1, 2}, "b": frozenset({"x"}), "c": bytearray(b"y")}

    assert unpack(pack(members)) == members
