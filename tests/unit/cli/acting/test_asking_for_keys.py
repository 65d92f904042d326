"""What a command says of a key file or a secret that it was not given."""

from pathlib import Path

import pytest

from cli.output import EXIT_USAGE
from tests.unit.cli.running import Ran, run

NOWHERE = "http://127.0.0.1:1"
DOSSIER = "dossier:" + "0" * 32


def commands(key: Path, data: Path) -> list[tuple[str | Path, ...]]:
    where = ("--server", NOWHERE, "--data", data)
    return [
        ("queue", "mine", "--key", key, *where),
        ("reads", "list", DOSSIER, "--key", key, *where),
        ("inspect", "/v1/findings", "--key", key, *where),
        ("findings", "raise", "--key", key, "--data", data),
        ("erase", DOSSIER, "--key", key, "--data", data),
    ]


def test_missing_key_file_has_one_wording_that_names_it_once(tmp_path: Path) -> None:
    key = tmp_path / "nope.key"

    said = [run(*each) for each in commands(key, tmp_path / "data")]

    assert {each.said for each in said} == {f"usage: there is no key file {key}\n"}
    assert {each.code for each in said} == {EXIT_USAGE}


def test_file_that_holds_no_key_is_named_once(tmp_path: Path) -> None:
    key = tmp_path / "some.key"
    key.write_text("no key\n")

    said = [run(*each).said for each in commands(key, tmp_path / "data")]

    assert {each.count("some.key") for each in said} == {1}
    assert all(f"the key file {key} holds no key: " in each for each in said)


@pytest.mark.filterwarnings("error")
def test_secret_is_not_asked_for_where_there_is_no_terminal(tmp_path: Path) -> None:
    ran: Ran = run("reads", "list", DOSSIER, "--server", NOWHERE, "--data", tmp_path)

    assert ran.code == EXIT_USAGE
    assert ran.said == (
        "usage: there is no terminal to ask for the secret: name --secret or --key\n"
    )
