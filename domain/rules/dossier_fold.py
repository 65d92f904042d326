"""How the state of a dossier follows from its actions.

What the transition row says (status, waits, end, outcome) is done for every kind alike; a kind
that means more has an effect in `EFFECTS`. So a new kind often needs nothing here.
"""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from domain.actions import Action
from domain.deadlines import due_after_pause, is_late, legal_due, needs_calendar
from domain.dossiers import (
    ENDED_STATUSES,
    WAIT_OF_STATUS,
    Dossier,
    Due,
    Outcome,
    Status,
    Wait,
    WaitKind,
    due_from_moment,
)
from domain.errors import ProcedureNotInForce
from domain.facts import (
    DossierAccepted,
    DossierSubmitted,
    DueDateImported,
    EndImported,
    ExtensionApologyIssued,
    ImportableFacts,
)
from domain.keys import vkey_name
from domain.moments import Moment, parse_moment
from domain.procedures import Procedure, SupplementPolicy
from domain.roles import Role
from domain.rules.register import Register, office_record, procedure_record, working_time
from domain.transitions import TRANSITIONS, target_status

Effect = Callable[[Dossier, Action, Register], Dossier]


def open_dossier(action: Action) -> Dossier:
    """Give the state after a submission."""
    facts = action.facts
    assert isinstance(facts, DossierSubmitted)
    assert action.office is not None
    key = facts.applicant_key
    return Dossier(
        stream=action.stream,
        procedure=facts.procedure,
        office=action.office,
        channel=facts.channel,
        status=Status.NEWLY_REGISTERED,
        submitted_at=action.at,
        applicant_keys=() if key is None else (vkey_name(key),),
        imported=action.is_imported,
    )


def fold_dossier(dossier: Dossier, action: Action, register: Register) -> Dossier:
    """Give the state after a later action that the transition table permits."""
    transition = TRANSITIONS[action.kind.name]
    target = target_status(transition, dossier.status, dossier.status_before_wait)
    has_waited = dossier.is_waiting
    if target is not dossier.status:
        dossier = _moved(dossier, target, action.at, transition.outcome)
    mark = PERSON_MARKS.get(action.kind.name)
    if mark is not None:
        dossier = mark(dossier, action)
    has_resumed = has_waited and not dossier.is_waiting
    effect = (has_resumed and RESUMING.get(action.kind.name)) or EFFECTS.get(action.kind.name)
    return dossier if effect is None else effect(dossier, action, register)


def _moved(dossier: Dossier, target: Status, at: Moment, outcome: Outcome | None) -> Dossier:
    """Give the dossier in another status, with waits closed and opened accordingly."""
    waits, prior = dossier.waits, dossier.status_before_wait
    if dossier.is_waiting:
        waits = (*waits[:-1], replace(waits[-1], until=at))
    wait_kind = WAIT_OF_STATUS.get(target)
    if wait_kind is not None:
        waits = (*waits, Wait(wait_kind, at))
        prior = prior or dossier.status
    return replace(
        dossier,
        status=target,
        waits=waits,
        status_before_wait=None if wait_kind is None else prior,
        supplement_requests=dossier.supplement_requests + (wait_kind is WaitKind.SUPPLEMENT),
        ended_at=dossier.ended_at or (at if target in ENDED_STATUSES else None),
        returned_at=at if target is Status.RESULT_RETURNED else dossier.returned_at,
        outcome=outcome or dossier.outcome,
    )


def _with(names: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*names, *more)))


def _keys(action: Action, role: Role) -> tuple[str, ...]:
    return tuple(signer.key for signer in action.signers if signer.role is role)


def _performers(action: Action) -> tuple[str, ...]:
    facts = action.facts
    if not isinstance(facts, ImportableFacts) or facts.performer is None:
        return ()
    return (facts.performer,)


def _mark_intake(dossier: Dossier, action: Action) -> Dossier:
    return replace(
        dossier,
        accepted_by=_with(dossier.accepted_by, _keys(action, Role.RECEIVER)),
        accepted_performers=_with(dossier.accepted_performers, _performers(action)),
    )


def _mark_approval(dossier: Dossier, action: Action) -> Dossier:
    return replace(
        dossier,
        approved_by=_with(dossier.approved_by, _keys(action, Role.APPROVER)),
        approved_performers=_with(dossier.approved_performers, _performers(action)),
    )


def _mark_processing(dossier: Dossier, action: Action) -> Dossier:
    return replace(
        dossier,
        processed_by=_with(dossier.processed_by, _keys(action, Role.PROCESSOR)),
        processed_performers=_with(dossier.processed_performers, _performers(action)),
    )


def _accepted(dossier: Dossier, action: Action, register: Register) -> Dossier:
    facts = action.facts
    assert isinstance(facts, DossierAccepted)
    appointment = facts.appointment and due_from_moment(parse_moment(facts.appointment))
    zone = office_record(register, dossier.office).office.time_zone
    day = action.at.day_in(zone)
    procedure = procedure_record(register, dossier.procedure).version_in_force(day)
    if procedure is None:
        raise ProcedureNotInForce(f"{dossier.procedure} {day}")
    due = _due_from(dossier, procedure, action.at, register)
    if due is None and not needs_calendar(procedure.limit):
        due = appointment or None
    return replace(
        dossier,
        accepted_at=action.at,
        procedure_version=procedure.version,
        appointment=appointment or None,
        due=dossier.due or due,  # an imported due date stands
    )


