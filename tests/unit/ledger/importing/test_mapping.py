"""Mapping files: what is taken, and that every mistake is named."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.offices import parse_office
from domain.procedures import LimitUnit, parse_procedure
from ledger.importing.errors import MalformedMapping
from ledger.importing.mapping import (
    MAX_LABEL_BYTES,
    MAX_MAPPING_BYTES,
    parse_mapping,
    read_mapping,
)
from tests.unit.ledger.importing.samples import MAPPING, a_mapping

EXAMPLES = Path(__file__).parents[4] / "examples" / "mappings"


def test_mapping_says_where_the_source_keeps_things() -> None:
    mapping = a_mapping()

    assert mapping.source.columns.timestamp == "time"
    assert mapping.time_rules.zone.key == "Europe/Amsterdam"
    assert mapping.activity[0].kinds == ("dossier.submitted",)


def test_mapping_gives_the_public_documents_of_office_and_procedure() -> None:
    mapping = a_mapping()

    office = parse_office(mapping.office_document())
    procedure = parse_procedure(mapping.procedure_document())

    assert (office.id, office.time_zone) == ("SAMPLE", "Europe/Amsterdam")
    assert (procedure.code, procedure.limit.unit) == ("SAMPLE-1", LimitUnit.UNKNOWN)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_example_mapping_is_one(path: Path) -> None:
    mapping = read_mapping(path)

    assert mapping.name


def test_examples_differ_in_their_names() -> None:
    names = [read_mapping(path).name for path in EXAMPLES.glob("*.toml")]

    assert len(names) == 3
    assert len(set(names)) == 3


BROKEN = {
    "not toml": ('name = "sample"', "name = ", "not a mapping"),
    "unknown name": ('name = "sample"', 'name = "sample"\ncolour = "red"', "colour"),
    "unknown name in a row": ('name = "Ask"', 'name = "Ask"\ncolour = "red"', "colour"),
    "name missing": ('name = "sample"', "", "name"),
    "name with a line break": ('name = "sample"', 'name = "sam\\nple"', "name"),
    "unknown format": ('format = "csv"', 'format = "xlsx"', "xlsx"),
    "unknown zone": ("Europe/Amsterdam", "Europe/Atlantis", "no such zone"),
    "zone outside the database": ("Europe/Amsterdam", "../../etc/passwd", "no such zone"),
    "unknown kind": ("dossier.accepted", "dossier.admired", "no kind 'dossier.admired'"),
    "kind of another stream": ("dossier.accepted", "key.revoked", "no kind 'key.revoked'"),
    "kind that needs a date": (
        'kinds = ["dossier.accepted"]',
        'kinds = ["dossier.due_date_imported"]',
        "no kind",
    ),
    "fact missing": ("dossier.accepted", "dossier.intake_refused", "reason_code"),
    "fact of another kind": (
        'kinds = ["dossier.accepted"]',
        'kinds = ["dossier.accepted"]\nfacts.amount_vnd = 1',
        "amount_vnd",
    ),
    "fact that the planner gives": (
        'kinds = ["dossier.accepted"]',
        'kinds = ["dossier.accepted"]\nfacts.label = "x"',
        "not yours to give",
    ),
    "facts for a submission": (
        'kinds = ["dossier.submitted"]',
        'kinds = ["dossier.submitted"]\nfacts.channel = "post"',
        "takes its facts from tables",
    ),
    "condition for a submission": (
        'kinds = ["dossier.submitted"]',
        'kinds = ["dossier.submitted"]\nwhen.answer = "yes"',
        "holds without conditions",
    ),
    "condition that is no text": (
        'kinds = ["dossier.accepted"]',
        'kinds = ["dossier.accepted"]\nwhen.answer = true',
        "when",
    ),
    "activity twice": ('name = "Ask"', 'name = "Receive"', "'Receive' stands 2 times"),
    "kind twice for the case": (
        "dossier.end_imported",
        "dossier.submitted",
        "'dossier.submitted' stands 2 times",
    ),
    "no kinds": ('kinds = ["dossier.accepted"]', "kinds = []", "kinds"),
    "attribute of another kind": ("dossier.end_imported", "dossier.accepted", "kind"),
    "label twice": ('"Receive", "Decide"', '"Receive", "Receive"', "stands 2 times"),
    "label too long": ('"Receive", "Decide"', f'"{"x" * (MAX_LABEL_BYTES + 1)}"', "label"),
    "label not ascii": ('"Receive", "Decide"', '"Tiếp nhận"', "label"),
    "label with a quote": ('"Receive", "Decide"', "'say \"x\"'", "label"),
    "delimiter of two characters": ('resource = "who"', 'delimiter = ";;"', "delimiter"),
    "office id with a space": ('id = "SAMPLE"', 'id = "SAM PLE"', "id"),
}


@pytest.mark.parametrize(("old", "new", "problem"), BROKEN.values(), ids=BROKEN.keys())
def test_mistake_is_named(old: str, new: str, problem: str) -> None:
    assert old in MAPPING
    with pytest.raises(MalformedMapping, match=problem) as raised:
        a_mapping(MAPPING.replace(old, new, 1))

    assert raised.value.code == "malformed_mapping"


def test_label_at_the_limit_is_taken() -> None:
    label = "x" * MAX_LABEL_BYTES

    mapping = a_mapping(MAPPING.replace('"Receive", "Decide"', f'"{label}"'))

    assert mapping.labels == (label,)


def test_mapping_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    path.write_text(MAPPING + "#" * MAX_MAPPING_BYTES)

    with pytest.raises(MalformedMapping, match="over"):
        read_mapping(path)


def test_static_facts_are_taken() -> None:
    text = MAPPING.replace(
        'kinds = ["dossier.accepted"]',
        'kinds = ["dossier.intake_refused"]\nfacts.reason_code = "incomplete_papers"',
    )

    mapping = a_mapping(text)

    assert mapping.activity[1].facts == {"reason_code": "incomplete_papers"}


@given(st.binary(max_size=200))
def test_any_bytes_are_a_mapping_or_refused(data: bytes) -> None:
    for text in (data, MAPPING.encode() + data):
        try:
            parse_mapping(text)
        except MalformedMapping:
            continue
