"""Who may give which role to whom: what an attacker with one key or another cannot do."""

from datetime import date

import pytest
from msgspec.structs import replace

from domain.actions import Action, Signer
from domain.decisions import decide
from domain.errors import (
    ActionRefused,
    FactInvalid,
    NotPermitted,
    NotYourOffice,
    NotYourRole,
    RevokedKey,
    RoleNotHeldThen,
    UnknownOffice,
)
from domain.facts import (
    Grant,
    RevocationReason,
)
from domain.roles import Role
from tests.support.builders import (
    DEPARTMENT,
    OFFICE,
    a_dossier,
    a_moment,
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
    a_revocation,
    an_end,
    an_enrolment,
)

# What registrars may give.

LOCAL_REGISTRAR = Grant(Role.REGISTRAR, OFFICE)
NATIONAL_REGISTRAR = Grant(Role.REGISTRAR, "*")
DAYS_REVERSED = Grant(Role.CLERK, OFFICE, date(2026, 4, 1), date(2026, 3, 1))
DATED_IMPORT = Grant(Role.IMPORTER, OFFICE, date(2026, 4, 1))


@pytest.mark.parametrize(
    ("by", "grant", "refusal"),
    [
        pytest.param(LOCAL, CLERK, None, id="an office's own role"),
        pytest.param(LOCAL, ELSEWHERE, NotYourOffice, id="another office's role"),
        pytest.param(LOCAL, Grant(Role.CLERK, "*"), NotYourOffice, id="a role for any office"),
        pytest.param(LOCAL, LOCAL_REGISTRAR, NotYourOffice, id="an office makes no registrar"),
        pytest.param(
            LOCAL, Grant(Role.INSPECTOR, OFFICE), NotYourOffice, id="nor its own inspector"
        ),
        pytest.param(
            LOCAL, Grant(Role.CATALOGUE_ADMIN, OFFICE), NotYourOffice, id="nor the catalogue's"
        ),
        pytest.param(NATIONAL, LOCAL_REGISTRAR, None, id="a national one makes an office's"),
        pytest.param(NATIONAL, NATIONAL_REGISTRAR, NotYourRole, id="and none like itself"),
        pytest.param(ROOT, NATIONAL_REGISTRAR, None, id="the root does"),
        pytest.param(OLD, CLERK, NotYourRole, id="an officer gives nothing"),
        pytest.param(LOCAL, Grant(Role.RECOVERY, OFFICE), FactInvalid, id="recovery is no grant"),
        pytest.param(ROOT, Grant(Role.CLERK, "H99"), UnknownOffice, id="no such office"),
        pytest.param(LOCAL, DAYS_REVERSED, FactInvalid, id="ends before it begins"),
        pytest.param(LOCAL, DATED_IMPORT, FactInvalid, id="an importer between days"),
    ],
)
@pytest.mark.parametrize("act", ["enrolment", "grant"])
def test_registrar_gives_only_what_it_may(
    act: str, by: str, grant: Grant, refusal: type[ActionRefused] | None
) -> None:
    office = Office()
    action = an_enrolment(grant, by=by) if act == "enrolment" else a_grant(grant, by=by)
    if by == OLD and act == "grant":
        action = a_grant(grant, by=by, name=LOCAL)

    if refusal is None:
        office.record(action)
    else:
        office.refuses(action, refusal)


def test_nobody_grants_a_role_to_oneself() -> None:
    office = Office()

    office.refuses(a_grant(CLERK, by=LOCAL, name=LOCAL), NotYourRole)
    office.record(a_grant(CLERK, by=NATIONAL, name=LOCAL))


