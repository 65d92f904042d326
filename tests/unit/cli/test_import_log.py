"""`import`: one source under two mapping names is two sets of dossiers, and is warned of."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli.main import cli
from tests.unit.ledger.importing.samples import CSV, MAPPING


@dataclass(frozen=True)
class Imported:
    code: int
    members: dict[str, Any]
    said: str

    @property
    def warned(self) -> list[str]:
        return [warning["code"] for warning in self.members["warnings"]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a source and two mappings of it, alike but for their names."""
    (tmp_path / "log.csv").write_text(CSV)
    (tmp_path / "first.toml").write_text(MAPPING)
    (tmp_path / "second.toml").write_text(MAPPING.replace('"sample"', '"sample-again"', 1))
    return tmp_path


def _import(folder: Path, mapping: str, data: str = "data", log: str = "log.csv") -> Imported:
    arguments = [str(folder / log), "--mapping", str(folder / mapping)]
    result = CliRunner().invoke(cli, ["import", *arguments, "--data", str(folder / data), "--json"])
    return Imported(result.exit_code, json.loads(result.stdout), result.stderr)


def test_source_under_a_second_mapping_name_doubles_its_dossiers_with_a_warning(
    folder: Path,
) -> None:
    first = _import(folder, "first.toml")

    second = _import(folder, "second.toml")

    assert (first.code, first.warned) == (0, [])
    assert first.said.startswith("new ledger localhost/")
    assert (second.code, second.warned) == (0, ["imported_under_another_name"])
    assert second.members["events_recorded"] == first.members["events_recorded"] == 3
    (warning,) = second.members["warnings"]
    assert "'sample'" in warning["message"]
    assert "'sample-again'" in warning["message"]
    assert second.said.startswith("imported_under_another_name: ")


def test_import_that_is_repeated_under_its_own_name_adds_nothing_and_is_not_warned_of(
    folder: Path,
) -> None:
    _import(folder, "first.toml")

    again = _import(folder, "first.toml")

    assert (again.code, again.warned) == (0, [])
    assert (again.members["events_recorded"], again.members["events_repeated"]) == (0, 3)


def test_source_under_two_mapping_names_in_two_data_folders_is_not_warned_of(
    folder: Path,
) -> None:
    _import(folder, "first.toml", "one")

    assert _import(folder, "second.toml", "other").warned == []


def test_import_that_was_cut_off_is_remembered(folder: Path) -> None:
    (folder / "broken.csv").write_text(f"{CSV}c3,Receive,no time at all,,\n")
    cut_off = _import(folder, "first.toml", log="broken.csv")

    second = _import(folder, "second.toml", log="broken.csv")

    assert (cut_off.code, cut_off.members["code"]) == (2, "malformed_source")
    assert "the import ended early: " in cut_off.said
    assert " are recorded and stay" in cut_off.said
    assert "imported_under_another_name" in second.said


def test_source_that_cannot_be_read_is_not_remembered(folder: Path) -> None:
    (folder / "empty.csv").write_text("nothing,to,read\n")

    refused = _import(folder, "first.toml", log="empty.csv")

    assert refused.code == 2
    assert not (folder / "data").exists()
