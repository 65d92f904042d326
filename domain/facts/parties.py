"""Facts about who stands behind a dossier and what is kept: identity, proxies, keys, holds."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar

from msgspec import Meta

from domain.facts.shapes import (
    Code,
    DeliveryMethod,
    Details,
    Facts,
    KeyName,
    Origin,
    PrivateLine,
    PrivateText,
    ReasonCode,
    Secret,
    Sha256Hex,
    StreamVersion,
    VerificationKeyText,
)


class IdentityMethod(StrEnum):
    """How somebody's identity was checked."""

    ELECTRONIC_IDENTITY = "electronic_identity"
    CARD_CHIP = "card_chip"
    CARD_SEEN = "card_seen"


class IdentitySubject(StrEnum):
    """Whose identity was checked."""

    APPLICANT = "applicant"
    PROXY = "proxy"
    COLLECTOR = "collector"


class FilingGroupDeclared(Facts, frozen=True, kw_only=True):
    """One declaration serves several dossiers; which ones is private, or it would link them."""


class FilingGroupDeclaredDetails(Details, frozen=True, kw_only=True):
    """The group's random name, and the other dossiers: ledgers by origin, or codes elsewhere."""

    group: Code
    origins: Annotated[tuple[Origin, ...], Meta(max_length=64)] = ()
    references: Annotated[tuple[PrivateLine, ...], Meta(min_length=1, max_length=64)]


class IdentityChecked(Facts, frozen=True, kw_only=True):
    """Somebody's identity was checked for this dossier."""


class IdentityCheckedDetails(Details, frozen=True, kw_only=True):
    """Whose, how, and whether it was the person it had to be."""

    subject: IdentitySubject
    method: IdentityMethod
    matched: bool


class ExternalDataQueried(Facts, frozen=True, kw_only=True):
    """A national or sector database was asked, in place of a paper from the applicant."""


class ExternalDataQueriedDetails(Details, frozen=True, kw_only=True):
    """Which database, for what, and whether it answered."""

    source: Code
    purpose: PrivateLine
    answered: bool
    answer_sha256: Sha256Hex | None = None


class ApplicantKeyReplaced(Facts, frozen=True, kw_only=True):
    """Registrar and counter officer give the dossier another applicant's key, which signs too.

    SPEC: formats.md, "Keys": the holder is told, and it is flagged.
    """

    public_because: ClassVar[Mapping[str, str]] = {
        "applicant_key": "who may sign as the applicant from now on"
    }

    applicant_key: VerificationKeyText


class ApplicantKeyReplacedDetails(Details, frozen=True, kw_only=True):
    """Why, and how the holder was told."""

    reason_code: ReasonCode
    told_by: PrivateLine


class SlipSecretReplaced(Facts, frozen=True, kw_only=True):
    """The slip's secret is another one from now on; the old one opens nothing more."""


class SlipSecretReplacedDetails(Details, frozen=True, kw_only=True):
    """The new secret, and why."""

    secret: Secret
    reason_code: ReasonCode


class ProxyAuthorised(Facts, frozen=True, kw_only=True):
    """The applicant lets somebody else sign for the dossier; the proxy signs too."""

    public_because: ClassVar[Mapping[str, str]] = {"proxy_key": "who may sign as proxy from now on"}

    proxy_key: VerificationKeyText


class ProxyAuthorisedDetails(Details, frozen=True, kw_only=True):
    """Whom, for what, and the authority by its SHA-256."""

    proxy_name: PrivateLine
    scope: PrivateLine
    document_sha256: Sha256Hex | None = None


class ProxyRevoked(Facts, frozen=True, kw_only=True):
    """A proxy may sign nothing more for the dossier."""

    public_because: ClassVar[Mapping[str, str]] = {"proxy": "who may no longer sign as proxy"}

    proxy: KeyName


class DeliveryChoiceChanged(Facts, frozen=True, kw_only=True):
    """The applicant wants the result another way."""


class DeliveryChoiceChangedDetails(Details, frozen=True, kw_only=True):
    """Which way, and where to."""

    delivery: DeliveryMethod
    address: PrivateText | None = None


class HoldPlaced(Facts, frozen=True, kw_only=True):
    """Nothing of the dossier may be erased until the hold is lifted."""


class HoldPlacedDetails(Details, frozen=True, kw_only=True):
    """On which ground, and the order by its SHA-256."""

    ground: PrivateText
    document_sha256: Sha256Hex | None = None


class HoldLifted(Facts, frozen=True, kw_only=True):
    """The hold that an earlier version of the stream placed is over."""

    public_because: ClassVar[Mapping[str, str]] = {
        "hold_version": "which hold ended: whether erasure is permitted"
    }

    hold_version: StreamVersion


class HoldLiftedDetails(Details, frozen=True, kw_only=True):
    """Why."""

    ground: PrivateText
