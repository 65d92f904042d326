"""Dossiers: the state of one dossier, as its public actions left it.

The ten statuses carry the numbers that the national portal uses. `due` is the legal due date,
which no apology moves; `appointment` is what the slips show the applicant. Nothing here names a
person, and nothing says whether anybody rated the dossier.
"""

from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Final

import msgspec

from domain.facts import Channel, Outcome
from domain.moments import Moment

__all__ = [
    "Channel",
    "Dossier",
    "Due",
    "DueChange",
    "Halt",
    "HaltKind",
    "Outcome",
    "Status",
    "StepBegun",
    "TooLate",
    "Wait",
    "WaitKind",
]


class Status(IntEnum):
    """The official status list (domain.md 2.4)."""

    NEWLY_REGISTERED = 1
    ACCEPTED = 2
    NOT_ACCEPTED = 3
    IN_PROCESS = 4
    SUPPLEMENT_REQUIRED = 5
    PAYMENT_REQUIRED = 6
    WITHDRAWAL_REQUESTED = 7
    STOPPED = 8
    PROCESSED = 9
    RESULT_RETURNED = 10


class WaitKind(StrEnum):
    """For what the dossier waits on the applicant."""

    SUPPLEMENT = "supplement"
    PAYMENT = "payment"
    WITHDRAWAL = "withdrawal"


WAIT_OF_STATUS: Final = {
    Status.SUPPLEMENT_REQUIRED: WaitKind.SUPPLEMENT,
    Status.PAYMENT_REQUIRED: WaitKind.PAYMENT,
    Status.WITHDRAWAL_REQUESTED: WaitKind.WITHDRAWAL,
}

# Statuses in which processing has ended; 9 is not yet final for delivery.
ENDED_STATUSES: Final = frozenset(
    {Status.NOT_ACCEPTED, Status.STOPPED, Status.PROCESSED, Status.RESULT_RETURNED}
)


class Due(msgspec.Struct, frozen=True, omit_defaults=True):
    """When something is due: exactly one of a day, which counts to its end, and an instant."""

    day: date | None = None
    instant: datetime | None = None

    def __post_init__(self) -> None:
        assert (self.day is None) != (self.instant is None)


class Wait(msgspec.Struct, frozen=True, omit_defaults=True):
    """One stretch of waiting for the applicant; imported ones may end before they begin.

    `interrupted`: another wait or a suspension began before what it waited for had come;
    `cut_off`: the dossier ended before.
    """

    kind: WaitKind
    since: Moment
    until: Moment | None = None
    interrupted: bool = False
    cut_off: bool = False


class HaltKind(StrEnum):
    """For what an office may let a dossier rest without waiting for the applicant."""

    CONSULTATION = "consultation"
    SITE_SURVEY = "site_survey"
    SUSPENSION = "suspension"
    OUTAGE = "outage"


class Halt(msgspec.Struct, frozen=True, omit_defaults=True):
    """One stretch in which others than the applicant had the word.

    Several may run at once. `answer_by` is the day that was asked for; `stops_clock` is what the
    procedure version says of the limit of processing. An outage is known from `declared_at` on,
    and `outage_version` is the declaration's version on the ledger's stream.
    """

    kind: HaltKind
    since: Moment
    until: Moment | None = None
    answer_by: date | None = None
    stops_clock: bool = False
    declared_at: Moment | None = None
    outage_version: int | None = None


class StepBegun(msgspec.Struct, frozen=True, omit_defaults=True):
    """The internal step that began last: when, as the how-manieth, and by which code."""

    at: Moment
    number: int
    code: str | None = None


class TooLate(msgspec.Struct, frozen=True):
    """An act on another stream that came when the due date had passed, and moved nothing."""

    at: Moment
    stream: str
    version: int


class DueChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """One move of the due date: what it was before, and from when on it no longer was.

    `stream` and `version` name the action that moved it: one of the dossier's own, or one on
    another stream, such as the publication of a calendar.
    """

    at: Moment
    stream: str
    version: int
    due_before: Due | None
    due_after: Due | None


class Dossier(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="dossier"):
    """One matter that a person brought before an office.

    `status_before_wait` is where a supplement or a payment returns to; a withdrawal requested
    while waiting keeps it. At most one wait is open, the last, exactly while the status is one of
    5, 6 and 7. Key names and performers of the acts that rules about persons compare are kept:
    intake (`accepted_by`), approval or refusal (`approved_by`), processing (`processed_by`).
    `office` took the dossier in; `handed_to` is the other office that took it over, if any.
    `suspended` tells the 8 that rests from the 8 that is an end. `status_before_withdrawal` is
    where a withdrawal that is denied returns to. `proxy_keys` sign for the applicant; `holds` are
    the versions of the holds that nobody has lifted. At `erased_at` its private part was
    destroyed.
    `waits_at_intake` is how many of the waits ended before acceptance. `calendar_version` is the
    one that `due` was counted with; None where it was not counted. So is `office_version` among
    the documents of `accepting_office`, whose zone and hours count. `came_too_late` is the first
    act that found the due date passed: from then on calendar and hours stay what they were.
    An imported due date stands (`due_imported`). `submitted_version` is the version of the
    procedure that the registry held in force when the submission was recorded.
    `end_recorded_after` is the seal before the end, or the handing over, was recorded, as far as
    who folds knows seals: whatever moment the act claims, retention counts from there at least.
    """

    stream: str
    procedure: str
    office: str
    channel: Channel
    status: Status
    submitted_at: Moment
    status_before_wait: Status | None = None
    accepted_at: Moment | None = None
    procedure_version: int | None = None
    due: Due | None = None
    appointment: Due | None = None
    approved_at: Moment | None = None
    ended_at: Moment | None = None
    returned_at: Moment | None = None
    outcome: Outcome | None = None
    waits: tuple[Wait, ...] = ()
    supplement_requests: int = 0
    apologies: int = 0
    applicant_keys: tuple[str, ...] = ()
    accepted_by: tuple[str, ...] = ()
    approved_by: tuple[str, ...] = ()
    processed_by: tuple[str, ...] = ()
    accepted_performers: tuple[str, ...] = ()
    approved_performers: tuple[str, ...] = ()
    processed_performers: tuple[str, ...] = ()
    imported: bool = False
    handed_to: str | None = None
    suspended: bool = False
    status_before_withdrawal: Status | None = None
    proxy_keys: tuple[str, ...] = ()
    holds: tuple[int, ...] = ()
    erased_at: Moment | None = None
    waits_at_intake: int = 0
    halts: tuple[Halt, ...] = ()
    due_changes: tuple[DueChange, ...] = ()
    calendar_version: int | None = None
    accepting_office: str | None = None
    office_version: int | None = None
    came_too_late: TooLate | None = None
    step: StepBegun | None = None
    due_imported: bool = False
    submitted_version: int | None = None
    end_recorded_after: Moment | None = None

    @property
    def current_office(self) -> str:
        """Give the office that holds the dossier now, and alone decides it."""
        return self.handed_to or self.office

    @property
    def is_waiting(self) -> bool:
        """Tell whether the dossier waits for the applicant now."""
        return self.status in WAIT_OF_STATUS

    @property
    def is_ended(self) -> bool:
        """Tell whether processing has ended."""
        return self.status in ENDED_STATUSES and not self.suspended


def due_from_moment(moment: Moment) -> Due:
    """Make a due date of a parsed moment."""
    return Due(day=moment.day, instant=moment.instant)
