"""Procedures: the published versions of a kind of matter, with its limits and policies as data.

Whatever differs between procedures, or is not settled in the law as we know it, is a field here
and never a constant of the program: the limit, what a supplement does to it, whether waiting for
payment pauses it, how long intake may take. The document is JSON; a small one is
`{"code":"1.004222","level":"commune","limit":{"amount":7,"unit":"working_days"},
"name":{"en":"…","vi":"…"},"version":1}`.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from domain.errors import MalformedDocument
from domain.facts.shapes import AmountVnd, Code
from domain.offices import BilingualName, Document, Level, decode_document

ClockText = Annotated[str, Meta(pattern="^(?:[01][0-9]|2[0-3]):[0-5][0-9]$(?!\\n)")]
DocumentText = Annotated[str, Meta(max_length=20_000)]


class LimitUnit(StrEnum):
    """In what a time limit is counted; `unknown` where the source has it in prose only."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    HOURS = "hours"
    MONTHS = "months"
    UNKNOWN = "unknown"


class SupplementPolicy(StrEnum):
    """What waiting for a supplement does to the limit of processing."""

    RESTART = "restart"
    PAUSE = "pause"
    NONE = "none"


class Limit(Document, frozen=True, kw_only=True):
    """A time limit as the version declares it; `hours` are working hours."""

    unit: LimitUnit
    amount: Annotated[int, Meta(ge=0, le=3650)] | None = None
    prose: DocumentText | None = None


class AcceptanceLimits(Document, frozen=True, kw_only=True):
    """How long intake may take, per channel; without one there is no clock."""

    online: Limit | None = None
    counter: Limit | None = None
    post: Limit | None = None


class Procedure(Document, frozen=True, kw_only=True):
    """One version of a procedure.

    `counter_decides`: the decision is delegated to the counter, so that one person may accept and
    approve (LAW: Decree 61/2018 art. 17.5). `next_day_after`: what is accepted later in the day
    counts from the next working day.
    """

    code: Code
    version: Annotated[int, Meta(ge=1, le=1_000_000)]
    name: BilingualName
    level: Level
    limit: Limit
    field: DocumentText | None = None
    # LAW: Decree 61/2018 art. 19.4: the limit is counted anew once the full dossier is received.
    supplement_policy: SupplementPolicy = SupplementPolicy.RESTART
    max_supplements: Annotated[int, Meta(ge=0, le=100)] | None = None
    supplement_wait: Limit | None = None
    acceptance_limits: AcceptanceLimits = AcceptanceLimits()
    next_day_after: ClockText | None = None
    pause_in_payment: bool = False
    counter_decides: bool = False
    fee_vnd: AmountVnd | None = None
    legal_basis: Annotated[tuple[DocumentText, ...], Meta(max_length=100)] = ()
    law: DocumentText | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    def in_force_on(self, day: date) -> bool:
        """Tell whether the version holds on that day; without dates it always does."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


class ProcedureRecord(msgspec.Struct, frozen=True, omit_defaults=True, tag="procedure"):
    """What the registry holds of a procedure: its versions, oldest first, and their documents."""

    code: str
    versions: tuple[Procedure, ...]
    documents: tuple[str, ...]

    def version_in_force(self, day: date) -> Procedure | None:
        """Give the newest version that holds on that day."""
        for procedure in reversed(self.versions):
            if procedure.in_force_on(day):
                return procedure
        return None

    def version(self, procedure_version: int | None) -> Procedure | None:
        """Give the version of that number."""
        for procedure in self.versions:
            if procedure.version == procedure_version:
                return procedure
        return None


_PROCEDURE_DECODER = msgspec.json.Decoder(Procedure)


def parse_procedure(document: bytes) -> Procedure:
    """Read one version of a procedure.

    Raises:
        MalformedDocument: another shape, or a limit without its amount.
    """
    procedure = decode_document(document, _PROCEDURE_DECODER)
    for limit in _limits(procedure):
        if limit.unit is not LimitUnit.UNKNOWN and limit.amount is None:
            raise MalformedDocument("amount")
    return procedure


def _limits(procedure: Procedure) -> list[Limit]:
    intake = procedure.acceptance_limits
    declared = (
        procedure.limit,
        procedure.supplement_wait,
        intake.online,
        intake.counter,
        intake.post,
    )
    return [limit for limit in declared if limit is not None]
