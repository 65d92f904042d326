"""Spark and DuckDB give the same bytes for every figure over the same export.

`make test-spark` runs this; `make test` does not: Spark is a large download and needs Java, so it
lives in an environment of its own that this file makes. The export is of the real log of the
receipt phase where the data are there, of a small ledger where they are not, and of as many
synthetic events as SPARK_EVENTS says (100,000 if it says nothing).
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.analytics import write_export
from bench.statistics.world import ENTRIES_PER_DOSSIER
from projections.analytics.names import AnalysisForm, EngineName, FigureName
from tests.unit.cli.running import a_ledger, run

ROOT = Path(__file__).parents[2]
ENVIRONMENT = ROOT / ".venv" / "foreign" / "spark"
REAL_LOG = ROOT.parent / "shared" / "data" / "receipt" / "receipt.xes.gz"
MAPPING = ROOT / "examples" / "mappings" / "receipt.toml"
EVENTS = int(os.environ.get("SPARK_EVENTS", "100000"))
INSTALL_SECONDS = 1800
FIGURE_SECONDS = 1800


@pytest.fixture(scope="module")
def python() -> Path:
    """Give the interpreter of the environment, made if it is not there."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java 17 or newer: apt-get install default-jre-headless")
    interpreter = ENVIRONMENT / "bin" / "python"
    try:
        if not interpreter.exists():
            subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
        subprocess.run(
            [interpreter, "-m", "pip", "install", "--quiet", "-e", f"{ROOT}[analytics,spark]"],
            check=True,
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
        )
    except (subprocess.SubprocessError, OSError) as error:
        said = getattr(error, "stderr", None) or error
        pytest.skip(f"Spark cannot be installed here: {str(said)[-300:]}")
    return interpreter


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recorded")
    if REAL_LOG.exists():
        data = folder / "data"
        assert run("import", REAL_LOG, "--mapping", MAPPING, "--data", data).code == 0
    else:
        data = a_ledger(folder)
    assert run("export", "--data", data, "--to", folder / "out", "--format", "parquet").code == 0
    return folder / "out"


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synthetic")
    write_export(folder, EVENTS // ENTRIES_PER_DOSSIER)
    return folder


@pytest.mark.parametrize("name", list(FigureName))
@pytest.mark.parametrize("source", ["recorded", "synthetic"])
def test_both_engines_give_the_same_bytes(
    python: Path, request: pytest.FixtureRequest, tmp_path: Path, source: str, name: FigureName
) -> None:
    folder: Path = request.getfixturevalue(source)
    seconds = {}
    for engine in EngineName:
        begun = time.perf_counter()
        _analyse(python, folder, tmp_path / engine.value, (name, engine))
        seconds[engine.value] = round(time.perf_counter() - begun, 1)
    sys.stderr.write(f"{source} {name.value}: {seconds} s\n")

    ours, theirs = ((tmp_path / engine.value).read_bytes() for engine in EngineName)
    assert theirs == ours
    # A small ledger ends nothing, and the real log hands nothing to another office.
    assert ours or source == "recorded"


def _analyse(python: Path, folder: Path, out: Path, asked: tuple[FigureName, EngineName]) -> None:
    name, engine = asked
    command = [
        str(python),
        "-m",
        "cli.main",
        "analyse",
        name.value,
        "--export",
        str(folder),
        "--to",
        str(out),
    ]
    options = ["--engine", engine.value, "--format", AnalysisForm.JSONL.value]
    done = subprocess.run(
        [*command, *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=FIGURE_SECONDS,
    )
    assert done.returncode == 0, done.stderr[-2000:]
