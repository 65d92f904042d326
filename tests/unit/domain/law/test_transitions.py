"""Transitions: the whole state machine, pair by pair, beside domain.md 2.7."""

import pytest

from domain.actions import Action
from domain.decisions import decide, evolve
from domain.dossiers import Dossier, Outcome, Status, Wait, WaitKind
from domain.errors import NotPermitted, NotYourDossier
from domain.facts import ClosingGround, DossierClosed
from domain.kinds import KINDS
from domain.kinds.imports import IMPORTS
from domain.kinds.intake import INTAKE
from domain.kinds.parties import PARTIES
from domain.kinds.processing import PROCESSING
from domain.kinds.results import RESULTS
from domain.kinds.waiting import WAITING
from domain.moments import Moment
from domain.roles import Role
from domain.transitions import TRANSITIONS
from tests.support.builders import (
    OTHER_APPLICANT_KEY,
    a_dossier,
    a_dossier_in_process,
    a_moment,
    a_register,
    an_action,
    an_imported_action,
    dossier_after,
)

AT_INTAKE, PROCESS, AT_REST = "5 of intake", "5 of processing", "8 suspended"
PLACES = (
    "1", "2", "3", "4", AT_INTAKE, PROCESS, "6 of 1", "6 of 4", "7", "7 of 5", "8", AT_REST,
    "9", "10",
)  # fmt: skip
# What these files say; other parts of the table have tests of their own.
OWN_KINDS = [kind.name for kind in (*INTAKE, *PROCESSING, *WAITING, *RESULTS, *PARTIES, *IMPORTS)]


def stays(*places: str) -> dict[str, int]:
    """Say that these places keep their status."""
    return {place: int(place.partition(" ")[0]) for place in places}


ANYWHERE = stays(*PLACES)
UNDER_WAY = stays("1", "2", "4", AT_INTAKE, PROCESS, "6 of 1", "6 of 4", "7", "7 of 5")
UNTIL_RETURNED = UNDER_WAY | stays(AT_REST, "9")

# For each kind: from which place to which status.
EXPECTED = {
    "submission_acknowledged": {"1": 1},
    "intake_task_assigned": {"1": 1},
    "intake_supplement_requested": {"1": 5},
    "accepted": {"1": 2, AT_INTAKE: 2},
    "intake_refused": {"1": 3, AT_INTAKE: 3},
    "routed_to_office": {"1": 1, "2": 2},
    "component_digitised": {"1": 1, "2": 2, "4": 4, AT_INTAKE: 5, PROCESS: 5},
    "fee_assessed": {"1": 1, "2": 2, "4": 4},
    "forwarded": {"2": 2},
    "handover_acknowledged": {"2": 4, "4": 4, "9": 9},
    "processor_assigned": {"2": 4, "4": 4},
    "processor_reassigned": {"2": 2, "4": 4},
    "conflict_declared": {"1": 1, "2": 2, "4": 4},
    "verification_scheduled": {"4": 4},
    "verification_recorded": {"4": 4},
    "consultation_requested": {"4": 4},
    "consultation_answered": {"4": 4},
    "consultation_overdue_notified": {"4": 4},
    "supplement_requested": {"4": 5},
    "supplement_submitted": {AT_INTAKE: 5, PROCESS: 5},
    "supplement_judged_incomplete": {AT_INTAKE: 5, PROCESS: 5},
    "supplement_completed": {AT_INTAKE: 1, PROCESS: 4},
    "closed": {AT_INTAKE: 8, PROCESS: 8, "6 of 1": 8, "6 of 4": 8},
    "payment_required": {"1": 6, "2": 6, "4": 6},
    "payment_confirmed": {"6 of 1": 1, "6 of 4": 4, "1": 1, "2": 2, "4": 4},
    "payment_failed": UNDER_WAY,
    "payment_refunded": ANYWHERE,
    "submitted_for_approval": {"4": 4},
    "returned_for_rework": {"4": 4},
    "extension_apology_issued": {"2": 2, "4": 4},
    "appointment_rescheduled": {"2": 2, "4": 4},
    "step_transferred": {"4": 4},
    "processing_suspended": {"4": 8, PROCESS: 8, "6 of 4": 8},
    "processing_resumed": {AT_REST: 4},
    "processing_stopped": {
        "2": 8, "4": 8, AT_INTAKE: 8, PROCESS: 8, "6 of 1": 8, "6 of 4": 8, AT_REST: 8,
    },
    "withdrawal_requested": {
        "1": 7, "2": 7, "4": 7, AT_INTAKE: 7, PROCESS: 7, "6 of 1": 7, "6 of 4": 7,
    },
    "withdrawal_confirmed": {"7": 8, "7 of 5": 8},
    "withdrawal_denied": {"7": 4, "7 of 5": 5},
    "result_approved": {"4": 4},
    "resolution_refused": {"4": 9},
    "result_issued": {"4": 9},
    "result_ready_notified": {"9": 9},
    "result_dispatched": {"9": 9},
    "delivery_failed": {"9": 9},
    "result_returned": {"9": 10},
    "result_corrected": {"9": 9, "10": 10},
    "result_revoked": {"9": 9, "10": 10},
    "filing_group_declared": {"1": 1},
    "identity_checked": UNTIL_RETURNED,
    "external_data_queried": UNDER_WAY,
    "applicant_key_replaced": ANYWHERE,
    "slip_secret_replaced": ANYWHERE,
    "proxy_authorised": ANYWHERE,
    "proxy_revoked": ANYWHERE,
    "delivery_choice_changed": UNTIL_RETURNED,
    "hold_placed": ANYWHERE,
    "hold_lifted": ANYWHERE,
    "foreign_step_recorded": ANYWHERE,
    "end_imported": {
        "1": 9, "2": 9, "3": 3, "4": 9, AT_INTAKE: 9, PROCESS: 9, "6 of 1": 9, "6 of 4": 9,
        "7": 9, "7 of 5": 9, "8": 8, AT_REST: 9, "9": 9, "10": 10,
    },
}  # fmt: skip


