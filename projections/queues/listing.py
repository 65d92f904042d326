"""The queues of one officer, put together from one read of the views.

Who asks, for which offices, and whom a leader's assignment means is told by whoever checked it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from domain.actions import StreamType
from domain.deadlines import passes_at
from domain.dossiers import Dossier
from domain.moments import render_moment
from domain.oversight.petitions import PetitionRecord
from domain.roles import Role
from domain.rules.register import Register
from projections.dossier_rows import render_due
from projections.petitions.rows import PetitionRow, petition_of_row
from projections.petitions.standing import PetitionWorld, clocks_of
from projections.queues.items import (
    Placed,
    Queue,
    QueueItem,
    awaited_by,
    belongs,
    due_at_text,
    in_order,
    is_soon,
    is_with,
    item_of,
    may_belong,
)
from projections.queues.stored import DeskReader, Lying
from projections.reading import read_petition_world
from projections.states import StreamStates
from projections.status.basis import basis_of
from projections.views import Position, ViewReader

Assignment = tuple[str, int]
"""A dossier's stream, and the version of the act by which a leader gave it to somebody."""


@dataclass(frozen=True, slots=True)
class Officer:
    """Who asks: all keys of the person, and for which offices they may see queues.

    ``covers`` and ``approves`` tell that for an office; ``assigned`` gives those assignments that
    mean this person.
    """

    keys: frozenset[str]
    covers: Callable[[str], bool]
    approves: Callable[[str], bool]
    assigned: Callable[[Collection[Assignment]], Collection[Assignment]]


def list_queue(
    reader: ViewReader, register: Register, officer: Officer, queue: Queue, due_soon_hours: int
) -> tuple[QueueItem, ...]:
    """Give a queue in its order, as of the views' checkpoint; nothing before the first one.

    Raises:
        StoreUnavailable: the follower catches up, and keeps the desks at its end.
    """
    position = reader.position()
    if position is None:
        return ()
    if queue is Queue.PETITIONS:
        return in_order(_petitions(reader, officer, due_soon_hours))
    placed = _placed(reader, position, register, officer, (queue, due_soon_hours))
    return in_order(
        item
        for one in placed
        if queue is not Queue.MINE or one.is_mine
        if belongs(item := item_of(one, due_soon_hours), queue, awaited_by(one))
    )


def _placed(
    reader: ViewReader,
    position: Position,
    register: Register,
    officer: Officer,
    asked: tuple[Queue, int],
) -> Iterator[Placed]:
    desks, as_of = DeskReader(reader), position.sealed_at
    desks.check_stand(position)
    found = [
        each
        for each in desks.held_by(officer.covers)
        if may_belong(each.dossier, asked[0], as_of, asked[1])
    ]
    assigned = _assigned_to(officer, found)
    if isinstance(register, StreamStates):
        # At once: one by one they would take longer than all the rest.
        register.prefetch(_asked_of(each.dossier) for each in found)
    for each in found:
        yield Placed(
            each.dossier,
            each.held.standing,
            basis_of(each.dossier, register, as_of),
            is_mine=_is_mine(each, officer, assigned),
            is_veiled=each.is_veiled,
        )


def _asked_of(dossier: Dossier) -> str:
    return f"{StreamType.PROCEDURE}:{dossier.procedure}"


def _assigned_to(officer: Officer, found: Iterable[Lying]) -> Collection[Assignment]:
    given = [
        (each.dossier.stream, desk.assigned_version)
        for each in found
        if (desk := each.held.standing.desk) is not None
        and desk.assigned_version is not None
        and desk.key is None
    ]
    return officer.assigned(given) if given else ()


def _is_mine(lying: Lying, officer: Officer, assigned: Collection[Assignment]) -> bool:
    desk = lying.held.standing.desk
    if desk is None:
        return False
    if desk.key is None and desk.assigned_version is not None:
        return (lying.dossier.stream, desk.assigned_version) in assigned
    if desk.is_nobodys and desk.role is Role.APPROVER:
        return officer.approves(desk.office)
    return is_with(desk, officer.keys)


def _petitions(reader: ViewReader, officer: Officer, due_soon_hours: int) -> Iterator[QueueItem]:
    world = read_petition_world(reader)
    if world is None:
        return
    for row in reader.petition_rows():
        record = petition_of_row(row)
        if record.is_open and officer.covers(record.office):
            yield _petition_item(row, record, world, due_soon_hours)


def _petition_item(
    row: PetitionRow, record: PetitionRecord, world: PetitionWorld, due_soon_hours: int
) -> QueueItem:
    zone = world.zone(record.office)
    running = [due for due in clocks_of(record, world) if due.stopped_at is None]
    first = min(running, key=lambda due: passes_at(due.due, zone), default=None)
    is_late = first is not None and first.is_late(world.as_of, zone)
    since = record.disputed_at or record.accepted_at or record.filed_at
    return QueueItem(
        stream=row.stream,
        office=record.office,
        stage=record.state.value,
        since=render_moment(since),
        due=None if first is None else render_due(first.due),
        due_at=None if first is None else due_at_text(passes_at(first.due, zone)),
        submitted_at=row.filed_at,
        overdue=is_late,
        due_soon=first is not None
        and not is_late
        and is_soon(first.due, zone, world.as_of, due_soon_hours),
    )
