"""``keys rotate-log`` and ``keys retire-log``: typed by an operator, checked by everybody else."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from cli.output import EXIT_REFUSED, EXIT_USAGE
from ledger.key_files import load_anchors
from tests.unit.cli.running import a_key, a_ledger, run, submission
from transparency.cosignatures import cosigner_key
from transparency.notes import SEED_BYTES, SigningKey, render_vkey


def _submit(folder: Path, data: Path, name: str) -> Path:
    path = folder / name
    path.mkdir()
    receipt = path / "dossier.receipt"
    ran = run(*submission(a_key(path), "--data", data, "--receipt", receipt))
    assert ran.code == 0, ran
    return receipt


def _verified(receipt: Path, anchors: Path) -> int:
    return run("verify", receipt, "--anchors", anchors).code


@pytest.fixture
def changed(tmp_path: Path) -> tuple[Path, dict[str, Path], Path, dict[str, Any]]:
    """A ledger that changed its log's key, receipts of each time, and the first anchors."""
    data = a_ledger(tmp_path)
    first = tmp_path / "first.toml"
    first.write_bytes((data / "keys/anchors.toml").read_bytes())
    receipts = {"before": _submit(tmp_path, data, "before")}
    assert run("keys", "rotate-log", "--data", data).code == 0
    receipts["during"] = _submit(tmp_path, data, "during")
    ended = run("keys", "retire-log", "--data", data, "--json")
    receipts["after"] = _submit(tmp_path, data, "after")
    return data, receipts, first, ended.members


def test_anchors_name_both_keys_with_their_places(
    changed: tuple[Path, dict[str, Path], Path, dict[str, Any]],
) -> None:
    data, _, first, ended = changed
    anchors = load_anchors(data / "keys/anchors.toml")

    old, new = anchors.logs.periods
    assert old.key == anchors.log == load_anchors(first).log
    assert old.until_size == ended["entry_index"]
    assert new.until_size is None
    assert new.from_size <= (old.until_size or 0)
    assert [member["vkey"] for member in ended["log_keys"]] == [
        render_vkey(old.key),
        render_vkey(new.key),
    ]


@pytest.mark.parametrize(
    ("time", "old_anchors_do"), [("before", True), ("during", True), ("after", False)]
)
def test_receipts_of_all_times_verify_with_the_new_anchors_and_older_ones_with_the_first(
    changed: tuple[Path, dict[str, Path], Path, dict[str, Any]], time: str, *, old_anchors_do: bool
) -> None:
    data, receipts, first, _ = changed

    assert _verified(receipts[time], data / "keys/anchors.toml") == 0
    assert (_verified(receipts[time], first) == 0) is old_anchors_do


def test_audit_and_recompute_find_nothing_wrong(
    changed: tuple[Path, dict[str, Path], Path, dict[str, Any]],
) -> None:
    data, *_ = changed

    assert run("audit", "--data", data, "--json").members["problems"] == []
    assert run("recompute", "--data", data).code == 0


def test_anchors_that_a_crash_left_behind_are_made_again_at_the_next_start(
    changed: tuple[Path, dict[str, Path], Path, dict[str, Any]], tmp_path: Path
) -> None:
    data, _, first, _ = changed
    right = (data / "keys/anchors.toml").read_bytes()
    # As a crash between the entry of the change and the anchors leaves them: both keys sign still.
    assert right != first.read_bytes()
    text = right.decode()
    before_retiring = "\n".join(line for line in text.split("\n") if "until_size" not in line)
    (data / "keys/anchors.toml").write_text(before_retiring)

    _submit(tmp_path, data, "next")

    assert (data / "keys/anchors.toml").read_bytes() == right


def test_one_key_is_not_retired(tmp_path: Path) -> None:
    data = a_ledger(tmp_path)

    assert run("keys", "retire-log", "--data", data).code == EXIT_USAGE


def test_refused_change_leaves_no_key_behind(tmp_path: Path) -> None:
    data = a_ledger(tmp_path)
    assert run("keys", "rotate-log", "--data", data).code == 0

    refused = run("keys", "rotate-log", "--data", data)

    assert refused.code != 0
    assert [path.name for path in sorted((data / "keys").glob("log*.key"))] == [
        "log-2.key",
        "log.key",
    ]


def test_second_line_of_ml_dsa_stands_under_every_checkpoint_and_verify_says_so(
    tmp_path: Path,
) -> None:
    data = a_ledger(tmp_path)
    before = _submit(tmp_path, data, "before")
    assert run("keys", "add-mldsa", "--data", data).code == 0
    after = _submit(tmp_path, data, "after")
    anchors = data / "keys/anchors.toml"

    said = [run("verify", each, "--anchors", anchors) for each in (before, after)]

    assert [one.code for one in said] == [0, 0]
    assert ["with its ML-DSA-44 key, too" in one.out for one in said] == [True, True]
    assert "such a line is not there" in said[0].out
    assert run("audit", "--data", data, "--json").members["problems"] == []
    assert run("keys", "add-mldsa", "--data", data).code == EXIT_USAGE


