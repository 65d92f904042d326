"""Decisions on dossiers and ratings: whole lives, due dates, and what is recorded of them."""

from datetime import date

import pytest

from domain.decisions import (
    decide,
)
from domain.dossiers import Channel, Dossier, Due, Outcome, Status, StepBegun, Wait, WaitKind
from domain.errors import (
    CalendarHorizonPassed,
    ProcedureNotInForce,
    UnknownCalendar,
    UnknownProcedure,
    WrongStream,
)
from domain.facts import (
    DossierAccepted,
    ExtensionApologyIssued,
)
from domain.facts.reasons import ApologyReason
from domain.procedures import Limit, LimitUnit, SupplementPolicy
from domain.roles import Role
from tests.support.builders import (
    APPLICANT_KEY,
    OFFICER_KEY,
    RATING_STREAM,
    STREAM,
    a_calendar,
    a_dossier,
    a_dossier_in_process,
    a_life,
    a_moment,
    a_procedure,
    a_register,
    an_action,
    dossier_after,
    signed_as,
)

UNKNOWN_LIMIT = Limit(unit=LimitUnit.UNKNOWN)


def test_ordinary_life_ends_with_the_result_in_the_applicants_hands() -> None:
    dossier = dossier_after(
        *a_life(
            "dossier.submitted",
            "dossier.accepted",
            "dossier.handover_acknowledged",
            "dossier.processor_assigned",
            "dossier.result_approved",
            "dossier.result_issued",
            "dossier.result_returned",
        )
    )

    assert dossier == Dossier(
        stream=STREAM,
        procedure="1.004222",
        office="H27.15",
        channel=Channel.ONLINE,
        status=Status.RESULT_RETURNED,
        submitted_at=a_moment("2026-03-02T02:00:00Z"),
        submitted_version=1,
        accepted_at=a_moment("2026-03-02T03:00:00Z"),
        procedure_version=1,
        calendar_version=1,
        accepting_office="H27.15",
        office_version=1,
        step=StepBegun(a_moment("2026-03-02T04:00:00Z"), 1),
        due=Due(day=date(2026, 3, 11)),
        approved_at=a_moment("2026-03-02T06:00:00Z"),
        ended_at=a_moment("2026-03-02T07:00:00Z"),
        returned_at=a_moment("2026-03-02T08:00:00Z"),
        outcome=Outcome.GRANTED,
        applicant_keys=(APPLICANT_KEY,),
        accepted_by=(OFFICER_KEY,),
        approved_by=(OFFICER_KEY,),
    )


def test_life_under_a_second_procedure_version_keeps_the_version_of_its_acceptance() -> None:
    first = a_procedure(valid_to=date(2026, 3, 5))
    second = a_procedure(
        version=2, valid_from=date(2026, 3, 6), limit=Limit(amount=1, unit=LimitUnit.WORKING_DAYS)
    )
    register = a_register(first, second)
    dossier = a_dossier(status=Status.NEWLY_REGISTERED)

    dossier = dossier_after(
        an_action("dossier.accepted", at=a_moment("2026-03-05")),
        an_action("dossier.handover_acknowledged", at=a_moment("2026-03-06")),
        an_action("dossier.supplement_requested", at=a_moment("2026-03-06")),
        an_action("dossier.supplement_completed", at=a_moment("2026-03-09")),
        state=dossier,
        register=register,
    )

    assert dossier.procedure_version == 1
    assert dossier.due == Due(day=date(2026, 3, 18))


def test_acceptance_before_any_version_is_refused() -> None:
    register = a_register(a_procedure(valid_from=date(2026, 7, 1)))

    with pytest.raises(ProcedureNotInForce):
        decide(a_dossier(), an_action("dossier.accepted"), register)


def test_acceptance_without_a_calendar_is_refused() -> None:
    register = a_register()
    register.calendars.clear()

    with pytest.raises(UnknownCalendar):
        decide(a_dossier(), an_action("dossier.accepted"), register)


def test_acceptance_whose_limit_outlasts_the_calendar_is_refused() -> None:
    register = a_register(calendar=a_calendar(valid_to=date(2026, 3, 6)))

    with pytest.raises(CalendarHorizonPassed):
        decide(a_dossier(), an_action("dossier.accepted"), register)


def test_acceptance_under_a_procedure_that_vanished_is_refused() -> None:
    register = a_register()
    register.procedures.clear()

    with pytest.raises(UnknownProcedure):
        decide(a_dossier(), an_action("dossier.accepted"), register)


@pytest.mark.parametrize(
    ("limit", "due"),
    [
        pytest.param(UNKNOWN_LIMIT, Due(day=date(2026, 3, 20)), id="limit unknown"),
        pytest.param(
            Limit(amount=7, unit=LimitUnit.WORKING_DAYS),
            Due(day=date(2026, 3, 11)),
            id="limit known",
        ),
    ],
)
def test_appointment_is_the_due_date_only_where_the_limit_is_unknown(
    limit: Limit, due: Due
) -> None:
    action = an_action("dossier.accepted", facts=DossierAccepted(appointment="2026-03-20"))

    dossier = dossier_after(
        action, state=a_dossier(), register=a_register(a_procedure(limit=limit))
    )

    assert dossier.appointment == Due(day=date(2026, 3, 20))
    assert dossier.due == due


