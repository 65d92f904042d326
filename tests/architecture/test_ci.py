"""Continuous integration and the hooks run what the README says, and nothing of their own."""

import os
import re
import subprocess
from typing import Final

from tests.architecture.sources import ROOT

CI: Final = ROOT / ".ci" / "run"


def _commands() -> list[str]:
    lines = CI.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


def test_ci_ends_with_the_test_command_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert _commands()[-1] == "make test"
    assert re.search(r"(?m)^make test\b", readme)


def test_ci_can_be_run_and_stops_at_the_first_failure() -> None:
    assert os.access(CI, os.X_OK)
    assert "set -euo pipefail" in _commands()
    subprocess.run(["bash", "-n", str(CI)], check=True)


def test_ci_installs_by_the_system_package_manager_alone() -> None:
    text = "\n".join(_commands())

    assert re.findall(r"\b(?:curl|wget|pip|npm|git clone)\b", text) == []


def test_hooks_are_all_local() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")

    assert re.findall(r"- repo: (\S+)", text) == ["local"]
    assert re.findall(r"- id: (\S+)", text) == [
        "ruff-format",
        "ruff-check",
        "import-contracts",
        "no-private-keys",
    ]
