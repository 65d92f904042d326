"""Kinds of intake: from the submission to acceptance or refusal (rows 1 to 9)."""

from typing import Final

from domain import facts
from domain.actions import Kind
from domain.kinds.companies import IMPORTER, RECEIVER_OR_IMPORTER, by, dossier_kind
from domain.roles import Role, SignerSet, signed_by

INTAKE: Final[tuple[Kind, ...]] = (
    dossier_kind(
        "submitted",
        facts.DossierSubmitted,
        # At the counter and by post the officer signs with the applicant, never instead.
        signed_by(
            SignerSet(
                frozenset({Role.APPLICANT, Role.PROXY}),
                may_join=frozenset({Role.RECEIVER, Role.POST}),
            ),
            IMPORTER,
        ),
        facts.DossierSubmittedDetails,
    ),
    dossier_kind(
        "submission_acknowledged",
        facts.SubmissionAcknowledged,
        by(Role.SYSTEM),
        facts.SubmissionAcknowledgedDetails,
    ),
    dossier_kind(
        "intake_task_assigned",
        facts.IntakeTaskAssigned,
        by(Role.SYSTEM),
        facts.IntakeTaskAssignedDetails,
    ),
    dossier_kind(
        "intake_supplement_requested",
        facts.IntakeSupplementRequested,
        RECEIVER_OR_IMPORTER,
        facts.IntakeSupplementRequestedDetails,
    ),
    dossier_kind(
        "accepted", facts.DossierAccepted, RECEIVER_OR_IMPORTER, facts.DossierAcceptedDetails
    ),
    dossier_kind(
        "intake_refused", facts.IntakeRefused, RECEIVER_OR_IMPORTER, facts.IntakeRefusedDetails
    ),
    dossier_kind(
        "routed_to_office",
        facts.DossierRoutedToOffice,
        RECEIVER_OR_IMPORTER,
        facts.DossierRoutedToOfficeDetails,
    ),
    dossier_kind(
        "component_digitised",
        facts.ComponentDigitised,
        RECEIVER_OR_IMPORTER,
        facts.ComponentDigitisedDetails,
    ),
    dossier_kind(
        "fee_assessed",
        facts.FeeAssessed,
        by(Role.RECEIVER, Role.PROCESSOR, Role.SYSTEM),
        facts.FeeAssessedDetails,
    ),
)
