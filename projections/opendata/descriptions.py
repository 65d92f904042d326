"""Descriptions that programs read: CSVW metadata, the data package, the catalogue in DCAT.

All are made from the table of datasets. Addresses in them are relative to ``base``: nothing in an
exported folder, the address of the open data on a server. No context is fetched from anywhere:
the catalogue brings its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import msgspec

from domain.errors import Sentence
from projections.opendata.datasets import DATASETS
from projections.opendata.files import (
    DATA_FILES,
    LICENCE,
    PACKAGE_MEANING,
    PACKAGE_TITLE,
    DataFile,
    Form,
    citation,
    metadata_name,
)
from projections.opendata.shapes import AsOf, Column, ColumnType, Dataset

# SPEC: Data Package 2.0, "Table Schema"; Tabular Metadata (W3C), "Built-in Datatypes".
_MOMENT_PATTERN: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?"
_LISTS: Final = frozenset({ColumnType.WORDS, ColumnType.INDEXES})
_FIELD_TYPES: Final[Mapping[ColumnType, str]] = MappingProxyType(
    {
        ColumnType.TEXT: "string",
        ColumnType.INTEGER: "integer",
        ColumnType.BOOLEAN: "boolean",
        ColumnType.INSTANT: "datetime",
        ColumnType.DAY: "date",
        ColumnType.MONTH: "yearmonth",
        ColumnType.MOMENT: "string",
        # Frictionless knows no list that is parted by spaces: the text is given, and said to be.
        ColumnType.WORDS: "string",
        ColumnType.INDEXES: "string",
    }
)
_CSVW_TYPES: Final[Mapping[ColumnType, object]] = MappingProxyType(
    {
        ColumnType.TEXT: "string",
        ColumnType.INTEGER: "integer",
        ColumnType.BOOLEAN: "boolean",
        ColumnType.INSTANT: "dateTime",
        ColumnType.DAY: "date",
        ColumnType.MONTH: "gYearMonth",
        ColumnType.MOMENT: {"base": "string", "format": _MOMENT_PATTERN},
        ColumnType.WORDS: "string",
        ColumnType.INDEXES: "integer",
    }
)
_CONTEXT: Final[Mapping[str, object]] = MappingProxyType(
    {
        "dcat": "http://www.w3.org/ns/dcat#",
        "dct": "http://purl.org/dc/terms/",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "schema": "https://schema.org/",
        "spdx": "http://spdx.org/rdf/terms#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }
)
_MEDIA_TYPE_BASE: Final = "https://www.iana.org/assignments/media-types/"


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """What is known of a file that was written: its length, and its SHA-256 in hex."""

    length_bytes: int
    sha256_hex: str


Written = Mapping[str, WrittenFile]
NOT_WRITTEN: Final[Written] = MappingProxyType({})


def render(document: Mapping[str, object]) -> bytes:
    """Write a description as JSON: two spaces deep, names in the order given, one LF at the end."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def csvw_metadata(dataset: Dataset, made: AsOf, base: str = "") -> dict[str, object]:
    """Describe a CSV file as CSV on the Web does."""
    schema: dict[str, object] = {"columns": [_csvw_column(each) for each in dataset.columns]}
    if dataset.key:
        schema["primaryKey"] = list(dataset.key)
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": f"{base}{dataset.name}.{Form.CSV}",
        "dc:title": _both(dataset.title),
        "dc:description": _both(dataset.meaning),
        "dc:license": {"@id": LICENCE.address},
        "dc:source": _both(citation(made.origin, made.tree_size, made.sealed_at)),
        "dialect": {"header": True, "encoding": "utf-8", "lineTerminators": ["\r\n"]},
        "tableSchema": schema,
    }


def _csvw_column(column: Column) -> dict[str, object]:
    described: dict[str, object] = {
        "name": column.name,
        "titles": column.name,
        "dc:description": _both(column.meaning),
        "datatype": _CSVW_TYPES[column.type],
    }
    if column.type in _LISTS:
        return described | {"separator": " "}
    return described | {"required": column.required}


