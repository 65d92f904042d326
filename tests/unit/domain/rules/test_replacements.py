"""Keys that replace one another: one person, several keys, one after the other."""

import pytest
from msgspec.structs import replace

from domain.actions import Action, Signer
from domain.decisions import decide
from domain.errors import (
    ActionRefused,
    CoSignerMissing,
    FactInvalid,
    FactMissing,
    KeyNotEnrolled,
    NotPermitted,
    NotYourOffice,
    NotYourRole,
    RevokedKey,
)
from domain.facts import (
    Grant,
    KeyReplaced,
    RevocationReason,
)
from domain.keys import person_of
from domain.person_errors import PersonRepeated
from domain.roles import Assurance, Role, counter_signed, signed_by
from tests.support.builders import (
    OFFICE,
    a_dossier,
    an_action,
)
from tests.support.keys.registry_office import (
    CLERK,
    ELSEWHERE,
    LOCAL,
    NATIONAL,
    NEW,
    OLD,
    OTHER_LOCAL,
    RECEIVER,
    ROOT,
    Office,
    a_grant,
    a_replacement,
    a_revocation,
    an_enrolment,
    on_key,
)

# Replacement.


def test_successor_takes_over_the_roles_and_the_old_key_stops() -> None:
    office = Office()
    office.record(a_grant(CLERK))
    new = office.record(an_enrolment(replaces=OLD))
    old = office.record(a_replacement())

    assert new.grants == (RECEIVER, CLERK)
    assert (old.successor, old.revoked_for) == (NEW, RevocationReason.REPLACED)
    office.receives(NEW)
    with pytest.raises(RevokedKey):
        office.receives(OLD)


def test_successor_may_be_given_other_roles_by_name() -> None:
    new = Office().record(an_enrolment(CLERK, replaces=OLD))

    assert new.grants == (CLERK,)


def test_person_is_found_along_all_replacements() -> None:
    office = Office()
    third = "officer-0000000000000007"
    office.record(an_enrolment(replaces=OLD))
    office.record(a_replacement())
    office.record(an_enrolment(name=third, replaces=NEW))

    assert [person_of(name, office.register.key) for name in (OLD, NEW, third)] == [OLD] * 3
    assert person_of("officer-00000000000000ff", office.register.key) == "officer-00000000000000ff"


def test_lost_key_gets_a_successor_whose_roles_are_named() -> None:
    office = Office()
    office.record(a_revocation(RevocationReason.LOST))

    office.refuses(an_enrolment(replaces=OLD), FactMissing)
    office.record(an_enrolment(RECEIVER, replaces=OLD))
    old = office.record(a_replacement())

    assert (old.revoked_for, old.successor) == (RevocationReason.LOST, NEW)


WITHOUT_POSSESSION = on_key(
    "key.replaced", OLD, KeyReplaced(successor=NEW), Signer(LOCAL, Role.REGISTRAR)
)


@pytest.mark.parametrize(
    ("action", "refusal"),
    [
        pytest.param(WITHOUT_POSSESSION, CoSignerMissing, id="the new key does not sign"),
        pytest.param(a_replacement(holder=OLD), NotYourRole, id="the old key signs as the new one"),
        pytest.param(a_replacement(by=OTHER_LOCAL), NotYourOffice, id="another office's registrar"),
        pytest.param(
            a_replacement(successor=LOCAL, holder=LOCAL, by=NATIONAL),
            FactInvalid,
            id="a successor that is somebody else",
        ),
        pytest.param(
            a_replacement(successor="officer-00000000000000ff", holder="officer-00000000000000ff"),
            KeyNotEnrolled,
            id="a successor that nobody enrolled",
        ),
    ],
)
def test_replacement_that_may_not_be_is_refused(
    action: Action, refusal: type[ActionRefused]
) -> None:
    office = Office()
    office.record(an_enrolment(replaces=OLD))

    office.refuses(action, refusal)


@pytest.mark.parametrize(
    ("action", "refusal"),
    [
        pytest.param(
            an_enrolment(ELSEWHERE, by=OTHER_LOCAL, replaces=OLD),
            NotYourOffice,
            id="a stranger's registrar says whose key it is",
        ),
        pytest.param(
            an_enrolment(by=OTHER_LOCAL, replaces=OLD), NotYourOffice, id="and takes its roles"
        ),
        pytest.param(
            an_enrolment(CLERK, replaces="officer-00000000000000ff"),
            KeyNotEnrolled,
            id="a key that nobody knows",
        ),
        pytest.param(an_enrolment(by=ROOT, replaces=ROOT), FactInvalid, id="the root itself"),
        pytest.param(
            an_enrolment(by=NATIONAL, replaces=NATIONAL),
            NotYourRole,
            id="a registrar for any office multiplies itself",
        ),
        pytest.param(an_enrolment(), FactMissing, id="neither roles nor a key before"),
        pytest.param(
            an_enrolment(CLERK, assurance=Assurance.PASSKEY), FactInvalid, id="a passkey, reserved"
        ),
        pytest.param(
            an_enrolment(CLERK, assurance=Assurance.COUNTER), FactInvalid, id="a counter as holder"
        ),
    ],
)
def test_enrolment_that_claims_too_much_is_refused(
    action: Action, refusal: type[ActionRefused]
) -> None:
    Office().refuses(action, refusal)


def test_replaced_key_is_replaced_and_followed_once_only() -> None:
    office = Office()
    office.record(an_enrolment(replaces=OLD))
    office.record(a_replacement())

    office.refuses(a_replacement(), NotPermitted)
    office.refuses(a_revocation(RevocationReason.LOST), NotPermitted)
    office.refuses(an_enrolment(CLERK, name="officer-0000000000000007", replaces=OLD), FactInvalid)


def test_portals_key_is_enrolled_as_one() -> None:
    record = Office().record(an_enrolment(CLERK, assurance=Assurance.PORTAL))

    assert record.assurance is Assurance.PORTAL


# Two persons.


def test_two_keys_of_one_person_are_not_two_persons() -> None:
    office = Office()
    third = "officer-0000000000000007"
    office.record(an_enrolment(RECEIVER, Grant(Role.HEAD, OFFICE), replaces=OLD))
    office.record(an_enrolment(Grant(Role.HEAD, OFFICE), name=third))
    acceptance = an_action("dossier.accepted")
    counter_signed_kind = replace(
        acceptance.kind, signers=signed_by(counter_signed(Role.HEAD, Role.RECEIVER))
    )

    def both(head: str) -> Action:
        signers = (Signer(OLD, Role.RECEIVER), Signer(head, Role.HEAD))
        return replace(acceptance, kind=counter_signed_kind, signers=signers)

    decide(a_dossier(), both(third), office.register)
    with pytest.raises(PersonRepeated):
        decide(a_dossier(), both(NEW), office.register)
