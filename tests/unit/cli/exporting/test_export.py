"""`export`: a data folder and its public log give the same files, and every format is written."""

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.unit.cli.running import a_ledger, run

EVERY_FORMAT = ("csv", "jsonl", "parquet", "xes", "ocel")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_ledger(tmp_path_factory.mktemp("ledger"))


def formats(*names: str) -> list[str]:
    return [word for name in names for word in ("--format", name)]


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_data_folder_and_public_log_give_the_same_files(data: Path, tmp_path: Path) -> None:
    chosen = formats(*EVERY_FORMAT)
    own = run("export", "--data", data, "--to", tmp_path / "own", "--json", *chosen)
    # All that the public has: tiles, documents, anchors.
    public = tmp_path / "public"
    shutil.copytree(data / "log", public / "log")
    shutil.copytree(data / "documents", public / "documents")
    shutil.copy(data / "keys" / "anchors.toml", public / "anchors.toml")

    given = ("--anchors", public / "anchors.toml", "--data", tmp_path / "nothing")
    theirs = run("export", "--log", public / "log", "--to", tmp_path / "theirs", *given, *chosen)

    assert (own.code, theirs.code) == (0, 0)
    assert bytes_of(tmp_path / "theirs") == bytes_of(tmp_path / "own")
    assert own.members["rows"]["events"] > 0
    assert own.members["checkpoint_size"] > own.members["rows"]["events"]
    assert not (tmp_path / "nothing").exists()


def test_event_logs_have_as_many_cases_and_events_as_the_events_file(
    data: Path, tmp_path: Path
) -> None:
    ran = run("export", "--data", data, "--to", tmp_path, "--json", *formats(*EVERY_FORMAT))
    rows = [json.loads(line) for line in (tmp_path / "events.jsonl").read_bytes().splitlines()]
    dossiers = [row["stream"] for row in rows if row["stream_type"] == "dossier"]

    log = ElementTree.parse(tmp_path / "dossiers.xes").getroot()
    ocel = json.loads((tmp_path / "dossiers.ocel.json").read_bytes())

    counted = {"cases": len(set(dossiers)), "events": len(dossiers)}
    assert counted["cases"] > 0
    assert ran.members["dossiers.xes"] == ran.members["dossiers.ocel.json"] == counted
    assert len(log.findall("{*}trace")) == counted["cases"]
    assert len(log.findall("{*}trace/{*}event")) == counted["events"]
    assert len(ocel["events"]) == counted["events"]


def test_without_a_format_the_text_forms_are_written(data: Path, tmp_path: Path) -> None:
    assert run("export", "--data", data, "--to", tmp_path).code == 0

    ends = {path.name.partition(".")[2] for path in tmp_path.iterdir()}
    assert ends == {"csv", "csv-metadata.json", "jsonl", "json", "jsonld"}


def test_earlier_size_is_made_again_from_the_data_folders_own_log(
    data: Path, tmp_path: Path
) -> None:
    size = run("export", "--data", data, "--to", tmp_path / "now", "--json").members[
        "checkpoint_size"
    ]

    again = run("export", "--data", data, "--to", tmp_path / "again", "--size", str(size))

    assert again.code == 0
    assert bytes_of(tmp_path / "again") == bytes_of(tmp_path / "now")


def test_size_that_the_log_has_not_or_never_published_is_refused(
    data: Path, tmp_path: Path
) -> None:
    beyond = run("export", "--data", data, "--to", tmp_path, "--size", "999999", "--json")
    between = run("export", "--data", data, "--to", tmp_path, "--size", "1", "--json")

    assert (beyond.code, beyond.members["code"]) == (2, "usage")
    assert (between.code, between.members["code"]) == (1, "entry_unreadable")


def test_log_of_other_anchors_is_not_exported(data: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = a_ledger(tmp_path / "other")

    ran = run("export", "--log", other / "log", "--data", data, "--to", tmp_path / "to", "--json")

    assert ran.code == 1
    assert not list((tmp_path / "to").glob("*.csv"))


def test_labels_that_an_import_made_public_are_there_and_no_others(
    data: Path, tmp_path: Path
) -> None:
    run("export", "--data", data, "--to", tmp_path, *formats(*EVERY_FORMAT))

    rows = [json.loads(line) for line in (tmp_path / "events.jsonl").read_bytes().splitlines()]
    assert "Receive" in {row["label"] for row in rows}
    # The mapping does not list it: the log holds its hash alone.
    assert not [name for name, body in bytes_of(tmp_path).items() if b"Ponder" in body]
