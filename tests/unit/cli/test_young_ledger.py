"""A ledger that has published no document yet is sound, and so is a copy of its log."""

import json
import shutil
from pathlib import Path

from click.testing import CliRunner

from cli.main import cli


def _run(*arguments: str) -> tuple[int, dict[str, object]]:
    result = CliRunner().invoke(cli, [*arguments, "--json"])
    members: dict[str, object] = json.loads(result.stdout)
    return result.exit_code, members


def test_ledger_without_documents_passes_its_audit_and_so_does_a_copied_log(
    tmp_path: Path,
) -> None:
    data, key = str(tmp_path / "data"), str(tmp_path / "officer.key")
    _run("keys", "new", "officer", "--out", key, "--data", data)
    enrolled, _ = _run(
        "keys", "enroll", key, "receiver@*", "--personnel-number", "CB-1", "--data", data
    )
    shutil.copytree(tmp_path / "data" / "log", tmp_path / "copy")
    anchors = str(tmp_path / "data" / "keys" / "anchors.toml")

    own, audited = _run("audit", "--data", data)
    copied, _ = _run("audit", "--log", str(tmp_path / "copy"), "--anchors", anchors)

    assert (enrolled, own, copied) == (0, 0, 0)
    assert audited["ok"] is True
