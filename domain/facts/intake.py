"""Facts of intake: submitting, checking, accepting and refusing a dossier."""

from datetime import date
from enum import StrEnum

from domain.facts.shapes import (
    Code,
    Components,
    Details,
    ImportableFacts,
    MomentText,
    PrivateLine,
    PrivateText,
    ReasonCode,
    Secret,
    SupplementItems,
    VerificationKeyText,
)


class Channel(StrEnum):
    """How the dossier reached the office."""

    COUNTER = "counter"
    ONLINE = "online"
    POST = "post"


class DossierSubmitted(ImportableFacts, frozen=True, kw_only=True):
    """A person brings a matter before an office; `applicant_key` is the vkey that signs for them.

    An import has no applicant's key: no log holds citizens' signatures.
    """

    procedure: Code
    channel: Channel
    applicant_key: VerificationKeyText | None = None


class DossierSubmittedDetails(Details, frozen=True, kw_only=True):
    """The slip's secret (32 bytes, base64), who applies, and the papers."""

    secret: Secret
    applicant_name: PrivateLine | None = None
    applicant_number: PrivateLine | None = None
    contact: PrivateLine | None = None
    components: Components = ()


class IntakeSupplementRequested(ImportableFacts, frozen=True, kw_only=True):
    """The receiving officer asks for papers before accepting."""

    answer_by: date | None = None


class IntakeSupplementRequestedDetails(Details, frozen=True, kw_only=True):
    """What is missing, and why."""

    items: SupplementItems = ()


class DossierAccepted(ImportableFacts, frozen=True, kw_only=True):
    """The dossier is complete and its clock starts; `appointment` is a day or an instant."""

    appointment: MomentText | None = None


class DossierAcceptedDetails(Details, frozen=True, kw_only=True):
    """The dossier code on the slip, and the register's number."""

    code: PrivateLine | None = None
    register_number: PrivateLine | None = None


class IntakeRefused(ImportableFacts, frozen=True, kw_only=True):
    """The dossier is not taken in."""

    reason_code: ReasonCode


class IntakeRefusedDetails(Details, frozen=True, kw_only=True):
    """The reason in words."""

    explanation: PrivateText | None = None
