"""Facts of waiting: supplements, payments, delay, suspension, withdrawal, stopping."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import ClassVar

from domain.facts.reasons import ApologyReason
from domain.facts.shapes import (
    AmountVnd,
    Codes,
    Components,
    Details,
    ImportableFacts,
    MissingItems,
    MomentText,
    PrivateLine,
    PrivateText,
    Sha256Hex,
    StreamVersion,
    SupplementItems,
)


class PaymentMethod(StrEnum):
    """How a payment was made."""

    ONLINE_PORTAL = "online_portal"
    ONLINE_GATEWAY = "online_gateway"
    CASH = "cash"
    TRANSFER = "transfer"


class ClosingGround(StrEnum):
    """What the applicant did not do in time."""

    NO_SUPPLEMENT = "no_supplement"
    NO_PAYMENT = "no_payment"


class ReschedulingGround(StrEnum):
    """On what a changed appointment rests."""

    APOLOGY = "apology"
    LAW = "law"


class SupplementRequested(ImportableFacts, frozen=True, kw_only=True):
    """After appraisal the applicant must add something."""

    public_because: ClassVar[Mapping[str, str]] = {
        "answer_by": "the supplement clock; endless waiting (R06)"
    }

    answer_by: date | None = None


class SupplementRequestedDetails(Details, frozen=True, kw_only=True):
    """What is missing, and why; slip 02."""

    items: SupplementItems = ()
    legal_citation: PrivateLine | None = None
    slip_sha256: Sha256Hex | None = None


class SupplementSubmitted(ImportableFacts, frozen=True, kw_only=True):
    """The applicant hands in further papers."""


class SupplementSubmittedDetails(Details, frozen=True, kw_only=True):
    """The papers."""

    components: Components = ()


class SupplementJudgedIncomplete(ImportableFacts, frozen=True, kw_only=True):
    """What was handed in is not enough: one more request."""


class SupplementJudgedIncompleteDetails(Details, frozen=True, kw_only=True):
    """What is still missing."""

    items: MissingItems
    slip_sha256: Sha256Hex | None = None


class SupplementCompleted(ImportableFacts, frozen=True, kw_only=True):
    """The receiving officer finds the dossier complete again."""


class DossierClosed(ImportableFacts, frozen=True, kw_only=True):
    """The applicant did not answer in time: the dossier ends."""

    public_because: ClassVar[Mapping[str, str]] = {
        "ground": "ends by ground; endless waiting (R06)"
    }

    ground: ClosingGround


class DossierClosedDetails(Details, frozen=True, kw_only=True):
    """Which limit was applied, and the notice by its SHA-256."""

    limit_applied: PrivateLine
    notice_sha256: Sha256Hex


class PaymentRequired(ImportableFacts, frozen=True, kw_only=True):
    """The applicant must pay."""

    public_because: ClassVar[Mapping[str, str]] = {
        "amount_vnd": "fees that differ from the catalogue (R17)",
        "pay_by": "endless waiting (R06)",
    }

    amount_vnd: AmountVnd
    pay_by: date | None = None


class PaymentRequiredDetails(Details, frozen=True, kw_only=True):
    """For which fees, and the notice by its SHA-256."""

    fee_codes: Codes = ()
    notice_sha256: Sha256Hex | None = None


class PaymentConfirmed(ImportableFacts, frozen=True, kw_only=True):
    """The money has arrived."""

    public_because: ClassVar[Mapping[str, str]] = {
        "amount_vnd": "fees that differ from the catalogue (R17)",
        "method": "share paid online; cash without a receipt (R17)",
    }

    amount_vnd: AmountVnd
    method: PaymentMethod


class PaymentConfirmedDetails(Details, frozen=True, kw_only=True):
    """The provider's reference, or the number of the receipt for cash."""

    transaction_reference: PrivateLine | None = None
    receipt_number: PrivateLine | None = None


class PaymentFailed(ImportableFacts, frozen=True, kw_only=True):
    """A payment did not go through."""


class PaymentFailedDetails(Details, frozen=True, kw_only=True):
    """Which one, and why."""

    transaction_reference: PrivateLine
    reason: PrivateText


class PaymentRefunded(ImportableFacts, frozen=True, kw_only=True):
    """Money goes back."""

    public_because: ClassVar[Mapping[str, str]] = {"amount_vnd": "refunds against fees (R17)"}

    amount_vnd: AmountVnd


class PaymentRefundedDetails(Details, frozen=True, kw_only=True):
    """Which payment, and why."""

    transaction_reference: PrivateLine
    reason: PrivateText


class ExtensionApologyIssued(ImportableFacts, frozen=True, kw_only=True):
    """The office apologises and names a new appointment; the legal due date stays."""

    public_because: ClassVar[Mapping[str, str]] = {
        "appointment": "a second apology or none (R07); moves without ground (R09)",
        "reason_code": "delays by reason",
    }

    appointment: MomentText
    reason_code: ApologyReason


class ExtensionApologyIssuedDetails(Details, frozen=True, kw_only=True):
    """Slip 04, and the reason in words."""

    slip_sha256: Sha256Hex | None = None
    explanation: PrivateText | None = None


class AppointmentRescheduled(ImportableFacts, frozen=True, kw_only=True):
    """The one-stop shop changes the appointment after an apology, or because the law says so."""

    public_because: ClassVar[Mapping[str, str]] = {
        "appointment": "moves without ground (R09)",
        "ground": "moves without ground (R09)",
        "apology_version": "the apology on which it rests (R09)",
    }

    appointment: MomentText
    ground: ReschedulingGround
    apology_version: StreamVersion | None = None


class AppointmentRescheduledDetails(Details, frozen=True, kw_only=True):
    """Proof that the applicant was told, and the rule."""

    notice_sha256: Sha256Hex
    legal_citation: PrivateLine | None = None


class ProcessingSuspended(ImportableFacts, frozen=True, kw_only=True):
    """The law forbids to go on for now: a dispute, an order of a court."""


class ProcessingSuspendedDetails(Details, frozen=True, kw_only=True):
    """On which ground, and the document by its SHA-256."""

    legal_ground: PrivateText
    document_sha256: Sha256Hex


class ProcessingResumed(ImportableFacts, frozen=True, kw_only=True):
    """The ground has lapsed, and the work goes on."""


class ProcessingResumedDetails(Details, frozen=True, kw_only=True):
    """Why, and the document by its SHA-256."""

    legal_ground: PrivateText
    document_sha256: Sha256Hex | None = None


class ProcessingStopped(ImportableFacts, frozen=True, kw_only=True):
    """The law ends the matter without a decision on its merits."""


class ProcessingStoppedDetails(Details, frozen=True, kw_only=True):
    """On which ground; notice 05."""

    legal_ground: PrivateText
    notice_sha256: Sha256Hex


class WithdrawalRequested(ImportableFacts, frozen=True, kw_only=True):
    """The applicant asks to stop."""


class WithdrawalRequestedDetails(Details, frozen=True, kw_only=True):
    """Why, if the applicant wants to say."""

    reason: PrivateText | None = None


class WithdrawalConfirmed(ImportableFacts, frozen=True, kw_only=True):
    """The dossier is stopped at the applicant's request."""


class WithdrawalConfirmedDetails(Details, frozen=True, kw_only=True):
    """Notice 05."""

    notice_sha256: Sha256Hex | None = None


class WithdrawalDenied(ImportableFacts, frozen=True, kw_only=True):
    """It is too late to stop: the dossier goes on where it was."""


class WithdrawalDeniedDetails(Details, frozen=True, kw_only=True):
    """Why: as a rule, since when there is a decision."""

    explanation: PrivateText
