"""How the states of ratings, petitions, denunciations and tallies follow from their actions."""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from domain.actions import Action
from domain.facts.feedback import (
    ComplaintAccepted,
    ComplaintDecided,
    ComplaintFiled,
    ComplaintOutcome,
    FeedbackClassified,
    FeedbackVerdict,
    SatisfactionRated,
)
from domain.facts.tallies import DossiersCounted, TallyPublished, TallySubject
from domain.oversight.integrity import DenunciationRecord
from domain.oversight.petitions import PetitionRecord, PetitionState, PetitionTrack
from domain.rules.feedback_rules import petitioner_keys
from domain.rules.register import RatingRecord, Register, StreamState, TallyRecord

Fold = Callable[[StreamState | None, Action, Register], StreamState]

# Sent on, feedback waits for the next office as if it had just been filed there.
_VERDICT_STATES: Final = {
    FeedbackVerdict.TAKEN_UP: PetitionState.TAKEN_UP,
    FeedbackVerdict.REFUSED: PetitionState.REFUSED,
    FeedbackVerdict.FORWARDED: PetitionState.FEEDBACK_FILED,
    FeedbackVerdict.INFORMATION_WANTED: PetitionState.INFORMATION_WANTED,
}

_ON_THE_MERITS: Final = frozenset(
    {ComplaintOutcome.UPHELD, ComplaintOutcome.PARTLY_UPHELD, ComplaintOutcome.REJECTED}
)


def _rated(_state: StreamState | None, action: Action, _register: Register) -> RatingRecord:
    facts = action.facts
    assert isinstance(facts, SatisfactionRated)
    return RatingRecord(facts.dossier, facts.stage, action.at)


def _feedback_filed(
    state: StreamState | None, action: Action, _register: Register
) -> PetitionRecord:
    if isinstance(state, PetitionRecord):
        # More of the same petition: its clocks have run since the first time.
        return replace(state, state=PetitionState.FEEDBACK_FILED)
    assert action.office is not None
    return PetitionRecord(
        track=PetitionTrack.FEEDBACK,
        state=PetitionState.FEEDBACK_FILED,
        office=action.office,
        filed_at=action.at,
        petitioner_keys=petitioner_keys(None, action),
    )


def _feedback_classified(
    state: StreamState | None, action: Action, _register: Register
) -> PetitionRecord:
    facts = action.facts
    assert isinstance(state, PetitionRecord)
    assert isinstance(facts, FeedbackClassified)
    verdict, at = facts.verdict, action.at
    return replace(
        state,
        state=_VERDICT_STATES[verdict],
        office=facts.to_office or state.office,
        category=facts.category or state.category,
        refused_at=state.refused_at or (at if verdict is FeedbackVerdict.REFUSED else None),
        forwarded_at=state.forwarded_at or (at if verdict is FeedbackVerdict.FORWARDED else None),
        information_at=state.information_at
        or (at if verdict is FeedbackVerdict.INFORMATION_WANTED else None),
    )


def _feedback_answered(
    state: StreamState | None, action: Action, _register: Register
) -> PetitionRecord:
    assert isinstance(state, PetitionRecord)
    # The clock is the first answer's: what a dispute brings later does not make it late.
    # Publication is of the answer that stands, so its clock is the last one's until it was done.
    return replace(
        state,
        state=PetitionState.ANSWERED,
        answered_at=state.answered_at or action.at,
        answer_to_publish_at=action.at
        if state.published_at is None
        else state.answer_to_publish_at,
    )


def _feedback_published(
    state: StreamState | None, action: Action, _register: Register
) -> PetitionRecord:
    assert isinstance(state, PetitionRecord)
    return replace(
        state, state=PetitionState.PUBLISHED, published_at=state.published_at or action.at
    )


def _feedback_disputed(
    state: StreamState | None, action: Action, _register: Register
) -> PetitionRecord:
    assert isinstance(state, PetitionRecord)
    return replace(state, state=PetitionState.DISPUTED, disputed_at=action.at)


def _complaint_filed(
    state: StreamState | None, action: Action, _register: Register
) -> PetitionRecord:
    facts = action.facts
    assert isinstance(facts, ComplaintFiled)
    assert action.office is not None
    return PetitionRecord(
        track=PetitionTrack.COMPLAINT,
        state=PetitionState.COMPLAINT_FILED,
        office=action.office,
        filed_at=action.at,
        petitioner_keys=petitioner_keys(state, action),
        level=facts.level,
        follows_decision=isinstance(state, PetitionRecord) and state.outcome in _ON_THE_MERITS,
    )


def _complaint_accepted(
    state: StreamState | None, action: Action, _register: Register
) -> PetitionRecord:
    facts = action.facts
    assert isinstance(state, PetitionRecord)
    assert isinstance(facts, ComplaintAccepted)
    return replace(
        state,
        state=PetitionState.ACCEPTED,
        accepted_at=action.at,
        is_complex=facts.is_complex,
        is_remote=facts.is_remote,
    )


def _complaint_decided(
    state: StreamState | None, action: Action, _register: Register
) -> PetitionRecord:
    assert isinstance(state, PetitionRecord)
    assert isinstance(action.facts, ComplaintDecided)
    return replace(
        state,
        state=PetitionState.DECIDED,
        decided_at=action.at,
        outcome=action.facts.outcome,
    )


def _denounced(
    _state: StreamState | None, action: Action, _register: Register
) -> DenunciationRecord:
    return DenunciationRecord(action.at)


def _tallied(state: StreamState | None, action: Action, _register: Register) -> TallyRecord:
    """Give the record of a month's tallies after one more."""
    facts = action.facts
    assert isinstance(facts, TallyPublished | DossiersCounted)
    earlier = state.subjects if isinstance(state, TallyRecord) else ()
    subject = facts.subject if isinstance(facts, TallyPublished) else TallySubject.DOSSIERS
    return TallyRecord((*earlier, subject), facts.document, action.at)


FEEDBACK_FOLDS: Final[Mapping[str, Fold]] = {
    "rating.satisfaction_rated": _rated,
    "petition.feedback_filed": _feedback_filed,
    "petition.feedback_classified": _feedback_classified,
    "petition.feedback_answered": _feedback_answered,
    "petition.feedback_published": _feedback_published,
    "petition.feedback_disputed": _feedback_disputed,
    "petition.complaint_filed": _complaint_filed,
    "petition.complaint_accepted": _complaint_accepted,
    "petition.complaint_decided": _complaint_decided,
    "denunciation.received": _denounced,
    "tally.published": _tallied,
    "tally.dossiers_counted": _tallied,
}
