"""A key or slip secret that others than the applicant replaced."""

from typing import Any

import pytest

from domain.actions import Signer
from domain.roles import Role
from projections.findings.shapes import Surroundings
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


def a_registry(makers: dict[str, str]) -> Surroundings:
    names = {*makers, *makers.values()}
    return Surroundings(keys={name: a_key(name, enrolled_by=makers.get(name)) for name in names})


NATIONAL, LOCAL = "registrar-00000000000000a1", "registrar-00000000000000a2"
CLERK = "registrar-00000000000000a3"


@pytest.mark.parametrize(
    ("makers", "flagged"),
    [
        pytest.param({HEAD.key: LOCAL, RECEIVER.key: LOCAL}, True, id="one enrolled both"),
        pytest.param({HEAD.key: LOCAL, RECEIVER.key: NATIONAL}, False, id="two did"),
        pytest.param(
            {HEAD.key: LOCAL, RECEIVER.key: CLERK, CLERK: LOCAL}, True, id="one through another"
        ),
        pytest.param({RECEIVER.key: CLERK, CLERK: HEAD.key}, True, id="one signer through another"),
    ],
)
def test_one_registrar_behind_both_signers_is_told_to_inspectors(
    makers: dict[str, str], flagged: bool
) -> None:
    """Each signer looked independent of the other: the same hand had made both keys."""
    hit = [(10,), (10,)] if flagged else [(10,)]

    assert hits(secret(RECEIVER, HEAD), around=a_registry(makers)) == hit
