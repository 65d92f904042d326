"""A key or slip secret that others than the applicant replaced."""

from typing import Any

import pytest

from domain.actions import Signer
from domain.roles import Role
from projections.people.persons import Persons
from tests.support.builders import a_key
from tests.support.dossier_cases import RECEIVER, a_dossier, an_act, examined_dossier, found

REGISTRAR = Signer("officer-00000000000000e1", Role.REGISTRAR)
HEAD = Signer("officer-00000000000000e2", Role.HEAD)
NEW = Signer("applicant-00000000000000f2", Role.HOLDER)
BY_NEW = Signer(NEW.key, Role.APPLICANT)
BY_OWN = Signer("applicant-00000000000000f1", Role.APPLICANT)
AT = "2026-02-03T02:00:00Z"
KEY_REPLACED = an_act("applicant_key_replaced", AT, REGISTRAR, RECEIVER, NEW)


def secret(*signers: Signer) -> Any:
    return an_act("slip_secret_replaced", AT, *signers)


def hits(*acts: Any, **more: Any) -> list[tuple[int, ...]]:
    return found(examined_dossier(a_dossier("2026-02-02"), *acts, **more), "key_replaced")


@pytest.mark.parametrize(
    ("acts", "evidence"),
    [
        pytest.param((KEY_REPLACED,), [(10,)], id="officers replaced the key"),
        pytest.param((secret(RECEIVER, HEAD),), [(10,)], id="officers replaced the secret"),
        pytest.param(
            (KEY_REPLACED, secret(BY_NEW)), [(10,), (10, 11)], id="the key they put in did"
        ),
    ],
)
def test_replacement_by_others_is_flagged(acts: Any, evidence: list[tuple[int, ...]]) -> None:
    assert hits(*acts) == evidence


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(secret(BY_OWN), id="the applicant alone"),
        pytest.param(secret(BY_OWN, RECEIVER), id="the applicant at the counter"),
    ],
)
def test_replacement_by_the_applicant_is_innocent(act: Any) -> None:
    assert hits(act) == []


def test_two_officers_who_are_one_person_are_named_besides() -> None:
    keys = [a_key(REGISTRAR.key), a_key(RECEIVER.key)]
    persons = Persons(keys, {key.name: b"one number" for key in keys})

    assert hits(KEY_REPLACED, person_of=persons.person_of) == [(10,), (10,)]
