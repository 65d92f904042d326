"""What else a version of a procedure states: service level, papers, internal steps, slips, texts.

Codes of components, cases and steps belong to one version: the next may number them anew.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from domain.facts.shapes import Code
from domain.offices import BilingualName, Document
from domain.procedures.limits import DocumentText
from domain.roles import Role

# Whole texts of a source are kept; the document's own bound is the only one that they meet.
LongText = Annotated[str, Meta(max_length=262_144)]
ShortText = Annotated[str, Meta(min_length=1, max_length=2_000)]
PaperCount = Annotated[int, Meta(ge=0, le=1_000)]


class Service(StrEnum):
    """How much of the matter is done online."""

    FULL = "full"
    PARTIAL = "partial"
    INFO_ONLY = "info_only"


class ServiceLevel(Document, frozen=True, kw_only=True):
    """The service level as published; history is not computed again.

    `old_level` is the one of the four levels of Circular 26/2009. LAW: Decree 224/2026 art. 14: a
    partial service is published with its reason and legal ground.
    """

    service: Service
    old_level: Annotated[int, Meta(ge=1, le=4)] | None = None
    reason: DocumentText | None = None
    legal_ground: DocumentText | None = None


class RequiredComponent(Document, frozen=True, kw_only=True):
    """One paper of the closed list; nothing beyond the list may be asked for.

    `is_result`: the paper is the result of another procedure, whose code its own code names.
    """

    code: Code
    name: LongText
    originals: PaperCount | None = None
    copies: PaperCount | None = None
    required: bool = True
    form: DocumentText | None = None
    note: DocumentText | None = None
    is_result: bool = False


class ComponentCase(Document, frozen=True, kw_only=True):
    """The closed list of papers for one case of the procedure (trường hợp)."""

    code: Code
    name: LongText | None = None
    components: Annotated[tuple[RequiredComponent, ...], Meta(max_length=500)] = ()


class InternalStep(Document, frozen=True, kw_only=True):
    """One step of the internal process (quy trình nội bộ): who, where, in what working hours.

    `code` is what acts name that begin the step.
    """

    role: Role
    unit: Code | None = None
    hours: Annotated[int, Meta(ge=0, le=10_000)] | None = None
    name: BilingualName | None = None
    code: Code | None = None


class SlipTypes(Document, frozen=True, kw_only=True):
    """The form numbers that stand in for the general slips 01 to 05 (police: CT04, CT06)."""

    receipt: Code | None = None
    supplement: Code | None = None
    refusal: Code | None = None
    apology: Code | None = None
    stop: Code | None = None


class FactTag(StrEnum):
    """How sure a stated fact is; what is unverified is never shown as law."""

    SOURCE = "source"
    DERIVED = "derived"
    DESIGN = "design"
    UNVERIFIED = "unverified"


class Provenance(Document, frozen=True, kw_only=True):
    """Where members of the document come from."""

    tag: FactTag
    members: Annotated[tuple[Code, ...], Meta(max_length=100)]
    source: DocumentText | None = None


class SourceTexts(Document, frozen=True, kw_only=True):
    """The parts of a published procedure in the words of its source, whole."""

    name: LongText | None = None
    decision: LongText | None = None
    kind: LongText | None = None
    levels: LongText | None = None
    steps: LongText | None = None
    ways: LongText | None = None
    subjects: LongText | None = None
    executing_office: LongText | None = None
    competent_office: LongText | None = None
    authorised_office: LongText | None = None
    coordinating_office: LongText | None = None
    receiving_address: LongText | None = None
    result: LongText | None = None
    conditions: LongText | None = None
    description: LongText | None = None
