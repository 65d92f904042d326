"""Roles: which companies of signers a rule permits."""

from domain.roles import GRANTABLE_ROLES, Role, SignerSet, any_of, signed_by


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


def test_applicant_and_holder_are_never_granted() -> None:
    assert frozenset(Role) - GRANTABLE_ROLES == {Role.APPLICANT, Role.HOLDER}
