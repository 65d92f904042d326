"""What queues are read from in the views: the desks of pending dossiers, and their states.

The rows of desks are found by office; the states of dossiers that are shown are read by stream.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple, Self

import msgspec
import sqlalchemy as sa

from domain.dossiers import Dossier
from ledger.errors import StoreUnavailable
from projections.desks.keeping import desks_stand_at
from projections.desks.lines import QueueLine, decode_line
from projections.desks.rows import DeskRow, Held, held_of_row
from projections.desks.tables import desks_table, veiled_desks_table
from projections.parts.registry import Projection
from projections.stored.rows import decode_state
from projections.tables import states_table, veiled_states_table
from projections.views import Position, ViewReader

Covers = Callable[[str], bool]
_OPEN: Final = (desks_table, states_table)
_VEILED: Final = (veiled_desks_table, veiled_states_table)

# Members of `Dossier` that name keys and performers.
_PERSONS: Final = (
    "applicant_keys",
    "proxy_keys",
    "accepted_by",
    "approved_by",
    "processed_by",
    "accepted_performers",
    "approved_performers",
    "processed_performers",
)
_members_decoder = msgspec.msgpack.Decoder(dict[str, msgspec.Raw])
_members_encoder = msgspec.msgpack.Encoder()


class SortingRow(NamedTuple):
    """What of a row of desks a queue is sorted by."""

    stream: str
    near: str
    stage: str
    role: str | None
    office: str | None
    key: str | None
    assigned_version: int | None
    line: bytes


@dataclass(frozen=True, slots=True)
class Lying:
    """A pending dossier, and where it lies."""

    dossier: Dossier
    held: Held
    is_veiled: bool


StoredRow = tuple[object, ...]
"""The columns of a `DeskRow`, as they came."""
LyingParts = tuple[StoredRow, bytes, bool, bool]
"""The members of a `StoredLying`: a list of thousands is kept as it is, and some are opened."""


class StoredLying(msgspec.Struct, frozen=True, array_like=True):
    """A pending dossier and where it lies, as they are stored; `is_mine`: with the asker."""

    row: DeskRow
    state: bytes
    is_veiled: bool
    is_mine: bool

    @classmethod
    def of(cls, parts: LyingParts) -> Self:
        """Give one of a list that is kept as it came."""
        row, state, is_veiled, is_mine = parts
        return cls(DeskRow._make(row), state, is_veiled, is_mine)

    def opened(self) -> Lying:
        """Read state and row."""
        dossier = decode_state(self.row.stream, self.state)
        assert isinstance(dossier, Dossier)
        return Lying(dossier, held_of_row(self.row), self.is_veiled)


def without_persons(state: bytes) -> bytes:
    """Take out of a dossier's stored state who had to do with it: no item says it."""
    members = _members_decoder.decode(state)
    for name in _PERSONS:
        members.pop(name, None)
    return _members_encoder.encode(members)


class DeskReader(ViewReader):
    """A reader of the views that also finds what lies with whom, in the same transaction."""

    def __init__(self, reader: ViewReader):
        super().__init__(reader._connection, reader._visible)

    def check_stand(self, position: Position) -> None:
        """Check that the rows of desks are as of the position of this transaction.

        Raises:
            ProjectionStopped: they are not kept any more.
            StoreUnavailable: the follower catches up, and makes them at its end.
        """
        self.check_runs(Projection.DESKS)
        stand = desks_stand_at(self._connection)
        if stand != (position.log_position, position.veiled_position):
            raise StoreUnavailable("the follower catches up, and makes the desks at the end")

    def desk_offices(self) -> set[str]:
        """Give the offices with which anything lies, or that sent anything which is on its way."""
        tables = (desks_table, veiled_desks_table) if self._sees_veiled else (desks_table,)
        return set().union(*map(self._offices_in, tables))

    def _offices_in(self, desks: sa.Table) -> set[str]:
        places = sa.select(desks.c.lies_with, desks.c.sent_by).distinct()
        offices = {office for row in self._connection.execute(places) for office in row}
        return offices - {None}

    def rows_of(self, covers: Covers) -> Iterator[tuple[SortingRow, QueueLine, bool]]:
        """Give what lies with offices that ``covers`` names, and what they sent on meanwhile.

        Each with its line, and whether it is veiled. A veiled dossier is for the offices that have
        it alone; of others, what was sent on is public.
        """
        covered = cache(covers)

        @cache
        def is_near(near: str) -> bool:
            return any(map(covered, msgspec.json.decode(near, type=list[str])))

        for row in self._rows_in(desks_table, covered):
            if is_near(row.near):
                yield row, decode_line(row.line), False
        for row in self._rows_in(veiled_desks_table, covered) if self._sees_veiled else ():
            line = decode_line(row.line)
            if covered(line.office) or covered(line.current_office):
                yield row, line, True

    def _rows_in(self, desks: sa.Table, covers: Covers) -> Iterator[SortingRow]:
        covered = [office for office in sorted(self._offices_in(desks)) if covers(office)]
        named = _listed(covered)
        query = sa.select(*(desks.c[name] for name in SortingRow._fields)).where(
            sa.or_(desks.c.lies_with.in_(named), desks.c.sent_by.in_(named))
        )
        return map(SortingRow._make, self._connection.execute(query).all())

    def stored(
        self, streams: Collection[str], *, is_veiled: bool
    ) -> dict[str, tuple[StoredRow, bytes]]:
        """Give the rows and the states of pending dossiers as they are stored, by stream."""
        if not streams:
            return {}
        desks, states = _VEILED if is_veiled else _OPEN
        columns = [desks.c[name] for name in DeskRow._fields]
        query = (
            sa.select(*columns, states.c.state)
            .join(states, states.c.stream == desks.c.stream)
            .where(desks.c.stream.in_(_listed(streams)))
        )
        rows = self._connection.execute(query).all()
        return {row[0]: (row[:-1], row[-1]) for row in rows}


def _listed(names: Collection[str]) -> sa.Select[tuple[str]]:
    """Give names as a table: one parameter, however many there are."""
    listed = sa.func.json_each(msgspec.json.encode(list(names)).decode())
    return sa.select(listed.table_valued("value").c.value)
