"""Kinds of processing: from the hand-over to the decision (rows 10 to 32)."""

from typing import Final

from domain import facts
from domain.actions import Kind, StreamType
from domain.kinds.companies import APPLICANT_OR_PROXY, IMPORTER, RECEIVER_OR_IMPORTER
from domain.roles import Role, any_of, signed_by

PROCESSING: Final[tuple[Kind, ...]] = (
    Kind(
        name="dossier.processor_assigned",
        stream=StreamType.DOSSIER,
        facts=facts.ProcessorAssigned,
        details=facts.ProcessorAssignedDetails,
        signers=signed_by(any_of(Role.ASSIGNER, Role.HEAD), IMPORTER),
    ),
    Kind(
        name="dossier.handover_acknowledged",
        stream=StreamType.DOSSIER,
        facts=facts.HandoverAcknowledged,
        details=facts.HandoverAcknowledgedDetails,
        signers=signed_by(
            any_of(Role.RECEIVER, Role.PROCESSOR, Role.ASSIGNER, Role.CLERK), IMPORTER
        ),
    ),
    Kind(
        name="dossier.supplement_requested",
        stream=StreamType.DOSSIER,
        facts=facts.SupplementRequested,
        details=facts.SupplementRequestedDetails,
        signers=signed_by(any_of(Role.PROCESSOR, Role.RECEIVER), IMPORTER),
    ),
    Kind(
        name="dossier.supplement_submitted",
        stream=StreamType.DOSSIER,
        facts=facts.SupplementSubmitted,
        details=facts.SupplementSubmittedDetails,
        signers=signed_by(any_of(Role.APPLICANT, Role.PROXY, Role.RECEIVER), IMPORTER),
    ),
    Kind(
        name="dossier.supplement_completed",
        stream=StreamType.DOSSIER,
        facts=facts.SupplementCompleted,
        signers=RECEIVER_OR_IMPORTER,
    ),
    Kind(
        name="dossier.payment_required",
        stream=StreamType.DOSSIER,
        facts=facts.PaymentRequired,
        signers=signed_by(any_of(Role.PROCESSOR, Role.RECEIVER, Role.FINANCE_AUTHORITY), IMPORTER),
    ),
    Kind(
        name="dossier.payment_confirmed",
        stream=StreamType.DOSSIER,
        facts=facts.PaymentConfirmed,
        signers=signed_by(any_of(Role.PAYMENT_PROVIDER, Role.RECEIVER), IMPORTER),
    ),
    Kind(
        name="dossier.extension_apology_issued",
        stream=StreamType.DOSSIER,
        facts=facts.ExtensionApologyIssued,
        signers=signed_by(any_of(Role.APPROVER, Role.HEAD), IMPORTER),
    ),
    Kind(
        name="dossier.withdrawal_requested",
        stream=StreamType.DOSSIER,
        facts=facts.WithdrawalRequested,
        signers=signed_by(APPLICANT_OR_PROXY, IMPORTER),
    ),
    Kind(
        name="dossier.withdrawal_confirmed",
        stream=StreamType.DOSSIER,
        facts=facts.WithdrawalConfirmed,
        signers=signed_by(any_of(Role.RECEIVER, Role.SYSTEM), IMPORTER),
    ),
)
