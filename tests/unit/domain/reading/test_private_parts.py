"""Private parts without names: closed by default, and every exception is a member that exists."""

from datetime import date

import msgspec
import pytest

from domain.actions import Kind, StreamType
from domain.facts import (
    DossierSubmittedDetails,
    ProcessorReassignedDetails,
    SupplementItem,
    SupplementRequestedDetails,
)
from domain.kinds import KINDS
from domain.reading import private_parts
from domain.reading.private_parts import INTERNAL_KINDS, named_by, without_names
from domain.reading.rights import Subject

BOTH = frozenset({Subject.PERSONS, Subject.OFFICERS})
WITH_DETAILS = [kind for kind in KINDS.values() if kind.details is not None]


def _members() -> set[tuple[str, str]]:
    return {
        (kind.details.__name__, field.name)
        for kind in WITH_DETAILS
        if kind.details is not None
        for field in msgspec.structs.fields(kind.details)
    }


def test_every_exception_is_a_member_of_a_private_part() -> None:
    members = _members()
    names = {name for _, name in members}

    assert members >= private_parts._OFFICERS
    assert names >= private_parts._NAMELESS
    assert names >= private_parts.SEALED_MEMBERS
    assert set(KINDS) >= INTERNAL_KINDS


def test_pseudonymous_reader_sees_codes_hashes_and_dates_alone() -> None:
    details = SupplementRequestedDetails(
        items=(SupplementItem(component="form", reason="Bà Hạnh ký thiếu"),),
        legal_citation="NĐ 61/2018, điều 14",
        slip_sha256="ab" * 32,
    )

    assert without_names(details, frozenset()) == {
        "legal_citation": "NĐ 61/2018, điều 14",
        "slip_sha256": "ab" * 32,
    }


@pytest.mark.parametrize(
    ("shown", "members"),
    [
        (frozenset(), set()),
        (frozenset({Subject.OFFICERS}), {"assignee"}),
        (frozenset({Subject.PERSONS}), {"reason"}),
        (BOTH, {"assignee", "reason"}),
    ],
)
def test_names_of_officers_and_of_others_open_apart(
    shown: frozenset[Subject], members: set[str]
) -> None:
    details = ProcessorReassignedDetails(assignee="CB-0042", reason="Nghỉ phép")

    assert set(without_names(details, shown)) == members


def test_secret_is_shown_to_nobody() -> None:
    details = DossierSubmittedDetails(secret="A" * 43 + "=", applicant_name="Đặng Thị Hạnh")

    assert without_names(details, BOTH) == {"applicant_name": "Đặng Thị Hạnh"}


@pytest.mark.parametrize("kind", WITH_DETAILS, ids=lambda kind: kind.name)
def test_no_free_text_is_left_open_by_default(kind: Kind) -> None:
    assert kind.details is not None
    named = named_by(kind.details)

    for field in msgspec.structs.fields(kind.details):
        if field.name in named or field.name in private_parts._NAMELESS:
            continue
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert("Đặng Thị Hạnh", field.type)


def test_dates_name_nobody() -> None:
    assert not private_parts._is_free(msgspec.inspect.type_info(date | None))


def test_internal_kinds_are_dossiers_own() -> None:
    assert {KINDS[name].stream for name in INTERNAL_KINDS} == {StreamType.DOSSIER}
