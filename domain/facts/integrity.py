"""Facts of integrity: corrections, late entries, outages, reading, erasure and findings."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Final

from msgspec import Meta

from domain.facts.shapes import (
    AccessStream,
    Code,
    Details,
    DossierStream,
    Facts,
    InstantText,
    KeyName,
    PrivateLine,
    PrivateText,
    Secret,
    Sha256Hex,
)
from domain.facts.waiting import PaymentMethod

StreamVersion = Annotated[int, Meta(ge=1, le=2**53 - 1)]
EntryIndexes = Annotated[
    tuple[Annotated[int, Meta(ge=0, le=2**53 - 1)], ...], Meta(max_length=1000)
]
RuleId = Annotated[str, Meta(pattern="^(?:R[0-9]{2})$(?!\\n)", max_length=3)]
# In private, rules without a number in domain.md have a name of ours.
FindingRule = Annotated[
    str, Meta(pattern="^(?:R[0-9]{2}|[a-z][a-z_]{2,39})$(?!\\n)", max_length=40)
]
RuleVersion = Annotated[int, Meta(ge=1, le=1_000_000)]
Offices = Annotated[tuple[Code, ...], Meta(max_length=64)]
Sha256Base64 = Secret

# SPEC: domain.md 7.2, "Fairness": R27 and R32 are public alarms; all other findings stay private.
TWO_BOOKS: Final = "R32"
PUBLIC_ALARMS: Final = frozenset({"R27", TWO_BOOKS})


class CorrectableField(StrEnum):
    """What may be corrected: nothing on which a decision, a date or a clock rests.

    Dates, statuses, outcomes, amounts, offices, procedures and reasons are not here: whoever erred
    in one of them acts again, in the open. All but the payment method are private.
    """

    APPLICANT_NAME = "applicant_name"
    APPLICANT_NUMBER = "applicant_number"
    CONTACT = "contact"
    REGISTER_NUMBER = "register_number"
    ASSIGNEE = "assignee"
    FROM_UNIT = "from_unit"
    TO_UNIT = "to_unit"
    NUMBER = "number"
    METHOD = "method"


class CorrectionAppended(Facts, frozen=True, kw_only=True):
    """A mistake in an earlier act is set right; the act stays as it is, and both are seen.

    `corrected_version` is the act's version on this stream; `old_commitment` what it committed to.
    `method` is the new value where the field is public.
    """

    public_because: ClassVar[Mapping[str, str]] = {
        "corrected_version": "auditors see act and correction together",
        "field": "nothing that was decided is corrected",
        "old_commitment": "the corrected act stays what it was",
        "method": "share paid online (R17)",
    }

    corrected_version: StreamVersion
    field: CorrectableField
    old_commitment: Sha256Base64 | None = None
    method: PaymentMethod | None = None


class CorrectionAppendedDetails(Details, frozen=True, kw_only=True):
    """Why, and the new value where the field is private."""

    reason: PrivateText
    new_value: PrivateLine | None = None


class LateEntryGround(StrEnum):
    """Why acts are recorded long after they were done."""

    OUTAGE = "outage"
    PAPER = "paper"


class LateEntryDeclared(Facts, frozen=True, kw_only=True):
    """What the office did in this period is recorded from now on, for this reason."""

    public_because: ClassVar[Mapping[str, str]] = {
        "ground": "back-dating that was declared (R08)",
        "since": "back-dating that was declared (R08)",
        "until": "back-dating that was declared (R08)",
    }

    ground: LateEntryGround
    since: date
    until: date


class LateEntryDeclaredDetails(Details, frozen=True, kw_only=True):
    """What happened."""

    explanation: PrivateText | None = None


class OutageDeclared(Facts, frozen=True, kw_only=True):
    """The system is out of order for these offices, or for all; no clock stops by itself."""

    public_because: ClassVar[Mapping[str, str]] = {
        "since": "clocks of procedures that pause in an outage",
        "expected_until": "notice of an outage",
        "offices": "clocks of procedures that pause in an outage",
    }

    since: InstantText
    expected_until: InstantText | None = None
    offices: Offices = ()


class OutageEnded(Facts, frozen=True, kw_only=True):
    """The outage that was declared at this version of the stream is over."""

    public_because: ClassVar[Mapping[str, str]] = {
        "declared_version": "which outage is over",
        "until": "clocks of procedures that pause in an outage",
    }

    declared_version: StreamVersion
    until: InstantText


class AccessPurpose(StrEnum):
    """Why somebody reads private details."""

    TASK = "task"
    SUPERVISION = "supervision"
    INSPECTION = "inspection"
    PETITION = "petition"
    HOLDER_REQUEST = "holder_request"
    CORRECTION = "correction"


class AccessLogged(Facts, frozen=True, kw_only=True):
    """Private details are about to be read: public is nothing but the commitment."""


class AccessLoggedDetails(Details, frozen=True, kw_only=True):
    """What is read of which dossier, and why.

    An inspection names its order by the stream where it was issued, its number and its last day.
    """

    dossier: DossierStream
    purpose: AccessPurpose
    fields: Annotated[tuple[Code, ...], Meta(min_length=1, max_length=64)]
    explanation: PrivateText | None = None
    order: PrivateLine | None = None
    order_until: date | None = None
    order_stream: AccessStream | None = None


class AccessOrderIssued(Facts, frozen=True, kw_only=True):
    """Somebody orders an inspection: public is nothing but the commitment."""


class AccessOrderIssuedDetails(Details, frozen=True, kw_only=True):
    """The order's number, whose keys may read under it, what of, and until which day."""

    order: PrivateLine
    readers: Annotated[tuple[KeyName, ...], Meta(min_length=1, max_length=64)]
    until: date
    offices: Offices = ()
    dossiers: Annotated[tuple[DossierStream, ...], Meta(max_length=1000)] = ()


