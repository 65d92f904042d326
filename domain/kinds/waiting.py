"""Kinds of waiting: supplements, payments, delay, suspension, withdrawal (rows 17 to 32)."""

from typing import Final

from domain import facts
from domain.actions import Kind
from domain.kinds.companies import (
    APPLICANT_OR_PROXY,
    APPROVER_OR_IMPORTER,
    IMPORTER,
    RECEIVER_OR_IMPORTER,
    by,
    dossier_kind,
)
from domain.roles import Role, signed_by

WAITING: Final[tuple[Kind, ...]] = (
    # A request without the receiver's relay went past the one-stop shop: recorded, and R18.
    dossier_kind(
        "supplement_requested",
        facts.SupplementRequested,
        by(Role.PROCESSOR, Role.RECEIVER),
        facts.SupplementRequestedDetails,
    ),
    # A receiver alone is improper, and recorded: the papers of people without a key do come.
    dossier_kind(
        "supplement_submitted",
        facts.SupplementSubmitted,
        by(Role.APPLICANT, Role.PROXY, Role.RECEIVER),
        facts.SupplementSubmittedDetails,
    ),
    dossier_kind(
        "supplement_judged_incomplete",
        facts.SupplementJudgedIncomplete,
        by(Role.RECEIVER, Role.PROCESSOR),
        facts.SupplementJudgedIncompleteDetails,
    ),
    dossier_kind("supplement_completed", facts.SupplementCompleted, RECEIVER_OR_IMPORTER),
    dossier_kind(
        "closed", facts.DossierClosed, by(Role.RECEIVER, Role.SYSTEM), facts.DossierClosedDetails
    ),
    dossier_kind(
        "payment_required",
        facts.PaymentRequired,
        by(Role.PROCESSOR, Role.RECEIVER, Role.FINANCE_AUTHORITY),
        facts.PaymentRequiredDetails,
    ),
    dossier_kind(
        "payment_confirmed",
        facts.PaymentConfirmed,
        by(Role.PAYMENT_PROVIDER, Role.RECEIVER),
        facts.PaymentConfirmedDetails,
    ),
    dossier_kind(
        "payment_failed",
        facts.PaymentFailed,
        by(Role.PAYMENT_PROVIDER),
        facts.PaymentFailedDetails,
    ),
    dossier_kind(
        "payment_refunded",
        facts.PaymentRefunded,
        by(Role.FINANCE_AUTHORITY),
        facts.PaymentRefundedDetails,
    ),
    dossier_kind(
        "extension_apology_issued",
        facts.ExtensionApologyIssued,
        by(Role.APPROVER),
        facts.ExtensionApologyIssuedDetails,
    ),
    dossier_kind(
        "appointment_rescheduled",
        facts.AppointmentRescheduled,
        RECEIVER_OR_IMPORTER,
        facts.AppointmentRescheduledDetails,
    ),
    dossier_kind(
        "processing_suspended",
        facts.ProcessingSuspended,
        APPROVER_OR_IMPORTER,
        facts.ProcessingSuspendedDetails,
    ),
    dossier_kind(
        "processing_resumed",
        facts.ProcessingResumed,
        APPROVER_OR_IMPORTER,
        facts.ProcessingResumedDetails,
    ),
    dossier_kind(
        "processing_stopped",
        facts.ProcessingStopped,
        APPROVER_OR_IMPORTER,
        facts.ProcessingStoppedDetails,
    ),
    dossier_kind(
        "withdrawal_requested",
        facts.WithdrawalRequested,
        signed_by(APPLICANT_OR_PROXY, IMPORTER),
        facts.WithdrawalRequestedDetails,
    ),
    dossier_kind(
        "withdrawal_confirmed",
        facts.WithdrawalConfirmed,
        by(Role.RECEIVER, Role.SYSTEM),
        facts.WithdrawalConfirmedDetails,
    ),
    dossier_kind(
        "withdrawal_denied",
        facts.WithdrawalDenied,
        RECEIVER_OR_IMPORTER,
        facts.WithdrawalDeniedDetails,
    ),
)
