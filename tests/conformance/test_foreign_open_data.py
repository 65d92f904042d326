"""Programs that we did not write accept our open data, and refuse it where it was spoilt.

`frictionless` reads the data package and every row of its tables, `csvw` the metadata of the CSV
files and every cell, `rdflib` the catalogue. None of them may reach for the network: all that they
need stands in the files.
"""

import json
from pathlib import Path
from typing import Any

import frictionless
import pytest
import rdflib
from csvw import CSVW
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, SDO, XSD

from projections.opendata.datasets import DATASETS
from projections.opendata.exporting import Exported, export_folder
from projections.opendata.files import CATALOGUE, DATA_FILES, DATA_PACKAGE, LICENCE, Form
from tests.support.opendata.histories import a_ledger, read_by_follower, tallies_of
from tests.support.paper_ledger import ORIGIN

# Of the foreign programs, not of ours: rdflib uses what it has deprecated itself.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.usefixtures("no_network"),
]

SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
HERE = "https://ledger.example.vn/open-data/"


def write(folder: Path) -> Exported:
    work = folder.with_name(f"{folder.name}-work")
    work.mkdir()
    paper = a_ledger()
    with read_by_follower(paper, work) as reader:
        return export_folder(reader, ORIGIN, folder, Form, tallies_of(paper))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "files")
    return tmp_path / "files"


def validated(folder: Path) -> frictionless.Report:
    report = frictionless.validate(str(folder / DATA_PACKAGE))
    assert isinstance(report, frictionless.Report)
    return report


def test_frictionless_accepts_the_package_and_every_row(folder: Path) -> None:
    report = validated(folder)

    assert report.valid, report.flatten(["name", "type", "message"])
    assert len(report.tasks) == len(DATA_FILES)
    rows = {task.name: task.stats.get("rows") for task in report.tasks}
    events = (folder / "events.jsonl").read_bytes().count(b"\n")
    assert rows["events.csv"] == events > 30


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("events.csv", b",dossier.accepted,", b",dossier.refused!,"),
        ("events.jsonl", b'"version":1', b'"version":9'),
        ("offices.parquet", b"PAR1", b"PAR2"),
    ],
)
def test_frictionless_refuses_changed_bytes(
    folder: Path, file: str, before: bytes, after: bytes
) -> None:
    path = folder / file
    body = path.read_bytes()
    assert before in body
    path.write_bytes(body.replace(before, after, 1))

    report = validated(folder)

    assert [task.name for task in report.tasks if not task.valid] == [file]


def test_frictionless_refuses_rows_that_are_not_what_the_columns_say(folder: Path) -> None:
    package = json.loads((folder / DATA_PACKAGE).read_bytes())
    for resource in package["resources"]:
        resource.pop("hash")
        resource.pop("bytes")
    (folder / DATA_PACKAGE).write_text(json.dumps(package), encoding="utf-8")
    path = folder / "counts.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[1] = lines[1].replace(",2026-02,", ",February,")
    path.write_text("\r\n".join([*lines, lines[-1]]) + "\r\n", encoding="utf-8")

    (task,) = [task for task in validated(folder).tasks if not task.valid]

    assert task.name == "counts.csv"
    assert {error.type for error in task.errors} == {"type-error", "primary-key"}


@pytest.mark.parametrize("name", DATASETS)
def test_csvw_accepts_the_metadata_and_every_cell(folder: Path, name: str) -> None:
    read = CSVW(str(folder / f"{name}.csv-metadata.json"), validate=True)
    rows: list[dict[str, Any]] = read.to_json(minimal=True)

    assert read.is_valid, read.warnings
    assert len(rows) == (folder / f"{name}.jsonl").read_bytes().count(b"\n")


def test_csvw_reads_lists_as_lists_and_numbers_as_numbers(folder: Path) -> None:
    rows = CSVW(str(folder / "events.csv-metadata.json"), validate=True).to_json(minimal=True)
    first = json.loads((folder / "events.jsonl").read_text(encoding="utf-8").splitlines()[0])

    assert rows[0]["entry_index"] == first["entry_index"]
    assert rows[0]["signer_keys"] == first["signer_keys"]
    assert rows[0]["imported"] is False


# It judges by the warnings that it catches; elsewhere here the first one is an error.
@pytest.mark.filterwarnings("always:Invalid column value:UserWarning")
def test_csvw_refuses_a_cell_of_another_type(folder: Path) -> None:
    path = folder / "events.csv"
    path.write_bytes(path.read_bytes().replace(b"\r\n0,", b"\r\nnone,", 1))

    assert not CSVW(str(folder / "events.csv-metadata.json"), validate=True).is_valid


def test_rdflib_reads_the_catalogue_and_finds_what_harvesters_ask_for(tmp_path: Path) -> None:
    exported = write(tmp_path / "files")
    graph = rdflib.Graph()
    graph.parse(tmp_path / "files" / CATALOGUE, format="json-ld", publicID=HERE)

    (catalogue,) = graph.subjects(RDF.type, DCAT.Catalog)
    datasets = set(graph.objects(catalogue, DCAT.dataset))
    licence = rdflib.URIRef(LICENCE.address)
    assert datasets == {rdflib.URIRef(f"{HERE}#{name}") for name in DATASETS}
    assert datasets == set(graph.subjects(RDF.type, SDO.Dataset))
    for dataset in datasets:
        titles = list(graph.objects(dataset, DCTERMS.title))
        assert {getattr(title, "language", None) for title in titles} == {"vi", "en"}
        assert graph.value(dataset, DCTERMS.license) == licence
        assert graph.value(dataset, SDO.license) == licence
        publisher = graph.value(dataset, DCTERMS.publisher)
        assert graph.value(publisher, FOAF.name) == rdflib.Literal(ORIGIN)
        modified = rdflib.Literal(exported.made.sealed_at, datatype=XSD.dateTime)
        assert graph.value(dataset, DCTERMS.modified) == modified
        own = set(graph.objects(dataset, DCAT.distribution))
        assert len(own) == len(Form)
        assert own == set(graph.objects(dataset, SDO.distribution))


def test_catalogue_names_each_file_with_its_length_and_hash(tmp_path: Path) -> None:
    exported = write(tmp_path / "files")
    graph = rdflib.Graph()
    graph.parse(tmp_path / "files" / CATALOGUE, format="json-ld", publicID=HERE)

    found = {}
    for distribution in graph.subjects(RDF.type, DCAT.Distribution):
        address = str(graph.value(distribution, DCAT.downloadURL))
        checksum = graph.value(distribution, SPDX.checksum)
        value = graph.value(checksum, SPDX.checksumValue)
        length = graph.value(distribution, DCAT.byteSize)
        assert isinstance(value, rdflib.Literal)
        assert value.datatype == XSD.hexBinary
        found[address.removeprefix(HERE)] = (int(str(length)), str(value).lower())

    assert found == {
        name: (file.length_bytes, file.sha256_hex) for name, file in exported.files.items()
    }
