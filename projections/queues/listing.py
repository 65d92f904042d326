"""The queues of one officer, put together from one read of the views.

Who asks, for which offices, and whom a leader's assignment means is told by whoever checked it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter

from domain.actions import StreamType
from domain.deadlines import passes_at
from domain.moments import render_moment
from domain.oversight.petitions import PetitionRecord
from domain.roles import Role
from domain.rules.register import Register
from projections.desks.lines import QueueLine, instant_text
from projections.dossier_rows import render_due
from projections.petitions.rows import PetitionRow, petition_of_row
from projections.petitions.standing import PetitionWorld, clocks_of
from projections.queues.items import (
    Placed,
    Queue,
    QueueItem,
    has_passed,
    in_order,
    is_soon,
    item_of,
    passes_soon,
)
from projections.queues.sorting import LineReader, SortedLying
from projections.queues.stored import DeskReader, Lying, LyingParts, SortingRow, StoredLying
from projections.reading import read_petition_world
from projections.states import StreamStates
from projections.status.basis import basis_of
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


@dataclass(frozen=True, slots=True)
class Shown:
    """What the items of dossiers are made by: the registry, the instant, and how soon is soon."""

    register: Register
    as_of: datetime
    due_soon_hours: int

    def items(self, stored: Collection[StoredLying]) -> tuple[QueueItem, ...]:
        """Make the items of dossiers, in the order in which they come."""
        opened = [each.opened() for each in stored]
        if isinstance(self.register, StreamStates):
            # At once: one by one they would take longer than all the rest.
            self.register.prefetch(_asked_of(each.dossier.procedure) for each in opened)
        return tuple(
            item_of(self._placed(each, is_mine=raw.is_mine), self.due_soon_hours)
            for raw, each in zip(stored, opened, strict=True)
        )

    def belongs(self, lying: Lying, queue: Queue) -> bool:
        """Tell by a dossier's state whether it belongs to a queue that time moves it into."""
        placed = self._placed(lying, is_mine=False)
        if queue is Queue.OVERDUE:
            return has_passed(placed)
        assert queue is Queue.DUE_SOON
        return passes_soon(placed, self.due_soon_hours)

    def _placed(self, lying: Lying, *, is_mine: bool) -> Placed:
        return Placed(
            lying.dossier,
            lying.held.standing,
            basis_of(lying.dossier, self.register, self.as_of),
            is_mine=is_mine,
            is_veiled=lying.is_veiled,
        )


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
        return list_petitions(reader, officer, due_soon_hours)
    shown = Shown(register, position.sealed_at, due_soon_hours)
    found = sort_queue(reader, officer, queue, shown)
    return shown.items(list(map(StoredLying.of, stored_of(reader, found))))


def sort_queue(
    reader: ViewReader, officer: Officer, queue: Queue, shown: Shown
) -> list[SortedLying]:
    """Give which dossiers a queue has, in its order, as of the views' checkpoint.

    Raises:
        StoreUnavailable: the follower catches up, and keeps the desks at its end.
    """
    position, desks = reader.position(), DeskReader(reader)
    assert position is not None
    desks.check_stand(position)
    found = list(desks.rows_of(officer.covers))
    assigned = _assigned_to(officer, [row for row, _, _ in found])
    lines = LineReader(shown.register, shown.as_of, shown.due_soon_hours)
    # Of the other queues a line can always tell.
    odd = _odd(desks, found) if queue in (Queue.DUE_SOON, Queue.OVERDUE) else {}
    if isinstance(shown.register, StreamStates):
        # Only a step without a code goes by a name that the procedure tells.
        asked = {line.procedure for _, line, _ in found if line.step_code is None}
        asked |= {lying.dossier.procedure for lying in odd.values()}
        shown.register.prefetch(map(_asked_of, asked))
    is_in = lines.judge_of(queue)
    wanted = []
    for row, line, is_veiled in found:
        is_mine = _is_mine(row, officer, assigned)
        lying = odd.get(row.stream)
        if is_in(line, is_mine) if lying is None else shown.belongs(lying, queue):
            wanted.append(lines.sorted_lying(row, line, is_mine=is_mine, is_veiled=is_veiled))
    return sorted(wanted, key=itemgetter(0))


def stored_of(reader: ViewReader, found: Collection[SortedLying]) -> list[LyingParts]:
    """Read what the items of these dossiers are made of, in the order in which they come."""
    desks = DeskReader(reader)
    rows = {
        is_veiled: desks.stored(
            [each.stream for each in found if each.is_veiled is is_veiled], is_veiled=is_veiled
        )
        for is_veiled in (False, True)
    }
    return [(*rows[each.is_veiled][each.stream], each.is_veiled, each.is_mine) for each in found]


def _odd(
    desks: DeskReader, found: Iterable[tuple[SortingRow, QueueLine, bool]]
) -> dict[str, Lying]:
    """Open those of which a line cannot tell."""
    odd = [(row.stream, is_veiled) for row, line, is_veiled in found if line.is_odd]
    return {
        stream: StoredLying.of((*stored, is_veiled, False)).opened()
        for is_veiled in (False, True)
        for stream, stored in desks.stored(
            [stream for stream, hidden in odd if hidden is is_veiled], is_veiled=is_veiled
        ).items()
    }


def _asked_of(procedure: str) -> str:
    return f"{StreamType.PROCEDURE}:{procedure}"


def _assigned_to(officer: Officer, rows: Iterable[SortingRow]) -> Collection[Assignment]:
    given = [
        (row.stream, row.assigned_version)
        for row in rows
        if row.role is not None and row.assigned_version is not None and row.key is None
    ]
    return officer.assigned(given) if given else ()


def _is_mine(row: SortingRow, officer: Officer, assigned: Collection[Assignment]) -> bool:
    if row.role is None or row.office is None:
        return False
    if row.key is not None:
        return row.key in officer.keys
    if row.assigned_version is not None:
        return (row.stream, row.assigned_version) in assigned
    return row.role == Role.APPROVER.value and officer.approves(row.office)


def list_petitions(
    reader: ViewReader, officer: Officer, due_soon_hours: int
) -> tuple[QueueItem, ...]:
    """Give the open petitions that lie with an officer's offices, in the order of a queue."""
    return in_order(_petitions(reader, officer, due_soon_hours))


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
        due_at=None if first is None else instant_text(passes_at(first.due, zone)),
        submitted_at=row.filed_at,
        overdue=is_late,
        due_soon=first is not None
        and not is_late
        and is_soon(first.due, zone, world.as_of, due_soon_hours),
    )
