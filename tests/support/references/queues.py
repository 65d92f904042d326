"""A queue by looking at every dossier and all of its acts, as obviously as can be."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from domain.deadlines import passes_at
from domain.dossiers import Dossier, Status
from domain.moments import render_moment
from domain.roles import Role
from domain.rules.register import Register
from projections.desks.lines import QueueLine, decode_line, encode_line, instant_text
from projections.dossier_rows import Act, render_due
from projections.queues.items import (
    Queue,
    QueueItem,
    in_order,
    is_soon,
    running_due,
)
from projections.queues.listing import Officer
from projections.queues.sorting import LineReader
from projections.status.basis import Basis, basis_of
from projections.status.desks import Desk
from projections.status.situation import Situation, situation_of
from projections.status.stages import Stage
from projections.status.steps import Step
from projections.status.waiting import Awaited


@dataclass(frozen=True)
class Kept:
    """A dossier and its acts as the views hold them."""

    dossier: Dossier
    acts: list[Act]
    is_veiled: bool


def belongs(item: QueueItem, queue: Queue, awaited: Iterable[Awaited] = ()) -> bool:
    """Tell whether a line belongs to a queue; ``awaited`` are those for whom its dossier waits."""
    match queue:
        case Queue.MINE:
            return item.mine
        case Queue.DUE_SOON:
            return item.due_soon
        case Queue.OVERDUE:
            return item.overdue
        case Queue.WAITING:
            return Awaited.APPLICANT in awaited
        case Queue.UNIT | Queue.PETITIONS:
            return True


@dataclass(frozen=True)
class KeptLine:
    """A dossier's line as it is kept at a seal, and read at a later one."""

    dossier: Dossier
    stage: Stage
    register: Register
    made_at: datetime

    @property
    def line(self) -> QueueLine:
        return decode_line(encode_line(self.dossier, self.stage, self.made_at))

    def is_in(
        self, queue: Queue, as_of: datetime, hours: int = 24, *, is_mine: bool = False
    ) -> bool:
        """Tell by the line alone whether the dossier is in a queue."""
        reader = LineReader(self.register, as_of, hours)
        return reader.judge_of(queue)(self.line, is_mine)


def scanned_queue(
    kept: list[Kept],
    register: Register,
    officer: Officer,
    queue: Queue,
    as_of: datetime,
    due_soon_hours: int,
) -> tuple[QueueItem, ...]:
    """Give a queue of these dossiers."""
    items: list[QueueItem] = []
    for each in kept:
        if not _is_pending(each.dossier) or not each.acts or not _is_near(each, officer):
            continue
        basis = basis_of(each.dossier, register, as_of)
        situation = situation_of(each.dossier, each.acts, basis)
        if not _lies_here(each.dossier, situation.desk, officer):
            continue
        is_mine = _is_mine(each.dossier, situation.desk, officer)
        item = _line(each, situation, basis, is_mine, due_soon_hours)
        if belongs(item, queue, [waiting.awaited for waiting in situation.waiting]):
            items.append(item)
    return in_order(items)


def _is_pending(dossier: Dossier) -> bool:
    to_hand_over = dossier.status is Status.PROCESSED and not dossier.imported
    return dossier.ended_at is None or to_hand_over


def _is_near(kept: Kept, officer: Officer) -> bool:
    return any(map(officer.covers, _near(kept)))


def _near(kept: Kept) -> Iterator[str]:
    yield from (kept.dossier.office, kept.dossier.current_office)
    if not kept.is_veiled:
        yield from (act.to_office for act in kept.acts if act.to_office is not None)


def _lies_here(dossier: Dossier, desk: Desk | None, officer: Officer) -> bool:
    if desk is None:
        return officer.covers(dossier.current_office)
    is_senders = not desk.taken_over and officer.covers(dossier.current_office)
    return officer.covers(desk.office) or is_senders


def _is_mine(dossier: Dossier, desk: Desk | None, officer: Officer) -> bool:
    if desk is None:
        return False
    if desk.key is None and desk.assigned_version is not None:
        given = (dossier.stream, desk.assigned_version)
        return given in officer.assigned([given])
    if desk.key is None and desk.role is Role.APPROVER:
        return officer.approves(desk.office)
    return desk.key is not None and desk.key in officer.keys


def _line(
    kept: Kept, situation: Situation, basis: Basis, is_mine: bool, due_soon_hours: int
) -> QueueItem:
    dossier, desk, movement = kept.dossier, situation.desk, situation.movement
    step = situation.step if isinstance(situation.step, Step) else None
    due = running_due(dossier)
    name = None if step is None or step.name is None else step.name.en
    return QueueItem(
        stream=dossier.stream,
        office=dossier.current_office if desk is None else desk.office,
        stage=situation.stage.value,
        since=render_moment(dossier.submitted_at if desk is None else desk.since),
        procedure=dossier.procedure,
        procedure_version=dossier.procedure_version,
        status=dossier.status.value,
        role=None if desk is None else desk.role.value,
        key=None if desk is None else desk.key,
        step=None if step is None else step.code or name,
        step_number=None if step is None else step.number,
        step_used_percent=None if step is None else step.used_percent,
        due=render_due(due),
        due_at=None if due is None else instant_text(passes_at(due, basis.zone)),
        accepted_at=None if dossier.accepted_at is None else render_moment(dossier.accepted_at),
        submitted_at=render_moment(dossier.submitted_at),
        waits_for=tuple(waiting.what.value for waiting in situation.waiting),
        overdue=situation.overdue is not None,
        due_soon=due is not None
        and situation.overdue is None
        and not dossier.is_waiting
        and is_soon(due, basis.zone, basis.as_of, due_soon_hours),
        idle_working_days=movement.working_days if movement and movement.is_idle else None,
        mine=is_mine,
        veiled=kept.is_veiled,
    )
