"""pm4py reads both event logs and finds as many dossiers and acts as the ledger records.

`make test-foreign` runs this; `make test` does not: pm4py is large, and it is AGPL, so it lives in
an environment of its own that this file makes. The ledgers are those of two municipalities' real
logs where the data are there, of the demo, and a small one of two dossiers.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from projections.eventlogs.events import FOREIGN_STEP
from tests.unit.cli.running import a_ledger, run

ROOT = Path(__file__).parents[2]
ENVIRONMENT = ROOT / ".venv" / "foreign" / "pm4py"
READER = Path(__file__).with_name("read_event_logs.py")
SHARED = ROOT.parent / "shared" / "data"
INSTALL_SECONDS = 900
DEMO_SECONDS = 600
READ_SECONDS = 300
DEMO_DOSSIERS = 40


def _imported(file: str, mapping: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        if not SHARED.exists():
            pytest.skip("the foreign logs are not here")
        path = ROOT / "examples" / "mappings" / mapping
        data = folder / "data"
        assert run("import", SHARED / file, "--mapping", path, "--data", data).code == 0
        return data

    return make


def _demo(folder: Path) -> Path:
    command = [sys.executable, "-m", "cli.main", "demo", "--exit", "--data", str(folder / "data")]
    subprocess.run(
        [*command, "--dossiers", str(DEMO_DOSSIERS)],
        check=True,
        capture_output=True,
        cwd=ROOT,
        timeout=DEMO_SECONDS,
    )
    return folder / "data"


@dataclass(frozen=True)
class World:
    """A ledger to export, and what is known of it beforehand: cases, and acts by kind or label."""

    make: Callable[[Path], Path]
    cases: int | None
    acts: Mapping[str, int] = field(default_factory=dict)


WORLDS: Final = {
    "small": World(a_ledger, 2),
    "receipt": World(
        _imported("receipt/receipt.xes.gz", "receipt.toml"),
        1_434,
        {"T02 Check confirmation of receipt": 1_368},
    ),
    "bpic2015": World(
        _imported("bpic2015/bpic2015_1.csv.gz", "bpic2015.toml"),
        1_199,
        {"extend procedure term": 397, "dossier.processing_suspended": 6},
    ),
    # How many of its dossiers are veiled, and so in no export, is the demo's to say.
    "demo": World(_demo, None),
}


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


@pytest.mark.parametrize("name", WORLDS)
def test_pm4py_finds_as_many_cases_and_events_as_were_recorded(
    python: Path, tmp_path: Path, name: str
) -> None:
    world = WORLDS[name]
    exported = _export(world.make(tmp_path), tmp_path / "out")
    found = _read(python, exported)
    lines = (exported / "events.jsonl").read_text(encoding="utf-8").splitlines()
    acts = [row for row in map(json.loads, lines) if row["stream_type"] == "dossier"]
    cases = len({row["stream"] for row in acts})
    kinds = Counter(
        row["label"] if row["kind"] == FOREIGN_STEP and row["label"] else row["kind"]
        for row in acts
    )
    sys.stderr.write(f"{name}: {json.dumps(found, indent=2)}\n")

    assert (found["xes_cases"], found["xes_events"]) == (cases, len(acts))
    assert (found["ocel_cases"], found["ocel_events"]) == (cases, len(acts))
    assert found["xes_starts"] == {"dossier.submitted": cases}
    assert found["xes_steps"] == len(acts) - cases
    assert found["xes_in_order"]
    assert found["ocel_kinds"] == dict(kinds)
    assert world.cases in (None, cases)
    assert {act: kinds[act] for act in world.acts} == dict(world.acts)


def _export(data: Path, out: Path) -> Path:
    formats = [word for name in ("jsonl", "xes", "ocel") for word in ("--format", name)]
    assert run("export", "--data", data, "--to", out, *formats).code == 0
    return out


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
