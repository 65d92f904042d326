"""Facts that only an importer signs: what another system's history holds besides our kinds."""

from datetime import date
from enum import StrEnum

from domain.facts.shapes import Details, ImportableFacts, InstantText, PrivateText


class Outcome(StrEnum):
    """How a dossier ended."""

    GRANTED = "granted"
    REFUSED = "refused"
    NOT_ACCEPTED = "not_accepted"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    IMPORTED = "imported"


class ForeignStepRecorded(ImportableFacts, frozen=True, kw_only=True):
    """A step of the source that changes nothing here."""


class ForeignStepRecordedDetails(Details, frozen=True, kw_only=True):
    """The source's own name of the step, where the public facts hold only its hash."""

    label: PrivateText | None = None


class DueDateImported(ImportableFacts, frozen=True, kw_only=True):
    """The source's due date, as a day or as an instant: exactly one; `at` is the acceptance's."""

    due_on: date | None = None
    due_at: InstantText | None = None


class EndImported(ImportableFacts, frozen=True, kw_only=True):
    """The source's end of processing: `at` is the end, and it wins."""

    outcome: Outcome | None = None
