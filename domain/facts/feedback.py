"""Facts of feedback: ratings, petitions, complaints and denunciations.

What a person says stands in the details, without exception. Public is only what the clocks of
petitions are folded from: what was done with them, and when.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar

from msgspec import Meta

from domain.facts.shapes import (
    Code,
    Details,
    DossierStream,
    Facts,
    PrivateLine,
    PrivateText,
    Secret,
    Sha256Hex,
    VerificationKeyText,
)

Points = Annotated[int, Meta(ge=0, le=2)]
Attachments = Annotated[tuple[Sha256Hex, ...], Meta(max_length=200)]


class RatingStage(StrEnum):
    """After which step of the dossier the applicant rates."""

    RECEIPT = "receipt"
    SUPPLEMENT = "supplement"
    REFUSAL = "refusal"
    RESULT = "result"


class UnofficialCost(StrEnum):
    """Whether the rater had to pay anything outside the law."""

    YES = "yes"
    NO = "no"
    REFUSE = "refuse"


class SatisfactionRated(Facts, frozen=True, kw_only=True):
    """The applicant rates one stage of the dossier; published deferred, as an envelope."""

    public_because: ClassVar[Mapping[str, str]] = {
        "dossier": "kept in the envelope: whether the rater may rate it",
        "stage": "kept in the envelope: one rating for each stage",
    }

    dossier: DossierStream
    stage: RatingStage


class SatisfactionRatedDetails(Details, frozen=True, kw_only=True):
    """What the applicant says: overall 1 (worst) to 5, and 0 to 2 points for three questions.

    LAW: Circular 01/2018 art. 13: contacts, agencies and attitude are indicators 3, 4 and 7.
    """

    overall: Annotated[int, Meta(ge=1, le=5)]
    contacts: Points | None = None
    agencies: Points | None = None
    attitude: Points | None = None
    unofficial_cost: UnofficialCost | None = None


class FeedbackCategory(StrEnum):
    """What feedback is about (Decision 766/QD-TTg, indicator 5.1)."""

    PROCEDURE = "procedure"
    STAFF = "staff"


class FeedbackVerdict(StrEnum):
    """What the office does with feedback."""

    TAKEN_UP = "taken_up"
    REFUSED = "refused"
    FORWARDED = "forwarded"
    INFORMATION_WANTED = "information_wanted"


class FeedbackFiled(Facts, frozen=True, kw_only=True):
    """Somebody writes about an office, or adds what it asked for.

    `petitioner_key` is a key made for this petition alone; without one an officer took it down.
    """

    public_because: ClassVar[Mapping[str, str]] = {
        "petitioner_key": "whoever filed it signs what follows",
    }

    petitioner_key: VerificationKeyText | None = None


class FeedbackFiledDetails(Details, frozen=True, kw_only=True):
    """The text, and the secret that tracks the petition; who writes, and about which dossier."""

    secret: Secret
    text: PrivateText
    category: FeedbackCategory | None = None
    dossier: DossierStream | None = None
    name: PrivateLine | None = None
    contact: PrivateLine | None = None
    attachments: Attachments = ()


class FeedbackClassified(Facts, frozen=True, kw_only=True):
    """The office takes feedback up, refuses it, sends it on, or asks for more."""

    public_because: ClassVar[Mapping[str, str]] = {
        "verdict": "clocks of petitions (index 5.2)",
        "category": "classes of petitions (index 5.1)",
        "to_office": "which office must answer",
    }

    verdict: FeedbackVerdict
    category: FeedbackCategory | None = None
    to_office: Code | None = None


class FeedbackClassifiedDetails(Details, frozen=True, kw_only=True):
    """Why, or what is asked."""

    explanation: PrivateText | None = None


class FeedbackAnswered(Facts, frozen=True, kw_only=True):
    """The office answers."""


class FeedbackAnsweredDetails(Details, frozen=True, kw_only=True):
    """The answer, or the hash of the signed letter."""

    text: PrivateText | None = None
    answer_sha256: Sha256Hex | None = None


class FeedbackPublished(Facts, frozen=True, kw_only=True):
    """The answer stands on the portal."""


class FeedbackPublishedDetails(Details, frozen=True, kw_only=True):
    """Where it stands."""

    address: PrivateLine | None = None


class FeedbackDisputed(Facts, frozen=True, kw_only=True):
    """The petitioner is not content with the answer, which is due once more."""


class FeedbackDisputedDetails(Details, frozen=True, kw_only=True):
    """Why."""

    text: PrivateText


ComplaintLevel = Annotated[int, Meta(ge=1, le=2)]


class ComplaintOutcome(StrEnum):
    """How a complaint ends."""

    NOT_ACCEPTED = "not_accepted"
    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class ComplaintFiled(Facts, frozen=True, kw_only=True):
    """Somebody complains of a decision or an act; a second time after the first decision."""

    public_because: ClassVar[Mapping[str, str]] = {
        "level": "limit of the decision on a complaint",
        "petitioner_key": "whoever filed it signs what follows",
    }

    level: ComplaintLevel
    petitioner_key: VerificationKeyText | None = None


class ComplaintFiledDetails(Details, frozen=True, kw_only=True):
    """The complaint, the secret that tracks it, who complains, and of which dossier."""

    secret: Secret
    text: PrivateText
    dossier: DossierStream | None = None
    name: PrivateLine | None = None
    contact: PrivateLine | None = None
    attachments: Attachments = ()


class ComplaintAccepted(Facts, frozen=True, kw_only=True):
    """The complaint is taken up; how long it may take depends on what is said here."""

    public_because: ClassVar[Mapping[str, str]] = {
        "is_complex": "limit of the decision on a complaint",
        "is_remote": "limit of the decision on a complaint",
    }

    is_complex: bool = False
    is_remote: bool = False


class ComplaintDecided(Facts, frozen=True, kw_only=True):
    """The complaint is decided, or not taken up."""

    public_because: ClassVar[Mapping[str, str]] = {
        "outcome": "complaints that nobody took up are told from decided ones",
    }

    outcome: ComplaintOutcome


class ComplaintDecidedDetails(Details, frozen=True, kw_only=True):
    """The decision."""

    decision_sha256: Sha256Hex | None = None
    number: PrivateLine | None = None
    explanation: PrivateText | None = None


class DenunciationReceived(Facts, frozen=True, kw_only=True):
    """A breach by an official is reported: nothing of it is public, not even that it was."""


class DenunciationReceivedDetails(Details, frozen=True, kw_only=True):
    """The report; the denouncer's identity is protected (LAW: Denunciation Law 25/2018)."""

    text: PrivateText
    office: Code | None = None
    dossier: DossierStream | None = None
    name: PrivateLine | None = None
    contact: PrivateLine | None = None
    attachments: Attachments = ()
