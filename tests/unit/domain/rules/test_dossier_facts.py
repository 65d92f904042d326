"""Facts of dossiers that contradict header, state or one another, and what acts leave behind."""

from datetime import date
from typing import Any

import msgspec
import pytest

from domain import facts
from domain.actions import Action, Kind
from domain.decisions import decide, decide_private
from domain.dossiers import Dossier, Status, Wait, WaitKind
from domain.errors import (
    ActionRefused,
    FactInvalid,
    FactMissing,
    PersonalDataInPublic,
    UnknownOffice,
)
from domain.facts import ClosingGround, Facts, ReschedulingGround
from domain.kinds.imports import IMPORTS
from domain.kinds.intake import INTAKE
from domain.kinds.parties import PARTIES
from domain.kinds.processing import PROCESSING
from domain.kinds.results import RESULTS
from domain.kinds.waiting import WAITING
from domain.roles import Role
from domain.rules.facts import check_facts
from tests.support.builders import (
    DEPARTMENT,
    OFFICE,
    OTHER_APPLICANT_KEY,
    OTHER_APPLICANT_VKEY,
    a_dossier,
    a_dossier_in_process,
    a_moment,
    a_register,
    an_action,
    an_imported_action,
    dossier_after,
    signed_as,
)

OWN_KINDS = (*INTAKE, *PROCESSING, *WAITING, *RESULTS, *PARTIES, *IMPORTS)
WAITING_FOR_PAPERS = (Wait(WaitKind.SUPPLEMENT, a_moment("2026-03-02T02:00:00Z")),)


def a_waiting_dossier(**changes: Any) -> Dossier:
    settled = {
        "status": Status.SUPPLEMENT_REQUIRED,
        "status_before_wait": Status.IN_PROCESS,
        "waits": WAITING_FOR_PAPERS,
    }
    return a_dossier_in_process(**(settled | changes))


# Rules: what the shape cannot say.


@pytest.mark.parametrize(
    "kind", [kind for kind in OWN_KINDS if kind.details_required], ids=lambda kind: kind.name
)
def test_act_that_says_nothing_without_its_private_part_is_refused_without_it(kind: Kind) -> None:
    state = None if kind.name == "dossier.submitted" else a_waiting_dossier()

    with pytest.raises(FactMissing, match="details"):
        check_facts(state, an_action(kind.name, commitment=None), a_register())


def test_import_tells_what_its_source_has_without_a_private_part() -> None:
    imported = an_imported_action("dossier.consultation_requested", commitment=None)

    decide(a_dossier_in_process(imported=True), imported, a_register())


def test_telephone_in_a_label_is_refused_with_an_explanation() -> None:
    label = facts.ForeignStepRecorded(label="Call 0912 345 678")
    action = an_imported_action("dossier.foreign_step_recorded", facts=label)

    with pytest.raises(PersonalDataInPublic, match="label") as refused:
        decide(a_dossier(imported=True), action, a_register())

    assert "0912" not in str(refused.value)
    assert "private part" in refused.value.remedy.en


IN_PROCESS = a_dossier_in_process()
LONG_AGO = date(2026, 3, 1)
CONTRADICTIONS: dict[str, tuple[Dossier, str, Facts, type[ActionRefused]]] = {
    "routed to where it is": (
        a_dossier(),
        "dossier.routed_to_office",
        facts.DossierRoutedToOffice(to_office=OFFICE),
        FactInvalid,
    ),
    "routed to nowhere": (
        a_dossier(),
        "dossier.routed_to_office",
        facts.DossierRoutedToOffice(to_office="H99"),
        UnknownOffice,
    ),
    "forwarded to nowhere": (
        a_dossier(status=Status.ACCEPTED),
        "dossier.forwarded",
        facts.DossierForwarded(to_office="H99"),
        UnknownOffice,
    ),
    "step to nowhere": (
        IN_PROCESS,
        "dossier.step_transferred",
        facts.StepTransferred(to_office="H99"),
        UnknownOffice,
    ),
    "supplement at intake due before it was asked for": (
        a_dossier(),
        "dossier.intake_supplement_requested",
        facts.IntakeSupplementRequested(answer_by=LONG_AGO),
        FactInvalid,
    ),
    "supplement due before it was asked for": (
        IN_PROCESS,
        "dossier.supplement_requested",
        facts.SupplementRequested(answer_by=LONG_AGO),
        FactInvalid,
    ),
    "payment due before it was asked for": (
        IN_PROCESS,
        "dossier.payment_required",
        facts.PaymentRequired(amount_vnd=1, pay_by=LONG_AGO),
        FactInvalid,
    ),
    "consultation without a day": (
        IN_PROCESS,
        "dossier.consultation_requested",
        facts.ConsultationRequested(),
        FactMissing,
    ),
    "consultation due before it was asked for": (
        IN_PROCESS,
        "dossier.consultation_requested",
        facts.ConsultationRequested(answer_by=LONG_AGO),
        FactInvalid,
    ),
    "answer to nothing": (
        IN_PROCESS,
        "dossier.consultation_answered",
        facts.ConsultationAnswered(),
        FactMissing,
    ),
    "answer to what comes later": (
        IN_PROCESS,
        "dossier.consultation_answered",
        facts.ConsultationAnswered(request_version=2),
        FactInvalid,
    ),
    "reminder of what comes later": (
        IN_PROCESS,
        "dossier.consultation_overdue_notified",
        facts.ConsultationOverdueNotified(request_version=3),
        FactInvalid,
    ),
    "closed for a payment while papers are missing": (
        a_waiting_dossier(),
        "dossier.closed",
        facts.DossierClosed(ground=ClosingGround.NO_PAYMENT),
        FactInvalid,
    ),
    "new appointment by an apology that it does not name": (
        IN_PROCESS,
        "dossier.appointment_rescheduled",
        facts.AppointmentRescheduled(appointment="2026-12-01", ground=ReschedulingGround.APOLOGY),
        FactMissing,
    ),
    "new appointment by law that names an apology": (
        IN_PROCESS,
        "dossier.appointment_rescheduled",
        facts.AppointmentRescheduled(
            appointment="2026-12-01", ground=ReschedulingGround.LAW, apology_version=1
        ),
        FactInvalid,
    ),
    "new appointment on a day that does not exist": (
        IN_PROCESS,
        "dossier.appointment_rescheduled",
        facts.AppointmentRescheduled(appointment="2026-02-30", ground=ReschedulingGround.LAW),
        FactInvalid,
    ),
    "new applicant's key that is the old one": (
        a_dossier(applicant_keys=(OTHER_APPLICANT_KEY,)),
        "dossier.applicant_key_replaced",
        facts.ApplicantKeyReplaced(applicant_key=OTHER_APPLICANT_VKEY),
        FactInvalid,
    ),
    "proxy who is one already": (
        a_dossier(proxy_keys=(OTHER_APPLICANT_KEY,)),
        "dossier.proxy_authorised",
        facts.ProxyAuthorised(proxy_key=OTHER_APPLICANT_VKEY),
        FactInvalid,
    ),
    "end of a proxy who is none": (
        a_dossier(),
        "dossier.proxy_revoked",
        facts.ProxyRevoked(proxy=OTHER_APPLICANT_KEY),
        FactInvalid,
    ),
    "end of a hold that is none": (
        a_dossier(holds=(3,)),
        "dossier.hold_lifted",
        facts.HoldLifted(hold_version=1),
        FactInvalid,
    ),
}


