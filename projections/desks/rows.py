"""Rows of desks: how a dossier's standing is written into one, and read again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from domain.dossiers import Dossier, Status
from domain.moments import parse_moment, render_moment
from domain.roles import Role
from projections.dossier_rows import Act
from projections.status.desks import Desk
from projections.status.moving import Moved
from projections.status.stages import Stage
from projections.status.standing import Standing, standing_of


@dataclass(frozen=True, slots=True)
class Held:
    """A pending dossier as it lies: by its own acts, and at which offices it ever was.

    Whoever covers ``lies_with`` has it; so has ``sent_by``, while nobody has taken it over.
    """

    standing: Standing
    lies_with: str
    sent_by: str | None
    near: frozenset[str]


class DeskRow(NamedTuple):
    """The columns of a row that tell where a dossier lies."""

    stream: str
    lies_with: str
    sent_by: str | None
    near: str
    stage: str
    role: str | None
    office: str | None
    since: str | None
    version: int | None
    key: str | None
    assigned_version: int | None
    moved_kind: str | None
    moved_at: str | None


def is_pending(dossier: Dossier) -> bool:
    """Tell whether somebody must act: it has not ended, or its result is to be handed over.

    What was imported with an end is history: nobody hands it over here.
    """
    to_hand_over = dossier.status is Status.PROCESSED and not dossier.imported
    return dossier.ended_at is None or to_hand_over


def held_of(dossier: Dossier, acts: Sequence[Act]) -> Held:
    """Give where a dossier lies by its acts, which are in order of version."""
    standing = standing_of(dossier, acts)
    desk, current = standing.desk, dossier.current_office
    sent_to = {act.to_office for act in acts if act.to_office is not None}
    return Held(
        standing=standing,
        lies_with=current if desk is None else desk.office,
        sent_by=current if desk is not None and not desk.taken_over else None,
        near=frozenset({dossier.office, current, *sent_to}),
    )


def row_of_held(stream: str, held: Held, line: bytes) -> dict[str, object]:
    """Write a row; ``line`` is what `lines.encode_line` gives."""
    desk, moved = held.standing.desk, held.standing.moved
    return {
        "stream": stream,
        "lies_with": held.lies_with,
        "sent_by": held.sent_by,
        "near": msgspec.json.encode(sorted(held.near)).decode(),
        "stage": held.standing.stage.value,
        "role": None if desk is None else desk.role.value,
        "office": None if desk is None else desk.office,
        "since": None if desk is None else render_moment(desk.since),
        "version": None if desk is None else desk.version,
        "key": None if desk is None else desk.key,
        "assigned_version": None if desk is None else desk.assigned_version,
        "moved_kind": None if moved is None else moved.kind,
        "moved_at": None if moved is None else render_moment(moved.at),
        "line": line,
    }


def held_of_row(row: DeskRow) -> Held:
    """Read what `row_of_held` writes."""
    moved = None
    if row.moved_kind is not None and row.moved_at is not None:
        moved = Moved(row.moved_kind, parse_moment(row.moved_at))
    return Held(
        standing=Standing(Stage(row.stage), _desk(row), moved),
        lies_with=row.lies_with,
        sent_by=row.sent_by,
        near=frozenset(msgspec.json.decode(row.near, type=list[str])),
    )


def _desk(row: DeskRow) -> Desk | None:
    if row.role is None:
        return None
    assert row.office is not None
    assert row.since is not None
    assert row.version is not None
    return Desk(
        office=row.office,
        role=Role(row.role),
        since=parse_moment(row.since),
        version=row.version,
        key=row.key,
        assigned_version=row.assigned_version,
        taken_over=row.sent_by is None,
    )