def data_package(
    made: AsOf,
    base: str = "",
    files: Sequence[DataFile] = DATA_FILES,
    written: Written = NOT_WRITTEN,
) -> dict[str, object]:
    """Describe files as a Frictionless data package does.

    SPEC: Data Package 2.0: paths are relative to the descriptor and never begin with a slash.
    """
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "dossier-ledger-open-data",
        "title": _joined(PACKAGE_TITLE),
        "description": _joined(PACKAGE_MEANING),
        "version": str(made.tree_size),
        "created": made.sealed_at,
        "licenses": [{"name": LICENCE.name, "title": LICENCE.title.en, "path": LICENCE.address}],
        "citation": _joined(citation(made.origin, made.tree_size, made.sealed_at)),
        "ledger": made.origin,
        "checkpoint": _checkpoint(made),
        "resources": [_resource(file, base, written.get(file.name)) for file in files],
    }


def _resource(file: DataFile, base: str, written: WrittenFile | None) -> dict[str, object]:
    dataset = file.dataset
    described: dict[str, object] = {
        "name": file.name,
        "path": f"{base}{file.name}",
        "title": _joined(dataset.title),
        "description": f"{_joined(dataset.meaning)} {_joined(dataset.order)}",
        "format": file.form.value,
        "mediatype": file.media_type,
        "definition": dataset.definition,
    }
    if written is not None:
        described |= {"bytes": written.length_bytes, "hash": f"sha256:{written.sha256_hex}"}
    if file.form is Form.CSV:
        return described | {
            "type": "table",
            "encoding": "utf-8",
            "schema": table_schema(dataset),
        }
    # A validator without a reader of its own for the form still compares length and hash.
    return described | {"type": "file"}


def table_schema(dataset: Dataset) -> dict[str, object]:
    """Describe the columns of a CSV file as Table Schema does."""
    fields = [_field(column) for column in dataset.columns]
    schema: dict[str, object] = {"fields": fields, "missingValues": [""]}
    return schema | ({"primaryKey": list(dataset.key)} if dataset.key else {})


def _field(column: Column) -> dict[str, object]:
    described: dict[str, object] = {
        "name": column.name,
        "type": _FIELD_TYPES[column.type],
        "description": _joined(column.meaning),
    }
    constraints: dict[str, object] = {}
    if column.required and column.type not in _LISTS:
        constraints["required"] = True
    if column.type is ColumnType.MOMENT:
        constraints["pattern"] = _MOMENT_PATTERN
    return described | ({"constraints": constraints} if constraints else {})


def catalogue(
    made: AsOf,
    base: str = "",
    files: Sequence[DataFile] = DATA_FILES,
    written: Written = NOT_WRITTEN,
) -> dict[str, object]:
    """Describe the datasets as a catalogue in DCAT 3, with the terms of schema.org beside it.

    Whoever reads it needs nothing else: its context is written out.
    """
    datasets = [_dataset(each, made, base, files, written) for each in DATASETS.values()]
    return {
        "@context": dict(_CONTEXT),
        "@id": f"{base}#catalogue",
        "@type": ["dcat:Catalog", "schema:DataCatalog"],
        **_titles(PACKAGE_TITLE, PACKAGE_MEANING),
        **_terms(made, base),
        "dcat:version": str(made.tree_size),
        "dcat:dataset": datasets,
    }


def _dataset(
    dataset: Dataset, made: AsOf, base: str, files: Sequence[DataFile], written: Written
) -> dict[str, object]:
    own = [
        _distribution(file, base, written.get(file.name))
        for file in files
        if file.dataset is dataset
    ]
    return {
        "@id": f"{base}#{dataset.name}",
        "@type": ["dcat:Dataset", "schema:Dataset"],
        **_titles(dataset.title, dataset.meaning),
        **_terms(made, base),
        "dct:identifier": f"{made.origin} {dataset.definition} {made.tree_size}",
        "schema:identifier": f"{made.origin} {dataset.definition} {made.tree_size}",
        "dct:bibliographicCitation": _tagged(citation(made.origin, made.tree_size, made.sealed_at)),
        "dct:language": ["vi", "en"],
        "dct:conformsTo": {"@id": f"{base}{metadata_name(dataset)}"},
        "dcat:keyword": _tagged(dataset.title),
        "schema:isAccessibleForFree": True,
        "schema:variableMeasured": [_variable(column) for column in dataset.columns],
        "dcat:distribution": own,
        "schema:distribution": [{"@id": each["@id"]} for each in own],
    }