@pytest.mark.parametrize(
    ("dossier", "name", "contradiction", "refusal"),
    CONTRADICTIONS.values(),
    ids=CONTRADICTIONS,
)
def test_contradictory_facts_are_refused(
    dossier: Dossier, name: str, contradiction: Facts, refusal: type[ActionRefused]
) -> None:
    with pytest.raises(refusal):
        decide(dossier, an_action(name, facts=contradiction), a_register())


def test_private_moment_that_does_not_exist_is_refused() -> None:
    told = facts.ResultReadyNotifiedDetails(told_by="sms", told_at="2026-02-30")
    action: Action = an_action("dossier.result_ready_notified", details=told)

    with pytest.raises(FactInvalid, match="told_at"):
        decide_private(a_dossier(status=Status.PROCESSED), action, a_register())


def test_act_before_the_one_before_it_is_recorded_for_a_finding() -> None:
    """R08 of domain.md 7.2 names it; moments in the future are the clock's, in the writer."""
    dossier = dossier_after(
        an_action("dossier.handover_acknowledged", at=a_moment("2026-03-02T02:00:00Z")),
        state=a_dossier_in_process(),
    )

    assert dossier.status is Status.IN_PROCESS


# What later acts need.


def test_new_applicants_key_takes_the_place_of_the_lost_one() -> None:
    dossier = dossier_after(an_action("dossier.applicant_key_replaced"), state=a_dossier())

    assert dossier.applicant_keys == (OTHER_APPLICANT_KEY,)


def test_proxy_signs_from_the_authority_to_its_end() -> None:
    proxy = an_action("dossier.withdrawal_requested").signers[0]
    by_proxy = msgspec.structs.replace(proxy, key=OTHER_APPLICANT_KEY, role=Role.PROXY)
    request = an_action("dossier.withdrawal_requested", signers=(by_proxy,))

    authorised = dossier_after(an_action("dossier.proxy_authorised"), state=a_dossier())
    revoked = dossier_after(an_action("dossier.proxy_revoked"), state=authorised)

    decide(authorised, request, a_register())
    with pytest.raises(ActionRefused):
        decide(revoked, request, a_register())


def test_routed_dossier_belongs_to_the_office_that_it_came_to() -> None:
    routed = dossier_after(an_action("dossier.routed_to_office"), state=a_dossier())

    assert routed.office != OFFICE
    decide(routed, an_action("dossier.accepted", office=routed.office), a_register())


def test_holds_stay_until_each_of_them_is_lifted() -> None:
    held = dossier_after(
        an_action("dossier.hold_placed", version=4),
        an_action("dossier.hold_placed", version=5),
        state=a_dossier(),
    )
    lifted = dossier_after(
        an_action("dossier.hold_lifted", version=6, facts=facts.HoldLifted(hold_version=4)),
        state=held,
    )

    assert (held.holds, lifted.holds) == ((4, 5), (5,))


def test_inspector_of_another_office_places_a_hold() -> None:
    hold = an_action(
        "dossier.hold_placed", office=DEPARTMENT, signers=signed_as(Role.INSPECTOR), version=4
    )

    assert dossier_after(hold, state=a_dossier()).holds == (4,)


def test_supplement_judged_incomplete_counts_as_one_more_request() -> None:
    dossier = dossier_after(
        an_action("dossier.supplement_requested"),
        an_action("dossier.supplement_judged_incomplete"),
        state=a_dossier_in_process(),
    )

    assert dossier.supplement_requests == 2
    assert len(dossier.waits) == 1
