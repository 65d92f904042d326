"""Facts that only an importer signs: what another system's history holds besides our kinds."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from msgspec import Meta

from domain.facts.shapes import (
    Details,
    ImportableFacts,
    InstantText,
    MomentText,
    PrivateLine,
    PrivateText,
)


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
    """The source's own name of the step, where the public facts hold only its hash.

    From a portal's packet also: whose step it was, and the packet's own words and dates.
    """

    label: PrivateText | None = None
    origin_system: PrivateLine | None = None
    external_code: PrivateLine | None = None
    officer: PrivateLine | None = None
    officer_title: PrivateLine | None = None
    unit: PrivateLine | None = None
    content: PrivateText | None = None
    stated_status: Annotated[int, Meta(ge=1, le=10)] | None = None
    began_at: MomentText | None = None
    due_at: MomentText | None = None


class DueDateImported(ImportableFacts, frozen=True, kw_only=True):
    """The source's due date, as a day or as an instant: exactly one; `at` is the acceptance's."""

    public_because: ClassVar[Mapping[str, str]] = {
        "due_on": "late or on time, by the source's own date",
        "due_at": "late or on time, by the source's own date",
    }

    due_on: date | None = None
    due_at: InstantText | None = None


class EndImported(ImportableFacts, frozen=True, kw_only=True):
    """The source's end of processing: `at` is the end, and it wins."""

    public_because: ClassVar[Mapping[str, str]] = {"outcome": "ends by outcome"}

    outcome: Outcome | None = None
