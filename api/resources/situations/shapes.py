"""The shapes of a dossier's answer: where it stands now, and its timeline.

Moments are texts: an instant `2026-11-21T08:03:11Z`, or a day `2026-11-21`. Every answer says of
which checkpoint it is, so that whoever doubts it can read the log up to there.
"""

from typing import Annotated

import msgspec

from api.bodies import EntryIndex, Version
from api.resources.answers import TwoLanguages
from projections.counts import CheckpointReference

Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]
Count = Annotated[int, msgspec.Meta(ge=0)]


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of the parts of the answer; an absent member is left out."""


class OfficerAnswer(_Part, frozen=True, kw_only=True):
    """Who has the dossier, by the enrolment of the key or as a leader's assignment says it.

    `stored` is False where the enrolment said nothing of the person, or was erased since.
    """

    stored: bool
    name: str | None = None
    title: str | None = None
    room: str | None = None
    telephone: str | None = None
    assigned_as: str | None = None
    unit: str | None = None
    key: str | None = None


class DeskAnswer(_Part, frozen=True, kw_only=True):
    """Where the dossier lies, as which role's task, since when; `version` is the act that says so.

    Without `taken_over` it was sent there and nobody has acknowledged it yet. `key` is public.
    """

    office: str
    role: str
    since: str
    version: Version
    taken_over: bool
    key: str | None = None


class StepUseAnswer(_Part, frozen=True, kw_only=True):
    """The present internal step; `gap` says in both languages why its use cannot be told.

    `used_seconds` is working time net of `waited_seconds`, in which it waited for others.
    """

    number: Count | None = None
    code: str | None = None
    name: TwoLanguages | None = None
    role: str | None = None
    unit: str | None = None
    begun_at: str | None = None
    hours: Count | None = None
    used_seconds: Count | None = None
    waited_seconds: Count | None = None
    used_percent: Count | None = None
    gap_code: str | None = None
    gap: TwoLanguages | None = None


class WaitingAnswer(_Part, frozen=True, kw_only=True):
    """One thing that is waited for, from whom; `until_verified` is False for an unread limit."""

    what: str
    awaited: str
    since: str
    sentence: TwoLanguages
    until: str | None = None
    until_verified: bool = True
    stops_clock: bool | None = None


class NextActAnswer(_Part, frozen=True, kw_only=True):
    """One act that the law's table permits next, and as what it may be signed."""

    kind: str
    roles: tuple[str, ...]
    sentence: TwoLanguages


class MovementAnswer(_Part, frozen=True, kw_only=True):
    """The last act that moved the dossier; `idle` says plainly that it has lain still too long."""

    kind: str
    at: str
    working_days: Count | None = None
    idle: TwoLanguages | None = None


class OverdueAnswer(_Part, frozen=True, kw_only=True):
    """That the due date has passed, and what the applicant may do about it."""

    due: str
    sentence: TwoLanguages
    right_of_complaint: TwoLanguages
    apologies: Count
    working_days: Count | None = None


class SituationAnswer(_Part, frozen=True, kw_only=True):
    """Where the dossier stands as of the checkpoint; `stage` is finer than the official status.

    `officer` is there for the holder alone. `next` is the ordinary act first; `next_sentence` says
    all of it. `idle_after_working_days` is the parameter by which `movement.idle` is said.
    """

    stage: str
    stage_name: TwoLanguages
    step: StepUseAnswer
    waiting: tuple[WaitingAnswer, ...]
    next: tuple[NextActAnswer, ...]
    next_sentence: TwoLanguages
    idle_after_working_days: Count
    as_of: str
    desk: DeskAnswer | None = None
    officer: OfficerAnswer | None = None
    movement: MovementAnswer | None = None
    overdue: OverdueAnswer | None = None


class ActSignerAnswer(_Part, frozen=True, kw_only=True):
    """One signature of an act: by which key, as what, and how surely it is that person's."""

    key: str
    role: str
    assurance: str


class DueEffectAnswer(_Part, frozen=True, kw_only=True):
    """What an act did to the legal due date, or else to the appointment, and why."""

    reason: TwoLanguages
    before: str | None = None
    after: str | None = None
    is_appointment: bool = False


class CorrectedAnswer(_Part, frozen=True, kw_only=True):
    """One correction of an act: by the act of `version`, from which value to which.

    Of a private field the values are absent to whoever may not see the private part.
    """

    version: Version
    field: str
    before: str | None = None
    after: str | None = None


class OutsideMoveAnswer(_Part, frozen=True, kw_only=True):
    """A move of the due date by an act that is none of the dossier's own."""

    at: str
    stream: str
    version: Version
    reason: TwoLanguages
    before: str | None = None
    after: str | None = None


class ActAnswer(_Part, frozen=True, kw_only=True):
    """One act on a dossier, as its holder sees it.

    Facts and details are those that were signed; `corrected` says what was set right since, and
    `corrects` is the version of the act that this one sets right. `proof_url` is the receipt by
    the entry's index; the acts of a veiled dossier have none.
    """

    version: Version
    kind: str
    at: str
    roles: tuple[str, ...]
    assurances: tuple[str, ...]
    published: bool
    receipt_url: str
    facts: msgspec.Raw
    details: msgspec.Raw | None = None
    office: str | None = None
    entry_index: EntryIndex | None = None
    recorded_at: str | None = None
    status: int | None = None
    due: str | None = None
    appointment: str | None = None
    due_changed: bool = False
    appointment_changed: bool = False
    signers: tuple[ActSignerAnswer, ...] = ()
    proof_url: str | None = None
    effect: DueEffectAnswer | None = None
    corrected: tuple[CorrectedAnswer, ...] = ()
    corrects: Version | None = None


class DossierAnswer(_Part, frozen=True, kw_only=True):
    """Status and timeline of a dossier; the status is as of the checkpoint.

    The acts of a `veiled` one are no entries of the log: the entry of one is its veil.
    """

    stream: str
    procedure: str
    office: str
    channel: str
    status: int
    status_name: str
    share_done_percent: Percent
    submitted_at: str
    acts: tuple[ActAnswer, ...]
    checkpoint: CheckpointReference
    as_of: str
    accepted_at: str | None = None
    due: str | None = None
    appointment: str | None = None
    ended_at: str | None = None
    returned_at: str | None = None
    outcome: str | None = None
    personal_data_erased_at: str | None = None
    veiled: bool = False
    situation: SituationAnswer | None = None
    moved_by_others: tuple[OutsideMoveAnswer, ...] = ()
