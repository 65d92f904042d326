"""pm4py reads both event logs and finds as many dossiers and acts as the log records.

`make test-foreign` runs this; `make test` does not: pm4py is large, and it is AGPL, so it lives in
an environment of its own that this file makes. The log is the receipt phase of a Dutch
municipality where the data are there, and a small one of two dossiers where they are not.
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from projections.eventlogs.events import FOREIGN_STEP
from tests.unit.cli.running import a_ledger, run

ROOT = Path(__file__).parents[2]
ENVIRONMENT = ROOT / ".venv" / "foreign" / "pm4py"
READER = Path(__file__).with_name("read_event_logs.py")
REAL_LOG = ROOT.parent / "shared" / "data" / "receipt" / "receipt.xes.gz"
MAPPING = ROOT / "examples" / "mappings" / "receipt.toml"
INSTALL_SECONDS = 900
READ_SECONDS = 300


@pytest.fixture(scope="module")
def python() -> Path:
    """Give the interpreter of the environment, made if it is not there."""
    interpreter = ENVIRONMENT / "bin" / "python"
    try:
        if not interpreter.exists():
            subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
        subprocess.run(
            [interpreter, "-m", "pip", "install", "--quiet", "pm4py"],
            check=True,
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
        )
    except (subprocess.SubprocessError, OSError) as error:
        said = getattr(error, "stderr", None) or error
        pytest.skip(f"pm4py cannot be installed here: {str(said)[-300:]}")
    return interpreter


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mined")
    if REAL_LOG.exists():
        data = folder / "data"
        assert run("import", REAL_LOG, "--mapping", MAPPING, "--data", data).code == 0
    else:
        data = a_ledger(folder)
    formats = [word for name in ("jsonl", "xes", "ocel") for word in ("--format", name)]
    assert run("export", "--data", data, "--to", folder / "out", *formats).code == 0
    return folder / "out"


def test_pm4py_finds_as_many_cases_and_events_as_were_recorded(
    python: Path, exported: Path
) -> None:
    found = _read(python, exported)
    lines = (exported / "events.jsonl").read_text(encoding="utf-8").splitlines()
    acts = [row for row in map(json.loads, lines) if row["stream_type"] == "dossier"]
    cases = len({row["stream"] for row in acts})
    kinds = Counter(
        row["label"] if row["kind"] == FOREIGN_STEP and row["label"] else row["kind"]
        for row in acts
    )
    sys.stderr.write(json.dumps(found, indent=2) + "\n")

    assert (found["xes_cases"], found["xes_events"]) == (cases, len(acts))
    assert (found["ocel_cases"], found["ocel_events"]) == (cases, len(acts))
    assert found["xes_starts"] == {"dossier.submitted": cases}
    assert found["xes_steps"] == len(acts) - cases
    assert found["xes_in_order"]
    assert found["ocel_kinds"] == dict(kinds)
    if REAL_LOG.exists():
        assert cases == 1_434
        assert kinds["T02 Check confirmation of receipt"] == 1_368


def _read(python: Path, exported: Path) -> dict[str, Any]:
    ran = subprocess.run(
        [python, READER, exported / "dossiers.xes", exported / "dossiers.ocel.json"],
        capture_output=True,
        text=True,
        timeout=READ_SECONDS,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return found