def test_changed_ml_dsa_line_fails_verification(tmp_path: Path) -> None:
    data = a_ledger(tmp_path)
    assert run("keys", "add-mldsa", "--data", data).code == 0
    receipt = _submit(tmp_path, data, "one")
    lines = receipt.read_bytes().rstrip(b"\n").split(b"\n")
    assert len(lines[-1]) > 3000
    lines[-1] = lines[-1][:-60] + b"A" * 56 + lines[-1][-4:]
    receipt.write_bytes(b"\n".join(lines) + b"\n")

    assert run("verify", receipt, "--anchors", data / "keys/anchors.toml").code != 0


def _lose_the_quorum(data: Path) -> None:
    """Let the ledger need a witness that is away, as one that reads from a stopped server is."""
    origin = load_anchors(data / "keys/anchors.toml").origin
    key = cosigner_key(SigningKey(f"{origin}/w1", bytes(SEED_BYTES)))
    log = render_vkey(load_anchors(data / "keys/anchors.toml").log)
    (data / "policy.txt").write_text(
        f"log {log}\nwitness w1 {render_vkey(key)} http://127.0.0.1:1\nquorum w1\n"
    )
    (data / "ledger.toml").write_text(
        'longest_wait_seconds = 0.2\n[witnesses]\npolicy = "policy.txt"\n'
    )


def test_change_without_a_quorum_does_not_say_that_the_keys_sign_already(tmp_path: Path) -> None:
    """It said "both keys sign from here on" where no checkpoint covered the change yet."""
    data = a_ledger(tmp_path)
    _lose_the_quorum(data)

    rotated = run("keys", "rotate-log", "--data", data)
    retired = run("keys", "retire-log", "--data", data)

    assert (rotated.code, retired.code) == (0, 0)
    for ran in (rotated, retired):
        assert "recorded, and not published yet" in ran.said
        assert "from here on" not in ran.said
    assert "From then on both keys sign: hand out the new anchors" in rotated.said
    assert "From then on the newer key alone signs" in retired.said


def test_retiring_says_what_a_witness_shows_that_does_not_know_the_newer_key(
    tmp_path: Path,
) -> None:
    data = a_ledger(tmp_path)

    rotated = run("keys", "rotate-log", "--data", data)
    retired = run("keys", "retire-log", "--data", data)

    assert "both keys sign from here on" in rotated.said
    assert "the newer key alone signs from here on" in retired.said
    assert "submission_not_signed" in retired.said
    assert "logs.policy" in retired.said
    assert "not published" not in rotated.said + retired.said


def _copied_before_the_change(tmp_path: Path, *commands: str) -> tuple[Path, Path, Path]:
    """An older copy of a ledger that changed its log's key since; its newer folder; a mirror."""
    data, newer, mirror = a_ledger(tmp_path), tmp_path / "newer", tmp_path / "mirror"
    backup, sockets = tmp_path / "backup", shutil.ignore_patterns("*.sock")
    shutil.copytree(data, backup, ignore=sockets)
    for command in commands:
        assert run("keys", command, "--data", data).code == 0
    _submit(tmp_path, data, "since")
    shutil.copytree(data / "log", mirror)
    data.rename(newer)
    shutil.copytree(backup, data)
    return data, newer, mirror


def test_restored_copy_from_before_a_change_of_the_log_key_names_the_key_file_it_lacks(
    tmp_path: Path,
) -> None:
    data, newer, mirror = _copied_before_the_change(tmp_path, "rotate-log")
    restore = ("ledger", "restore", "--from", mirror, "--data", data, "--json")

    refused = run(*restore)

    assert (refused.code, refused.members["code"]) == (EXIT_REFUSED, "log_key_missing")
    assert "keys/log-2.key" in refused.members["message"]
    assert "copy it" in refused.members["message"]
    # What was taken in stays; with the key the same command goes on.
    shutil.copy(newer / "keys/log-2.key", data / "keys")
    assert run(*restore).code == 0
    assert run("audit", "--data", data, "--json").members["problems"] == []
    _submit(tmp_path, data, "after")


def test_restored_copy_of_a_ledger_whose_first_key_is_retired_asks_for_anchors_and_key(
    tmp_path: Path,
) -> None:
    data, newer, mirror = _copied_before_the_change(tmp_path, "rotate-log", "retire-log")
    restore = ("ledger", "restore", "--from", mirror, "--data", data, "--json")

    refused = run(*restore)

    assert refused.code == EXIT_REFUSED
    assert "keys/anchors.toml" in refused.members["message"]
    shutil.copy(newer / "keys/anchors.toml", data / "keys")
    refused = run(*restore)
    assert refused.members["code"] == "log_key_missing"
    shutil.copy(newer / "keys/log-2.key", data / "keys")
    assert run(*restore).code == 0
    assert run("audit", "--data", data, "--json").members["problems"] == []