def test_unknown_limit_without_appointment_has_no_due_date_and_needs_no_calendar() -> None:
    register = a_register(a_procedure(limit=UNKNOWN_LIMIT))
    register.calendars.clear()

    dossier = dossier_after(an_action("dossier.accepted"), state=a_dossier(), register=register)

    assert dossier.due is None


@pytest.mark.parametrize(
    ("policy", "due"),
    [
        pytest.param(SupplementPolicy.RESTART, date(2026, 3, 18), id="counted anew"),
        pytest.param(SupplementPolicy.PAUSE, date(2026, 3, 16), id="moved by three days"),
        pytest.param(SupplementPolicy.NONE, date(2026, 3, 11), id="left alone"),
    ],
)
def test_supplement_moves_the_due_date_as_the_procedure_says(
    policy: SupplementPolicy, due: date
) -> None:
    register = a_register(a_procedure(supplement_policy=policy))

    dossier = dossier_after(
        an_action("dossier.supplement_requested", at=a_moment("2026-03-04T02:00:00Z")),
        an_action("dossier.supplement_submitted", at=a_moment("2026-03-08T02:00:00Z")),
        an_action("dossier.supplement_completed", at=a_moment("2026-03-09T02:00:00Z")),
        state=a_dossier_in_process(),
        register=register,
    )

    assert dossier.status is Status.IN_PROCESS
    assert dossier.due == Due(day=due)
    assert dossier.waits == (
        Wait(
            WaitKind.SUPPLEMENT,
            a_moment("2026-03-04T02:00:00Z"),
            a_moment("2026-03-09T02:00:00Z"),
        ),
    )
    assert [change.due_before for change in dossier.due_changes] == (
        [] if policy is SupplementPolicy.NONE else [Due(day=date(2026, 3, 11))]
    )


@pytest.mark.parametrize("policy", [SupplementPolicy.RESTART, SupplementPolicy.PAUSE])
def test_what_was_late_is_not_healed_by_asking_for_a_supplement(policy: SupplementPolicy) -> None:
    register = a_register(a_procedure(supplement_policy=policy))

    dossier = dossier_after(
        an_action("dossier.supplement_requested", at=a_moment("2026-04-20T02:00:00Z")),
        an_action("dossier.supplement_completed", at=a_moment("2026-04-20T02:05:00Z")),
        state=a_dossier_in_process(),
        register=register,
    )

    assert dossier.due == Due(day=date(2026, 3, 11))


def test_supplement_under_an_unknown_limit_leaves_the_due_date() -> None:
    for policy in (SupplementPolicy.RESTART, SupplementPolicy.PAUSE):
        register = a_register(a_procedure(limit=UNKNOWN_LIMIT, supplement_policy=policy))

        dossier = dossier_after(
            an_action("dossier.supplement_requested"),
            an_action("dossier.supplement_completed", at=a_moment("2026-03-09")),
            state=a_dossier_in_process(),
            register=register,
        )

        assert dossier.due == Due(day=date(2026, 3, 11))


def test_supplement_at_intake_moves_no_due_date() -> None:
    dossier = dossier_after(
        *a_life("dossier.intake_supplement_requested", "dossier.supplement_completed"),
        state=a_dossier(),
    )

    assert dossier.status is Status.NEWLY_REGISTERED
    assert dossier.due is None
    assert dossier.supplement_requests == 1


def test_second_supplement_request_is_recorded_and_counted() -> None:
    names = ("dossier.supplement_requested", "dossier.supplement_completed")

    dossier = dossier_after(*a_life(*names, *names), state=a_dossier_in_process())

    assert dossier.supplement_requests == 2
    assert len(dossier.waits) == 2


@pytest.mark.parametrize(("pauses", "due"), [(True, date(2026, 3, 16)), (False, date(2026, 3, 11))])
def test_payment_pauses_only_where_the_procedure_says(pauses: bool, due: date) -> None:
    register = a_register(a_procedure(pause_in_payment=pauses))

    dossier = dossier_after(
        an_action("dossier.payment_required", at=a_moment("2026-03-04")),
        an_action("dossier.payment_confirmed", at=a_moment("2026-03-09")),
        state=a_dossier_in_process(),
        register=register,
    )

    assert dossier.status is Status.IN_PROCESS
    assert dossier.due == Due(day=due)


def test_what_was_late_is_not_healed_by_asking_for_a_payment() -> None:
    dossier = dossier_after(
        an_action("dossier.payment_required", at=a_moment("2026-03-12")),
        an_action("dossier.payment_confirmed", at=a_moment("2026-03-16")),
        state=a_dossier_in_process(),
        register=a_register(a_procedure(pause_in_payment=True)),
    )

    assert dossier.due == Due(day=date(2026, 3, 11))
    assert dossier.due_changes == ()


