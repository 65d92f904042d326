"""Facts of the result: approving, refusing, issuing, sending and returning it."""

from collections.abc import Mapping
from datetime import date
from typing import ClassVar

from domain.facts.reasons import RefusalReason
from domain.facts.shapes import (
    DeliveryMethod,
    Details,
    ImportableFacts,
    MomentText,
    PrivateLine,
    PrivateText,
    Sha256Hex,
)


class ResultApproved(ImportableFacts, frozen=True, kw_only=True):
    """The decision is signed."""


class ResultApprovedDetails(Details, frozen=True, kw_only=True):
    """The result's bytes, by their SHA-256, and the certificate of the signature on them."""

    result_sha256: Sha256Hex | None = None
    certificate_serial: PrivateLine | None = None


class ResultIssued(ImportableFacts, frozen=True, kw_only=True):
    """The result is numbered, sealed and at the one-stop shop: processing ends."""


class ResultIssuedDetails(Details, frozen=True, kw_only=True):
    """The number and day of the result, its bytes, and whether there is an electronic copy."""

    number: PrivateLine | None = None
    issued_on: date | None = None
    result_sha256: Sha256Hex | None = None
    electronic_copy: bool | None = None


class ResolutionRefused(ImportableFacts, frozen=True, kw_only=True):
    """After appraisal the matter is refused: processing ends."""

    public_because: ClassVar[Mapping[str, str]] = {
        "reason_code": "refusals by reason; late refusals (R19)"
    }

    reason_code: RefusalReason


class ResolutionRefusedDetails(Details, frozen=True, kw_only=True):
    """The reason in words, the rule, and slip 03."""

    explanation: PrivateText | None = None
    legal_citation: PrivateLine | None = None
    slip_sha256: Sha256Hex | None = None


class ResultReadyNotified(ImportableFacts, frozen=True, kw_only=True):
    """The applicant is told that the result is there."""


class ResultReadyNotifiedDetails(Details, frozen=True, kw_only=True):
    """By which means, and when."""

    told_by: PrivateLine
    told_at: MomentText


class ResultDispatched(ImportableFacts, frozen=True, kw_only=True):
    """The result is on its way by public post."""


class ResultDispatchedDetails(Details, frozen=True, kw_only=True):
    """The post's number for it."""

    tracking_number: PrivateLine


class DeliveryFailed(ImportableFacts, frozen=True, kw_only=True):
    """The post could not deliver the result."""


class DeliveryFailedDetails(Details, frozen=True, kw_only=True):
    """Which parcel, and why."""

    tracking_number: PrivateLine
    reason: PrivateText


class ResultReturned(ImportableFacts, frozen=True, kw_only=True):
    """The applicant has the result."""


class ResultReturnedDetails(Details, frozen=True, kw_only=True):
    """Which way, who took it, and whether the originals went back."""

    method: DeliveryMethod | None = None
    receiver: PrivateLine | None = None
    originals_returned: bool | None = None


class ResultCorrected(ImportableFacts, frozen=True, kw_only=True):
    """The office mends an error in a result: it counts as the office's."""


class ResultCorrectedDetails(Details, frozen=True, kw_only=True):
    """The new result by its SHA-256, and what was wrong."""

    result_sha256: Sha256Hex
    ground: PrivateText


class ResultRevoked(ImportableFacts, frozen=True, kw_only=True):
    """The office takes a result back."""


class ResultRevokedDetails(Details, frozen=True, kw_only=True):
    """On which ground, and the decision by its SHA-256."""

    ground: PrivateText
    document_sha256: Sha256Hex
