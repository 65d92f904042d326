"""On whose desk a dossier lies, since when, and until when the one before still had it."""

from domain.actions import Signer
from domain.moments import render_moment
from domain.roles import Role
from projections.status.desks import Desk, desk_of
from tests.support.builders import DEPARTMENT, OFFICE
from tests.support.situations.lives import (
    APPROVER,
    LEADER,
    PROCESSOR,
    RECEIVER,
    Lived,
    act,
    lived,
)

SUBMITTED = ("submitted", "2026-03-02T01:00:00Z")
ACCEPTED = act("accepted", "2026-03-02T02:00:00Z", RECEIVER)
FORWARDED = act("forwarded", "2026-03-02T03:00:00Z", RECEIVER)
TAKEN = act("handover_acknowledged", "2026-03-03T02:00:00Z", PROCESSOR, office=DEPARTMENT)
ASSIGNED = act("processor_assigned", "2026-03-03T03:00:00Z", LEADER, office=DEPARTMENT)


def desk(life: Lived) -> Desk:
    found = desk_of(life.dossier, life.acts)
    assert found is not None
    return found


def test_what_nobody_took_in_lies_with_the_office_alone() -> None:
    found = desk(lived(SUBMITTED))

    assert (found.office, found.role, found.is_nobodys) == (OFFICE, Role.RECEIVER, True)


def test_receiver_who_accepted_has_it_since_then() -> None:
    found = desk(lived(SUBMITTED, ACCEPTED))

    assert (found.key, render_moment(found.since)) == (RECEIVER.key, "2026-03-02T02:00:00Z")


def test_what_was_sent_is_on_its_way_until_somebody_takes_it_over() -> None:
    sent = desk(lived(SUBMITTED, ACCEPTED, FORWARDED))
    taken = desk(lived(SUBMITTED, ACCEPTED, FORWARDED, TAKEN))

    assert (sent.office, sent.key, sent.taken_over) == (DEPARTMENT, None, False)
    assert (taken.office, taken.key, taken.taken_over) == (DEPARTMENT, PROCESSOR.key, True)


def test_of_two_who_sign_a_handover_the_taker_signs_last() -> None:
    giver = Signer("receiver-00000000000000f1", Role.RECEIVER)
    both = act("handover_acknowledged", "2026-03-03T02:00:00Z", giver, PROCESSOR)

    assert desk(lived(SUBMITTED, ACCEPTED, both)).key == PROCESSOR.key


def test_assignment_names_its_act_and_no_key() -> None:
    found = desk(lived(SUBMITTED, ACCEPTED, FORWARDED, TAKEN, ASSIGNED))

    assert (found.key, found.assigned_version, found.version) == (None, 5, 5)
    assert not found.is_nobodys


def test_officer_who_works_on_what_was_given_has_it_since_it_was_given() -> None:
    asked = act("consultation_requested", "2026-03-05T02:00:00Z", PROCESSOR, office=DEPARTMENT)

    found = desk(lived(SUBMITTED, ACCEPTED, FORWARDED, TAKEN, ASSIGNED, asked))

    assert (found.key, found.assigned_version) == (PROCESSOR.key, 5)
    assert render_moment(found.since) == "2026-03-03T03:00:00Z"


def test_colleague_who_takes_up_the_work_has_it_from_then_on() -> None:
    colleague = Signer("processor-00000000000000f2", Role.PROCESSOR)
    asked = act("consultation_requested", "2026-03-05T02:00:00Z", colleague, office=DEPARTMENT)

    found = desk(lived(SUBMITTED, ACCEPTED, FORWARDED, TAKEN, asked))

    assert (found.key, render_moment(found.since)) == (colleague.key, "2026-03-05T02:00:00Z")


def test_draft_lies_before_the_approvers_and_comes_back_to_who_wrote_it() -> None:
    drafted = act("submitted_for_approval", "2026-03-05T02:00:00Z", PROCESSOR, office=DEPARTMENT)
    back = act("returned_for_rework", "2026-03-06T02:00:00Z", APPROVER, office=DEPARTMENT)
    before = (SUBMITTED, ACCEPTED, FORWARDED, TAKEN, drafted)

    decided, again = desk(lived(*before)), desk(lived(*before, back))

    assert (decided.role, decided.key) == (Role.APPROVER, None)
    assert (again.key, render_moment(again.since)) == (PROCESSOR.key, "2026-03-06T02:00:00Z")


def test_result_lies_at_the_counter_that_took_the_dossier_in() -> None:
    approved = act("result_approved", "2026-03-06T02:00:00Z", APPROVER, office=DEPARTMENT)
    issued = act("result_issued", "2026-03-06T03:00:00Z", office=DEPARTMENT)

    found = desk(lived(SUBMITTED, ACCEPTED, FORWARDED, TAKEN, approved, issued))

    assert (found.office, found.role) == (OFFICE, Role.RETURNER)


def test_while_it_waits_for_papers_the_one_who_asked_keeps_it() -> None:
    asked = act("supplement_requested", "2026-03-05T02:00:00Z", PROCESSOR, office=DEPARTMENT)

    assert desk(lived(SUBMITTED, ACCEPTED, FORWARDED, TAKEN, asked)).key == PROCESSOR.key


def test_what_has_ended_lies_with_nobody() -> None:
    life = lived(SUBMITTED, ("intake_refused", "2026-03-02T02:00:00Z"))

    assert desk_of(life.dossier, life.acts) is None


def test_suspended_dossier_stays_where_it_was() -> None:
    rests = act("processing_suspended", "2026-03-05T02:00:00Z", APPROVER, office=DEPARTMENT)

    assert desk(lived(SUBMITTED, ACCEPTED, FORWARDED, TAKEN, rests)).key == PROCESSOR.key


def test_imported_acts_name_no_key() -> None:
    importer = Signer("importer-00000000000000f3", Role.IMPORTER)
    taken = act("handover_acknowledged", "2026-03-03", importer)

    assert desk(lived(SUBMITTED, ACCEPTED, taken)).key is None