def test_payment_that_nobody_asked_for_moves_no_due_date() -> None:
    register = a_register(a_procedure(pause_in_payment=True))
    moment = a_moment("2026-03-09")

    dossier = dossier_after(
        an_action("dossier.payment_required", at=a_moment("2026-03-04")),
        an_action("dossier.payment_confirmed", at=moment),
        an_action("dossier.payment_confirmed", at=moment),
        state=a_dossier_in_process(),
        register=register,
    )

    assert dossier.due == Due(day=date(2026, 3, 16))


def test_payment_at_submission_returns_to_intake() -> None:
    register = a_register(a_procedure(pause_in_payment=True))

    dossier = dossier_after(
        *a_life("dossier.payment_required", "dossier.payment_confirmed"),
        state=a_dossier(),
        register=register,
    )

    assert dossier.status is Status.NEWLY_REGISTERED
    assert dossier.status_before_wait is None


def test_pause_without_a_due_date_has_nothing_to_move() -> None:
    register = a_register(a_procedure(pause_in_payment=True))

    dossier = dossier_after(
        *a_life("dossier.payment_required", "dossier.payment_confirmed"),
        state=a_dossier_in_process(due=None),
        register=register,
    )

    assert dossier.due is None


def test_apology_moves_the_appointment_and_never_the_legal_due_date() -> None:
    apology = ExtensionApologyIssued(
        appointment="2026-04-01T02:00:00Z", reason_code=ApologyReason.MANY_DOSSIERS
    )
    action = an_action("dossier.extension_apology_issued", facts=apology)

    dossier = dossier_after(action, action, state=a_dossier_in_process())

    assert dossier.due == Due(day=date(2026, 3, 11))
    assert dossier.appointment == Due(instant=a_moment("2026-04-01T02:00:00Z").instant)
    assert dossier.apologies == 2


def test_withdrawal_while_waiting_closes_the_wait_and_ends_the_dossier() -> None:
    dossier = dossier_after(
        *a_life(
            "dossier.supplement_requested",
            "dossier.withdrawal_requested",
            "dossier.withdrawal_confirmed",
        ),
        state=a_dossier_in_process(),
    )

    assert dossier.status is Status.STOPPED
    assert dossier.outcome is Outcome.WITHDRAWN
    assert dossier.ended_at == a_moment("2026-03-02T04:00:00Z")
    assert [wait.kind for wait in dossier.waits] == [WaitKind.SUPPLEMENT, WaitKind.WITHDRAWAL]
    assert all(wait.until is not None for wait in dossier.waits)


def test_withdrawal_requested_while_waiting_keeps_where_the_wait_began() -> None:
    dossier = dossier_after(
        *a_life("dossier.payment_required", "dossier.withdrawal_requested"),
        state=a_dossier_in_process(),
    )

    assert dossier.status_before_wait is Status.IN_PROCESS


def test_refusals_end_the_dossier_with_their_outcome() -> None:
    at_intake = dossier_after(an_action("dossier.intake_refused"), state=a_dossier())
    on_merits = dossier_after(an_action("dossier.resolution_refused"), state=a_dossier_in_process())

    assert (at_intake.status, at_intake.outcome) == (Status.NOT_ACCEPTED, Outcome.NOT_ACCEPTED)
    assert (on_merits.status, on_merits.outcome) == (Status.PROCESSED, Outcome.REFUSED)
    assert at_intake.is_ended
    assert on_merits.is_ended


def test_improper_acts_are_recorded() -> None:
    """Late, by one person, and dated before the acts they follow."""
    late_and_back_dated = dossier_after(
        an_action("dossier.accepted", at=a_moment("2026-03-05T03:00:00Z")),
        an_action("dossier.handover_acknowledged", at=a_moment("2026-03-04T03:00:00Z")),
        an_action("dossier.result_approved", at=a_moment("2026-06-30T03:00:00Z")),
        an_action("dossier.result_issued", at=a_moment("2026-06-29T03:00:00Z")),
        state=a_dossier(),
    )

    assert late_and_back_dated.accepted_by == late_and_back_dated.approved_by
    assert late_and_back_dated.ended_at == a_moment("2026-06-29T03:00:00Z")


def test_processing_officers_are_kept_by_key_once() -> None:
    asked = an_action("dossier.supplement_requested", signers=signed_as(Role.PROCESSOR))
    handed = an_action("dossier.handover_acknowledged", signers=signed_as(Role.PROCESSOR))

    dossier = dossier_after(handed, asked, state=a_dossier_in_process())

    assert dossier.processed_by == (OFFICER_KEY,)


def test_kind_on_a_stream_of_another_type_is_refused() -> None:
    with pytest.raises(WrongStream):
        decide(None, an_action("dossier.submitted", stream=RATING_STREAM), a_register())
