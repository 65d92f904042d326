"""Signers: who may act, for which office, with which key; whoever may not is refused."""

import pytest

from domain.actions import Action, Signer
from domain.decisions import decide
from domain.dossiers import Status
from domain.errors import (
    ActionRefused,
    CoSignerMissing,
    FactInvalid,
    FactMissing,
    KeyNotEnrolled,
    NotYourDossier,
    NotYourOffice,
    NotYourRole,
    RevokedKey,
    RoleNotHeldThen,
    SignerRepeated,
    UnknownOffice,
)
from domain.facts import DossierSubmitted, Grant, KeyRevoked, RevocationReason
from domain.keys import KeyRecord
from domain.roles import Role
from tests.support.builders import (
    APPLICANT_KEY,
    DEPARTMENT,
    OFFICE,
    OFFICER_KEY,
    a_dossier,
    a_dossier_in_process,
    a_key,
    a_moment,
    a_register,
    an_action,
    an_imported_action,
    signed_as,
)

KEY = "officer-00000000000000dd"
OTHER = "officer-00000000000000ee"


def an_acceptance(**changes: object) -> Action:
    return an_action("dossier.accepted", **({"signers": (Signer(KEY, Role.RECEIVER),)} | changes))


def a_receiver(office: str = OFFICE, **changes: object) -> KeyRecord:
    return a_key(KEY, Grant(Role.RECEIVER, office), **changes)


@pytest.mark.parametrize(
    ("record", "refusal"),
    [
        pytest.param(None, KeyNotEnrolled, id="not enrolled"),
        pytest.param(a_receiver(revoked_at=a_moment()), RevokedKey, id="revoked"),
        pytest.param(a_key(KEY, Grant(Role.PROCESSOR, OFFICE)), NotYourRole, id="other role"),
        pytest.param(a_receiver(DEPARTMENT), NotYourOffice, id="other office"),
        pytest.param(
            a_receiver(registered_at=a_moment("2026-03-02T02:00:01Z")),
            RoleNotHeldThen,
            id="enrolled after the moment",
        ),
    ],
)
def test_key_without_the_right_is_refused(
    record: KeyRecord | None, refusal: type[ActionRefused]
) -> None:
    register = a_register(keys=[record] if record else [])

    with pytest.raises(refusal):
        decide(a_dossier(), an_acceptance(), register)


@pytest.mark.parametrize("office", [OFFICE, "*"])
def test_key_with_the_right_is_accepted(office: str) -> None:
    decide(a_dossier(), an_acceptance(), a_register(keys=[a_receiver(office)]))


def test_day_of_enrolment_is_early_enough_for_an_act_known_to_the_day() -> None:
    register = a_register(keys=[a_receiver(registered_at=a_moment("2026-03-02T08:00:00Z"))])

    decide(a_dossier(), an_acceptance(at=a_moment("2026-03-02")), register)
    with pytest.raises(RoleNotHeldThen):
        decide(a_dossier(), an_acceptance(at=a_moment("2026-03-01")), register)


@pytest.mark.parametrize(
    ("signers", "refusal"),
    [
        pytest.param((), CoSignerMissing, id="nobody"),
        pytest.param(signed_as(Role.APPROVER), NotYourRole, id="role that may never"),
        pytest.param(
            signed_as(Role.RECEIVER, Role.APPROVER), NotYourRole, id="stranger beside the right one"
        ),
        pytest.param(
            signed_as(Role.RECEIVER, Role.IMPORTER), CoSignerMissing, id="importer with an officer"
        ),
        pytest.param(signed_as(Role.RECEIVER, Role.RECEIVER), SignerRepeated, id="one key twice"),
    ],
)
def test_wrong_company_is_refused(
    signers: tuple[Signer, ...], refusal: type[ActionRefused]
) -> None:
    with pytest.raises(refusal):
        decide(a_dossier(), an_action("dossier.accepted", signers=signers), a_register())


# Offices.


def test_dossiers_act_needs_a_registered_office() -> None:
    with pytest.raises(FactMissing, match="office"):
        decide(a_dossier(), an_action("dossier.accepted", office=None), a_register())
    with pytest.raises(UnknownOffice):
        decide(a_dossier(), an_action("dossier.accepted", office="H99"), a_register())


def test_streams_of_keys_name_no_office() -> None:
    action = an_action(
        "key.revoked",
        stream=f"key:{KEY}",
        office=OFFICE,
        facts=KeyRevoked(reason=RevocationReason.LOST),
    )

    with pytest.raises(FactInvalid, match="office"):
        decide(a_receiver(), action, a_register())


