"""Decisions: whether an action is permitted now, and what the stream's state is after it.

`decide` rests on the header, the public facts and public documents alone, so an auditor without
the private part repeats it. What rests on private facts, or on entries that are not yet public,
is in `decide_private`, for those who hold them. Impossible things are refused; improper ones
(late, asked twice, accepted and approved by one person) are recorded, for findings to name.
"""

import re
from typing import Final

from domain.actions import Action, StreamType
from domain.dossiers import Dossier, Outcome
from domain.errors import (
    FactInvalid,
    NotPermitted,
    NotYourDossier,
    RatedDossierUnknown,
)
from domain.facts import DossierAcceptedDetails, RatingStage, SatisfactionRated
from domain.rules.dossier_fold import fold_dossier, open_dossier
from domain.rules.facts import check_facts, check_stream
from domain.rules.register import RatingRecord, Register, StreamState
from domain.rules.registry_fold import REGISTRY_FOLDS
from domain.rules.signers import check_signers
from domain.transitions import TRANSITIONS, Transition

__all__ = [
    "RatingRecord",
    "Register",
    "StreamState",
    "check_rating",
    "decide",
    "decide_private",
    "evolve",
]

# Formats A and B (Decree 61/2018 art. 26; Circular 04/2025) and the short form seen in practice.
# The text is kept as given; the agency is never computed from it.
DOSSIER_CODE: Final = re.compile(
    r"[0-9A-Z]{2,3}(?:\.[0-9A-Z]{1,3}){0,3}-[0-9]{6}-[0-9A-Z]{4,8}", re.ASCII
)

# Kinds that compute a date, which a calendar or a procedure may be missing for.
_DATING_KINDS: Final = frozenset(
    {"dossier.accepted", "dossier.supplement_completed", "dossier.payment_confirmed"}
)


def decide(state: StreamState | None, action: Action, register: Register) -> None:
    """Check that one action whose signatures are good is permitted now.

    In this order: stream, roles and scope, transition, facts.

    Raises:
        ActionRefused: the first rule that says no.
    """
    check_stream(action)
    check_signers(state, action, register)
    _check_transition(state, action)
    check_facts(state, action, register)
    if action.kind.name in _DATING_KINDS:
        evolve(state, action, register)


def evolve(state: StreamState | None, action: Action, register: Register) -> StreamState:
    """Give the stream's state after an action that `decide` has permitted."""
    if action.kind.stream is not StreamType.DOSSIER:
        return REGISTRY_FOLDS[action.kind.name](state, action, register)
    if state is None:
        return open_dossier(action)
    assert isinstance(state, Dossier)
    return fold_dossier(state, action, register)


def decide_private(state: StreamState | None, action: Action, register: Register) -> None:
    """Check what rests on opened details, or on the dossier that a rating is about.

    Raises:
        ActionRefused: the first rule that says no.
    """
    del state
    if isinstance(action.facts, SatisfactionRated):
        check_rating(register.dossier(action.facts.dossier), action)
    if isinstance(action.details, DossierAcceptedDetails) and not action.is_imported:
        code = action.details.code
        if code is not None and not DOSSIER_CODE.fullmatch(code):
            raise FactInvalid("code")


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
        raise NotPermitted(f"{action.kind.name} {facts.stage}")


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
    transition = TRANSITIONS[action.kind.name]
    if state is None:
        permitted = transition.creates
    elif isinstance(state, Dossier):
        permitted = _permits(transition, state)
    else:
        permitted = transition.continues
    if not permitted:
        status = state.status.name if isinstance(state, Dossier) else "-"
        raise NotPermitted(f"{action.kind.name} {status}")


def _permits(transition: Transition, dossier: Dossier) -> bool:
    if dossier.status not in transition.moves:
        return False
    if transition.after_approval and dossier.approved_at is None:
        return False
    return (
        transition.waiting_from is None
        or dossier.status_before_wait is None
        or dossier.status_before_wait in transition.waiting_from
    )
