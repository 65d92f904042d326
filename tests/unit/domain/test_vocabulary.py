"""The vocabulary: the facts of every kind at their least, spoilt, and with personal data."""

from typing import Any, get_args

import msgspec
import pytest

from domain import facts
from domain.actions import Kind
from domain.facts import Details
from domain.kinds import KINDS
from domain.kinds.imports import IMPORTS
from domain.kinds.intake import INTAKE
from domain.kinds.parties import PARTIES
from domain.kinds.processing import PROCESSING
from domain.kinds.results import RESULTS
from domain.kinds.waiting import WAITING
from domain.rules.personal_data import looks_personal
from tests.support.builders import (
    APPLICANT_VKEY,
    HEX64,
    LEAST_FACTS,
    OFFICER_KEY,
    OTHER_APPLICANT_KEY,
)

OWN_KINDS = (*INTAKE, *PROCESSING, *WAITING, *RESULTS, *PARTIES, *IMPORTS)


def _least(kind: Kind) -> dict[str, Any]:
    least = LEAST_FACTS.get(kind.name)
    built: dict[str, Any] = msgspec.to_builtins(least or kind.facts())
    return built


def _members(shape: type[msgspec.Struct]) -> list[msgspec.structs.FieldInfo]:
    return list(msgspec.structs.fields(shape))


# Shapes: whoever opens the bytes answers `schema_mismatch`.


@pytest.mark.parametrize("kind", OWN_KINDS, ids=lambda kind: kind.name)
def test_least_facts_are_taken_and_spoilt_ones_are_not(kind: Kind) -> None:
    least = _least(kind)

    assert isinstance(msgspec.convert(least, kind.facts), kind.facts)
    for spoilt in (
        least | {"surplus": 1},
        *_mistyped(kind.facts, least),
        *_lacking(kind.facts, least),
    ):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(spoilt, kind.facts)


def _mistyped(shape: type[msgspec.Struct], least: dict[str, Any]) -> list[dict[str, Any]]:
    return [least | {field.name: [[]]} for field in _members(shape)]


def _lacking(shape: type[msgspec.Struct], least: dict[str, Any]) -> list[dict[str, Any]]:
    needed = [field.name for field in _members(shape) if field.required]
    return [{name: value for name, value in least.items() if name != each} for each in needed]


@pytest.mark.parametrize(
    "kind", [kind for kind in OWN_KINDS if kind.details is not None], ids=lambda kind: kind.name
)
def test_private_parts_take_what_they_need_and_nothing_else(kind: Kind) -> None:
    assert kind.details is not None
    whole = {field.name: _sample(field.type) for field in _members(kind.details) if field.required}

    assert isinstance(msgspec.convert(whole, kind.details), kind.details)
    for spoilt in (
        whole | {"surplus": 1},
        *_mistyped_details(kind.details, whole),
        *_lacking(kind.details, whole),
    ):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(spoilt, kind.details)


def _mistyped_details(shape: type[Details], whole: dict[str, Any]) -> list[dict[str, Any]]:
    return [whole | {field.name: 1.5} for field in _members(shape)]


ITEM = {"component": "form", "reason": "Thiếu chữ ký"}
SAMPLES: tuple[Any, ...] = (
    HEX64, "2026-03-02", "A" * 43 + "=", "abc", 20_000, 1, True, ["abc"], [ITEM], ITEM,
    "queue", "grant", "card_seen", "applicant", "counter", OTHER_APPLICANT_KEY,
)  # fmt: skip


def _sample(field_type: Any) -> Any:
    for sample in SAMPLES:
        try:
            msgspec.convert(sample, field_type)
        except msgspec.ValidationError:
            continue
        return sample
    raise AssertionError(field_type)


PERSONAL = ("079123456789", "an.nguyen@example.vn", "0912345678", "0912 345 678", "+84912345678")
HARMLESS = (
    "1.004222", "2.000815.000.00.00.H27", "H27.101", "000.00.00.H01", "2026-03-02", "not_eligible",
    HEX64, "0" * 64, "dossier:0b6f0000-0000-4000-8000-079123456789", APPLICANT_VKEY, OFFICER_KEY,
    "T02 Check, again!", "2026-03-02T02:00:00Z",
)  # fmt: skip


@pytest.mark.parametrize("text", PERSONAL)
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_no_public_fact_of_any_kind_takes_personal_data(kind: Kind, text: str) -> None:
    for field in _members(kind.facts):
        for sample in (text, [text]):
            try:
                msgspec.convert(sample, field.type)
            except msgspec.ValidationError:
                continue
            assert looks_personal(text), f"{kind.name} {field.name}"


@pytest.mark.parametrize("text", HARMLESS)
def test_codes_hashes_and_dates_are_not_taken_for_personal_data(text: str) -> None:
    assert not looks_personal(text)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_no_number_in_public_facts_is_negative_or_a_fraction(kind: Kind) -> None:
    for field in _members(kind.facts):
        if int in (field.type, *get_args(field.type)) or _is_number(field.type):
            for number in (-1, 1.5):
                with pytest.raises(msgspec.ValidationError):
                    msgspec.convert(number, field.type)


def _is_number(field_type: Any) -> bool:
    try:
        return isinstance(msgspec.convert(1, field_type), int)
    except msgspec.ValidationError:
        return False


@pytest.mark.parametrize("kind", OWN_KINDS, ids=lambda kind: kind.name)
def test_every_public_fact_names_the_fold_that_needs_it(kind: Kind) -> None:
    marks: tuple[str, ...] = ()
    if issubclass(kind.facts, facts.ImportableFacts):
        marks = tuple(kind.facts.marks_because)

    named = {field.name for field in _members(kind.facts)} - set(marks)

    assert set(kind.facts.public_because) == named
