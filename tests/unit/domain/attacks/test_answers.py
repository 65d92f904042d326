"""Answers to findings by somebody who is not asked, as far as opened private parts tell."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from domain.actions import Action
from domain.facts import Grant
from domain.facts.integrity import FindingAnswered, FindingAnsweredDetails, FindingRaisedDetails
from domain.person_errors import NotAsked
from domain.roles import Role
from domain.rules.people.answers import check_answer
from tests.support.builders import (
    DEPARTMENT,
    OFFICE,
    MemoryRegister,
    a_key,
    a_moment,
    a_register,
    an_action,
    signed_as,
)

FOUND = "officer-00000000000000f1"
LATER = "officer-00000000000000f2"
OTHER = "officer-00000000000000f3"
HEAD = "officer-00000000000000f4"
HEAD_AWAY = "officer-00000000000000f5"
HEAD_LAST_YEAR = "officer-00000000000000f6"
NUMBERS = {FOUND: "CB-1", LATER: "CB-1", OTHER: " cb-1 "}
STREAM = "finding:" + "0a" * 16


def a_registry() -> MemoryRegister:
    works = Grant(Role.PROCESSOR, OFFICE)
    last_year = Grant(Role.HEAD, OFFICE, until_on=date(2025, 12, 31))
    return a_register(
        keys=[
            a_key(FOUND, works),
            a_key(LATER, works, replaces=FOUND),
            a_key(OTHER, works),
            a_key(HEAD, Grant(Role.HEAD, OFFICE)),
            a_key(HEAD_AWAY, Grant(Role.HEAD, DEPARTMENT)),
            a_key(HEAD_LAST_YEAR, last_year),
        ]
    )


def an_answer(key: str, role: Role = Role.PROCESSOR) -> Action:
    return an_action(
        "finding.answered",
        stream=STREAM,
        office=None,
        facts=FindingAnswered(),
        details=FindingAnsweredDetails(text="Vì mưa"),
        signers=signed_as(role, key=key),
        at=a_moment(),
    )


def no_number(_key: str) -> None:
    return None


def asking(**members: Any) -> FindingRaisedDetails:
    return FindingRaisedDetails(rule="R05", rule_version=1, **members)


PERSON = asking(asked=FOUND, office=OFFICE)


@pytest.mark.parametrize(
    ("raised", "key", "role"),
    [
        (PERSON, FOUND, Role.PROCESSOR),
        (PERSON, LATER, Role.PROCESSOR),
        (PERSON, HEAD, Role.HEAD),
        (asking(asked=FOUND), FOUND, Role.PROCESSOR),
        (asking(office=OFFICE), OTHER, Role.PROCESSOR),
        (asking(office=OFFICE), HEAD, Role.HEAD),
        (asking(), HEAD_AWAY, Role.HEAD),
        (None, HEAD_AWAY, Role.HEAD),
    ],
)
def test_whoever_is_asked_answers(
    raised: FindingRaisedDetails | None, key: str, role: Role
) -> None:
    check_answer(an_answer(key, role), raised, a_registry(), no_number)


@pytest.mark.parametrize(
    ("raised", "key", "role"),
    [
        (PERSON, OTHER, Role.PROCESSOR),
        (PERSON, HEAD_AWAY, Role.HEAD),
        (PERSON, HEAD_LAST_YEAR, Role.HEAD),
        (asking(asked=FOUND), HEAD, Role.HEAD),
        (asking(office=OFFICE), HEAD_AWAY, Role.HEAD),
        (asking(office=DEPARTMENT), OTHER, Role.PROCESSOR),
    ],
)
def test_nobody_else_answers(raised: FindingRaisedDetails, key: str, role: Role) -> None:
    with pytest.raises(NotAsked):
        check_answer(an_answer(key, role), raised, a_registry(), no_number)


def test_another_key_with_the_same_number_is_the_same_person() -> None:
    check_answer(an_answer(OTHER), PERSON, a_registry(), NUMBERS.get)

    with pytest.raises(NotAsked):
        check_answer(an_answer(OTHER), PERSON, a_registry(), {**NUMBERS, OTHER: "CB-2"}.get)


def test_other_acts_are_not_asked_about() -> None:
    other = replace(an_answer(OTHER), facts=an_action("access.logged").facts)

    check_answer(other, PERSON, a_registry(), no_number)
