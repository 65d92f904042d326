"""Decisions: whether an action is permitted now, and what the stream's state is after it.

`decide` rests on the header, the public facts and public documents alone, so an auditor without
the private part repeats it. What rests on private facts, or on entries that are not yet public,
is in `decide_private`, for those who hold them. Impossible things are refused; improper ones
(late, asked twice, accepted and approved by one person) are recorded, for findings to name.
"""

from typing import Final

from domain.actions import Action, StreamType
from domain.dossiers import Dossier, Outcome
from domain.errors import (
    FactInvalid,
    MalformedDossierCode,
    NotPermitted,
    NotYourDossier,
    RatedDossierUnknown,
)
from domain.facts import DossierAcceptedDetails, RatingStage, SatisfactionRated
from domain.offices.codes import parse_dossier_code
from domain.oversight.integrity import FindingRecord
from domain.oversight.petitions import PetitionRecord
from domain.rules.dates.due_fold import DUE_EFFECTS, DUE_RESUMING
from domain.rules.dates.due_moves import moved_by as moved_by_other_stream
from domain.rules.dates.due_moves import moves_dossiers
from domain.rules.dates.order import check_order_in_time
from domain.rules.dossier_fold import fold_dossier, open_dossier
from domain.rules.facts import check_details, check_facts, check_stream
from domain.rules.integrity_rules import check_integrity_details
from domain.rules.people.two_persons import check_number
from domain.rules.register import RatingRecord, Register, StreamState, office_record
from domain.rules.registry_fold import REGISTRY_FOLDS
from domain.rules.signers import check_signers
from domain.transitions import TRANSITIONS, Transition
from domain.transitions.imports import IMPORTS

__all__ = [
    "RatingRecord",
    "Register",
    "StreamState",
    "check_rating",
    "decide",
    "decide_private",
    "evolve",
    "moved_by",
    "moves_dossiers",
]

# Asked of every act, and a name is found many times faster than a member of its class.
_DOSSIER: Final = StreamType.DOSSIER
# Kinds that compute a date, which a calendar or a procedure may be missing for.
_DATING_KINDS: Final = frozenset({*DUE_EFFECTS, *DUE_RESUMING})


def decide(state: StreamState | None, action: Action, register: Register) -> None:
    """Check that one action whose signatures are good is permitted now.

    In this order: stream, roles and scope, transition, order in time, facts.

    Raises:
        ActionRefused: the first rule that says no.
    """
    check_stream(action)
    check_signers(state, action, register)
    _check_transition(state, action)
    check_order_in_time(state, action, register)
    check_facts(state, action, register)
    if action.kind.name in _DATING_KINDS:
        evolve(state, action, register)


def evolve(state: StreamState | None, action: Action, register: Register) -> StreamState:
    """Give the stream's state after an action that `decide` has permitted."""
    if action.kind.stream is not _DOSSIER:
        return REGISTRY_FOLDS[action.kind.name](state, action, register)
    if state is None:
        return open_dossier(action, register)
    assert isinstance(state, Dossier)
    return fold_dossier(state, action, register)


def moved_by(dossier: Dossier, action: Action, register: Register) -> Dossier | None:
    """Give a dossier as an action on another stream leaves it; None where it leaves it alone.

    A calendar's publication does that, changed office hours and outages (`rules.dates`).
    Whoever folds entries calls this for every dossier after each action of such a kind
    (`moves_dossiers`), or their dates part from everybody else's.
    """
    assert moves_dossiers(action)
    return moved_by_other_stream(dossier, action, register)


def decide_private(state: StreamState | None, action: Action, register: Register) -> None:
    """Check what rests on opened details, or on the dossier that a rating is about.

    Raises:
        ActionRefused: the first rule that says no.
    """
    del state
    check_details(action, register)
    check_number(action)
    if isinstance(action.facts, SatisfactionRated):
        check_rating(register.dossier(action.facts.dossier), action)
    check_integrity_details(action)
    if isinstance(action.details, DossierAcceptedDetails) and not action.is_imported:
        _check_code(action.details.code, action, register)


def _check_code(text: str | None, action: Action, register: Register) -> None:
    """Check a code's form, and that its day is the day of acceptance where the office is.

    LAW: Circular 01/2018 art. 19: YYMMDD is the day of reception (domain.md 2.7, invariant 2).
    """
    if text is None:
        return
    assert action.office is not None
    try:
        code = parse_dossier_code(text)
    except MalformedDossierCode as error:
        raise FactInvalid("code: it is of no known format") from error
    zone = office_record(register, action.office).office.time_zone
    if code.day != action.at.day_in(zone):
        raise FactInvalid("code: its date is not the day of acceptance")


def check_rating(dossier: Dossier | None, action: Action) -> None:
    """Check that the rater signs as the dossier's applicant, and that the stage was reached.

    That a stage is rated once only is for the caller, who knows the other ratings.

    Raises:
        RatedDossierUnknown: there is no such dossier.
        NotYourDossier: the key is not one of its applicant's.
        NotPermitted: the stage has not been reached.
    """
    facts = action.facts
    assert isinstance(facts, SatisfactionRated)
    if dossier is None:
        raise RatedDossierUnknown(facts.dossier)
    if any(signer.key not in dossier.applicant_keys for signer in action.signers):
        raise NotYourDossier
    if not _has_reached(dossier, facts.stage):
        raise NotPermitted(f"{action.kind.name} {facts.stage}: the stage is not reached yet")


def _has_reached(dossier: Dossier, stage: RatingStage) -> bool:
    # LAW: Circular 01/2018 art. 12.2: the form comes with receipt, supplement request, refusal.
    reached = {
        RatingStage.RECEIPT: dossier.accepted_at is not None,
        RatingStage.SUPPLEMENT: dossier.supplement_requests > 0,
        RatingStage.REFUSAL: dossier.outcome in (Outcome.NOT_ACCEPTED, Outcome.REFUSED),
        RatingStage.RESULT: dossier.is_ended,
    }
    return reached[stage]


def _check_transition(state: StreamState | None, action: Action) -> None:
    if not _is_permitted(TRANSITIONS[action.kind.name], state):
        following = ", ".join(permitted_next(state, action.kind.stream)) or "nothing"
        raise NotPermitted(f"{action.kind.name}{_standing(state)}; permitted now: {following}")


def _standing(state: StreamState | None) -> str:
    """Say where a stream stands, to go on after the kind that it does not permit."""
    if state is None:
        return " on a stream that has not begun"
    if isinstance(state, PetitionRecord | FindingRecord):
        return f" {state.state}"
    return f" {state.status.name}" if isinstance(state, Dossier) else ""


def permitted_next(state: StreamState | None, stream: StreamType) -> tuple[str, ...]:
    """Name the kinds that the table permits next on a stream; imports tell another history."""
    return tuple(
        name
        for name, transition in TRANSITIONS.items()
        if name.partition(".")[0] == stream.value
        and name not in IMPORTS
        and _is_permitted(transition, state)
    )


def _is_permitted(transition: Transition, state: StreamState | None) -> bool:
    if state is None:
        return transition.creates
    if isinstance(state, Dossier):
        return _permits(transition, state)
    if isinstance(state, PetitionRecord | FindingRecord):
        return state.state in transition.steps
    return transition.continues


def _permits(transition: Transition, dossier: Dossier) -> bool:
    if dossier.suspended:
        return transition.from_suspension is not None
    if dossier.status not in transition.moves:
        return False
    if transition.after_approval and dossier.approved_at is None:
        return False
    return (
        transition.waiting_from is None
        or dossier.status_before_wait is None
        or dossier.status_before_wait in transition.waiting_from
    )
