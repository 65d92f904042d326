"""Roles: which companies of signers a rule permits."""

import pytest

from domain.keys import assurance_of
from domain.roles import (
    GRANTABLE_ROLES,
    Assurance,
    Role,
    SignerSet,
    any_of,
    counter_signed,
    signed_by,
    together,
)
from tests.support.builders import a_key


def test_any_of_permits_each_alone_and_all_together() -> None:
    rule = signed_by(any_of(Role.PROCESSOR, Role.RECEIVER))

    assert rule.permits(frozenset({Role.PROCESSOR}))
    assert rule.permits(frozenset({Role.PROCESSOR, Role.RECEIVER}))
    assert not rule.permits(frozenset({Role.APPROVER}))
    assert not rule.permits(frozenset({Role.PROCESSOR, Role.APPROVER}))
    assert rule.alone == {Role.PROCESSOR, Role.RECEIVER}


def test_required_partner_may_not_be_missing_and_may_not_be_alone() -> None:
    rule = signed_by(SignerSet(frozenset({Role.REGISTRAR}), with_all=frozenset({Role.HOLDER})))

    assert rule.permits(frozenset({Role.REGISTRAR, Role.HOLDER}))
    assert not rule.permits(frozenset({Role.REGISTRAR}))
    assert not rule.permits(frozenset({Role.HOLDER}))
    assert rule.alone == frozenset()


def test_guest_may_join_but_not_sign_alone() -> None:
    rule = signed_by(
        SignerSet(frozenset({Role.APPLICANT}), may_join=frozenset({Role.RECEIVER})),
        any_of(Role.IMPORTER),
    )

    assert rule.permits(frozenset({Role.APPLICANT, Role.RECEIVER}))
    assert not rule.permits(frozenset({Role.RECEIVER}))
    assert not rule.permits(frozenset({Role.APPLICANT, Role.IMPORTER}))
    assert rule.known == {Role.APPLICANT, Role.RECEIVER, Role.IMPORTER}


def test_applicant_holder_and_recovery_are_never_granted() -> None:
    assert frozenset(Role) - GRANTABLE_ROLES == {Role.APPLICANT, Role.HOLDER, Role.RECOVERY}


def test_processor_and_receiver_sign_together_and_neither_alone() -> None:
    rule = signed_by(together(Role.PROCESSOR, Role.RECEIVER))
    both = frozenset({Role.PROCESSOR, Role.RECEIVER})

    assert rule.permits(both)
    assert rule.needs_two_persons(both)
    assert not rule.permits(frozenset({Role.PROCESSOR}))
    assert not rule.permits(frozenset({Role.RECEIVER}))


def test_head_counter_signs_for_receiver_or_processor() -> None:
    rule = signed_by(counter_signed(Role.HEAD, Role.RECEIVER, Role.PROCESSOR))

    assert rule.permits(frozenset({Role.RECEIVER, Role.HEAD}))
    assert rule.permits(frozenset({Role.PROCESSOR, Role.HEAD}))
    assert not rule.permits(frozenset({Role.HEAD}))
    assert not rule.permits(frozenset({Role.RECEIVER, Role.PROCESSOR}))


def test_two_persons_are_asked_for_only_where_every_fitting_company_asks() -> None:
    rule = signed_by(
        together(Role.RECEIVER, Role.HEAD), any_of(Role.RECEIVER, Role.HEAD), any_of(Role.CLERK)
    )

    assert not rule.needs_two_persons(frozenset({Role.RECEIVER, Role.HEAD}))
    assert not rule.needs_two_persons(frozenset({Role.APPROVER}))


PORTAL = a_key(assurance=Assurance.PORTAL)
OTHER_SYSTEM = a_key(assurance=Assurance.OTHER_SYSTEM)


@pytest.mark.parametrize(
    ("role", "beside", "record", "assurance"),
    [
        pytest.param(Role.RECEIVER, (), a_key(), Assurance.OWN_KEY, id="an officer"),
        pytest.param(Role.APPLICANT, (), None, Assurance.OWN_KEY, id="an applicant alone"),
        pytest.param(
            Role.APPLICANT,
            (Role.RECEIVER,),
            None,
            Assurance.COUNTER,
            id="an applicant who is there",
        ),
        pytest.param(Role.PROXY, (Role.POST,), None, Assurance.COUNTER, id="a proxy by post"),
        pytest.param(Role.RECEIVER, (Role.APPLICANT,), a_key(), Assurance.OWN_KEY, id="beside one"),
        pytest.param(Role.PROXY, (), PORTAL, Assurance.PORTAL, id="a portal for a person"),
        pytest.param(
            Role.RECEIVER, (), OTHER_SYSTEM, Assurance.OTHER_SYSTEM, id="a province's system"
        ),
        pytest.param(Role.IMPORTER, (), a_key(), Assurance.IMPORT, id="an import"),
    ],
)
def test_assurance_of_a_signature_is_stated(
    role: Role, beside: tuple[Role, ...], record: object, assurance: Assurance
) -> None:
    assert assurance_of(role, (role, *beside), record) is assurance  # type: ignore[arg-type]
