"""How the state of a dossier follows from its actions.

What the transition row says (status, waits, end, outcome) is done for every kind alike; a kind
that means more has an effect in `EFFECTS`. So a new kind often needs nothing here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from domain.actions import Action
from domain.dossiers import (
    ENDED_STATUSES,
    WAIT_OF_STATUS,
    Dossier,
    Outcome,
    Status,
    Wait,
    WaitKind,
)
from domain.facts import (
    ApplicantKeyReplaced,
    DossierRoutedToOffice,
    DossierSubmitted,
    EndImported,
    HoldLifted,
    ImportableFacts,
    ProxyAuthorised,
    ProxyRevoked,
)
from domain.keys import vkey_name
from domain.moments import Moment
from domain.roles import Role
from domain.rules.dates.due_fold import DUE_EFFECTS, DUE_RESUMING, Effect
from domain.rules.integrity_fold import INTEGRITY_EFFECTS
from domain.rules.register import Register
from domain.transitions import TRANSITIONS, Move, Transition, target_status

Mark = Callable[[Dossier, Action], Dossier]

# Asked of every act, and a name is found many times faster than a member of its class.
_SAME: Final = Move.SAME
_WITHDRAWAL: Final = WaitKind.WITHDRAWAL
_RETURNED: Final = Status.RESULT_RETURNED
_RECEIVER: Final = Role.RECEIVER
_APPROVER: Final = Role.APPROVER
_PROCESSOR: Final = Role.PROCESSOR


def open_dossier(action: Action, register: Register) -> Dossier:
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
        submitted_version=_version_in_force(facts.procedure, action, register),
    )


def _version_in_force(code: str, action: Action, register: Register) -> int | None:
    """Give the version that the registry knows to hold now: a later one changes nothing of it."""
    record, office = register.procedure(code), register.office(action.office or "")
    if record is None or office is None:
        return None
    version = record.version_in_force(action.at.day_in(office.office.time_zone))
    return None if version is None else version.version


def fold_dossier(dossier: Dossier, action: Action, register: Register) -> Dossier:
    """Give the state after a later action that the transition table permits."""
    plan = _PLANS[action.kind.name]
    has_waited = dossier.status in WAIT_OF_STATUS
    dossier = _moved_by(dossier, action.at, plan.transition)
    if plan.mark is not None:
        dossier = plan.mark(dossier, action)
    if plan.effect is not None:
        dossier = plan.effect(dossier, action, register)
    moves_due = plan.due_effect
    if has_waited and plan.resuming is not None and dossier.status not in WAIT_OF_STATUS:
        moves_due = plan.resuming
    return dossier if moves_due is None else moves_due(dossier, action, register)


def _moved_by(dossier: Dossier, at: Moment, transition: Transition) -> Dossier:
    """Give the dossier in the status that a transition leads to: as it is, where it stays there."""
    if dossier.suspended and transition.from_suspension is _SAME:
        return dossier
    prior = dossier.status_before_withdrawal or dossier.status_before_wait
    target = target_status(transition, dossier.status, prior, suspended=dossier.suspended)
    if target is dossier.status and not dossier.suspended:
        return dossier
    return _moved(dossier, target, at, transition)


def _moved(dossier: Dossier, target: Status, at: Moment, transition: Transition) -> Dossier:
    """Give the dossier in another status, with waits closed and opened accordingly."""
    waits, prior = dossier.waits, dossier.status_before_wait
    wait_kind = WAIT_OF_STATUS.get(target)
    has_ended = target in ENDED_STATUSES and not transition.suspends
    if dossier.status in WAIT_OF_STATUS:
        interrupted = wait_kind is not None or transition.suspends
        last = replace(waits[-1], until=at, interrupted=interrupted, cut_off=has_ended)
        waits = (*waits[:-1], last)
    if wait_kind is not None:
        waits = (*waits, Wait(wait_kind, at))
        prior = prior or dossier.status
    return replace(
        dossier,
        status=target,
        suspended=transition.suspends,
        waits=waits,
        status_before_wait=None if wait_kind is None else prior,
        status_before_withdrawal=dossier.status if wait_kind is _WITHDRAWAL else None,
        ended_at=dossier.ended_at or (at if has_ended else None),
        returned_at=at if target is _RETURNED else dossier.returned_at,
        outcome=transition.outcome or dossier.outcome,
    )


def _with_signers(names: tuple[str, ...], action: Action, role: Role) -> tuple[str, ...]:
    """Add who signed in a role; the same tuple where nobody is new, as after most acts."""
    for signer in action.signers:
        if signer.role is role and signer.key not in names:
            names = (*names, signer.key)
    return names


def _with_performer(names: tuple[str, ...], action: Action) -> tuple[str, ...]:
    """Add the performer of an imported act; the same tuple where there is no new one."""
    facts = action.facts
    if not isinstance(facts, ImportableFacts) or facts.performer is None:
        return names
    return names if facts.performer in names else (*names, facts.performer)


def _mark_intake(dossier: Dossier, action: Action) -> Dossier:
    keys = _with_signers(dossier.accepted_by, action, _RECEIVER)
    performers = _with_performer(dossier.accepted_performers, action)
    if keys is dossier.accepted_by and performers is dossier.accepted_performers:
        return dossier
    return replace(dossier, accepted_by=keys, accepted_performers=performers)


def _mark_approval(dossier: Dossier, action: Action) -> Dossier:
    keys = _with_signers(dossier.approved_by, action, _APPROVER)
    performers = _with_performer(dossier.approved_performers, action)
    if keys is dossier.approved_by and performers is dossier.approved_performers:
        return dossier
    return replace(dossier, approved_by=keys, approved_performers=performers)


def _mark_processing(dossier: Dossier, action: Action) -> Dossier:
    keys = _with_signers(dossier.processed_by, action, _PROCESSOR)
    performers = _with_performer(dossier.processed_performers, action)
    if keys is dossier.processed_by and performers is dossier.processed_performers:
        return dossier
    return replace(dossier, processed_by=keys, processed_performers=performers)


def _result_approved(dossier: Dossier, action: Action, _register: Register) -> Dossier:
    return replace(dossier, approved_at=action.at)


def _handed_over(dossier: Dossier, action: Action, _register: Register) -> Dossier:
    return replace(dossier, handed_to=None if action.office == dossier.office else action.office)


def _asked_again(dossier: Dossier, _action: Action, _register: Register) -> Dossier:
    return replace(dossier, supplement_requests=dossier.supplement_requests + 1)


def _routed(dossier: Dossier, action: Action, _register: Register) -> Dossier:
    assert isinstance(action.facts, DossierRoutedToOffice)
    return replace(dossier, office=action.facts.to_office)


def _key_replaced(dossier: Dossier, action: Action, _register: Register) -> Dossier:
    assert isinstance(action.facts, ApplicantKeyReplaced)
    return replace(dossier, applicant_keys=(vkey_name(action.facts.applicant_key),))


def _proxy_authorised(dossier: Dossier, action: Action, _register: Register) -> Dossier:
    assert isinstance(action.facts, ProxyAuthorised)
    return replace(dossier, proxy_keys=(*dossier.proxy_keys, vkey_name(action.facts.proxy_key)))


def _proxy_revoked(dossier: Dossier, action: Action, _register: Register) -> Dossier:
    assert isinstance(action.facts, ProxyRevoked)
    revoked = action.facts.proxy
    return replace(dossier, proxy_keys=tuple(key for key in dossier.proxy_keys if key != revoked))


def _hold_placed(dossier: Dossier, action: Action, _register: Register) -> Dossier:
    return replace(dossier, holds=(*dossier.holds, action.version))


def _hold_lifted(dossier: Dossier, action: Action, _register: Register) -> Dossier:
    assert isinstance(action.facts, HoldLifted)
    lifted = action.facts.hold_version
    return replace(dossier, holds=tuple(hold for hold in dossier.holds if hold != lifted))


def _end_imported(dossier: Dossier, action: Action, _register: Register) -> Dossier:
    facts = action.facts
    assert isinstance(facts, EndImported)
    outcome = facts.outcome or dossier.outcome or Outcome.IMPORTED
    return replace(dossier, ended_at=action.at, outcome=outcome)


# Whose acts the rules about persons compare: domain.md 2.7, invariant 5.
PERSON_MARKS: Final[Mapping[str, Mark]] = {
    "dossier.intake_supplement_requested": _mark_intake,
    "dossier.accepted": _mark_intake,
    "dossier.intake_refused": _mark_intake,
    "dossier.result_approved": _mark_approval,
    "dossier.resolution_refused": _mark_approval,
    "dossier.processor_assigned": _mark_processing,
    "dossier.handover_acknowledged": _mark_processing,
    "dossier.supplement_requested": _mark_processing,
    "dossier.payment_required": _mark_processing,
    "dossier.supplement_judged_incomplete": _mark_processing,
    "dossier.verification_recorded": _mark_processing,
    "dossier.consultation_requested": _mark_processing,
    "dossier.submitted_for_approval": _mark_processing,
    "dossier.step_transferred": _mark_processing,
}

# Effects of a kind when it has ended a wait. A payment that nobody had asked for moves no date.
RESUMING: Final[Mapping[str, Effect]] = {**DUE_RESUMING}

# What a kind changes beside status, waits and dates, which `DUE_EFFECTS` moves afterwards.
EFFECTS: Final[Mapping[str, Effect]] = {
    "dossier.intake_supplement_requested": _asked_again,
    "dossier.supplement_requested": _asked_again,
    # Row 19 of domain.md 2.7: it counts as one more request.
    "dossier.supplement_judged_incomplete": _asked_again,
    "dossier.routed_to_office": _routed,
    "dossier.handover_acknowledged": _handed_over,
    "dossier.result_approved": _result_approved,
    "dossier.end_imported": _end_imported,
    "dossier.applicant_key_replaced": _key_replaced,
    "dossier.proxy_authorised": _proxy_authorised,
    "dossier.proxy_revoked": _proxy_revoked,
    **INTEGRITY_EFFECTS,
    "dossier.hold_placed": _hold_placed,
    "dossier.hold_lifted": _hold_lifted,
}


@dataclass(frozen=True, slots=True)
class _Plan:
    """All that an act of one kind does to a dossier, looked up at once: every act asks for it."""

    transition: Transition
    mark: Mark | None
    effect: Effect | None
    resuming: Effect | None
    due_effect: Effect | None


_PLANS: Final[Mapping[str, _Plan]] = {
    name: _Plan(
        transition,
        PERSON_MARKS.get(name),
        EFFECTS.get(name),
        RESUMING.get(name),
        DUE_EFFECTS.get(name),
    )
    for name, transition in TRANSITIONS.items()
}
