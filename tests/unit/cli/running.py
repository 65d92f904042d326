"""Commands run as a person types them, and a small ledger that they can act on."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from cli.main import cli
from tests.unit.ledger.importing.samples import CSV, MAPPING

# The least private part of a submission; `act` makes its secret.
SLIP = '{"applicant_name":"Đặng Thị Hạnh","delivery":"counter","notice_version":"1"}'


@dataclass(frozen=True)
class Ran:
    """What a command said, and how it ended."""

    code: int
    out: str
    said: str

    @property
    def members(self) -> dict[str, Any]:
        members: dict[str, Any] = json.loads(self.out)
        return members


def run(*arguments: str | Path) -> Ran:
    """Run the program with these arguments; what it does not catch fails the test."""
    result = CliRunner().invoke(cli, [str(each) for each in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout, result.stderr)


def a_ledger(folder: Path) -> Path:
    """Found a ledger with one office and one procedure, by a small import; give its data folder."""
    (folder / "log.csv").write_text(CSV)
    (folder / "sample.toml").write_text(MAPPING)
    data = folder / "data"
    mapping = folder / "sample.toml"
    assert run("import", folder / "log.csv", "--mapping", mapping, "--data", data).code == 0
    return data


def a_key(folder: Path, kind: str = "applicant") -> Path:
    """Make a key file."""
    path = folder / f"{kind}.key"
    assert run("keys", "new", kind, "--out", path).code == 0
    return path


def submission(key: Path, *more: str | Path) -> list[str | Path]:
    """Give the arguments that submit a dossier to the small ledger's office."""
    return [
        *("act", "dossier.submitted", "--stream", "new", "--office", "SAMPLE"),
        *("--facts", '{"channel":"online","procedure":"SAMPLE-1"}', "--sign", f"applicant={key}"),
        *("--details", SLIP),
        *more,
    ]