def test_role_for_days_to_come_is_not_held_yet_and_one_that_ended_is_not_held_any_more() -> None:
    office = Office()
    spring = Grant(Role.RECEIVER, DEPARTMENT, date(2026, 3, 3), date(2026, 3, 5))
    office.record(a_grant(spring, by=OTHER_LOCAL, at=a_moment("2026-03-01T00:00:00Z")))
    taken = replace(a_dossier(), office=DEPARTMENT)

    def accepts_on(day: str) -> None:
        signers = (Signer(OLD, Role.RECEIVER),)
        at = a_moment(f"{day}T02:00:00Z")
        action = an_action("dossier.accepted", signers=signers, at=at, office=DEPARTMENT)
        decide(taken, action, office.register)

    for day in ("2026-03-03", "2026-03-05"):
        accepts_on(day)
    for day in ("2026-03-02", "2026-03-06"):
        with pytest.raises(RoleNotHeldThen):
            accepts_on(day)


def test_role_granted_later_is_not_held_at_a_moment_before() -> None:
    office = Office()
    office.record(a_grant(Grant(Role.RECEIVER, "*"), by=NATIONAL, name=LOCAL))

    office.receives(LOCAL, at="2026-03-02T02:00:00Z")
    with pytest.raises(RoleNotHeldThen):
        office.receives(LOCAL, at="2026-03-02T01:59:59Z")


def test_role_taken_back_ends_at_once_whatever_moment_is_named() -> None:
    office = Office()
    office.record(an_end(RECEIVER))

    with pytest.raises(NotYourRole):
        office.receives(OLD, at="2026-02-01T02:00:00Z")
    office.refuses(an_end(RECEIVER), FactInvalid)
    office.record(a_grant(RECEIVER))
    office.receives(OLD)


def test_role_is_taken_back_by_its_office_and_by_no_other() -> None:
    office = Office()

    office.refuses(an_end(RECEIVER, by=OTHER_LOCAL), NotYourOffice)
    office.refuses(an_end(CLERK), FactInvalid)
    office.refuses(an_end(replace(RECEIVER, until_on=date(2026, 4, 1))), FactInvalid)
    office.record(an_end(RECEIVER))


def test_role_granted_twice_is_refused() -> None:
    Office().refuses(a_grant(RECEIVER), FactInvalid)


def test_role_of_another_office_does_not_shield_a_key_from_its_own_registrar() -> None:
    office = Office()
    office.record(a_grant(ELSEWHERE, by=OTHER_LOCAL))

    office.refuses(a_revocation(RevocationReason.COMPROMISED, by=OTHER_LOCAL), NotYourOffice)
    office.record(a_revocation(RevocationReason.COMPROMISED))


def test_key_whose_roles_were_all_taken_back_is_still_its_offices_to_revoke() -> None:
    office = Office()
    office.record(an_end(RECEIVER))

    office.refuses(a_revocation(RevocationReason.LOST, by=OTHER_LOCAL), NotYourOffice)


# Revocation.


def test_compromised_key_signs_nothing_more_whatever_moment_it_names() -> None:
    office = Office()
    office.receives(OLD)
    office.record(a_revocation(RevocationReason.COMPROMISED))

    with pytest.raises(RevokedKey):
        office.receives(OLD, at="2026-01-15T02:00:00Z")


def test_revoked_registrar_enrols_nobody_and_whom_it_enrolled_before_stays() -> None:
    office = Office()
    office.record(an_enrolment(CLERK))
    office.record(a_revocation(RevocationReason.COMPROMISED, name=LOCAL, by=NATIONAL))

    office.refuses(an_enrolment(CLERK, name="officer-0000000000000007"), RevokedKey)
    assert office.register.keys[NEW].covers(Role.CLERK, OFFICE)


def test_revocation_says_nothing_of_a_replacement() -> None:
    Office().refuses(a_revocation(RevocationReason.REPLACED), FactInvalid)


@pytest.mark.parametrize("action", [a_grant(CLERK), an_end(RECEIVER)])
def test_revoked_key_is_given_and_taken_nothing(action: Action) -> None:
    office = Office()
    office.record(a_revocation(RevocationReason.LOST))

    office.refuses(action, NotPermitted)
