"""`analyse`: figures over an export, in both forms, and refusals in plain words."""

import json
import sys
from pathlib import Path

import pytest

from projections.analytics.names import FigureName
from tests.unit.cli.running import a_ledger, run


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("ibis", reason="the extra `analytics` is not installed")
    folder = tmp_path_factory.mktemp("analysed")
    data = a_ledger(folder)
    formats = ("--format", "parquet", "--format", "jsonl", "--format", "csv")
    assert run("export", "--data", data, "--to", folder / "out", *formats).code == 0
    return folder / "out"


def test_counts_over_the_export_are_its_own_dataset_of_counts(exported: Path) -> None:
    lines = run("analyse", "counts", "--export", exported, "--format", "jsonl")
    table = run("analyse", "counts", "--export", exported)

    assert (lines.code, table.code) == (0, 0)
    assert lines.out.encode() == (exported / "counts.jsonl").read_bytes() != b""
    # What the runner gives as text has lost the CR of CSV.
    assert table.out == (exported / "counts.csv").read_bytes().decode().replace("\r\n", "\n")
    assert "definition: counts@v1" in table.said


@pytest.mark.parametrize("name", [each.value for each in FigureName])
def test_every_figure_is_given_twice_with_the_same_bytes(
    exported: Path, tmp_path: Path, name: str
) -> None:
    first = run("analyse", name, "--export", exported, "--to", tmp_path / "first", "--json")
    again = run("analyse", name, "--export", exported, "--to", tmp_path / "again")

    assert (first.code, again.code) == (0, 0)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "again").read_bytes()
    assert first.members["rows"] == (tmp_path / "again").read_bytes().count(b"\r\n") - 1


def test_json_holds_the_rows_and_as_of_what_they_are(exported: Path) -> None:
    said = run("analyse", "backlog", "--export", exported, "--json").members
    package = json.loads((exported / "datapackage.json").read_bytes())

    assert said["checkpoint_size"] == package["checkpoint"]["size"]
    assert {"office", "period", "pending_in_time", "pending_overdue"} == set(said["rows"][0])


def test_folder_without_parquet_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("ibis", reason="the extra `analytics` is not installed")
    ran = run("analyse", "counts", "--export", tmp_path)

    assert (ran.code, ran.out) == (4, "")
    assert "export_unusable" in ran.said


@pytest.mark.parametrize("name", ["counts", "hours"])
def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for module in [each for each in sys.modules if each.startswith("projections.analytics.")]:
        if not module.endswith((".names", ".errors")):
            monkeypatch.delitem(sys.modules, module)
    monkeypatch.delattr(sys.modules["projections.analytics"], "running", raising=False)
    monkeypatch.setitem(sys.modules, "ibis", None)

    ran = run("analyse", name, "--export", tmp_path)

    assert ran.code == 4
    assert "dossier-ledger[analytics]" in ran.said


def test_without_spark_it_says_what_to_install(
    exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)

    ran = run("analyse", "counts", "--export", exported, "--engine", "spark")

    assert ran.code == 4
    assert "dossier-ledger[analytics,spark]" in ran.said
