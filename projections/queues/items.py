"""One line of a queue, which queues it belongs to, and the order of every queue.

The order is that of the due instant (what has none comes last), then of the acceptance, or the
submission before it, then of the stream's name: total, and the same whatever order the views gave.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar

import msgspec

from domain.deadlines import passes_at
from domain.dossiers import Dossier, Due
from domain.figures import is_pending_overdue
from domain.moments import render_moment
from domain.procedures import InternalStep
from projections.desks.lines import instant_text
from projections.dossier_rows import render_due
from projections.status.basis import Basis
from projections.status.moving import movement_of
from projections.status.standing import Standing
from projections.status.steps import Step, step_of
from projections.status.waiting import awaited_now

DUE_SOON_HOURS: Final = 24
NEVER: Final = "9999"
LineT = TypeVar("LineT")


class Queue(StrEnum):
    """Which queue is asked for."""

    MINE = "mine"
    UNIT = "unit"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    WAITING = "waiting"
    PETITIONS = "petitions"


class QueueItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One dossier, or one petition, in a queue; nothing in it names a person or a code.

    ``due_at`` is the instant at which the due date passes, absent where no date runs any more.
    ``mine`` tells that it lies with the asker in person. Moments are texts.
    """

    stream: str
    office: str
    stage: str
    since: str
    procedure: str | None = None
    procedure_version: int | None = None
    status: int | None = None
    role: str | None = None
    key: str | None = None
    step: str | None = None
    step_number: int | None = None
    step_used_percent: int | None = None
    due: str | None = None
    due_at: str | None = None
    accepted_at: str | None = None
    submitted_at: str | None = None
    waits_for: tuple[str, ...] = ()
    overdue: bool = False
    due_soon: bool = False
    idle_working_days: int | None = None
    mine: bool = False
    veiled: bool = False


class StepCount(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How many of a queue are at one step: our stage, and the published step where one is known."""

    stage: str
    count: int
    procedure: str | None = None
    step: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A pending dossier with where it stands, and whether that is with the asker in person."""

    dossier: Dossier
    standing: Standing
    basis: Basis
    is_mine: bool = False
    is_veiled: bool = False


def item_of(placed: Placed, due_soon_hours: int) -> QueueItem:
    """Make the line of a dossier, as of the instant of its basis."""
    dossier, basis = placed.dossier, placed.basis
    desk, moved = placed.standing.desk, placed.standing.moved
    found = step_of(dossier, basis)
    step = found if isinstance(found, Step) else None
    movement = movement_of(dossier, moved, basis)
    due, is_overdue = running_due(dossier), _is_overdue(dossier, basis)
    return QueueItem(
        stream=dossier.stream,
        office=dossier.current_office if desk is None else desk.office,
        stage=placed.standing.stage.value,
        since=render_moment(dossier.submitted_at if desk is None else desk.since),
        procedure=dossier.procedure,
        procedure_version=dossier.procedure_version,
        status=dossier.status.value,
        role=None if desk is None else desk.role.value,
        key=None if desk is None else desk.key,
        step=_step_code(step),
        step_number=None if step is None else step.number,
        step_used_percent=None if step is None else step.used_percent,
        due=render_due(due),
        due_at=None if due is None else instant_text(passes_at(due, basis.zone)),
        accepted_at=None if dossier.accepted_at is None else render_moment(dossier.accepted_at),
        submitted_at=render_moment(dossier.submitted_at),
        waits_for=tuple(what.value for what, _ in awaited_now(dossier, placed.standing.stage)),
        overdue=is_overdue,
        due_soon=not is_overdue and _is_due_soon(placed, due, due_soon_hours),
        idle_working_days=movement.working_days if movement and movement.is_idle else None,
        mine=placed.is_mine,
        veiled=placed.is_veiled,
    )


def _step_code(step: Step | None) -> str | None:
    if step is None:
        return None
    return step.code or step_name(step.published)


def step_name(published: InternalStep | None) -> str | None:
    """Give what queues call a published step that has no code."""
    return None if published is None or published.name is None else published.name.en


def running_due(dossier: Dossier) -> Due | None:
    """Give the due date that still runs; None once processing has ended."""
    return None if dossier.ended_at is not None else dossier.due


def has_passed(placed: Placed) -> bool:
    """Tell whether a dossier is overdue."""
    return _is_overdue(placed.dossier, placed.basis)


def passes_soon(placed: Placed, due_soon_hours: int) -> bool:
    """Tell whether a dossier's due date passes within so many hours; not if it has."""
    soon = _is_due_soon(placed, running_due(placed.dossier), due_soon_hours)
    return soon and not has_passed(placed)


def _is_overdue(dossier: Dossier, basis: Basis) -> bool:
    return dossier.due is not None and is_pending_overdue(dossier, basis.as_of, basis.zone)


def _is_due_soon(placed: Placed, due: Due | None, hours: int) -> bool:
    if due is None or placed.dossier.is_waiting:
        return False
    return is_soon(due, placed.basis.zone, placed.basis.as_of, hours)


def is_soon(due: Due, zone: str, as_of: datetime, hours: int) -> bool:
    """Tell whether a due date passes within so many hours, of the clock and not of the office."""
    return as_of <= passes_at(due, zone) <= as_of + timedelta(hours=hours)


def order_of(item: QueueItem) -> tuple[str, str, str]:
    """Give by what a line is sorted."""
    return (item.due_at or NEVER, item.accepted_at or item.submitted_at or item.since, item.stream)


def in_order(items: Iterable[QueueItem]) -> tuple[QueueItem, ...]:
    """Sort a queue."""
    return tuple(sorted(items, key=order_of))


def counts_by_step(items: Iterable[QueueItem]) -> tuple[StepCount, ...]:
    """Count a queue by step, the fullest first, then by name."""
    counted = Counter((item.stage, item.procedure or "", item.step or "") for item in items)
    ordered = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
    return tuple(
        StepCount(stage=stage, count=count, procedure=procedure or None, step=step or None)
        for (stage, procedure, step), count in ordered
    )


def page_of(items: Sequence[LineT], position: int, limit: int) -> Sequence[LineT]:
    """Give the lines of one page; ``position`` is how many were shown before."""
    return items[position : position + limit]
