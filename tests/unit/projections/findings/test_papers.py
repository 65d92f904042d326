"""R03: papers off the list, and lists that grow."""

from typing import Any

import pytest

from projections.findings import ExaminedDossier
from projections.requested_papers import RequestedPaper
from tests.support.dossier_cases import (
    PROCESSOR,
    STREAM,
    a_dossier,
    a_procedure,
    a_record,
    an_act,
    examined_dossier,
    found,
    moment,
)

FIRST, LATER = "2026-02-03", "2026-02-10"


def asked(*lists: str, listed: bool | None = True, record: Any = None) -> ExaminedDossier:
    """Give a dossier with one request for each list; every letter is a paper."""
    kinds = ("intake_supplement_requested", "supplement_judged_incomplete", "supplement_requested")
    days = (FIRST, LATER, "2026-02-17")
    acts = [an_act(kind, day, PROCESSOR) for kind, day, _ in zip(kinds, days, lists, strict=False)]
    papers = tuple(
        RequestedPaper(STREAM, version, letter.encode() * 32, listed)
        for version, papers in enumerate(lists, 1)
        for letter in papers
    )
    record = record or a_record(a_procedure())
    return examined_dossier(a_dossier("2026-02-02"), *acts, papers=papers, procedure=record)


@pytest.mark.parametrize(
    ("lists", "evidence"),
    [
        (("a",), []),
        (("ab", "b"), []),
        (("ab", "ab", "a"), []),
        (("ab", "bc"), [(10, 11)]),
        (("ab", "b", "c"), [(10, 12)]),
        (("a", "b", "b"), [(10, 11), (10, 12)]),
    ],
)
def test_later_lists_must_be_part_of_the_first(
    lists: tuple[str, ...], evidence: list[tuple[int, ...]]
) -> None:
    assert found(asked(*lists), "R03") == evidence


def test_a_paper_that_a_new_version_of_the_law_brought_is_innocent() -> None:
    new_law = a_record(a_procedure(1), a_procedure(2, valid_from=moment("2026-02-05").day))

    assert found(asked("a", "b", record=new_law), "R03") == []
    assert found(asked("a", "b", "c", record=new_law), "R03") == [(11, 12)]


@pytest.mark.parametrize(("listed", "evidence"), [(True, []), (None, []), (False, [(10,)])])
def test_a_paper_off_the_published_list_is_a_finding(
    listed: bool | None, evidence: list[tuple[int, ...]]
) -> None:
    assert found(asked("a", listed=listed), "R03") == evidence


def test_without_the_private_parts_the_rule_abstains() -> None:
    acts = (
        an_act("supplement_requested", FIRST, PROCESSOR),
        an_act("supplement_requested", LATER, PROCESSOR),
    )

    assert found(examined_dossier(a_dossier("2026-02-02"), *acts), "R03") == []