def _distribution(file: DataFile, base: str, written: WrittenFile | None) -> dict[str, Any]:
    address = f"{base}{file.name}"
    described: dict[str, Any] = {
        "@id": f"{base}#{file.name}",
        "@type": ["dcat:Distribution", "schema:DataDownload"],
        "dct:title": file.name,
        "dct:license": {"@id": LICENCE.address},
        "dcat:downloadURL": {"@id": address},
        "dcat:accessURL": {"@id": address},
        "dcat:mediaType": {"@id": f"{_MEDIA_TYPE_BASE}{file.media_type}"},
        "schema:contentUrl": {"@id": address},
        "schema:encodingFormat": file.media_type,
    }
    if written is None:
        return described
    return described | {
        "dcat:byteSize": {
            "@type": "xsd:nonNegativeInteger",
            "@value": str(written.length_bytes),
        },
        "spdx:checksum": {
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": {"@type": "xsd:hexBinary", "@value": written.sha256_hex},
        },
    }


def _titles(title: Sentence, meaning: Sentence) -> dict[str, object]:
    return {
        "dct:title": _tagged(title),
        "schema:name": _tagged(title),
        "dct:description": _tagged(meaning),
        "schema:description": _tagged(meaning),
    }


def _terms(made: AsOf, base: str) -> dict[str, object]:
    publisher = {
        "@id": f"{base}#publisher",
        "@type": ["foaf:Organization", "schema:Organization"],
        "foaf:name": made.origin,
        "schema:name": made.origin,
    }
    return {
        "dct:license": {"@id": LICENCE.address},
        "schema:license": {"@id": LICENCE.address},
        "dct:publisher": publisher,
        "schema:publisher": {"@id": f"{base}#publisher"},
        "dct:modified": {"@type": "xsd:dateTime", "@value": made.sealed_at},
        "schema:dateModified": {"@type": "xsd:dateTime", "@value": made.sealed_at},
        "schema:version": str(made.tree_size),
    }


def _variable(column: Column) -> dict[str, object]:
    return {
        "@type": "schema:PropertyValue",
        "schema:name": column.name,
        "schema:description": _tagged(column.meaning),
    }


def _checkpoint(made: AsOf) -> dict[str, object]:
    return {"size": made.tree_size, "root": made.root, "as_of": made.sealed_at}


def _both(sentence: Sentence) -> dict[str, str]:
    return {"vi": sentence.vi, "en": sentence.en}


def _tagged(sentence: Sentence) -> list[dict[str, str]]:
    return [
        {"@value": sentence.vi, "@language": "vi"},
        {"@value": sentence.en, "@language": "en"},
    ]


def _joined(sentence: Sentence) -> str:
    return f"{sentence.vi} / {sentence.en}"


def columns_markdown(dataset: Dataset) -> str:
    """Write the columns of a dataset as Markdown; the table's head names the definition."""
    lines = [
        f"| `{dataset.definition}` | type | ý nghĩa | meaning |",
        "|---|---|---|---|",
        *map(_markdown_line, dataset.columns),
    ]
    return "\n".join(lines)


def _markdown_line(column: Column) -> str:
    empty = "" if column.required else ", may be empty"
    cells = (f"`{column.name}`", f"{column.type}{empty}", column.meaning.vi, column.meaning.en)
    return f"| {' | '.join(cell.replace('|', '&#124;').replace('<', '&lt;') for cell in cells)} |"
