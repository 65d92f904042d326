"""A ledger is founded where that is meant, it is said, and a mistyped folder stays empty."""

from pathlib import Path

import pytest

from tests.unit.cli.running import a_key, run, submission


@pytest.mark.parametrize("name", ["log", "registrar", "promise"])
def test_showing_a_ledgers_own_key_first_founds_it_and_says_so(tmp_path: Path, name: str) -> None:
    data = tmp_path / "data"

    first = run("keys", "show", name, "--data", data)
    again = run("keys", "show", name, "--data", data)

    assert (first.code, first.out) == (0, again.out)
    assert first.said == f"new ledger {_origin(data)} made in {data}/\n"
    assert again.said == ""
    assert (data / "keys" / "anchors.toml").exists()


def _origin(data: Path) -> str:
    return (data / "keys" / "origin").read_text().strip()


@pytest.mark.parametrize(
    "arguments",
    [
        ("keys", "show", "nope"),
        ("keys", "enroll", "nope.key", "receiver@*"),
        ("keys", "revoke", "officer-0123456789abcdef", "--reason", "other"),
        ("keys", "rotate-root", "--old", "nope.key"),
        ("audit",),
        ("recompute",),
    ],
    ids=" ".join,
)
def test_command_that_fails_in_an_empty_folder_leaves_it_as_it_was(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    refused = run(*arguments, "--data", tmp_path / "dmo")

    assert refused.code != 0
    assert "new ledger" not in refused.said
    assert not (tmp_path / "dmo").exists()


def test_act_in_a_folder_without_a_ledger_says_that_there_is_none(tmp_path: Path) -> None:
    refused = run(*submission(a_key(tmp_path), "--data", tmp_path / "demo-dta"))

    assert refused.code == 2
    assert f"there is no ledger in {tmp_path / 'demo-dta'}" in refused.said
    assert not (tmp_path / "demo-dta").exists()


def test_refused_command_takes_only_the_ledger_back_that_it_made(tmp_path: Path) -> None:
    data = tmp_path / "data"
    run("keys", "new", "officer", "--out", data / "officer.key")
    run("keys", "new", "officer", "--data", data)
    kept = sorted(path for path in data.rglob("*"))

    refused = run("keys", "revoke", "officer-0123456789abcdef", "--reason", "other", "--data", data)

    assert refused.code == 2
    assert sorted(path for path in data.rglob("*")) == kept


def test_enrolment_founds_the_ledger_it_is_for_and_says_so(tmp_path: Path) -> None:
    data, key = tmp_path / "data", a_key(tmp_path, "officer")

    enrolled = run(
        "keys", "enroll", key, "receiver@*", "--personnel-number", "CB-1", "--data", data, "--json"
    )

    assert enrolled.code == 0
    assert enrolled.said == f"new ledger {_origin(data)} made in {data}/\n"
    assert run("audit", "--data", data).code == 0


def test_key_that_is_enrolled_already_is_told_so_and_what_helps(tmp_path: Path) -> None:
    data, key = tmp_path / "data", a_key(tmp_path, "officer")
    run("keys", "enroll", key, "receiver@*", "--personnel-number", "CB-1", "--data", data)

    again = run("keys", "enroll", key, "clerk@*", "--data", data)

    assert again.code == 4
    assert "is enrolled already; `keys grant` gives it more roles" in again.said


def test_ledger_that_was_founded_before_is_kept_whatever_fails_in_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    vkey = run("keys", "show", "log", "--data", data).out

    refused = run("keys", "revoke", "officer-0123456789abcdef", "--reason", "other", "--data", data)

    assert refused.code == 2
    assert run("keys", "show", "log", "--data", data).out == vkey


@pytest.mark.parametrize("typed", [("audit", "--nope"), ("keys", "shw"), ("nonsense",)])
def test_wrong_command_or_option_is_one_json_object_where_json_is_asked_for(
    typed: tuple[str, ...],
) -> None:
    refused = run(*typed, "--json")

    assert (refused.code, refused.members["code"]) == (2, "usage")


def test_hidden_command_is_not_suggested() -> None:
    assert "follow" not in run("folow").said.replace("folow", "")
