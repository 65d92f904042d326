"""The queues of one officer, put together from one read of the views.

Who asks, for which offices, and whom a leader's assignment means is told by whoever checked it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.deadlines import passes_at
from domain.dossiers import Dossier
from domain.moments import render_moment
from domain.oversight.petitions import PetitionRecord
from domain.roles import Role
from domain.rules.register import Register
from projections.dossier_rows import Act, render_due
from projections.petitions.rows import PetitionRow, petition_of_row
from projections.petitions.standing import PetitionWorld, clocks_of
from projections.queues.items import (
    Placed,
    Queue,
    QueueItem,
    belongs,
    due_at_text,
    in_order,
    is_soon,
    is_with,
    item_of,
    may_belong,
)
from projections.queues.stored import PendingReader
from projections.reading import read_petition_world
from projections.status.basis import basis_of
from projections.status.situation import situation_of
from projections.views import ViewReader

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
    """Give a queue in its order, as of the views' checkpoint; nothing before the first one."""
    position = reader.position()
    if position is None:
        return ()
    if queue is Queue.PETITIONS:
        return in_order(_petitions(reader, officer, due_soon_hours))
    as_of = position.sealed_at
    pending = PendingReader(reader)
    dossiers = {
        dossier.stream: dossier
        for dossier in pending.pending()
        if may_belong(dossier, queue, as_of, due_soon_hours)
    }
    placed = _placed(pending, dossiers, register, officer, as_of)
    return in_order(
        item
        for item, awaited in (
            (item_of(one, due_soon_hours), [each.awaited for each in one.situation.waiting])
            for one in placed
        )
        if belongs(item, queue, awaited)
    )


def _placed(
    reader: PendingReader,
    dossiers: Mapping[str, Dossier],
    register: Register,
    officer: Officer,
    as_of: datetime,
) -> Iterator[Placed]:
    veiled = reader.veiled_among(dossiers)
    # A veiled dossier is for the offices that have it alone; what was sent on is public of others.
    near = {stream for stream, one in dossiers.items() if _is_near(one, officer)}
    sent = reader.sent_to(dossiers.keys() - near - veiled)
    near |= {stream for stream, offices in sent.items() if any(map(officer.covers, offices))}
    acts = reader.acts_of_all(near)
    found = [
        place
        for stream in near
        if (place := _place(dossiers[stream], acts[stream], register, as_of)) is not None
        and _lies_here(place, officer)
    ]
    mine = _assigned_to(officer, found)
    for one in found:
        yield Placed(
            one.dossier,
            one.situation,
            one.basis,
            is_mine=_is_mine(one, officer, mine),
            is_veiled=one.dossier.stream in veiled,
        )


def _is_near(dossier: Dossier, officer: Officer) -> bool:
    return officer.covers(dossier.office) or officer.covers(dossier.current_office)


def _place(dossier: Dossier, acts: list[Act], register: Register, as_of: datetime) -> Placed | None:
    if not acts:
        return None
    basis = basis_of(dossier, register, as_of)
    return Placed(dossier, situation_of(dossier, acts, basis), basis)


def _lies_here(placed: Placed, officer: Officer) -> bool:
    """Tell whether one of the officer's offices has it; its sender, until it is taken over."""
    desk, dossier = placed.situation.desk, placed.dossier
    if desk is None:
        return officer.covers(dossier.current_office)
    if officer.covers(desk.office):
        return True
    return not desk.taken_over and officer.covers(dossier.current_office)


def _assigned_to(officer: Officer, found: Iterable[Placed]) -> Collection[Assignment]:
    given = [
        (one.dossier.stream, desk.assigned_version)
        for one in found
        if (desk := one.situation.desk) is not None
        and desk.assigned_version is not None
        and desk.key is None
    ]
    return officer.assigned(given) if given else ()


def _is_mine(placed: Placed, officer: Officer, assigned: Collection[Assignment]) -> bool:
    desk = placed.situation.desk
    if desk is None:
        return False
    if desk.key is None and desk.assigned_version is not None:
        return (placed.dossier.stream, desk.assigned_version) in assigned
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
