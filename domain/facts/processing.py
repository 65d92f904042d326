"""Facts of processing: assigning, handing over, supplements, payment, delay, withdrawal."""

from datetime import date
from enum import StrEnum

from domain.facts.shapes import (
    AmountVnd,
    Components,
    Details,
    ImportableFacts,
    MomentText,
    PrivateLine,
    ReasonCode,
    SupplementItems,
)


class PaymentMethod(StrEnum):
    """How a payment was made."""

    ONLINE_PORTAL = "online_portal"
    ONLINE_GATEWAY = "online_gateway"
    CASH = "cash"
    TRANSFER = "transfer"


class ProcessorAssigned(ImportableFacts, frozen=True, kw_only=True):
    """A leader gives the dossier to an officer."""


class ProcessorAssignedDetails(Details, frozen=True, kw_only=True):
    """To whom."""

    assignee: PrivateLine | None = None


class HandoverAcknowledged(ImportableFacts, frozen=True, kw_only=True):
    """A unit takes the dossier over; the giver may sign first."""


class HandoverAcknowledgedDetails(Details, frozen=True, kw_only=True):
    """From which unit to which."""

    from_unit: PrivateLine | None = None
    to_unit: PrivateLine | None = None


class SupplementRequested(ImportableFacts, frozen=True, kw_only=True):
    """After appraisal the applicant must add something."""

    answer_by: date | None = None


class SupplementRequestedDetails(Details, frozen=True, kw_only=True):
    """What is missing, and why."""

    items: SupplementItems = ()


class SupplementSubmitted(ImportableFacts, frozen=True, kw_only=True):
    """The applicant hands in further papers."""


class SupplementSubmittedDetails(Details, frozen=True, kw_only=True):
    """The papers."""

    components: Components = ()


class SupplementCompleted(ImportableFacts, frozen=True, kw_only=True):
    """The receiving officer finds the dossier complete again."""


class PaymentRequired(ImportableFacts, frozen=True, kw_only=True):
    """The applicant must pay."""

    amount_vnd: AmountVnd
    pay_by: date | None = None


class PaymentConfirmed(ImportableFacts, frozen=True, kw_only=True):
    """The money has arrived."""

    amount_vnd: AmountVnd
    method: PaymentMethod


class ExtensionApologyIssued(ImportableFacts, frozen=True, kw_only=True):
    """The office apologises and names a new appointment; the legal due date stays."""

    appointment: MomentText
    reason_code: ReasonCode


class WithdrawalRequested(ImportableFacts, frozen=True, kw_only=True):
    """The applicant asks to stop."""


class WithdrawalConfirmed(ImportableFacts, frozen=True, kw_only=True):
    """The dossier is stopped at the applicant's request."""