@pytest.mark.parametrize(
    ("kind", "role", "refusal"),
    [
        ("dossier.result_approved", Role.APPROVER, None),
        ("dossier.supplement_requested", Role.PROCESSOR, None),
        ("dossier.handover_acknowledged", Role.CLERK, None),
        ("dossier.supplement_requested", Role.RECEIVER, NotYourOffice),
        ("dossier.extension_apology_issued", Role.HEAD, NotYourOffice),
    ],
)
def test_only_a_deciding_agency_acts_on_another_offices_dossier(
    kind: str, role: Role, refusal: type[ActionRefused] | None
) -> None:
    action = an_action(kind, office=DEPARTMENT, signers=signed_as(role))

    if refusal is None:
        decide(a_dossier_in_process(), action, a_register())
    else:
        with pytest.raises(refusal):
            decide(a_dossier_in_process(), action, a_register())


def test_giver_and_taker_of_a_handover_may_belong_to_two_offices() -> None:
    giver = a_key(KEY, Grant(Role.RECEIVER, OFFICE))
    taker = a_key(OTHER, Grant(Role.PROCESSOR, DEPARTMENT))
    both = (Signer(KEY, Role.RECEIVER), Signer(OTHER, Role.PROCESSOR))
    handover = an_action("dossier.handover_acknowledged", office=DEPARTMENT, signers=both)

    decide(a_dossier_in_process(), handover, a_register(keys=[giver, taker]))


def test_signer_of_a_third_office_is_refused_even_in_company() -> None:
    third = a_key(KEY, Grant(Role.RECEIVER, "H27.99"))
    taker = a_key(OTHER, Grant(Role.PROCESSOR, DEPARTMENT))
    both = (Signer(KEY, Role.RECEIVER), Signer(OTHER, Role.PROCESSOR))
    handover = an_action("dossier.handover_acknowledged", office=DEPARTMENT, signers=both)

    with pytest.raises(NotYourOffice):
        decide(a_dossier_in_process(), handover, a_register(keys=[third, taker]))


# Applicants and proxies.


def test_applicant_signs_with_the_key_that_the_submission_names() -> None:
    decide(None, an_action("dossier.submitted"), a_register())

    stranger = an_action("dossier.submitted", signers=signed_as(Role.APPLICANT, key=KEY))
    with pytest.raises(NotYourDossier):
        decide(None, stranger, a_register())


def test_submission_without_the_applicants_key_is_signed_by_nobody() -> None:
    facts = DossierSubmitted(procedure="1.004222", channel="online")  # type: ignore[arg-type]

    with pytest.raises(NotYourDossier):
        decide(None, an_action("dossier.submitted", facts=facts), a_register())


def test_withdrawal_is_the_applicants_alone() -> None:
    withdrawal = an_action("dossier.withdrawal_requested")
    stranger = an_action("dossier.withdrawal_requested", signers=signed_as(Role.APPLICANT, key=KEY))

    decide(a_dossier(), withdrawal, a_register())
    with pytest.raises(NotYourDossier):
        decide(a_dossier(), stranger, a_register())


def test_imported_dossier_has_no_applicant_to_sign() -> None:
    with pytest.raises(NotYourDossier):
        decide(
            a_dossier(applicant_keys=()), an_action("dossier.withdrawal_requested"), a_register()
        )


def test_proxy_signs_with_the_dossiers_key_or_with_an_enrolled_one() -> None:
    with_dossier_key = signed_as(Role.PROXY, key=APPLICANT_KEY)
    with_own_key = signed_as(Role.PROXY, key=OFFICER_KEY)
    with_unknown_key = signed_as(Role.PROXY, key=KEY)

    for signers in (with_dossier_key, with_own_key):
        decide(
            a_dossier(), an_action("dossier.withdrawal_requested", signers=signers), a_register()
        )
    with pytest.raises(KeyNotEnrolled):
        decide(
            a_dossier(),
            an_action("dossier.withdrawal_requested", signers=with_unknown_key),
            a_register(),
        )


def test_receiver_signs_a_submission_only_beside_the_applicant() -> None:
    beside = an_action("dossier.submitted", signers=signed_as(Role.APPLICANT, Role.RECEIVER))
    alone = an_action("dossier.submitted", signers=signed_as(Role.RECEIVER))

    decide(None, beside, a_register())
    with pytest.raises(CoSignerMissing):
        decide(None, alone, a_register())


def test_applicant_may_countersign_that_the_result_was_returned() -> None:
    returned = an_action(
        "dossier.result_returned", signers=signed_as(Role.RETURNER, Role.APPLICANT)
    )

    decide(a_dossier(status=Status.PROCESSED), returned, a_register())


# The order of checks.


def test_roles_are_checked_before_the_transition_and_that_before_facts() -> None:
    """Everything is wrong with this acceptance; one thing is put right after the other."""
    ended = a_dossier(status=Status.RESULT_RETURNED)
    marked = an_imported_action("dossier.accepted").kind.facts(label="free text")
    action = an_acceptance(facts=marked)
    refusals = []

    for state, register in [
        (ended, a_register()),
        (ended, a_register(keys=[a_receiver()])),
        (a_dossier(), a_register(keys=[a_receiver()])),
    ]:
        with pytest.raises(ActionRefused) as caught:
            decide(state, action, register)
        refusals.append(caught.value.code)

    assert refusals == ["key_not_enrolled", "not_permitted", "fact_invalid"]