def _dossier_at(place: str, act: str) -> Dossier:
    status = Status(int(place.partition(" ")[0]))
    before = {
        AT_INTAKE: 1, PROCESS: 4, "6 of 1": 1, "6 of 4": 4, "7": 4, "7 of 5": 4,
    }.get(place)  # fmt: skip
    withdrawn = {"7": 4, "7 of 5": 5}.get(place)
    since = Moment(day=a_moment("2026-03-01").day)
    wait_kind = {5: WaitKind.SUPPLEMENT, 6: WaitKind.PAYMENT, 7: WaitKind.WITHDRAWAL}.get(status)
    return a_dossier(
        status=status,
        suspended=place == AT_REST,
        status_before_wait=None if before is None else Status(before),
        status_before_withdrawal=None if withdrawn is None else Status(withdrawn),
        waits=() if wait_kind is None else (Wait(wait_kind, since),),
        approved_at=a_moment(),
        imported=True,
        proxy_keys=(OTHER_APPLICANT_KEY,) if act == "proxy_revoked" else (),
        holds=(1,),
    )


def _action(act: str, place: str) -> Action:
    name = f"dossier.{act}"
    build = an_imported_action if "importer" in KINDS[name].signers.alone else an_action
    if act == "closed" and place.startswith("6"):
        return build(name, facts=DossierClosed(ground=ClosingGround.NO_PAYMENT))
    return build(name)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("act", EXPECTED)
def test_kind_is_permitted_exactly_where_the_table_says(act: str, place: str) -> None:
    dossier, action, register = _dossier_at(place, act), _action(act, place), a_register()

    if place not in EXPECTED[act]:
        with pytest.raises(NotPermitted):
            decide(dossier, action, register)
        return
    decide(dossier, action, register)
    moved = evolve(dossier, action, register)

    assert isinstance(moved, Dossier)
    assert moved.status == EXPECTED[act][place]
    rests = act == "processing_suspended" or (place == AT_REST and place in ANYWHERE)
    if moved.status is Status.STOPPED and act != "processing_stopped":
        assert moved.suspended == rests
    else:
        assert not moved.suspended
    assert (moved.ended_at is None) or moved.is_ended


def test_expectations_cover_every_kind_of_these_files() -> None:
    others = {"submitted", "due_date_imported"}

    assert {f"dossier.{act}" for act in set(EXPECTED) | others} == set(OWN_KINDS)


@pytest.mark.parametrize("name", [name for name in OWN_KINDS if not TRANSITIONS[name].creates])
def test_stream_is_not_begun_by_a_later_kind(name: str) -> None:
    build = an_imported_action if "importer" in KINDS[name].signers.alone else an_action

    action = build(name)
    # Signers are asked about first, and before there is a dossier nobody is its applicant.
    by_applicant = any(signer.role is Role.APPLICANT for signer in action.signers)

    with pytest.raises(NotYourDossier if by_applicant else NotPermitted):
        decide(None, action, a_register())


def test_withdrawal_that_is_denied_leads_back_to_the_wait_that_it_interrupted() -> None:
    asked = dossier_after(
        an_action("dossier.supplement_requested"),
        an_action("dossier.withdrawal_requested"),
        an_action("dossier.withdrawal_denied"),
        state=a_dossier_in_process(),
    )
    completed = dossier_after(an_action("dossier.supplement_completed"), state=asked)

    assert asked.status is Status.SUPPLEMENT_REQUIRED
    assert asked.supplement_requests == 1
    assert completed.status is Status.IN_PROCESS


def test_suspension_is_a_rest_and_the_stop_after_it_an_end() -> None:
    resting = dossier_after(an_action("dossier.processing_suspended"), state=a_dossier_in_process())
    working = dossier_after(an_action("dossier.processing_resumed"), state=resting)
    stopped = dossier_after(an_action("dossier.processing_stopped"), state=resting)

    assert (resting.status, resting.is_ended, resting.outcome) == (Status.STOPPED, False, None)
    assert (working.status, working.suspended) == (Status.IN_PROCESS, False)
    assert (stopped.status, stopped.is_ended, stopped.outcome) == (
        Status.STOPPED,
        True,
        Outcome.STOPPED,
    )


def test_submission_happens_once() -> None:
    with pytest.raises(NotPermitted):
        decide(a_dossier(), an_action("dossier.submitted"), a_register())


def test_result_is_issued_only_after_its_approval() -> None:
    dossier = a_dossier(status=Status.IN_PROCESS, approved_at=None)

    with pytest.raises(NotPermitted, match=r"dossier\.result_issued IN_PROCESS"):
        decide(dossier, an_action("dossier.result_issued"), a_register())