class OrderEnd(StrEnum):
    """How an inspection order ended."""

    CLOSED = "closed"
    LAPSED = "lapsed"


class AccessOpened(Facts, frozen=True, kw_only=True):
    """Reads under an inspection order that stand before on this stream are open from now on."""


class AccessOpenedDetails(Details, frozen=True, kw_only=True):
    """Which order, and how it ended."""

    order: PrivateLine
    end: OrderEnd


class AccessLooksCommitted(Facts, frozen=True, kw_only=True):
    """So many looks of inspectors are in the book, under this root (ADR 0043); whose stays private.

    `looks` counts those of the whole `book`, whose number rises only after a book was lost.
    """

    public_because: ClassVar[Mapping[str, str]] = {
        "book": "a book of looks that was lost shows",
        "looks": "no look is dropped or added after this entry",
        "root": "each look proves its place, and tells nobody else of itself",
    }

    book: Annotated[int, Meta(ge=1, le=1_000_000)]
    looks: Annotated[int, Meta(ge=1, le=2**53 - 1)]
    root: Sha256Base64


class ErasureGround(StrEnum):
    """Why personal data is destroyed."""

    RETENTION_PASSED = "retention_passed"
    PURPOSE_ENDED = "purpose_ended"


class PersonalDataErased(Facts, frozen=True, kw_only=True):
    """The dossier's key is destroyed; the last backup copy of it dies on that day."""

    public_because: ClassVar[Mapping[str, str]] = {
        "ground": "private parts that are missing lawfully",
        "last_backup_until": "when the last copy dies",
    }

    ground: ErasureGround
    last_backup_until: date


class FindingVerdict(StrEnum):
    """What became of a finding."""

    CONFIRMED = "confirmed"
    EXPLAINED = "explained"
    MISTAKEN = "mistaken"


class FindingRaised(Facts, frozen=True, kw_only=True):
    """Something looks wrong. Only a public alarm says here what; all else is a commitment.

    `document` holds what a public alarm rests on beside entries: the figures of R32 that differ.
    """

    public_because: ClassVar[Mapping[str, str]] = {
        "rule": "public alarms (R27, R32)",
        "rule_version": "public alarms (R27, R32)",
        "evidence": "public alarms (R27, R32)",
        "document": "public alarms (R32): the figures that differ",
    }

    rule: RuleId | None = None
    rule_version: RuleVersion | None = None
    evidence: EntryIndexes = ()
    document: Sha256Hex | None = None


class FindingRaisedDetails(Details, frozen=True, kw_only=True):
    """By which rule, on which entries it rests, and what they are about.

    `about` is the stream that the rule looked at, and `versions` its acts there, all that there is
    of a veiled dossier. `asked` is the key of the officer whose own answer is wanted. One number
    may have two rules: `against_peers` says that it is the one that compares.
    """

    rule: FindingRule
    rule_version: RuleVersion
    evidence: EntryIndexes = ()
    dossier: DossierStream | None = None
    office: Code | None = None
    explanation: PrivateText | None = None
    about: PrivateLine | None = None
    versions: Annotated[tuple[StreamVersion, ...], Meta(max_length=1000)] = ()
    asked: KeyName | None = None
    against_peers: bool = False


class FindingAnswered(Facts, frozen=True, kw_only=True):
    """The office answers."""


class FindingAnsweredDetails(Details, frozen=True, kw_only=True):
    """The answer."""

    text: PrivateText


class FindingClosed(Facts, frozen=True, kw_only=True):
    """The inspector concludes; of a public alarm the verdict is public."""

    public_because: ClassVar[Mapping[str, str]] = {
        "verdict": "public alarms (R27, R32)",
    }

    verdict: FindingVerdict | None = None


class FindingClosedDetails(Details, frozen=True, kw_only=True):
    """The verdict, and why."""

    verdict: FindingVerdict
    explanation: PrivateText | None = None
