"""The holder's view of one dossier: status, holder, due date with its reason, what comes next.

Pure functions of the dossier's state and of the acts that led to it. Nothing here names a person:
acts are shown by role and office.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from api.pages.due_dates import ShownClock
from api.pages.entries import fact_value, zone_of
from api.pages.situations.block import (
    SituationBlock,
    effect_lines,
    outside_lines,
    situation_block,
)
from api.pages.words import Names, Words
from api.resources.answers import AccessAnswer, LoggedReadAnswer
from domain.calendars import NATIONAL_CALENDAR, WorkingTime
from domain.deadlines import Timeliness, timeliness, working_days_late
from domain.dossiers import Dossier, HaltKind, Status, Wait
from domain.errors import CalendarHorizonPassed
from domain.facts import (
    Details,
    DossierAcceptedDetails,
    IntakeRefusedDetails,
    IntakeSupplementRequestedDetails,
    SupplementRequestedDetails,
)
from domain.figures import is_pending_overdue
from domain.moments import Moment, parse_moment
from domain.procedures import LimitUnit, Procedure, SupplementPolicy
from domain.roles import Assurance, Role
from projections.dossier_page import DossierPage, PageAct


@dataclass(frozen=True, slots=True)
class TimelineAct:
    """One line of the timeline, in words."""

    kind: str
    at: Moment
    zone: str
    roles: tuple[str, ...]
    office: str | None
    entry_index: int | None
    recorded_at: datetime | None
    lines: tuple[str, ...]
    keys: tuple[str, ...] = ()
    version: int = 0


class DueState(StrEnum):
    """How a dossier stands to its due date; the value is the key of the sentence."""

    IN_TIME = "in_time"
    OVERDUE = "overdue"
    WAITING = "waiting"
    ENDED_EARLY = "ended_early"
    ENDED_ON_TIME = "ended_on_time"
    ENDED_LATE = "ended_late"


_ENDED: Final = {
    Timeliness.EARLY: DueState.ENDED_EARLY,
    Timeliness.ON_TIME: DueState.ENDED_ON_TIME,
    Timeliness.LATE: DueState.ENDED_LATE,
}

_LATE: Final = frozenset({DueState.OVERDUE, DueState.ENDED_LATE})

# The one-stop shop's acts in between do not bring the dossier back to its counter.
DECIDING_ROLES: Final = frozenset({Role.ASSIGNER, Role.PROCESSOR, Role.APPROVER, Role.CLERK})

_HOLDERS: Final = {
    Status.NEWLY_REGISTERED: Role.RECEIVER,
    Status.ACCEPTED: Role.RECEIVER,
    Status.IN_PROCESS: Role.PROCESSOR,
    Status.SUPPLEMENT_REQUIRED: Role.APPLICANT,
    Status.PAYMENT_REQUIRED: Role.APPLICANT,
    Status.WITHDRAWAL_REQUESTED: Role.RECEIVER,
    Status.PROCESSED: Role.RETURNER,
}

_NEXT_STEPS: Final = {
    Status.NEWLY_REGISTERED: "next.registered",
    Status.ACCEPTED: "next.accepted",
    Status.NOT_ACCEPTED: "next.refused_intake",
    Status.IN_PROCESS: "next.in_process",
    Status.SUPPLEMENT_REQUIRED: "next.supplement",
    Status.PAYMENT_REQUIRED: "next.payment",
    Status.WITHDRAWAL_REQUESTED: "next.withdrawal",
    Status.STOPPED: "next.stopped",
    Status.PROCESSED: "next.processed",
    Status.RESULT_RETURNED: "next.returned",
}

_POLICIES: Final = {
    SupplementPolicy.RESTART: "due_reason.restart",
    SupplementPolicy.PAUSE: "due_reason.pause",
    SupplementPolicy.NONE: "due_reason.none",
}


@dataclass(frozen=True, slots=True)
class ShownRead:
    """One read of private details; of a sealed one only the moment is known."""

    at: Moment
    sealed: bool
    reader: str
    purpose: str
    explanation: str | None
    receipt_url: str


@dataclass(frozen=True, slots=True)
class HolderPage:
    """Everything that the page of one dossier shows."""

    dossier: Dossier
    dossier_id: str
    code: str | None
    procedure: str
    office: str
    zone: str
    holder: str | None
    due_state: DueState | None
    lateness: str | None
    due_reasons: tuple[str, ...]
    next_step: str
    acts: tuple[TimelineAct, ...]
    waits: tuple[Wait, ...]
    as_of: datetime
    clocks: tuple[ShownClock, ...] = ()
    reads: tuple[ShownRead, ...] = ()
    reads_by_secret: int = 0
    reads_by_former_secret: int = 0
    veiled: bool = False
    situation: SituationBlock | None = None
    moved_by_others: tuple[tuple[Moment, str], ...] = ()


def with_reads(page: HolderPage, access: AccessAnswer, words: Words) -> HolderPage:
    """Add who has read the dossier, in words."""
    own = access.own_reads
    return replace(
        page,
        reads=tuple(_shown_read(read, words) for read in reversed(access.reads)),
        reads_by_secret=sum(read.times for read in own),
        reads_by_former_secret=sum(read.times for read in own if not read.with_present_secret),
    )


def _shown_read(read: LoggedReadAnswer, words: Words) -> ShownRead:
    reader = [words.member("role", read.role or ""), read.name or read.key or ""]
    return ShownRead(
        at=parse_moment(read.at),
        sealed=read.sealed,
        reader=" · ".join(filter(None, reader)),
        purpose=words.member("purpose", read.purpose or ""),
        explanation=read.explanation,
        receipt_url=read.receipt_url,
    )


def holder_page(opened: DossierPage, as_of: datetime, names: Names, words: Words) -> HolderPage:
    """Put a dossier that its holder has opened into words."""
    dossier = opened.dossier
    zone = zone_of(dossier.office, names)
    state = due_state(dossier, as_of, zone)
    return HolderPage(
        dossier=dossier,
        dossier_id=dossier.stream.partition(":")[2],
        code=_code(opened.acts),
        procedure=words.procedure(names, dossier.procedure),
        office=words.office(names, dossier.office),
        zone=zone,
        holder=_holder(opened, names, words),
        due_state=state,
        lateness=None if state not in _LATE else _lateness(dossier, as_of, zone, names, words),
        due_reasons=_due_reasons(dossier, zone, names, words),
        next_step=words.texts(_next_step(dossier)),
        acts=tuple(_timeline_act(act, zone, names, words) for act in opened.acts),
        waits=dossier.waits,
        as_of=as_of,
        veiled=opened.veiled,
        situation=situation_block(opened, zone, names, words),
        moved_by_others=tuple(outside_lines(opened, zone, words)),
    )


def holder_role(dossier: Dossier) -> Role | None:
    """Give the role that has to act next; None once nobody has to."""
    if dossier.status is Status.IN_PROCESS and dossier.approved_at is not None:
        return Role.CLERK
    return _HOLDERS.get(dossier.status)


def due_state(dossier: Dossier, as_of: datetime, zone: str) -> DueState | None:
    """Sort a dossier by its due date; None where it has none."""
    if dossier.due is None:
        return None
    if dossier.ended_at is not None:
        return _ENDED[timeliness(dossier.ended_at, dossier.due, zone)]
    if dossier.is_waiting:
        return DueState.WAITING
    return DueState.OVERDUE if is_pending_overdue(dossier, as_of, zone) else DueState.IN_TIME


def days_late(dossier: Dossier, as_of: datetime, zone: str, names: Names) -> int | None:
    """Count how many working days late a dossier ended, or is by now.

    None where it has no due date, or where no published calendar covers the days.
    """
    record = names.calendar(NATIONAL_CALENDAR)
    if record is None or dossier.due is None:
        return None
    end = dossier.ended_at or Moment(instant=as_of)
    try:
        return working_days_late(end, dossier.due, WorkingTime(record.calendar, zone))
    except CalendarHorizonPassed:
        return None


def _lateness(
    dossier: Dossier, as_of: datetime, zone: str, names: Names, words: Words
) -> str | None:
    late_days = days_late(dossier, as_of, zone, names)
    if late_days is None:
        return None
    if late_days == 0:
        return words.texts("dossier.late_under_a_day")
    return words.texts("dossier.late_by", count=words.formats.number(late_days))


def _next_step(dossier: Dossier) -> str:
    if dossier.suspended:
        return "next.suspended"
    if dossier.status is Status.IN_PROCESS and dossier.approved_at is not None:
        return "next.approved"
    return _NEXT_STEPS[dossier.status]


def _holder(opened: DossierPage, names: Names, words: Words) -> str | None:
    role = holder_role(opened.dossier)
    if role is None:
        return None
    if role is Role.APPLICANT:
        return words.member("role", role)
    office = words.office(names, _acting_office(opened))
    return words.texts("dossier.holder_at", role=words.member("role", role), office=office)


def _acting_office(opened: DossierPage) -> str:
    """Give the office that acted last for the deciding agency while it has the dossier."""
    if opened.dossier.status is Status.IN_PROCESS:
        for act in reversed(opened.acts):
            if act.office is not None and not DECIDING_ROLES.isdisjoint(act.roles):
                return act.office
    return opened.dossier.office


def _code(acts: Sequence[PageAct]) -> str | None:
    for act in acts:
        if isinstance(act.details, DossierAcceptedDetails) and act.details.code is not None:
            return act.details.code
    return None


def _due_reasons(dossier: Dossier, zone: str, names: Names, words: Words) -> tuple[str, ...]:
    if dossier.accepted_at is None:
        return (words.texts("due_reason.not_accepted"),)
    if dossier.imported:
        return (words.texts("due_reason.imported"),) if dossier.due else ()
    record = names.procedure(dossier.procedure)
    procedure = None if record is None else record.version(dossier.procedure_version)
    if procedure is None:
        return ()
    keys = [_limit_reason(dossier, procedure, zone, words)]
    keys += [words.texts(key) for key in _moving_reasons(dossier, procedure)]
    return tuple(keys)


def _limit_reason(dossier: Dossier, procedure: Procedure, zone: str, words: Words) -> str:
    limit = procedure.limit_for(dossier.channel)
    if limit.unit is LimitUnit.UNKNOWN:
        stated = "due_reason.unstated" if limit.prose is None else "due_reason.unknown"
        return words.texts(stated if dossier.due is None else "due_reason.appointment")
    assert dossier.accepted_at is not None
    return words.texts(
        "due_reason.limit",
        limit=words.limit(limit),
        accepted=words.formats.moment(dossier.accepted_at, zone),
        version=procedure.version,
    )


def _moving_reasons(dossier: Dossier, procedure: Procedure) -> list[str]:
    kinds = {wait.kind.value for wait in dossier.waits}
    keys = []
    if "supplement" in kinds:
        keys.append(_POLICIES[procedure.supplement_policy])
    if "payment" in kinds and procedure.pause_in_payment:
        keys.append("due_reason.payment")
    if any(halt.kind is HaltKind.OUTAGE and halt.until is not None for halt in dossier.halts):
        keys.append("due_reason.outage")
    if dossier.apologies:
        keys.append("due_reason.apology")
    return keys


def _signed_as(act: PageAct, words: Words) -> tuple[str, ...]:
    """Say as what each signed, and how surely it was them where not with a key of their own."""
    roles = [words.member("role", role) for role in act.roles]
    for number, assurance in enumerate(act.assurances):
        if assurance is not Assurance.OWN_KEY:
            roles[number] += f" ({words.member('assurance', assurance)})"
    return tuple(roles)


def _timeline_act(act: PageAct, zone: str, names: Names, words: Words) -> TimelineAct:
    return TimelineAct(
        kind=words.member("kind", act.kind),
        at=act.at,
        zone=zone,
        roles=_signed_as(act, words),
        office=None if act.office is None else words.office(names, act.office, act.at),
        entry_index=act.entry_index if act.published else None,
        recorded_at=act.recorded_at,
        lines=tuple(_fact_lines(act, zone, words)),
        keys=tuple(signer.key for signer in act.signers),
        version=act.version,
    )


SHOWN_FACTS: Final = ("label", "answer_by", "appointment", "reason_code", "amount_vnd", "pay_by")


def _fact_lines(act: PageAct, zone: str, words: Words) -> list[str]:
    facts = msgspec.to_builtins(act.facts)
    lines = [
        words.texts(f"fact_line.{name}", value=fact_value(name, facts[name], zone, words))
        for name in SHOWN_FACTS
        if facts.get(name) is not None
    ]
    if act.effect is None and act.due_changed and act.due is not None:
        lines.append(words.texts("fact_line.due", value=words.formats.due(act.due, zone)))
    lines += effect_lines(act, zone, words)
    return lines + _detail_lines(act.details, words)


def _detail_lines(details: Details | None, words: Words) -> list[str]:
    if isinstance(details, IntakeSupplementRequestedDetails | SupplementRequestedDetails):
        return [
            words.texts("fact_line.item", component=item.component, reason=item.reason)
            for item in details.items
        ]
    if isinstance(details, IntakeRefusedDetails) and details.explanation is not None:
        return [words.texts("fact_line.explanation", value=details.explanation)]
    return []
