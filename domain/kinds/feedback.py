"""Kinds of feedback: ratings, petitions, complaints, denunciations (rows 40 to 43), tallies."""

from typing import Final

from domain.actions import Kind, StreamType
from domain.facts import feedback as facts
from domain.facts.tallies import DossiersCounted, TallyPublished
from domain.roles import Role, SignerSet, any_of, signed_by

# Whoever writes signs with a key made for this petition; who comes in person or by letter has an
# officer who signs with them, or alone.
_PETITIONER: Final = signed_by(
    SignerSet(frozenset({Role.APPLICANT}), may_join=frozenset({Role.RECEIVER})),
    any_of(Role.RECEIVER),
)
_OFFICER: Final = signed_by(any_of(Role.RECEIVER, Role.PROCESSOR, Role.ASSIGNER, Role.HEAD))
_APPROVER: Final = signed_by(any_of(Role.APPROVER))

FEEDBACK: Final[tuple[Kind, ...]] = (
    Kind(
        name="rating.satisfaction_rated",
        stream=StreamType.RATING,
        facts=facts.SatisfactionRated,
        details=facts.SatisfactionRatedDetails,
        signers=signed_by(any_of(Role.APPLICANT)),
        deferred=True,
        details_required=True,
    ),
    Kind(
        name="petition.feedback_filed",
        stream=StreamType.PETITION,
        facts=facts.FeedbackFiled,
        details=facts.FeedbackFiledDetails,
        signers=_PETITIONER,
        details_required=True,
    ),
    Kind(
        name="petition.feedback_classified",
        stream=StreamType.PETITION,
        facts=facts.FeedbackClassified,
        details=facts.FeedbackClassifiedDetails,
        signers=_OFFICER,
    ),
    Kind(
        name="petition.feedback_answered",
        stream=StreamType.PETITION,
        facts=facts.FeedbackAnswered,
        details=facts.FeedbackAnsweredDetails,
        signers=_APPROVER,
        details_required=True,
    ),
    Kind(
        name="petition.feedback_published",
        stream=StreamType.PETITION,
        facts=facts.FeedbackPublished,
        details=facts.FeedbackPublishedDetails,
        signers=signed_by(any_of(Role.SYSTEM)),
    ),
    Kind(
        name="petition.feedback_disputed",
        stream=StreamType.PETITION,
        facts=facts.FeedbackDisputed,
        details=facts.FeedbackDisputedDetails,
        signers=_PETITIONER,
        details_required=True,
    ),
    Kind(
        name="petition.complaint_filed",
        stream=StreamType.PETITION,
        facts=facts.ComplaintFiled,
        details=facts.ComplaintFiledDetails,
        signers=_PETITIONER,
        details_required=True,
    ),
    Kind(
        name="petition.complaint_accepted",
        stream=StreamType.PETITION,
        facts=facts.ComplaintAccepted,
        signers=_APPROVER,
    ),
    Kind(
        name="petition.complaint_decided",
        stream=StreamType.PETITION,
        facts=facts.ComplaintDecided,
        details=facts.ComplaintDecidedDetails,
        signers=_APPROVER,
        details_required=True,
    ),
    Kind(
        # An envelope at the month's end, among the ratings: no entry tells that, when or by whom.
        name="denunciation.received",
        stream=StreamType.DENUNCIATION,
        facts=facts.DenunciationReceived,
        details=facts.DenunciationReceivedDetails,
        signers=signed_by(any_of(Role.INSPECTOR)),
        deferred=True,
        details_required=True,
    ),
    Kind(
        # What the envelopes hold, all together: signed by the ledger's own key.
        name="tally.published",
        stream=StreamType.TALLY,
        facts=TallyPublished,
        signers=signed_by(any_of(Role.SYSTEM)),
    ),
    Kind(
        # What the veils of a month hold, all together.
        name="tally.dossiers_counted",
        stream=StreamType.TALLY,
        facts=DossiersCounted,
        signers=signed_by(any_of(Role.SYSTEM)),
    ),
)
