"""What the check of codes names: repeats, gaps, and codes from nowhere."""

from datetime import date

import pytest

from domain.offices.codes import parse_dossier_code
from ledger.codes.allotted import AllottedCode
from ledger.codes.checking import RecordedCode, check_codes

OFFICE = "H27.15"
TODAY = date(2026, 3, 2)


def given(*codes: str) -> list[AllottedCode]:
    parsed = [parse_dossier_code(code) for code in codes]
    return [AllottedCode(code.text, OFFICE, code.day, code.running_number or 0) for code in parsed]


def used(*codes: str, imported: bool = False) -> list[RecordedCode]:
    return [
        RecordedCode(code, f"dossier:{number}", OFFICE, imported)
        for number, code in enumerate(codes)
    ]


ONE, TWO, THREE = (f"{OFFICE}-260301-{number:04d}" for number in (1, 2, 3))

CASES = [
    ("all allotted and used", given(ONE, TWO), used(ONE, TWO), []),
    ("an office that counts by itself", [], used(ONE, TWO), []),
    ("one never used", given(ONE, TWO), used(ONE), [("code_never_used", TWO)]),
    ("one of today may still be used", given(f"{OFFICE}-260302-0001"), [], []),
    ("one from nowhere", given(ONE), used(ONE, TWO), [("code_not_allotted", TWO)]),
    ("one used twice", given(ONE), used(ONE, ONE), [("code_repeated", ONE)]),
    ("a gap", [], used(ONE, THREE), [("code_counter_gap", f"{OFFICE}-260301-")]),
    ("a gap that is allotted", given(TWO), used(TWO), [("code_counter_gap", f"{OFFICE}-260301-")]),
    ("other systems' numbers", [], used(ONE, THREE, imported=True), []),
    ("other systems' repeats", [], used(ONE, ONE, imported=True), [("code_repeated", ONE)]),
    ("text that is no code", [], used("as the clerk wrote"), []),
    ("letters that count nothing", [], used(f"{OFFICE}-260301-AAAA"), []),
]


@pytest.mark.parametrize(
    ("allotted", "recorded", "named"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_check_of_codes(
    allotted: list[AllottedCode], recorded: list[RecordedCode], named: list[tuple[str, str]]
) -> None:
    problems = check_codes(allotted, recorded, TODAY)

    assert [(problem.kind, problem.code) for problem in problems] == named


def test_one_dossier_that_is_accepted_again_with_its_code_is_no_repeat() -> None:
    twice = [RecordedCode(ONE, "dossier:1", OFFICE, imported=False)] * 2

    assert check_codes(given(ONE), twice, TODAY) == []


def test_number_of_an_erased_dossier_is_neither_unused_nor_a_gap() -> None:
    day = date(2026, 3, 1)
    forgotten = AllottedCode("", OFFICE, day, 1, agency=OFFICE, owner="")

    assert check_codes([forgotten, *given(TWO)], used(TWO), TODAY) == []
