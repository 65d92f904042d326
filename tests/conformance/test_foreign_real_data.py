"""Programs that we did not write accept the open data of two real logs, every row and cell.

What takes longer than some seconds (`csvw` reads each of 130,000 rows of acts one by one) is
marked slow; `test_foreign_open_data.py` does the same for a small ledger, and spoils it.
"""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import frictionless
import pytest
import rdflib
from csvw import CSVW
from rdflib.namespace import DCAT, RDF

from projections.opendata.datasets import DATASETS
from projections.opendata.files import CATALOGUE, DATA_FILES, DATA_PACKAGE
from tests.support.real_logs.ledgers import LOGS, RealLedgers

pytestmark = [
    pytest.mark.long,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

NAMES = ("receipt", "bpic2015")
ACTS = ("events", "act_times")
HERE = "https://ledger.example.vn/open-data/"


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def folder(name: str, real_ledgers: RealLedgers, request: pytest.FixtureRequest) -> Path:
    exported = real_ledgers.export(name)
    # Only now: making the ledger speaks to its writer over a socket.
    request.getfixturevalue("no_network")
    return exported


def test_frictionless_accepts_the_package_and_every_row(name: str, folder: Path) -> None:
    report = frictionless.validate(str(folder / DATA_PACKAGE))

    assert isinstance(report, frictionless.Report)
    assert report.valid, report.flatten(["name", "type", "message"])
    assert len(report.tasks) == len(DATA_FILES)
    rows = {task.name: task.stats.get("rows") for task in report.tasks}
    assert rows["dossiers.csv"] == LOGS[name].dossiers
    assert rows["events.csv"] == (folder / "events.jsonl").read_bytes().count(b"\n")


@pytest.mark.parametrize(
    "dataset",
    [pytest.param(each, marks=[pytest.mark.slow] if each in ACTS else []) for each in DATASETS],
)
def test_csvw_accepts_the_metadata_and_every_cell(folder: Path, dataset: str) -> None:
    read = CSVW(str(folder / f"{dataset}.csv-metadata.json"), validate=True)
    rows = read.to_json(minimal=True)

    assert read.is_valid, read.warnings
    assert len(rows) == (folder / f"{dataset}.jsonl").read_bytes().count(b"\n")


def test_rdflib_finds_every_file_in_the_catalogue_with_its_length(folder: Path) -> None:
    graph = rdflib.Graph()
    graph.parse(folder / CATALOGUE, format="json-ld", publicID=HERE)

    lengths = {
        str(graph.value(each, DCAT.downloadURL)).removeprefix(HERE): int(
            str(graph.value(each, DCAT.byteSize))
        )
        for each in graph.subjects(RDF.type, DCAT.Distribution)
    }
    assert lengths == {file: (folder / file).stat().st_size for file in lengths}
    assert len(lengths) == len(DATA_FILES)


def test_acts_of_the_source_are_all_there(name: str, folder: Path) -> None:
    """An act of an event has its label or a hash of it; one of a case's attribute has neither."""
    told = sum(1 for row in _events(folder) if row["stream_type"] == "dossier")
    attributes = sum(
        1
        for row in _events(folder)
        if row["kind"] in ("dossier.due_date_imported", "dossier.end_imported")
    )
    submissions = LOGS[name].dossiers if name == "receipt" else 0

    assert told == LOGS[name].events + attributes + submissions


def test_csv_and_json_lines_hold_the_same_acts(folder: Path) -> None:
    with (folder / "events.csv").open(encoding="utf-8", newline="") as file:
        indexes = [int(row["entry_index"]) for row in csv.DictReader(file)]

    assert indexes == [row["entry_index"] for row in _events(folder)]
    assert indexes == sorted(set(indexes))


def _events(folder: Path) -> Iterator[dict[str, object]]:
    with (folder / "events.jsonl").open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
