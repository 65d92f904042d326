"""Facts of processing: forwarding, assigning, handing over, verifying, consulting, deciding.

`step` is the code of the internal step that begins by the act, as the procedure version names it.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from msgspec import Meta

from domain.facts.shapes import (
    Code,
    Codes,
    Details,
    Hours,
    ImportableFacts,
    MomentText,
    PrivateLine,
    PrivateText,
    ReasonCode,
    Sha256Hex,
    SomeCodes,
    StreamVersion,
)


class Proposal(StrEnum):
    """What a processing officer proposes to decide."""

    GRANT = "grant"
    REFUSE = "refuse"


class DossierForwarded(ImportableFacts, frozen=True, kw_only=True):
    """The one-stop shop sends the dossier to the deciding agency."""

    public_because: ClassVar[Mapping[str, str]] = {
        "to_office": "hand-overs that nobody announced; time of each unit",
        "step": "the clock of the internal step",
    }

    to_office: Code
    step: Code | None = None


class DossierForwardedDetails(Details, frozen=True, kw_only=True):
    """What is handed over, and by which rule it had to go when."""

    handover_list: Codes
    deadline_rule: PrivateLine


class HandoverAcknowledged(ImportableFacts, frozen=True, kw_only=True):
    """A unit takes the dossier over; the giver may sign first."""

    public_because: ClassVar[Mapping[str, str]] = {"step": "the clock of the internal step"}

    step: Code | None = None


class HandoverAcknowledgedDetails(Details, frozen=True, kw_only=True):
    """From which unit to which."""

    from_unit: PrivateLine | None = None
    to_unit: PrivateLine | None = None


class ProcessorAssigned(ImportableFacts, frozen=True, kw_only=True):
    """A leader gives the dossier to an officer."""


class ProcessorAssignedDetails(Details, frozen=True, kw_only=True):
    """To whom."""

    assignee: PrivateLine | None = None


class ProcessorReassigned(ImportableFacts, frozen=True, kw_only=True):
    """A leader gives the dossier to another officer."""


class ProcessorReassignedDetails(Details, frozen=True, kw_only=True):
    """To whom, and why."""

    assignee: PrivateLine
    reason: PrivateText


class ConflictDeclared(ImportableFacts, frozen=True, kw_only=True):
    """An officer says that the matter touches an interest of their own."""


class ConflictDeclaredDetails(Details, frozen=True, kw_only=True):
    """Which kind of interest."""

    conflict_code: ReasonCode
    explanation: PrivateText | None = None


class VerificationScheduled(ImportableFacts, frozen=True, kw_only=True):
    """An examination on the spot is announced."""


class VerificationScheduledDetails(Details, frozen=True, kw_only=True):
    """When, where, with whom and about what."""

    scheduled_at: MomentText
    place: PrivateLine
    persons: PrivateText
    content: PrivateText


class VerificationRecorded(ImportableFacts, frozen=True, kw_only=True):
    """An examination has taken place."""


class VerificationRecordedDetails(Details, frozen=True, kw_only=True):
    """The record by its SHA-256, and who was there."""

    record_sha256: Sha256Hex
    persons: PrivateText | None = None


class ConsultationRequested(ImportableFacts, frozen=True, kw_only=True):
    """Another agency is asked; only an import may lack the day by which it shall answer."""

    public_because: ClassVar[Mapping[str, str]] = {
        "answer_by": "the consultation clock; stalled consultations (R25)"
    }

    answer_by: date | None = None


class ConsultationRequestedDetails(Details, frozen=True, kw_only=True):
    """Which agencies, and the questions by their SHA-256."""

    agencies: SomeCodes
    questions_sha256: Sha256Hex


class ConsultationAnswered(ImportableFacts, frozen=True, kw_only=True):
    """A consulted agency answers the request of an earlier version of the stream."""

    public_because: ClassVar[Mapping[str, str]] = {
        "request_version": "which consultation ended (R25)"
    }

    request_version: StreamVersion | None = None


class ConsultationAnsweredDetails(Details, frozen=True, kw_only=True):
    """The opinion by its SHA-256."""

    opinion_sha256: Sha256Hex


class ConsultationOverdueNotified(ImportableFacts, frozen=True, kw_only=True):
    """The head of the one-stop shop is told that a consultation has no answer in time."""

    public_because: ClassVar[Mapping[str, str]] = {
        "request_version": "which consultation stalls (R25)"
    }

    request_version: StreamVersion | None = None


class ConsultationOverdueNotifiedDetails(Details, frozen=True, kw_only=True):
    """Which agency, and how many days late it is."""

    agency: Code
    days_late: Annotated[int, Meta(ge=1, le=10_000)]


class SubmittedForApproval(ImportableFacts, frozen=True, kw_only=True):
    """The processing officer puts a draft before the approver."""

    public_because: ClassVar[Mapping[str, str]] = {"step": "the clock of the internal step"}

    step: Code | None = None


class SubmittedForApprovalDetails(Details, frozen=True, kw_only=True):
    """The draft by its SHA-256, and what it proposes."""

    draft_sha256: Sha256Hex
    proposal: Proposal


class ReturnedForRework(ImportableFacts, frozen=True, kw_only=True):
    """The approver sends the draft back."""

    public_because: ClassVar[Mapping[str, str]] = {"step": "the clock of the internal step"}

    step: Code | None = None


class ReturnedForReworkDetails(Details, frozen=True, kw_only=True):
    """Why."""

    reason: PrivateText


class StepTransferred(ImportableFacts, frozen=True, kw_only=True):
    """The next agency of a linked procedure has its turn."""

    public_because: ClassVar[Mapping[str, str]] = {
        "to_office": "time of each unit",
        "step": "the clock of the internal step",
    }

    to_office: Code
    step: Code | None = None


class StepTransferredDetails(Details, frozen=True, kw_only=True):
    """What it has to do, and in how many working hours."""

    content: PrivateText
    step_hours: Hours | None = None
