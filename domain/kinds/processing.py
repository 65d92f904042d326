"""Kinds of processing: forwarding, assigning, verifying, consulting, drafting (rows 10 to 28)."""

from typing import Final

from domain import facts
from domain.actions import Kind
from domain.kinds.companies import (
    APPROVER_OR_IMPORTER,
    IMPORTER,
    PROCESSOR_OR_IMPORTER,
    RECEIVER_OR_IMPORTER,
    by,
    dossier_kind,
)
from domain.roles import Role, SignerSet, signed_by

PROCESSING: Final[tuple[Kind, ...]] = (
    dossier_kind(
        "forwarded", facts.DossierForwarded, RECEIVER_OR_IMPORTER, facts.DossierForwardedDetails
    ),
    dossier_kind(
        "handover_acknowledged",
        facts.HandoverAcknowledged,
        by(Role.RECEIVER, Role.PROCESSOR, Role.ASSIGNER, Role.CLERK),
        facts.HandoverAcknowledgedDetails,
    ),
    dossier_kind(
        "processor_assigned",
        facts.ProcessorAssigned,
        by(Role.ASSIGNER),
        facts.ProcessorAssignedDetails,
    ),
    dossier_kind(
        "processor_reassigned",
        facts.ProcessorReassigned,
        by(Role.ASSIGNER),
        facts.ProcessorReassignedDetails,
    ),
    dossier_kind(
        "conflict_declared",
        facts.ConflictDeclared,
        by(Role.PROCESSOR, Role.APPROVER, Role.RECEIVER),
        facts.ConflictDeclaredDetails,
    ),
    dossier_kind(
        "verification_scheduled",
        facts.VerificationScheduled,
        PROCESSOR_OR_IMPORTER,
        facts.VerificationScheduledDetails,
    ),
    dossier_kind(
        "verification_recorded",
        facts.VerificationRecorded,
        PROCESSOR_OR_IMPORTER,
        facts.VerificationRecordedDetails,
    ),
    dossier_kind(
        "consultation_requested",
        facts.ConsultationRequested,
        by(Role.PROCESSOR, Role.HEAD),
        facts.ConsultationRequestedDetails,
    ),
    dossier_kind(
        "consultation_answered",
        facts.ConsultationAnswered,
        by(Role.CONSULTED),
        facts.ConsultationAnsweredDetails,
    ),
    dossier_kind(
        "consultation_overdue_notified",
        facts.ConsultationOverdueNotified,
        # The head is told, and may sign for having been.
        signed_by(
            SignerSet(frozenset({Role.PROCESSOR, Role.SYSTEM}), may_join=frozenset({Role.HEAD})),
            IMPORTER,
        ),
        facts.ConsultationOverdueNotifiedDetails,
    ),
    dossier_kind(
        "submitted_for_approval",
        facts.SubmittedForApproval,
        PROCESSOR_OR_IMPORTER,
        facts.SubmittedForApprovalDetails,
    ),
    dossier_kind(
        "returned_for_rework",
        facts.ReturnedForRework,
        APPROVER_OR_IMPORTER,
        facts.ReturnedForReworkDetails,
    ),
    dossier_kind(
        "step_transferred",
        facts.StepTransferred,
        by(Role.PROCESSOR, Role.APPROVER),
        facts.StepTransferredDetails,
    ),
)
