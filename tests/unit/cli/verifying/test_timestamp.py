"""``verify --timestamp``: it says what a timestamp shows, and that its authority is no witness."""

from pathlib import Path

from cli.output import EXIT_FAILED, EXIT_USAGE
from ledger.timestamping.tokens import request_for
from tests.support.timestamping.simulated import NAME, SimulatedAuthority, needs_openssl
from tests.unit.cli.running import a_key, a_ledger, run, submission
from transparency.notes import parse_note
from transparency.receipts import parse_receipt

pytestmark = needs_openssl


def test_timestamp_beside_a_receipt_is_told_as_what_it_is(tmp_path: Path) -> None:
    data, receipt = a_ledger(tmp_path), tmp_path / "one.receipt"
    assert run(*submission(a_key(tmp_path), "--data", data, "--receipt", receipt)).code == 0
    authority = SimulatedAuthority.new(tmp_path / "tsa")
    text = parse_note(parse_receipt(receipt.read_bytes()).checkpoint_note).text
    stamp, wrong = tmp_path / "one.tsr", tmp_path / "wrong.tsr"
    stamp.write_bytes(authority.stamp(request_for(text).der))
    wrong.write_bytes(authority.stamp(request_for(text + b"more\n").der))
    verify = ("verify", receipt, "--anchors", data / "keys/anchors.toml")
    roots = ("--timestamp-roots", authority.folder / "ca.pem")

    told = run(*verify, "--timestamp", stamp, *roots)
    in_vietnamese = run(*verify, "--timestamp", stamp, *roots, "--lang", "vi")

    assert told.code == 0
    assert f"by a timestamp of CN={NAME.replace(',', chr(92) + ',')}" in told.out
    assert "an authority for timestamps is no witness" in told.out
    assert "không phải là bên chứng kiến" in in_vietnamese.out
    assert run(*verify, "--timestamp", wrong, *roots).code == EXIT_FAILED
    assert run(*verify, "--timestamp", stamp).code == EXIT_USAGE
