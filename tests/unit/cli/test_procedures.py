"""`procedures import`: what is new is published once, what changed as the next version."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli.main import cli
from tests.unit.ledger.catalogue.samples import a_page, a_way, as_bytes


@dataclass(frozen=True)
class Ran:
    code: int
    members: dict[str, Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    catalogue = tmp_path / "catalogue"
    catalogue.mkdir()
    for code in ("1.000001", "1.000002"):
        (catalogue / f"{code}.json").write_bytes(as_bytes(a_page(code)))
    return tmp_path


def run(folder: Path, *arguments: str) -> Ran:
    result = CliRunner().invoke(cli, [*arguments, "--data", str(folder / "data"), "--json"])
    return Ran(result.exit_code, json.loads(result.stdout))


def publish(folder: Path, *options: str) -> Ran:
    return run(folder, "procedures", "import", str(folder / "catalogue"), *options)


def test_first_import_publishes_everything_and_the_second_nothing(folder: Path) -> None:
    first, second = publish(folder), publish(folder)

    assert (first.code, second.code) == (0, 0)
    assert (first.members["files"], first.members["published"]) == (2, 2)
    assert (second.members["published"], second.members["unchanged"]) == (0, 2)
    assert (first.members["limits_parsed"], first.members["failed"]) == (2, 0)


def test_changed_content_is_the_next_version(folder: Path) -> None:
    publish(folder)
    changed = a_page("1.000002", a_way(limit="Không quy định"))
    (folder / "catalogue" / "1.000002.json").write_bytes(as_bytes(changed))

    again, after = publish(folder), publish(folder)

    assert (again.members["published"], again.members["unchanged"]) == (1, 1)
    assert [warning["code"] for warning in again.members["warnings"]] == ["limit_not_regulated"]
    assert after.members["published"] == 0


def test_what_was_imported_passes_the_audit(folder: Path) -> None:
    publish(folder)

    assert run(folder, "audit").members["ok"] is True


def test_file_that_cannot_be_read_fails_alone(folder: Path) -> None:
    (folder / "catalogue" / "broken.json").write_text("{")

    ran = publish(folder)

    assert (ran.code, ran.members["published"], ran.members["failed"]) == (1, 2, 1)
    assert ran.members["failures"][0]["file"] == "broken.json"


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("catalogue", "--office", "H99"), id="unknown office"),
        pytest.param(("data-that-is-not-there",), id="no such path"),
        pytest.param((".",), id="folder without a catalogue"),
    ],
)
def test_what_cannot_be_used_is_said(folder: Path, arguments: tuple[str, ...]) -> None:
    path, *options = arguments

    assert run(folder, "procedures", "import", str(folder / path), *options).code == 2


def test_calendar_and_catalogue_are_published_once_and_by_the_root_in_force(
    tmp_path: Path,
) -> None:
    """After a rotation, commands went on signing with the old root, and nothing was published."""
    data = ["--data", str(tmp_path / "data"), "--json"]
    offices = tmp_path / "offices.csv"
    offices.write_text("code,name_vi,name_en,level\nH27,Tỉnh,Province,province\n")
    runner = CliRunner()
    assert runner.invoke(cli, ["keys", "rotate-root", *data]).exit_code == 0

    first = runner.invoke(cli, ["procedures", "calendar", *data])
    again = runner.invoke(cli, ["procedures", "calendar", *data])
    registered = runner.invoke(cli, ["offices", "import", str(offices), *data])

    assert (first.exit_code, json.loads(first.stdout)["published"]) == (0, True)
    assert (again.exit_code, json.loads(again.stdout)["published"]) == (0, False)
    assert (registered.exit_code, json.loads(registered.stdout)["registered"]) == (0, 1)
