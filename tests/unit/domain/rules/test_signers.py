"""Signers: who may act, for which office, with which key; whoever may not is refused."""

import pytest

from domain.actions import Action, Signer
from domain.decisions import decide, evolve
from domain.dossiers import Dossier, Status
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
    UnknownOffice,
)
from domain.facts import (
    DossierSubmitted,
    Grant,
    KeyRevoked,
    RevocationReason,
)
from domain.keys import KeyRecord
from domain.person_errors import SignerRepeated
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
    dossier_after,
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
        # The head of the one-stop shop watches deadlines, and decides nothing (domain.md 1.3).
        ("dossier.extension_apology_issued", Role.HEAD, NotYourRole),
        ("dossier.processor_assigned", Role.HEAD, NotYourRole),
    ],
)
def test_only_a_deciding_agency_acts_on_another_offices_dossier(
    kind: str, role: Role, refusal: type[ActionRefused] | None
) -> None:
    action = an_action(kind, office=DEPARTMENT, signers=signed_as(role))
    dossier = a_dossier_in_process(handed_to=DEPARTMENT)

    if refusal is None:
        decide(dossier, action, a_register())
    else:
        with pytest.raises(refusal):
            decide(dossier, action, a_register())


DECISIONS = [
    ("dossier.processor_assigned", Role.ASSIGNER),
    ("dossier.supplement_requested", Role.PROCESSOR),
    ("dossier.extension_apology_issued", Role.APPROVER),
    ("dossier.result_approved", Role.APPROVER),
    ("dossier.resolution_refused", Role.APPROVER),
    ("dossier.result_issued", Role.CLERK),
]


@pytest.mark.parametrize(("kind", "role"), DECISIONS)
@pytest.mark.parametrize(
    ("handed_to", "deciding", "stranger"),
    [(None, OFFICE, DEPARTMENT), (DEPARTMENT,) * 2 + (OFFICE,)],
)
def test_approver_of_an_office_that_does_not_hold_the_dossier_decides_nothing(
    kind: str, role: Role, handed_to: str | None, deciding: str, stranger: str
) -> None:
    dossier = a_dossier_in_process(approved_at=a_moment(), handed_to=handed_to)
    signers = signed_as(role)

    decide(dossier, an_action(kind, office=deciding, signers=signers), a_register())
    with pytest.raises(NotYourOffice):
        decide(dossier, an_action(kind, office=stranger, signers=signers), a_register())


def a_handover(office: str, *signers: Signer) -> Action:
    return an_action("dossier.handover_acknowledged", office=office, signers=signers)


def test_handover_makes_the_taker_the_office_that_decides_and_back_again() -> None:
    taken = dossier_after(
        a_handover(DEPARTMENT, *signed_as(Role.PROCESSOR)), state=a_dossier_in_process()
    )
    returned = dossier_after(a_handover(OFFICE, *signed_as(Role.RECEIVER)), state=taken)

    assert (taken.office, taken.current_office) == (OFFICE, DEPARTMENT)
    assert (returned.handed_to, returned.current_office) == (None, OFFICE)


def test_one_stop_shop_stays_the_desk_of_a_dossier_that_it_handed_over() -> None:
    dossier = a_dossier_in_process(handed_to=DEPARTMENT)
    ready = a_dossier(status=Status.PROCESSED, handed_to=DEPARTMENT)
    waiting = a_dossier_in_process(
        status=Status.SUPPLEMENT_REQUIRED, status_before_wait=Status.IN_PROCESS
    )

    decide(dossier, an_action("dossier.payment_confirmed"), a_register())
    decide(ready, an_action("dossier.result_returned"), a_register())
    decide(waiting, an_action("dossier.supplement_submitted"), a_register())


def test_payment_provider_may_belong_to_any_office() -> None:
    signers = signed_as(Role.PAYMENT_PROVIDER)

    for office in (OFFICE, DEPARTMENT):
        action = an_action("dossier.payment_confirmed", office=office, signers=signers)
        decide(a_dossier_in_process(), action, a_register())


def test_imported_steps_need_no_handover() -> None:
    dossier = a_dossier_in_process(imported=True)
    taken = an_imported_action("dossier.handover_acknowledged", office=DEPARTMENT)
    decided = an_imported_action("dossier.result_approved", office=OFFICE)

    decide(dossier, taken, a_register())
    after = evolve(dossier, taken, a_register())
    assert isinstance(after, Dossier)
    decide(after, decided, a_register())


def test_giver_and_taker_of_a_handover_may_belong_to_two_offices() -> None:
    giver = a_key(KEY, Grant(Role.RECEIVER, OFFICE))
    taker = a_key(OTHER, Grant(Role.PROCESSOR, DEPARTMENT))
    both = (Signer(KEY, Role.RECEIVER), Signer(OTHER, Role.PROCESSOR))
    handover = an_action("dossier.handover_acknowledged", office=DEPARTMENT, signers=both)

    decide(a_dossier_in_process(), handover, a_register(keys=[giver, taker]))


def test_giver_may_belong_to_the_agency_that_holds_the_dossier() -> None:
    giver = a_key(KEY, Grant(Role.CLERK, DEPARTMENT))
    taker = a_key(OTHER, Grant(Role.RECEIVER, OFFICE))
    back = a_handover(OFFICE, Signer(KEY, Role.CLERK), Signer(OTHER, Role.RECEIVER))
    register = a_register(keys=[giver, taker])

    decide(a_dossier_in_process(handed_to=DEPARTMENT), back, register)
    with pytest.raises(NotYourOffice):
        decide(a_dossier_in_process(), back, register)


def test_two_givers_cannot_hand_a_dossier_to_an_office_that_did_not_sign() -> None:
    givers = [a_key(KEY, Grant(Role.RECEIVER, OFFICE)), a_key(OTHER, Grant(Role.CLERK, OFFICE))]
    handover = a_handover(DEPARTMENT, Signer(KEY, Role.RECEIVER), Signer(OTHER, Role.CLERK))

    with pytest.raises(NotYourOffice):
        decide(a_dossier_in_process(), handover, a_register(keys=givers))


def test_relay_of_the_desk_lends_no_office_to_a_processor_of_another_one() -> None:
    processor = a_key(OTHER, Grant(Role.PROCESSOR, OFFICE))
    relay = a_key(KEY, Grant(Role.RECEIVER, OFFICE))
    both = (Signer(OTHER, Role.PROCESSOR), Signer(KEY, Role.RECEIVER))
    request = an_action("dossier.supplement_requested", office=DEPARTMENT, signers=both)
    dossier = a_dossier_in_process(handed_to=DEPARTMENT)

    with pytest.raises(NotYourOffice):
        decide(dossier, request, a_register(keys=[processor, relay]))
    processor = a_key(OTHER, Grant(Role.PROCESSOR, DEPARTMENT))
    decide(dossier, request, a_register(keys=[processor, relay]))


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
