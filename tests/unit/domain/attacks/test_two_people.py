"""Two signatures are of two people: nobody makes the colleague who signs beside them."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.actions import Action, Signer
from domain.decisions import decide, decide_private, evolve
from domain.errors import ActionRefused
from domain.facts import (
    ApplicantKeyReplaced,
    Grant,
    KeyRegisteredDetails,
    SlipSecretReplaced,
)
from domain.keys import KeyRecord
from domain.person_errors import PersonnelNumberMissing, PersonRepeated, SignersNotIndependent
from domain.roles import Assurance, Role
from domain.rules.people.two_persons import check_personnel
from tests.support.builders import (
    COMMITMENT,
    OFFICE,
    OTHER_APPLICANT_KEY,
    OTHER_APPLICANT_VKEY,
    a_dossier_in_process,
    a_key,
    an_action,
)
from tests.support.keys.registry_office import (
    LOCAL,
    NATIONAL,
    NEW,
    OLD,
    ROOT,
    Office,
    a_grant,
    an_enrolment,
)

RECEIVER = Grant(Role.RECEIVER, OFFICE)
HEAD = Grant(Role.HEAD, OFFICE)
THIRD = "officer-0000000000000007"


def another_applicant(registrar: str, receiver: str) -> Action:
    signers = (
        Signer(registrar, Role.REGISTRAR),
        Signer(receiver, Role.RECEIVER),
        Signer(OTHER_APPLICANT_KEY, Role.HOLDER),
    )
    facts = ApplicantKeyReplaced(applicant_key=OTHER_APPLICANT_VKEY)
    return an_action("dossier.applicant_key_replaced", facts=facts, signers=signers)


def a_new_slip(receiver: str, head: str) -> Action:
    signers = (Signer(receiver, Role.RECEIVER), Signer(head, Role.HEAD))
    return an_action("dossier.slip_secret_replaced", facts=SlipSecretReplaced(), signers=signers)


def test_registrar_and_the_receiver_they_enrolled_take_over_no_dossier() -> None:
    """They gave the dossier a key of their own, and read as its holder."""
    office = Office()
    office.record(an_enrolment(RECEIVER, by=LOCAL))

    with pytest.raises(SignersNotIndependent):
        decide(a_dossier_in_process(), another_applicant(LOCAL, NEW), office.register)
    decide(a_dossier_in_process(), another_applicant(NATIONAL, NEW), office.register)


def test_registrar_and_whom_they_gave_the_role_take_over_no_dossier() -> None:
    office = Office()
    office.record(an_enrolment(Grant(Role.CLERK, OFFICE), by=NATIONAL))
    office.record(a_grant(RECEIVER, by=LOCAL, name=NEW))

    with pytest.raises(SignersNotIndependent):
        decide(a_dossier_in_process(), another_applicant(LOCAL, NEW), office.register)


def test_another_role_that_the_other_signer_gave_is_no_dependence() -> None:
    office = Office()
    office.record(an_enrolment(RECEIVER, by=NATIONAL))
    office.record(a_grant(Grant(Role.CLERK, OFFICE), by=LOCAL, name=NEW))

    decide(a_dossier_in_process(), another_applicant(LOCAL, NEW), office.register)


def test_who_enrolled_the_first_key_of_a_person_made_the_later_ones_too() -> None:
    """The quarterly change by another registrar washed the enrolment clean."""
    office = Office()
    office.record(an_enrolment(RECEIVER, by=LOCAL))
    office.record(an_enrolment(name=THIRD, replaces=NEW, by=NATIONAL))

    with pytest.raises(SignersNotIndependent):
        decide(a_dossier_in_process(), another_applicant(LOCAL, THIRD), office.register)


def test_a_registrar_who_is_also_head_renews_no_slip_with_the_receiver_they_enrolled() -> None:
    office = Office()
    office.register.keys[LOCAL] = a_key(LOCAL, Grant(Role.REGISTRAR, OFFICE), HEAD)
    office.record(an_enrolment(RECEIVER, by=LOCAL))

    with pytest.raises(SignersNotIndependent):
        decide(a_dossier_in_process(), a_new_slip(NEW, LOCAL), office.register)
    decide(a_dossier_in_process(), a_new_slip(OLD, LOCAL), office.register)


def test_later_root_of_the_registrar_is_no_other_party_than_the_one_that_enrolled() -> None:
    office = Office()
    second = "registrar-0000000000000009"
    office.register.keys[second] = replace(office.register.keys[ROOT], name=second)
    office.record(an_enrolment(RECEIVER, by=ROOT))

    with pytest.raises(SignersNotIndependent):
        decide(a_dossier_in_process(), another_applicant(second, NEW), office.register)


def test_a_systems_key_is_nobody_s_second_person() -> None:
    """A key that is said to be a system's needs no number, so anybody could hold it."""
    office = Office()
    office.record(an_enrolment(HEAD, by=NATIONAL, assurance=Assurance.OTHER_SYSTEM))

    with pytest.raises(SignersNotIndependent):
        decide(a_dossier_in_process(), a_new_slip(OLD, NEW), office.register)


