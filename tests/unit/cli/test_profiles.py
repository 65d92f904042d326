"""`profiles check`: findings end with exit code 1, and a folder without views is no ledger."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from cli.main import cli
from ledger.bodies import canonical_json
from tests.support.builders import a_procedure


def run(data: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(cli, [*arguments, "--data", str(data), "--json"])
    return result.exit_code, json.loads(result.stdout)


def test_open_procedure_of_a_private_field_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(canonical_json(a_procedure(field="Hộ tịch")))
    run(tmp_path / "data", "procedures", "import", str(tmp_path / "a.json"))

    code, members = run(tmp_path / "data", "profiles", "check")

    assert code == 1
    assert [finding["code"] for finding in members["findings"]] == ["sensitive_field_open"]


def test_catalogue_without_private_fields_has_no_findings(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(canonical_json(a_procedure(field="Xây dựng")))
    run(tmp_path / "data", "procedures", "import", str(tmp_path / "a.json"))

    code, members = run(tmp_path / "data", "profiles", "check")

    assert (code, members["findings"]) == (0, [])
    assert members["as_of"]


def test_folder_without_views_is_a_usage_problem(tmp_path: Path) -> None:
    assert run(tmp_path / "nothing", "profiles", "check")[0] == 2
    assert not (tmp_path / "nothing").exists()
