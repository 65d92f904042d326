"""Facts of intake: submitting, checking, accepting and refusing a dossier, and what it costs."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import ClassVar

from domain.facts.reasons import IntakeRefusalReason
from domain.facts.shapes import (
    AmountVnd,
    Code,
    Components,
    DeliveryMethod,
    Details,
    ImportableFacts,
    MomentText,
    PrivateLine,
    PrivateText,
    Secret,
    Sha256Hex,
    SupplementItems,
    VerificationKeyText,
)


class Channel(StrEnum):
    """How the dossier reached the office."""

    COUNTER = "counter"
    ONLINE = "online"
    POST = "post"


class TaskMethod(StrEnum):
    """How a receiving officer came to a dossier."""

    QUEUE = "queue"
    RANDOM = "random"
    MANUAL = "manual"


class DossierSubmitted(ImportableFacts, frozen=True, kw_only=True):
    """A person brings a matter before an office; `applicant_key` is the vkey that signs for them.

    An import has no applicant's key: no log holds citizens' signatures.
    """

    public_because: ClassVar[Mapping[str, str]] = {
        "procedure": "counts by procedure; the version in force gives the due date",
        "channel": "the acceptance clock; share of online submissions",
        "applicant_key": "who may sign as the applicant",
    }

    procedure: Code
    channel: Channel
    applicant_key: VerificationKeyText | None = None


class DossierSubmittedDetails(Details, frozen=True, kw_only=True):
    """The slip's secret (32 bytes, base64), who applies, the papers, and how the result comes.

    `form_sha256` is the signed paper form, where somebody handed in at the counter without a key.
    """

    secret: Secret
    applicant_name: PrivateLine | None = None
    applicant_number: PrivateLine | None = None
    contact: PrivateLine | None = None
    components: Components = ()
    delivery: DeliveryMethod | None = None
    notice_version: PrivateLine | None = None
    form_sha256: Sha256Hex | None = None


class SubmissionAcknowledged(ImportableFacts, frozen=True, kw_only=True):
    """The system tells the applicant at once that the submission has arrived."""


class SubmissionAcknowledgedDetails(Details, frozen=True, kw_only=True):
    """The acknowledgement as it was sent, and when the applicant was shown it."""

    receipt_sha256: Sha256Hex
    shown_at: MomentText


class IntakeTaskAssigned(ImportableFacts, frozen=True, kw_only=True):
    """A submission is put before a receiving officer."""


class IntakeTaskAssignedDetails(Details, frozen=True, kw_only=True):
    """Before whom, and how the officer was chosen."""

    receiver: PrivateLine
    method: TaskMethod


class IntakeSupplementRequested(ImportableFacts, frozen=True, kw_only=True):
    """The receiving officer asks for papers before accepting."""

    public_because: ClassVar[Mapping[str, str]] = {
        "answer_by": "the supplement clock; endless waiting (R06)"
    }

    answer_by: date | None = None


class IntakeSupplementRequestedDetails(Details, frozen=True, kw_only=True):
    """What is missing, and why; slip 02."""

    items: SupplementItems = ()
    slip_sha256: Sha256Hex | None = None


class DossierAccepted(ImportableFacts, frozen=True, kw_only=True):
    """The dossier is complete and its clock starts; `appointment` is a day or an instant."""

    public_because: ClassVar[Mapping[str, str]] = {
        "appointment": "a due date where no limit is computed; moves without ground (R09)"
    }

    appointment: MomentText | None = None


class DossierAcceptedDetails(Details, frozen=True, kw_only=True):
    """The dossier code on the slip, the register's number, and slip 01."""

    code: PrivateLine | None = None
    register_number: PrivateLine | None = None
    slip_sha256: Sha256Hex | None = None


class IntakeRefused(ImportableFacts, frozen=True, kw_only=True):
    """The dossier is not taken in."""

    public_because: ClassVar[Mapping[str, str]] = {
        "reason_code": "refusals by reason; outliers among refusals (R15)"
    }

    reason_code: IntakeRefusalReason


class IntakeRefusedDetails(Details, frozen=True, kw_only=True):
    """The reason in words, the rule, who is competent instead, and slip 03."""

    explanation: PrivateText | None = None
    legal_citation: PrivateLine | None = None
    right_authority: PrivateLine | None = None
    slip_sha256: Sha256Hex | None = None


class DossierRoutedToOffice(ImportableFacts, frozen=True, kw_only=True):
    """Another one-stop shop becomes responsible: dossiers may be handed in anywhere."""

    public_because: ClassVar[Mapping[str, str]] = {
        "to_office": "counts by office; which office may accept"
    }

    to_office: Code


class DossierRoutedToOfficeDetails(Details, frozen=True, kw_only=True):
    """Why."""

    reason: PrivateText


class ComponentDigitised(ImportableFacts, frozen=True, kw_only=True):
    """A paper is scanned; that it was is public, which one is not."""


class ComponentDigitisedDetails(Details, frozen=True, kw_only=True):
    """Which paper, and the bytes of the scan by their SHA-256."""

    component: Code
    file_sha256: Sha256Hex


class FeeAssessed(ImportableFacts, frozen=True, kw_only=True):
    """What the catalogue asks for; what the applicant owes may be less, and why is private."""

    public_because: ClassVar[Mapping[str, str]] = {
        "catalogue_amount_vnd": "fees that differ from the catalogue (R17)"
    }

    catalogue_amount_vnd: AmountVnd


class FeeAssessedDetails(Details, frozen=True, kw_only=True):
    """Which fee, what is owed after exemptions, and on which ground."""

    fee_code: Code
    amount_due_vnd: AmountVnd
    exemption_ground: PrivateLine | None = None
