"""Facts of the result: approving, refusing, issuing, returning it, and the applicant's rating."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from domain.facts.shapes import (
    Details,
    DossierStream,
    Facts,
    ImportableFacts,
    PrivateLine,
    ReasonCode,
    Sha256Hex,
)


class RatingStage(StrEnum):
    """After which step of the dossier the applicant rates."""

    RECEIPT = "receipt"
    SUPPLEMENT = "supplement"
    REFUSAL = "refusal"
    RESULT = "result"


class ResultApproved(ImportableFacts, frozen=True, kw_only=True):
    """The decision is signed."""


class ResultApprovedDetails(Details, frozen=True, kw_only=True):
    """The result's bytes, by their SHA-256."""

    result_sha256: Sha256Hex | None = None


class ResultIssued(ImportableFacts, frozen=True, kw_only=True):
    """The result is numbered, sealed and at the one-stop shop: processing ends."""


class ResultIssuedDetails(Details, frozen=True, kw_only=True):
    """The number of the result."""

    number: PrivateLine | None = None


class ResolutionRefused(ImportableFacts, frozen=True, kw_only=True):
    """After appraisal the matter is refused: processing ends."""

    reason_code: ReasonCode


class ResultReturned(ImportableFacts, frozen=True, kw_only=True):
    """The applicant has the result."""


class SatisfactionRated(Facts, frozen=True, kw_only=True):
    """The applicant rates one stage of the dossier, 1 (worst) to 5; published deferred."""

    dossier: DossierStream
    stage: RatingStage
    overall: Annotated[int, Meta(ge=1, le=5)]