@pytest.mark.parametrize(
    ("numbers", "refusal"),
    [
        ({OLD: "CB-1", NEW: " CB-1 "}, PersonRepeated),
        ({OLD: "CB-0001", NEW: "cb\u20111"}, PersonRepeated),
        ({OLD: "CB-10-1", NEW: "CB-101"}, None),
        ({OLD: "CB-1", NEW: "CB-2"}, None),
        ({OLD: "CB-1"}, None),
    ],
    ids=["one number", "spelled otherwise", "digits parted", "two numbers", "one unknown"],
)
def test_two_keys_with_one_personnel_number_are_one_person(
    numbers: dict[str, str], refusal: type[ActionRefused] | None
) -> None:
    office = Office()
    office.record(an_enrolment(HEAD, by=NATIONAL))
    action = a_new_slip(OLD, NEW)

    decide(a_dossier_in_process(), action, office.register)
    if refusal is None:
        check_personnel(action, office.register, numbers.get)
    else:
        with pytest.raises(refusal):
            check_personnel(action, office.register, numbers.get)


# Numbers.


@pytest.mark.parametrize(
    ("grants", "changes", "is_refused"),
    [
        ((RECEIVER,), {}, True),
        ((Grant(Role.REGISTRAR, OFFICE),), {}, True),
        ((Grant(Role.IMPORTER, "*"),), {}, False),
        ((Grant(Role.CATALOGUE_ADMIN, "*"),), {}, False),
        ((RECEIVER,), {"assurance": Assurance.OTHER_SYSTEM}, False),
    ],
    ids=["officer", "registrar", "importer", "catalogue", "another system"],
)
def test_officer_s_key_is_not_enrolled_without_saying_whose_it_is(
    grants: tuple[Grant, ...], changes: dict[str, Any], is_refused: bool
) -> None:
    office = Office()
    action = replace(an_enrolment(*grants, by=ROOT, **changes), commitment=None)

    if is_refused:
        office.refuses(action, PersonnelNumberMissing)
    else:
        assert isinstance(evolve(None, action, office.register), KeyRecord)
        decide(None, action, office.register)


def test_role_of_an_officer_is_not_given_to_a_key_that_nobody_knows() -> None:
    office = Office()
    bare = an_enrolment(Grant(Role.CATALOGUE_ADMIN, "*"), by=ROOT)
    office.record(replace(bare, commitment=None))

    office.refuses(a_grant(RECEIVER, name=NEW), PersonnelNumberMissing)


@pytest.mark.parametrize("number", [None, "   "])
def test_enrolment_with_a_private_part_names_the_number(number: str | None) -> None:
    details = KeyRegisteredDetails(personnel_number=number, display_name="Phạm Văn Chín")
    action = replace(an_enrolment(RECEIVER), details=details, commitment=COMMITMENT)

    with pytest.raises(PersonnelNumberMissing):
        decide_private(None, action, Office().register)