def _due_from(
    dossier: Dossier, procedure: Procedure, start: Moment, register: Register
) -> Due | None:
    if not needs_calendar(procedure.limit):
        return None
    return legal_due(procedure, start, working_time(register, dossier.office))


def _accepted_version(dossier: Dossier, register: Register) -> Procedure | None:
    """Give the version in force at acceptance; None before acceptance."""
    if dossier.procedure_version is None:
        return None
    return procedure_record(register, dossier.procedure).version(dossier.procedure_version)


def _supplement_completed(dossier: Dossier, action: Action, register: Register) -> Dossier:
    procedure = _accepted_version(dossier, register)
    if procedure is None or _was_late_before_wait(dossier, register):
        return dossier
    if procedure.supplement_policy is SupplementPolicy.RESTART:
        return _with_due(dossier, _due_from(dossier, procedure, action.at, register))
    if procedure.supplement_policy is SupplementPolicy.PAUSE:
        return _paused(dossier, procedure, register)
    return dossier


def _was_late_before_wait(dossier: Dossier, register: Register) -> bool:
    """Tell whether the due date had passed when the last wait began.

    What is late stays late: asking for one more paper afterwards neither restarts nor stops it.
    """
    if dossier.due is None or not dossier.waits:
        return False
    zone = office_record(register, dossier.office).office.time_zone
    return is_late(dossier.waits[-1].since, dossier.due, zone)


def _payment_confirmed(dossier: Dossier, _action: Action, register: Register) -> Dossier:
    procedure = _accepted_version(dossier, register)
    if procedure is None or not procedure.pause_in_payment:
        return dossier
    if _was_late_before_wait(dossier, register):
        return dossier
    return _paused(dossier, procedure, register)


def _paused(dossier: Dossier, procedure: Procedure, register: Register) -> Dossier:
    """Move the due date by the wait that has just ended."""
    if dossier.due is None or not needs_calendar(procedure.limit):
        return dossier
    working = working_time(register, dossier.office)
    return _with_due(
        dossier, due_after_pause(dossier.due, dossier.waits[-1], procedure.limit, working)
    )


def _with_due(dossier: Dossier, due: Due | None) -> Dossier:
    """Move the due date, and keep what it was with the wait that has just ended.

    Figures of months before that end are judged by the due date which was in force then.
    """
    if due is None or due == dossier.due:
        return dossier
    wait = replace(dossier.waits[-1], due_before=dossier.due)
    return replace(dossier, due=due, waits=(*dossier.waits[:-1], wait))


def _apology_issued(dossier: Dossier, action: Action, _register: Register) -> Dossier:
    facts = action.facts
    assert isinstance(facts, ExtensionApologyIssued)
    # LAW: Decree 61/2018 art. 19.9: a new appointment. The limit of the law stays what it was.
    appointment = due_from_moment(parse_moment(facts.appointment))
    return replace(dossier, appointment=appointment, apologies=dossier.apologies + 1)


def _result_approved(dossier: Dossier, action: Action, _register: Register) -> Dossier:
    return replace(dossier, approved_at=action.at)


def _due_date_imported(dossier: Dossier, action: Action, _register: Register) -> Dossier:
    facts = action.facts
    assert isinstance(facts, DueDateImported)
    if facts.due_at is None:
        due = Due(day=facts.due_on)
    else:
        due = due_from_moment(parse_moment(facts.due_at))
    # SPEC: formats.md, "Imported actions": its `at` is the acceptance's, so it held all along.
    waits = tuple(replace(wait, due_before=None) for wait in dossier.waits)
    return replace(dossier, due=due, waits=waits)


def _handed_over(dossier: Dossier, action: Action, _register: Register) -> Dossier:
    return replace(dossier, handed_to=None if action.office == dossier.office else action.office)


def _end_imported(dossier: Dossier, action: Action, _register: Register) -> Dossier:
    facts = action.facts
    assert isinstance(facts, EndImported)
    outcome = facts.outcome or dossier.outcome or Outcome.IMPORTED
    return replace(dossier, ended_at=action.at, outcome=outcome)


# Whose acts the rules about persons compare: domain.md 2.7, invariant 5.
PERSON_MARKS: Final[Mapping[str, Callable[[Dossier, Action], Dossier]]] = {
    "dossier.intake_supplement_requested": _mark_intake,
    "dossier.accepted": _mark_intake,
    "dossier.intake_refused": _mark_intake,
    "dossier.result_approved": _mark_approval,
    "dossier.resolution_refused": _mark_approval,
    "dossier.processor_assigned": _mark_processing,
    "dossier.handover_acknowledged": _mark_processing,
    "dossier.supplement_requested": _mark_processing,
    "dossier.payment_required": _mark_processing,
}

# Effects of a kind when it has ended a wait. A payment that nobody had asked for moves no date.
RESUMING: Final[Mapping[str, Effect]] = {
    "dossier.supplement_completed": _supplement_completed,
    "dossier.payment_confirmed": _payment_confirmed,
}

EFFECTS: Final[Mapping[str, Effect]] = {
    "dossier.accepted": _accepted,
    "dossier.handover_acknowledged": _handed_over,
    "dossier.extension_apology_issued": _apology_issued,
    "dossier.result_approved": _result_approved,
    "dossier.due_date_imported": _due_date_imported,
    "dossier.end_imported": _end_imported,
}
