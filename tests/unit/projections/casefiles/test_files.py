"""The file of a casefile: one spelling, one error for foreign bytes, only parts of a manifest."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.casefiles.errors import CasefileTampered, MalformedCasefile
from projections.casefiles.files import (
    LATER_PARTS,
    NEEDED_PARTS,
    Casefile,
    Manifest,
    check_parts,
    described,
    parse_casefile,
    parse_manifest,
    render_casefile,
    render_manifest,
)
from transparency.notes import SigningKey

KEY = SigningKey("inspector-1", bytes(32))
PARTS = {name: name.encode() for name in NEEDED_PARTS}


def a_casefile(parts: dict[str, bytes], *left_out: str) -> Casefile:
    manifest = Manifest(
        ledger="x.org",
        inspector=KEY.name,
        made_at="2026-11-22T00:00:00Z",
        subject={"office": "H27.15"},
        parts=tuple(described(name, data) for name, data in parts.items() if name not in left_out),
    )
    return Casefile(manifest=render_manifest(manifest, KEY), parts=parts)


@given(st.binary(max_size=200))
def test_foreign_bytes_are_refused_with_one_error(data: bytes) -> None:
    with pytest.raises(MalformedCasefile):
        parse_casefile(data)


@given(st.binary(max_size=200))
def test_foreign_manifests_are_refused_with_one_error(data: bytes) -> None:
    with pytest.raises(MalformedCasefile):
        parse_manifest(data)


@given(
    st.dictionaries(st.sampled_from(["details/1.json", "histories/12.dossier.json"]), st.binary())
)
def test_file_is_read_as_it_was_written_and_written_as_it_was(more: dict[str, bytes]) -> None:
    casefile = a_casefile(PARTS | more)
    data = render_casefile(casefile)

    assert parse_casefile(data) == casefile
    assert render_casefile(parse_casefile(data)) == data
    assert {part.name for part in check_parts(casefile).parts} == PARTS.keys() | more.keys()


@pytest.mark.parametrize(
    "name", ["../x", "/etc/x", "histories/../x", "a b", "A", "histories/0.dossier.json", "", "x/"]
)
def test_name_that_leads_elsewhere_is_refused(name: str) -> None:
    casefile = a_casefile(PARTS)
    data = render_casefile(msgspec.structs.replace(casefile, parts={**casefile.parts, name: b""}))

    with pytest.raises(MalformedCasefile):
        parse_casefile(data)


def test_other_spelling_is_refused() -> None:
    data = render_casefile(a_casefile(PARTS))

    for other in (data.replace(b'","', b'", "', 1), data + b" ", data[:-1]):
        with pytest.raises(MalformedCasefile):
            parse_casefile(other)


@pytest.mark.parametrize("missing", NEEDED_PARTS)
def test_part_that_is_needed_must_be_signed_for(missing: str) -> None:
    with pytest.raises(MalformedCasefile):
        check_parts(a_casefile(PARTS, missing))


def test_later_parts_stand_outside_the_manifest_and_no_others_do() -> None:
    later = dict.fromkeys(LATER_PARTS, b"x")
    casefile = a_casefile(PARTS)

    check_parts(msgspec.structs.replace(casefile, parts=PARTS | later))
    with pytest.raises(CasefileTampered, match=r"^more\.json: "):
        check_parts(msgspec.structs.replace(casefile, parts=PARTS | {"more.json": b""}))
